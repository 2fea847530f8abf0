#include "storage/codec.h"
#include "storage/codec_fields.h"
#include "storage/privacy_records.h"

namespace schoolwatch::storage {

template <>
struct LastOf<ErasureMark::What> {
  static constexpr auto kValue = ErasureMark::What::kCase;
};

template <class V>
void Visit(V& visit, typename V::template Ref<ErasureMark> mark) {
  visit(1, mark.what);
  visit(2, mark.at);
  visit(3, mark.until);
  visit(4, mark.key_id);
}

template <class V>
void Visit(V& visit, typename V::template Ref<LookCount> count) {
  visit(1, count.looks);
  visit(2, count.since);
  visit(3, count.last);
}

SW_RECORD(ErasureMark)
SW_RECORD(LookCount)

}  // namespace schoolwatch::storage
