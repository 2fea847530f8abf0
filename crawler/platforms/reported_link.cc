#include "crawler/platforms/reported_link.h"

#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "config/settings.h"
#include "crawler/platforms/route_plan.h"

namespace schoolwatch::crawler {
namespace {

bool IsWithin(std::string_view host, std::string_view domain) {
  return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                            host[host.size() - domain.size() - 1] == '.');
}

// A link that the route was not made for (a profile, a list) is none to ask it for.
bool Fits(const Platform& platform, const std::string& link) {
  const ValueSpec* const value = platform.FindValue(kLinkValue);
  return value != nullptr && re2::RE2::FullMatch(link, re2::RE2(value->pattern, re2::RE2::Quiet));
}

std::optional<CrawlRequest> AskOEmbed(const std::shared_ptr<const Platform>& platform,
                                      const std::string& link) {
  if (platform->links->oembed.empty() || !Fits(*platform, link)) {
    return std::nullopt;
  }
  config::Source source;
  source.platform = platform->name;
  source.routes = {platform->links->oembed};
  source.with[std::string(kLinkValue)] = {link};
  PlanInput input{.platform = platform, .source = &source, .schools = {}};
  input.ignore_due = true;
  RoutePlan plan = PlanRoutes(input);
  return plan.requests.empty() ? std::nullopt : std::optional(std::move(plan.requests.front()));
}

}  // namespace

LinkPlan PlanLink(const Platforms& platforms, const core::HttpUrl& link) {
  for (const auto& [name, platform] : platforms) {
    if (!platform->links ||
        std::ranges::none_of(platform->links->hosts, [&](const std::string& host) {
          return IsWithin(link.host(), host);
        })) {
      continue;
    }
    LinkPlan plan;
    plan.oembed = AskOEmbed(platform, link.href());
    plan.read_page = !plan.oembed && platform->links->page == LinkSpec::Page::kRead;
    if (!plan.oembed && !plan.read_page) {
      plan.why_left = platform->links->why;
    }
    return plan;
  }
  return {};
}

}  // namespace schoolwatch::crawler
