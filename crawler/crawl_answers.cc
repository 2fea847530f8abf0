// The half of CrawlRun that deals with answers.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/hash.h"
#include "core/time.h"
#include "crawler/crawl_run.h"
#include "crawler/http_hints.h"
#include "crawler/politeness.h"
#include "crawler/traps.h"
#include "crawler/url_memory.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxRobotsRedirects = 5;  // RFC 9309, section 2.3.1.2.
constexpr int kMostSilent = 3;

core::ErrorKind ErrorOf(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::kNotFound:
      return core::ErrorKind::kNotFound;
    case AnswerKind::kForbidden:
      return core::ErrorKind::kForbidden;
    case AnswerKind::kThrottled:
      return core::ErrorKind::kThrottled;
    case AnswerKind::kUnavailable:
      return core::ErrorKind::kUnavailable;
    default:
      return core::ErrorKind::kBadInput;
  }
}

// Into the counts that have no event of their own.
void CountStatus(int status, HostReport& report) {
  if (status < 300) {
    ++report.ok;
  } else if (status < 400) {
    report.redirected += status == 304 ? 0u : 1u;
  } else if (status < 500) {
    report.client_errors += status == 429 ? 0u : 1u;
  } else {
    report.server_errors += status == 503 ? 0u : 1u;
  }
}

template <class Value>
bool Contains(const std::vector<Value>& values, const Value& value) {
  return std::ranges::find(values, value) != values.end();
}

}  // namespace

void CrawlRun::HandleAnswers() {
  // Dealing with an answer starts nothing, so no more can come meanwhile.
  std::vector<Answer> answers = std::exchange(answers_, {});
  for (Answer& answer : answers) {
    HandleAnswer(std::move(answer));
  }
}

void CrawlRun::HandleAnswer(Answer answer) {
  --in_flight_;
  const Job& job = jobs_.at(answer.id);
  CrawlHost& host = *job.host;
  CrawlSite& site = *host.site;
  const core::Result<net::Response>& response = answer.response;
  site.last_response =
      response ? response->elapsed : std::chrono::floor<milliseconds>(Now() - job.started);
  NoteAsked(host);
  ++host.report.requests;
  host.report.slowest = std::max(host.report.slowest, site.last_response);
  UpdateDelay(site);
  host.report.delay = std::max(
      host.report.delay,
      RequestGap(job.robots_of != nullptr || IsFeedLike(job.request.kind) ? settings_.feed_gap
                                                                          : settings_.page_gap,
                 site.crawl_delay, site.last_response, settings_.max_crawl_delay));
  frontier_.Release(site.name, Now());
  if (response) {
    host.silent = 0;
    host.report.bytes += response->wire_bytes;
    CountStatus(response->status, host.report);
    if (ClassifyStatus(response->status) == AnswerKind::kThrottled) {
      Throttle(host, *response);
    } else {
      NoteAnswered(host.state, clock_.Now());
    }
  } else if (core::IsTransient(response.error().kind)) {
    ++host.silent;
  }
  if (job.robots_of != nullptr) {
    HandleRobots(answer.id, std::move(answer.response));
  } else {
    HandlePage(answer.id, std::move(answer.response));
  }
  if (host.silent == kMostSilent) {
    RefuseAll(frontier_.DropHost(host.state.origin));
  }
}

void CrawlRun::HandleRobots(std::uint64_t id, core::Result<net::Response> answer) {
  if (!answer) {
    CrawlHost& owner = *jobs_.at(id).robots_of;
    if (answer.error().kind == core::ErrorKind::kForbidden && jobs_.at(id).hops.empty()) {
      jobs_.erase(id);
      owner.robots = RobotsState::kNoAddress;
      owner.robots_error = std::move(answer.error().message);
      return ReleaseWaiting(owner);
    }
    return FinishRobots(id, 0, {}, std::move(answer.error().message));
  }
  if (ClassifyStatus(answer->status) == AnswerKind::kRedirect) {
    return FollowRobots(id, *answer);
  }
  FinishRobots(id, answer->status, std::move(answer->body), {});
}

// Up to five redirects, also to other hosts; their robots.txt are not asked for this, but their
// gaps and blocks are kept. What cannot be followed counts as no robots.txt.
void CrawlRun::FollowRobots(std::uint64_t id, const net::Response& response) {
  Job& job = jobs_.at(id);
  job.hops.push_back(job.url.href());
  core::Result<core::HttpUrl> next =
      core::HttpUrl::Parse(net::FindHeader(response.headers, "location"), job.url);
  if (net::FindHeader(response.headers, "location").empty() || !next ||
      job.hops.size() > kMaxRobotsRedirects || Contains(job.hops, next->href())) {
    return FinishRobots(id, response.status, {}, {});
  }
  job.url = *std::move(next);
  CrawlHost& host = FindHost(job.url);
  job.host = &host;
  if (std::string block = BlockOf(host); !block.empty()) {
    return FinishRobots(id, 0, {}, std::move(block));
  }
  if (!frontier_.Add(host.site->name, host.state.origin, Priority::kRobots, id)) {
    FinishRobots(id, 0, {}, "too many addresses are waiting");
  }
}

void CrawlRun::FinishRobots(std::uint64_t id, int status, std::string body, std::string error) {
  CrawlHost& owner = *jobs_.at(id).robots_of;
  jobs_.erase(id);
  hosts_.SetRobots(owner, status, std::move(body), std::move(error), clock_.Now());
  UpdateDelay(*owner.site);
  ReleaseWaiting(owner);
}

void CrawlRun::ReleaseWaiting(CrawlHost& host) {
  for (const std::uint64_t id : std::exchange(host.waiting, {})) {
    Enqueue(id);
  }
}

void CrawlRun::HandlePage(std::uint64_t id, core::Result<net::Response> answer) {
  if (!answer) {
    if (answer.error().kind == core::ErrorKind::kForbidden) {
      return Refuse(id, RefusalReason::kAddress, std::move(answer.error().message));
    }
    return Fail(id, std::move(answer.error()), 0, std::nullopt);
  }
  Job& job = jobs_.at(id);
  budgets_.at(job.request.source).bytes += answer->body.size();
  const AnswerKind kind = ClassifyStatus(answer->status);
  switch (kind) {
    case AnswerKind::kUnchanged:
      if (job.known.body_hash.empty()) {
        return Fail(id, {core::ErrorKind::kUnavailable, "HTTP 304 to a request without conditions"},
                    answer->status, std::nullopt);
      }
      ++job.host->report.not_modified;
      [[fallthrough]];
    case AnswerKind::kDocument:
      return HandDocument(id, *std::move(answer));
    case AnswerKind::kRedirect:
      return FollowPage(id, *answer);
    default:
      break;
  }
  std::optional<milliseconds> retry_after = FindRetryAfter(answer->headers, clock_.Now());
  if (kind == AnswerKind::kThrottled) {
    retry_after = RestOfBlock(job.host->state, clock_.Now());
  }
  Fail(id, {ErrorOf(kind), fmt::format("HTTP {}", answer->status)}, answer->status, retry_after);
}

void CrawlRun::HandDocument(std::uint64_t id, net::Response response) {
  Job job = std::move(jobs_.at(id));
  jobs_.erase(id);
  const core::Timestamp now = clock_.Now();
  core::UrlState state = AfterDocument(job.known, response, now);
  const bool unchanged = IsUnchanged(job.known, state);
  if (unchanged) {
    response.body = {};  // Nobody reads it.
  }
  ++report_.documents;
  report_.unchanged += unchanged ? 1 : 0;
  std::vector<std::string> sitemaps =
      job.request.depth == 0 ? job.host->rules.sitemaps() : std::vector<std::string>();
  const std::uint64_t document = next_document_++;
  handed_out_.emplace(document, response.body.size());
  bytes_out_ += response.body.size();
  listener_.OnDocument({.id = document,
                        .request = std::move(job.request),
                        .final_url = std::move(job.url),
                        .redirects = std::move(job.hops),
                        .response = std::move(response),
                        .fetched_at = now,
                        .unchanged = unchanged,
                        .sitemaps = std::move(sitemaps),
                        .url_state = std::move(state),
                        .host_state = job.host->state});
}

void CrawlRun::FollowPage(std::uint64_t id, const net::Response& response) {
  Job& job = jobs_.at(id);
  const std::string_view location = net::FindHeader(response.headers, "location");
  if (location.empty()) {
    return Fail(id,
                {core::ErrorKind::kBadInput,
                 fmt::format("HTTP {} without an address to go to", response.status)},
                response.status, std::nullopt);
  }
  core::Result<core::HttpUrl> next = core::HttpUrl::Parse(location, job.url);
  if (!next) {
    return Refuse(id, RefusalReason::kAddress,
                  "redirects to no web address: " + next.error().message);
  }
  job.hops.push_back(job.url.href());
  if (job.hops.size() > static_cast<std::size_t>(std::max(settings_.max_redirects, 0))) {
    return Refuse(id, RefusalReason::kRedirects,
                  fmt::format("more than {} redirects", settings_.max_redirects));
  }
  // By the whole address: a redirect that only takes a tracking parameter off keeps the key.
  if (Contains(job.hops, next->href())) {
    return Refuse(id, RefusalReason::kRedirects, "redirects in a circle");
  }
  if (next->has_credentials()) {
    return Refuse(id, RefusalReason::kAddress, "redirects to an address with a password");
  }
  if (job.request.depth > 0) {
    if (std::optional<std::string> trap = FindTrap(*next)) {
      return Refuse(id, RefusalReason::kTrap, "redirects to what is one: " + *trap);
    }
  }
  const std::uint64_t key = core::Hash64(core::CanonicalKey(*next));
  if (!Contains(job.keys, key)) {
    if (!seen_.insert(key).second) {
      return Refuse(id, RefusalReason::kScope,
                    "redirects to " + next->href() + ", asked for already in this run");
    }
    job.keys.push_back(key);
  }
  Budget& budget = budgets_.at(job.request.source);
  if (budget.pages >= budget.max_pages) {
    return Refuse(id, RefusalReason::kBudget,
                  fmt::format("the source's {} pages of one run are used up", budget.max_pages));
  }
  ++budget.pages;
  job.url = *std::move(next);
  Enqueue(id);
}

void CrawlRun::Fail(std::uint64_t id, core::Error error, int status,
                    std::optional<milliseconds> retry_after) {
  Job job = std::move(jobs_.at(id));
  jobs_.erase(id);
  ++report_.failed;
  core::UrlState state = AfterFailure(std::move(job.known), status, retry_after, clock_.Now());
  listener_.OnFailure({.request = std::move(job.request),
                       .error = std::move(error),
                       .status = status,
                       .url_state = std::move(state),
                       .host_state = job.host->state});
}

// 503 is this host's trouble; 429 is a limit, and those are shared by the whole domain.
void CrawlRun::Throttle(CrawlHost& host, const net::Response& response) {
  const core::Timestamp wall = clock_.Now();
  NoteThrottled(host.state, FindRetryAfter(response.headers, wall), wall);
  ++host.report.throttled;
  host.report.blocked_until = host.state.blocked_until;
  CrawlSite& site = *host.site;
  const std::chrono::steady_clock::time_point until = Now() + RestOfBlock(host.state, wall);
  host.blocked_until = std::max(host.blocked_until, until);
  frontier_.BlockHostUntil(site.name, host.state.origin, until);
  const bool whole_site = response.status == 429;
  if (whole_site) {
    site.blocked_until = std::max(site.blocked_until, until);
    site.state.blocked_until = std::max(site.state.blocked_until, host.state.blocked_until);
    frontier_.BlockSlotUntil(site.name, until);
  }
  if (!BlockOf(host).empty()) {
    RefuseAll(whole_site ? frontier_.DropSlot(site.name) : frontier_.DropHost(host.state.origin));
  }
}

void CrawlRun::RefuseAll(const std::vector<std::uint64_t>& ids) {
  for (const std::uint64_t id : ids) {
    const std::string detail = BlockOf(*jobs_.at(id).host);
    if (jobs_.at(id).robots_of != nullptr) {
      FinishRobots(id, 0, {}, detail);
    } else {
      Refuse(id, RefusalReason::kBlocked, detail);
    }
  }
}

std::string CrawlRun::BlockOf(const CrawlHost& host) const {
  if (std::max(host.blocked_until, host.site->blocked_until) > Now() + settings_.max_wait) {
    return host.blocked_until >= host.site->blocked_until
               ? fmt::format("asked us to wait until {}",
                             core::FormatRfc3339(host.state.blocked_until))
               : "another host of " + host.site->name + " asked us to wait";
  }
  if (host.silent >= kMostSilent) {
    return fmt::format("did not answer {} times in a row", host.silent);
  }
  return {};
}

}  // namespace schoolwatch::crawler
