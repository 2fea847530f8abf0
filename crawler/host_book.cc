#include "crawler/host_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRobotsLast = std::chrono::hours(24);          // RFC 9309, section 2.4.
constexpr milliseconds kUnreachableLasts = std::chrono::minutes(10);  // A server may just restart.

// 3xx is what is left of more than five redirects, which count as no robots.txt (2.3.1.2).
bool IsUnavailable(int status) { return status >= 300 && status < 500 && status != 429; }
bool IsGood(int status) { return status >= 200 && status < 300; }

bool IsFresh(const core::HostState& state, core::Timestamp now) {
  const milliseconds lasts = IsGood(state.robots_status) || IsUnavailable(state.robots_status)
                                 ? kRobotsLast
                                 : kUnreachableLasts;
  return state.robots_fetched_at != core::Timestamp{} && state.robots_fetched_at <= now &&
         now - state.robots_fetched_at < lasts;
}

}  // namespace

// A store that cannot be read is found out when it is written; here it means: not known.
core::HostState HostBook::Load(std::string name) const {
  core::HostState state;
  if (core::Result<std::optional<core::HostState>> known = memory_.FindHost(name);
      known && known->has_value()) {
    state = **std::move(known);
  }
  state.origin = std::move(name);
  return state;
}

HostBook::Found HostBook::FindOrMake(const core::HttpUrl& url, core::Timestamp now) {
  const std::string origin = url.origin();
  if (const auto found = hosts_.find(origin); found != hosts_.end()) {
    return {*found->second, false, false};
  }
  const std::string site_name = core::RegistrableDomain(url);
  std::unique_ptr<CrawlSite>& site = sites_[site_name];
  const bool is_new_site = site == nullptr;
  if (is_new_site) {
    site = std::make_unique<CrawlSite>();
    site->name = site_name;
    site->state = Load(site_name);
  }
  // Cannot fail: an absolute path on a URL that is one.
  core::Result<core::HttpUrl> robots_url = core::HttpUrl::Parse("/robots.txt", url);
  auto made = std::make_unique<CrawlHost>(robots_url ? *std::move(robots_url) : url);
  CrawlHost& host = *hosts_.emplace(origin, std::move(made)).first->second;
  host.site = site.get();
  host.state = Load(origin);
  host.report.origin = origin;
  if (IsFresh(host.state, now)) {
    ReadRobots(host, "not readable lately");
  }
  return {host, true, is_new_site};
}

void HostBook::SetRobots(CrawlHost& host, int status, std::string body, std::string error,
                         core::Timestamp now) const {
  host.state.robots_fetched_at = now;
  host.state.robots_status = status;
  host.state.robots_body = IsGood(status) ? std::move(body) : std::string();
  host.state.robots_body.resize(std::min(host.state.robots_body.size(), kMaxRobotsBytes));
  ReadRobots(host, std::move(error));
}

void HostBook::ReadRobots(CrawlHost& host, std::string error) const {
  const int status = host.state.robots_status;
  if (IsGood(status)) {
    host.rules = RobotsRules::Parse(host.state.robots_body, agent_);
    host.robots = RobotsState::kKnown;
  } else if (IsUnavailable(status)) {
    host.rules = RobotsRules::AllowAll();
    host.robots = RobotsState::kKnown;
  } else {
    host.rules = RobotsRules::DisallowAll();
    host.robots = RobotsState::kUnreachable;
    host.robots_error = status == 0 ? std::move(error) : fmt::format("HTTP {}", status);
  }
  host.site->crawl_delay = std::max(host.site->crawl_delay, host.rules.crawl_delay());
}

std::vector<CrawlHost*> HostBook::SortedHosts() const {
  std::vector<CrawlHost*> hosts;
  hosts.reserve(hosts_.size());
  for (const auto& [origin, host] : hosts_) {
    hosts.push_back(host.get());
  }
  std::ranges::sort(hosts, {}, [](const CrawlHost* host) { return host->state.origin; });
  return hosts;
}

std::vector<CrawlSite*> HostBook::SortedSites() const {
  std::vector<CrawlSite*> sites;
  sites.reserve(sites_.size());
  for (const auto& [name, site] : sites_) {
    sites.push_back(site.get());
  }
  std::ranges::sort(sites, {}, &CrawlSite::name);
  return sites;
}

std::string DescribeRobots(const CrawlHost& host, milliseconds max_crawl_delay) {
  if (host.whereabouts == Whereabouts::kNowhere && host.robots != RobotsState::kNoAddress) {
    return "host not found: nothing fetched";
  }
  switch (host.robots) {
    case RobotsState::kUnknown:
    case RobotsState::kAsking:
      return "not asked";
    case RobotsState::kUnreachable:
      return "unreachable: nothing fetched";
    case RobotsState::kNoAddress:
      return "address not allowed: nothing fetched";
    case RobotsState::kKnown:
      break;
  }
  std::string words = host.rules.size() == 0   ? "allows all"
                      : host.rules.size() == 1 ? "1 rule"
                                               : fmt::format("{} rules", host.rules.size());
  if (const auto delay = host.rules.crawl_delay()) {
    const auto seconds = [](milliseconds time) { return static_cast<double>(time.count()) / 1000; };
    words += fmt::format(", crawl-delay {} s", seconds(*delay));
    if (*delay > max_crawl_delay) {
      words += fmt::format(" cut to {} s", seconds(max_crawl_delay));
    }
  }
  return words;
}

}  // namespace schoolwatch::crawler
