// The part of CrawlRun that deals with hosts: where they are, what they allow, what they ask for.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/time.h"
#include "crawler/crawl_run.h"
#include "crawler/http_hints.h"
#include "crawler/politeness.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;

}  // namespace

CrawlHost& CrawlRun::FindHost(const core::HttpUrl& url) {
  const auto [host, is_new_host, is_new_site] = hosts_.FindOrMake(url, clock_.Now());
  CrawlSite& site = *host.site;
  // As polite as if we had stayed up.
  if (is_new_site) {
    site.id = frontier_.AddSite();
    DoubtBlock(site.state, clock_.Now());
    RestAsStored(site, site.state);
    if (const milliseconds rest = RestOfBlock(site.state, clock_.Now()); rest > milliseconds(0)) {
      site.blocked_until = Now() + rest;
      frontier_.BlockSiteUntil(site.id, site.blocked_until);
    }
  }
  if (is_new_host) {
    DoubtBlock(host.state, clock_.Now());
    RestAsStored(site, host.state);
    if (const milliseconds rest = RestOfBlock(host.state, clock_.Now()); rest > milliseconds(0)) {
      host.blocked_until = Now() + rest;
      host.report.blocked_until = host.state.blocked_until;
    }
    UpdateDelay(site);
  }
  return host;
}

void CrawlRun::RestAsStored(const CrawlSite& site, const core::HostState& state) {
  // A clock that went back counts as "asked just now".
  const milliseconds since =
      std::max<milliseconds>(clock_.Now() - state.last_request_at, milliseconds(0));
  if (state.last_request_at != core::Timestamp{} && since < std::chrono::hours(1)) {
    frontier_.RestFrom(site.id, Now() - since);
  }
}

void CrawlRun::UpdateDelay(CrawlSite& site) {
  const auto gap = [&](milliseconds configured) {
    return RequestGap(configured, site.crawl_delay, site.last_response, settings_.max_crawl_delay);
  };
  frontier_.SetDelay(site.id, {gap(std::max(settings_.feed_gap, site.api_gap)),
                               gap(std::max(settings_.page_gap, site.api_gap))});
}

void CrawlRun::NoteAsked(CrawlHost& host, std::uint64_t bytes) {
  host.state.last_request_at = host.site->state.last_request_at = clock_.Now();
  NoteRequest(host.site->state, bytes, clock_.Now());
}

void CrawlRun::WaitForAddress(CrawlHost& host, std::uint32_t id) {
  host.waiting.push_back(id);
  if (host.whereabouts == Whereabouts::kUnknown) {
    host.whereabouts = Whereabouts::kAsking;
    lookups_.Ask(host);
  }
}

void CrawlRun::HandleLookups() {
  for (Lookups::Answer& answer : lookups_.TakeAnswers()) {
    CrawlHost& host = *answer.host;
    if (answer.addresses) {
      Place(host, *answer.addresses);
    } else {
      host.whereabouts = Whereabouts::kNowhere;
      host.address_error = std::move(answer.addresses.error().message);
      if (answer.addresses.error().kind == core::ErrorKind::kForbidden) {
        host.robots = RobotsState::kNoAddress;
        host.robots_error = host.address_error;
      }
    }
    ReleaseWaiting(host);
  }
}

void CrawlRun::Place(CrawlHost& host, const std::vector<std::string>& addresses) {
  host.whereabouts = Whereabouts::kKnown;
  host.place = frontier_.AddHost(host.site->id, AddressOf(*host.site, addresses));
  if (host.blocked_until > Now()) {
    frontier_.BlockHostUntil(*host.place, host.blocked_until);
  }
}

Frontier::AddressId CrawlRun::AddressOf(CrawlSite& site,
                                        const std::vector<std::string>& addresses) {
  if (addresses.empty()) {
    if (!site.own_address) {
      site.own_address = frontier_.AddAddress({});
    }
    return *site.own_address;
  }
  const auto found = addresses_.find(addresses.front());
  if (found != addresses_.end()) {
    return found->second;
  }
  const Frontier::AddressId made = frontier_.AddAddress(
      {std::max<std::size_t>(settings_.per_address, 1), settings_.address_gap});
  addresses_.emplace(addresses.front(), made);
  return made;
}

// Of a host that has its place.
void CrawlRun::AskRobots(CrawlHost& host) {
  if (host.robots != RobotsState::kUnknown) {
    return;
  }
  host.robots = RobotsState::kAsking;
  Wanted wanted{.url = host.robots_url, .host = &host, .trail = nullptr, .is_robots = true};
  wanted.MakeTrail().robots_of = &host;
  EnqueueRobots(wanted_.Add(std::move(wanted)));
}

void CrawlRun::EnqueueRobots(std::uint32_t id) {
  CrawlHost& host = *wanted_.at(id).host;
  if (host.whereabouts == Whereabouts::kNowhere) {
    return FinishRobots(id, 0, {}, host.address_error);
  }
  if (std::optional<Obstacle> why = ObstacleOf(host)) {
    return FinishRobots(id, 0, {}, std::move(why->detail));
  }
  if (!host.place) {
    return WaitForAddress(host, id);
  }
  if (!frontier_.Add(*host.place, Priority::kRobots, id)) {
    FinishRobots(id, 0, {}, "too many addresses are waiting");
  }
}

void CrawlRun::FinishRobots(std::uint32_t id, int status, std::string body, std::string error) {
  CrawlHost& owner = *wanted_.at(id).trail->robots_of;
  wanted_.Remove(id);
  hosts_.SetRobots(owner, status, std::move(body), std::move(error), clock_.Now());
  UpdateDelay(*owner.site);
  ReleaseWaiting(owner);
}

void CrawlRun::ReleaseWaiting(CrawlHost& host) {
  for (const std::uint32_t id : std::exchange(host.waiting, {})) {
    Enqueue(id);
  }
}

// 503 is this host's trouble; 429 is a limit, and those are shared by the whole domain.
void CrawlRun::Throttle(CrawlHost& host, const net::Response& response) {
  const core::Timestamp wall = clock_.Now();
  NoteThrottled(host.state, FindRetryAfter(response.headers, wall), wall);
  const bool whole_site = response.status == 429;
  ++host.report.throttled;
  ++(whole_site ? host.report.too_many : host.report.unavailable);
  host.report.blocked_until = host.state.blocked_until;
  CrawlSite& site = *host.site;
  const std::chrono::steady_clock::time_point until = Now() + RestOfBlock(host.state, wall);
  host.blocked_until = std::max(host.blocked_until, until);
  frontier_.BlockHostUntil(*host.place, until);
  if (whole_site) {
    site.blocked_until = std::max(site.blocked_until, until);
    site.state.blocked_until = std::max(site.state.blocked_until, host.state.blocked_until);
    frontier_.BlockSiteUntil(site.id, until);
  }
  if (ObstacleOf(host)) {
    GiveUp(whole_site ? frontier_.DropSite(site.id) : frontier_.DropHost(*host.place));
  }
}

void CrawlRun::GiveUp(const std::vector<std::uint32_t>& ids) {
  for (const std::uint32_t id : ids) {
    Obstacle why = ObstacleOf(*wanted_.at(id).host).value_or(Obstacle{});
    if (wanted_.at(id).is_robots) {
      FinishRobots(id, 0, {}, std::move(why.detail));
    } else {
      Refuse(id, std::move(why));
    }
  }
}

std::optional<CrawlRun::Obstacle> CrawlRun::ObstacleOf(const CrawlHost& host) const {
  if (std::max(host.blocked_until, host.site->blocked_until) > Now() + settings_.max_wait) {
    return Obstacle{RefusalReason::kBlocked,
                    host.blocked_until >= host.site->blocked_until
                        ? fmt::format("asked us to wait until {}",
                                      core::FormatRfc3339(host.state.blocked_until))
                        : "another host of " + host.site->name + " asked us to wait"};
  }
  if (host.silent >= kMostSilent) {
    return Obstacle{RefusalReason::kBlocked,
                    fmt::format("did not answer {} times in a row", host.silent)};
  }
  return SpentOf(*host.site);
}

std::optional<CrawlRun::Obstacle> CrawlRun::SpentOf(const CrawlSite& site) const {
  const DayUse use = UseOfDay(site.state, clock_.Now());
  if (use.requests >= settings_.max_site_requests_per_day) {
    return Obstacle{RefusalReason::kBudget,
                    fmt::format("the {} requests of one day to {} are used up",
                                settings_.max_site_requests_per_day, site.name)};
  }
  if (use.bytes >= settings_.max_site_bytes_per_day) {
    return Obstacle{RefusalReason::kBudget,
                    fmt::format("the {} bytes of one day from {} are used up",
                                settings_.max_site_bytes_per_day, site.name)};
  }
  return std::nullopt;
}

}  // namespace schoolwatch::crawler
