// What is kept of platforms' interfaces.

#include "storage/codec.h"
#include "storage/codec_fields.h"

namespace schoolwatch::storage {

template <class V>
void Visit(V& visit, typename V::template Ref<core::RouteState> route) {
  visit(1, route.key);
  visit(2, route.newest_id);
  visit(3, route.newest_time);
  visit(4, route.cursor);
  visit(5, route.cursor_host);
  visit(6, route.looked_at);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::PlatformSession> session) {
  visit(1, session.key);
  visit(2, session.access_token);
  visit(3, session.refresh_token);
  visit(4, session.access_until);
  visit(5, session.created_at);
  visit(6, session.refused);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::PlatformSpending> spending) {
  visit(1, spending.key);
  visit(2, spending.period_began);
  visit(3, spending.used);
  visit(4, spending.reserved);
}

SW_RECORD(core::RouteState)
SW_RECORD(core::PlatformSession)
SW_RECORD(core::PlatformSpending)

}  // namespace schoolwatch::storage
