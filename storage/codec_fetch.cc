#include "storage/codec.h"
#include "storage/codec_fields.h"

namespace schoolwatch::storage {

template <>
struct LastOf<core::SourceHealth> {
  static constexpr auto kValue = core::SourceHealth::kForbidden;
};
template <>
struct LastOf<core::SourceTrouble> {
  static constexpr auto kValue = core::SourceTrouble::kOther;
};

template <class V>
void Visit(V& visit, typename V::template Ref<core::SeenMark> mark) {
  visit(1, mark.text_hash);
  visit(2, mark.seen_at);
  visit(3, mark.other_hash);
  visit(4, mark.is_entry);
  visit(5, mark.findings);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::UrlState> url) {
  visit(1, url.key);
  visit(2, url.etag);
  visit(3, url.last_modified);
  visit(4, url.validators_since);
  visit(5, url.body_hash);
  visit(6, url.last_status);
  visit(7, url.fetched_at);
  visit(8, url.next_due);
  visit(9, url.failures);
  visit(10, url.follow);
  visit(11, url.interval);
  visit(12, url.text_hash);
  visit(13, url.read_at);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::HostState> host) {
  visit(1, host.origin);
  visit(2, host.robots_fetched_at);
  visit(3, host.robots_status);
  visit(4, host.robots_body);
  visit(5, host.last_request_at);
  visit(6, host.blocked_until);
  visit(7, host.incidents);
  visit(20, host.day);
  visit(21, host.day_requests);
  visit(22, host.day_bytes);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::FeedHints> hints) {
  visit(1, hints.wait);
  visit(2, hints.skip_hours);
  visit(3, hints.skip_days);
  visit(4, hints.usual_gap);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::SourceDelays> delays) {
  visit(1, delays.day);
  visit(2, delays.post);
  visit(3, delays.look);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::SourceState> source) {
  visit(1, source.name);
  visit(2, source.first_looked_at);
  visit(3, source.last_looked_at);
  visit(4, source.last_worked_at);
  visit(5, source.next_due);
  visit(6, source.newest_post);
  visit(7, source.failures);
  visit(8, source.health);
  visit(9, source.last_error);
  visit(10, source.posts_seen);
  visit(11, source.interval);
  visit(12, source.feed);
  visit(30, source.trouble);
  visit(31, source.last_held_at);
  visit(32, source.health_since);
  visit(33, source.told);
  visit(34, source.delays);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::HostTally> tally) {
  visit(1, tally.robots);
  visit(2, tally.feeds);
  visit(3, tally.pages);
  visit(4, tally.redirects);
  visit(5, tally.conditional);
  visit(6, tally.ok);
  visit(7, tally.not_modified);
  visit(8, tally.redirected);
  visit(9, tally.refused);
  visit(10, tally.errors);
  visit(11, tally.too_many);
  visit(12, tally.unavailable);
  visit(13, tally.unanswered);
  visit(14, tally.bytes);
  visit(15, tally.allowed);
  visit(16, tally.withheld);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::LedgerDay> day) {
  visit(1, day.day);
  visit(2, day.tally);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::LedgerRefusal> refusal) {
  visit(1, refusal.url);
  visit(2, refusal.rule);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::LedgerPause> pause) {
  visit(1, pause.asked_at);
  visit(2, pause.until);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::HostLedger> ledger) {
  visit(1, ledger.origin);
  visit(2, ledger.site);
  visit(3, ledger.first_request);
  visit(4, ledger.last_request);
  visit(5, ledger.total);
  visit(6, ledger.days);
  visit(7, ledger.withheld);
  visit(8, ledger.pauses);
  visit(9, ledger.page_gap);
  visit(10, ledger.feed_gap);
  visit(11, ledger.crawl_delay);
  visit(12, ledger.crawl_delay_kept);
  visit(13, ledger.robots);
  visit(14, ledger.longest_gap);
  visit(15, ledger.slowest_answer);
}

SW_RECORD(core::SeenMark)
SW_RECORD(core::UrlState)
SW_RECORD(core::HostState)
SW_RECORD(core::SourceState)
SW_RECORD(core::HostLedger)

}  // namespace schoolwatch::storage
