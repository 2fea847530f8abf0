#include "storage/codec.h"
#include "storage/codec_fields.h"
#include "storage/codec_post.h"

namespace schoolwatch::storage {

template <class V>
void Visit(V& visit, typename V::template Ref<core::Evidence> evidence) {
  visit(1, evidence.finding_id);
  visit(2, evidence.school);
  visit(3, evidence.post);
  visit(4, evidence.url);
  visit(5, evidence.redirects);
  visit(6, evidence.status);
  visit(7, evidence.headers);
  visit(8, evidence.address);
  visit(9, evidence.certificate);
  visit(10, evidence.fetched_at);
  visit(11, evidence.local_time);
  visit(12, evidence.time_zone);
  visit(13, evidence.fragment);
  visit(14, evidence.fragment_type);
  visit(15, evidence.fragment_note);
  visit(16, evidence.fragment_cut);
  visit.Packed(17, evidence.body_hash, 1, 0);
  visit(18, evidence.body_bytes);
  visit(19, evidence.body_cut);
}

SW_RECORD(core::Evidence)

}  // namespace schoolwatch::storage
