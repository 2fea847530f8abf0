#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/platform_state.h"
#include "core/result.h"
#include "crawler/crawler.h"
#include "crawler/platforms/platform.h"
#include "crawler/platforms/route_plan.h"
#include "crawler/platforms/route_values.h"
#include "crawler/platforms/template.h"

// One request of a route, made from what its file says. Part of route_plan.h.
namespace schoolwatch::crawler {

struct RouteRequest {
  std::optional<CrawlRequest> request;
  std::optional<UnaskedRoute> unasked;  // Instead.
  core::RouteState state;               // As it is now; with its key.
};

// `values` go before those of the source: one of each list, and what another route hands on.
// `words` is what the schools' names made, or what asks for posts again; "" where the route has
// none.
RouteRequest MakeRouteRequest(const PlanInput& input, const Route& route,
                              const TemplateValues& values, const std::string& words);

// The same request with another value in one place ("query.cursor", "body.page"). kBadInput: the
// address gets too long.
core::Result<CrawlRequest> WithValue(const CrawlRequest& request, std::string_view into,
                                     const std::string& value, JsonForm form);

// The same question to another address of the same origin, as an answer gave it: without what the
// secrets' parameters are called. kForbidden: another origin.
core::Result<CrawlRequest> WithAddress(const CrawlRequest& request, std::string_view address);

// All names in a request's templates, the session's left out.
std::set<std::string> NamesOf(const RequestSpec& request);

}  // namespace schoolwatch::crawler
