#include "storage/codec.h"
#include "storage/codec_fields.h"

namespace schoolwatch::storage {

template <>
struct LastOf<core::Delivery> {
  static constexpr auto kValue = core::Delivery::kSummary;
};

template <>
struct LastOf<core::Severity> {
  static constexpr auto kValue = core::Severity::kUrgent;
};

template <class V>
void Visit(V& visit, typename V::template Ref<core::Notice> notice) {
  visit(1, notice.kind);
  visit(2, notice.subject);
  visit(3, notice.text);
  visit(4, notice.html);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::OutboxItem> item) {
  visit(1, item.id);
  visit(2, item.recipient);
  visit(3, item.batch_key);
  visit(4, item.delivery);
  visit(5, item.school);
  visit(6, item.case_id);
  visit(7, item.finding_id);
  visit(8, item.reason);
  visit(9, item.created_at);
  visit(10, item.not_before);
  visit(11, item.role);
  visit(12, item.route);
  visit(13, item.never_waits);
  visit(14, item.notice);
  visit(15, item.withheld);
  visit(16, item.severity);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::OutboxBatch> batch) {
  visit(1, batch.key);
  visit(2, batch.message_id);
  visit(3, batch.recipient);
  visit(4, batch.delivery);
  visit(5, batch.school);
  visit(6, batch.items);
  visit(7, batch.created_at);
  visit(8, batch.attempts);
  visit(9, batch.next_attempt_at);
  visit(10, batch.last_error);
  visit(11, batch.given_up);
  visit(12, batch.channel);
  visit(13, batch.told_late);
  visit(14, batch.told_given_up);
}

template <class V>
void Visit(V& visit, typename V::template Ref<ItemTrace> trace) {
  visit(1, trace.batch_key);
  visit(2, trace.delivered);
  visit(3, trace.at);
}

SW_RECORD(core::OutboxItem)
SW_RECORD(core::OutboxBatch)
SW_RECORD(ItemTrace)

}  // namespace schoolwatch::storage
