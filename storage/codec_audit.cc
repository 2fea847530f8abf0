#include "storage/codec.h"
#include "storage/codec_fields.h"

namespace schoolwatch::storage {

template <>
struct LastOf<core::AuditAction> {
  static constexpr auto kValue = core::AuditAction::kAnswerRefused;
};
template <>
struct LastOf<core::AuditActor> {
  static constexpr auto kValue = core::AuditActor::kIt;
};

template <class V>
void Visit(V& visit, typename V::template Ref<core::AuditEntry> entry) {
  visit(1, entry.number);
  visit(2, entry.at);
  visit(3, entry.action);
  visit(4, entry.actor);
  visit(5, entry.case_id);
  visit.Packed(6, entry.subject, 1, 0);
  visit.Packed(7, entry.content, 1, 0);
  visit(8, entry.case_entry);
  visit(9, entry.case_before);
  visit.Packed(10, entry.case_previous, 1, 0);
  visit.Packed(11, entry.previous, 1, 0);
  visit.Packed(12, entry.hash, 1, 0);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::AuditHead> head) {
  visit(1, head.number);
  visit(2, head.entries);
  visit.Packed(3, head.hash, 1, 0);
}

SW_RECORD(core::AuditEntry)
SW_RECORD(core::AuditHead)

}  // namespace schoolwatch::storage
