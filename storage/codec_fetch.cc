#include "storage/codec.h"
#include "storage/codec_fields.h"

namespace schoolwatch::storage {

template <>
struct LastOf<core::SourceHealth> {
  static constexpr auto kValue = core::SourceHealth::kForbidden;
};

template <class V>
void Visit(V& visit, typename V::template Ref<core::SeenMark> mark) {
  visit(1, mark.text_hash);
  visit(2, mark.seen_at);
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
}

SW_RECORD(core::SeenMark)
SW_RECORD(core::UrlState)
SW_RECORD(core::HostState)
SW_RECORD(core::SourceState)

}  // namespace schoolwatch::storage
