// The part of CrawlRun that deals with answers.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/hash.h"
#include "core/time.h"
#include "crawler/crawl_run.h"
#include "crawler/http_hints.h"
#include "crawler/platforms/call_secrets.h"
#include "crawler/politeness.h"
#include "crawler/traps.h"
#include "crawler/url_memory.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxRobotsRedirects = 5;  // RFC 9309, section 2.3.1.2.
constexpr std::size_t kMostErrorBytes = 64u << 10;

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
  HandleLookups();
  // Dealing with an answer starts nothing, so no more can come meanwhile.
  std::vector<Answer> answers = std::exchange(answers_, {});
  for (Answer& answer : answers) {
    HandleAnswer(std::move(answer));
  }
}

void CrawlRun::HandleAnswer(Answer answer) {
  const auto found = in_flight_.find(answer.id);
  Exchange exchange = std::move(found->second);
  in_flight_.erase(found);
  const Wanted& wanted = wanted_.at(answer.id);
  const bool is_robots = wanted.is_robots;
  CrawlHost& host = *wanted.host;
  const core::Result<net::Response>& response = answer.response;
  NoteAnswer(wanted, exchange, response);
  frontier_.Release(host.site->id, Now());
  if (response) {
    host.silent = 0;
    if (ClassifyStatus(response->status) == AnswerKind::kThrottled) {
      Throttle(host, *response);
    } else {
      NoteAnswered(host.state, clock_.Now());
    }
  } else if (core::IsTransient(response.error().kind)) {
    ++host.silent;
  }
  if (is_robots) {
    HandleRobots(answer.id, std::move(answer.response));
  } else {
    HandlePage(answer.id, std::move(exchange.known), std::move(answer.response));
  }
  if (host.silent == kMostSilent) {
    GiveUp(frontier_.DropHost(*host.place));
  }
}

// For the gap, the day's budget and the receipt.
void CrawlRun::NoteAnswer(const Wanted& wanted, const Exchange& exchange,
                          const core::Result<net::Response>& response) {
  CrawlHost& host = *wanted.host;
  CrawlSite& site = *host.site;
  HostReport& report = host.report;
  site.last_response =
      response ? response->elapsed : std::chrono::floor<milliseconds>(Now() - exchange.started);
  NoteAsked(host, response ? response->wire_bytes : 0);
  UpdateDelay(site);

  ++report.requests;
  const bool is_feed = IsFeedLike(wanted.kind) && !wanted.is_robots;
  ++(wanted.is_robots          ? report.robots_requests
     : wanted.was_redirected() ? report.redirect_requests
     : is_feed                 ? report.feed_requests
                               : report.page_requests);
  report.conditional += exchange.conditional ? 1 : 0;
  report.first_request = report.first_request.value_or(exchange.started_at);
  report.last_request = exchange.started_at;
  report.slowest = std::max(report.slowest, site.last_response);
  report.delay =
      std::max(report.delay,
               RequestGap(std::max(site.api_gap, wanted.is_robots || is_feed ? settings_.feed_gap
                                                                             : settings_.page_gap),
                          site.crawl_delay, site.last_response, settings_.max_crawl_delay));
  if (!response) {
    ++report.failed;
    return;
  }
  report.address = response->remote_address;
  report.bytes += response->wire_bytes;
  CountStatus(response->status, report);
}

void CrawlRun::HandleRobots(std::uint32_t id, core::Result<net::Response> answer) {
  if (!answer) {
    const Wanted& wanted = wanted_.at(id);
    CrawlHost& owner = *wanted.trail->robots_of;
    if (answer.error().kind == core::ErrorKind::kForbidden && !wanted.was_redirected()) {
      wanted_.Remove(id);
      owner.robots = RobotsState::kNoAddress;
      owner.robots_error = std::move(answer.error().message);
      return ReleaseWaiting(owner);
    }
    return FinishRobots(id, 0, {}, std::move(answer.error().message));
  }
  bodies_.Return(answer->charged);
  if (ClassifyStatus(answer->status) == AnswerKind::kRedirect) {
    return FollowRobots(id, *answer);
  }
  FinishRobots(id, answer->status, std::move(answer->body), {});
}

// Up to five redirects, also to other hosts; their robots.txt are not asked for this, but their
// gaps and blocks are kept. What cannot be followed counts as no robots.txt.
void CrawlRun::FollowRobots(std::uint32_t id, const net::Response& response) {
  Wanted& wanted = wanted_.at(id);
  std::vector<std::string>& hops = wanted.trail->hops;
  hops.push_back(wanted.url.href());
  core::Result<core::HttpUrl> next =
      core::HttpUrl::Parse(net::FindHeader(response.headers, "location"), wanted.url);
  if (net::FindHeader(response.headers, "location").empty() || !next ||
      hops.size() > kMaxRobotsRedirects || Contains(hops, next->href())) {
    return FinishRobots(id, response.status, {}, {});
  }
  wanted.url = *std::move(next);
  wanted.host = &FindHost(wanted.url);
  EnqueueRobots(id);
}

void CrawlRun::HandlePage(std::uint32_t id, core::UrlState known,
                          core::Result<net::Response> answer) {
  if (!answer) {
    if (answer.error().kind == core::ErrorKind::kForbidden) {
      return Refuse(id, {RefusalReason::kAddress, std::move(answer.error().message)});
    }
    return Fail(id, std::move(known), std::move(answer.error()), {}, std::nullopt);
  }
  const Wanted& wanted = wanted_.at(id);
  CrawlHost& host = *wanted.host;
  budgets_[wanted.source].bytes += answer->body.size();
  if (const ApiCall* const call = wanted.call(); call != nullptr && HasSecrets(*call)) {
    Scrub(*call, answer->body);
    for (auto& [name, value] : answer->headers) {
      if (name != "location") {  // Which is cleaned as an address.
        Scrub(*call, value);
      }
    }
  }
  const AnswerKind kind = ClassifyStatus(answer->status);
  const bool is_unchanged = kind == AnswerKind::kUnchanged && !known.body_hash.empty();
  if (kind == AnswerKind::kDocument || is_unchanged) {
    host.report.not_modified += is_unchanged ? 1 : 0;
    return HandDocument(id, std::move(known), *std::move(answer));
  }
  bodies_.Return(answer->charged);
  if (kind == AnswerKind::kRedirect) {
    return FollowPage(id, std::move(known), *answer);
  }
  if (kind == AnswerKind::kUnchanged) {
    return FailWith(
        id, std::move(known), *std::move(answer),
        core::Error{core::ErrorKind::kUnavailable, "HTTP 304 to a request without conditions"});
  }
  FailWith(id, std::move(known), *std::move(answer));
}

void CrawlRun::FailWith(std::uint32_t id, core::UrlState known, net::Response response,
                        std::optional<core::Error> why) {
  const Wanted& wanted = wanted_.at(id);
  const AnswerKind kind = ClassifyStatus(response.status);
  std::optional<milliseconds> retry_after;
  if (kind == AnswerKind::kThrottled) {
    retry_after = RestOfBlock(wanted.host->state, clock_.Now());
  } else if (!why) {
    retry_after = FindRetryAfter(response.headers, clock_.Now());
  }
  core::Error error =
      why ? *std::move(why) : core::Error{ErrorOf(kind), fmt::format("HTTP {}", response.status)};
  if (wanted.call() == nullptr) {
    response.headers.clear();
    response.body.clear();
  } else if (response.body.size() > kMostErrorBytes) {
    response.body.resize(kMostErrorBytes);
    response.body.shrink_to_fit();
  }
  Fail(id, std::move(known), std::move(error), std::move(response), retry_after);
}

void CrawlRun::HandDocument(std::uint32_t id, core::UrlState known, net::Response response) {
  Wanted wanted = wanted_.Remove(id);
  const core::Timestamp now = clock_.Now();
  core::UrlState state = AfterDocument(known, response, now);
  const bool unchanged = IsUnchanged(known, state);
  if (unchanged) {
    response.body = {};  // Nobody reads it.
    bodies_.Return(std::exchange(response.charged, 0));
  }
  ++report_.documents;
  report_.unchanged += unchanged ? 1 : 0;
  std::vector<std::string> sitemaps =
      wanted.depth == 0 ? wanted.host->rules.sitemaps() : std::vector<std::string>();
  const std::uint64_t document = next_document_++;
  handed_out_.emplace(document, response.charged);
  CrawlRequest request = RequestOf(wanted);
  listener_.OnDocument({.id = document,
                        .request = std::move(request),
                        .final_url = std::move(wanted.url),
                        .redirects = wanted.trail == nullptr ? std::vector<std::string>{}
                                                             : std::move(wanted.trail->hops),
                        .response = std::move(response),
                        .fetched_at = now,
                        .unchanged = unchanged,
                        .sitemaps = std::move(sitemaps),
                        .url_state = std::move(state),
                        .host_state = wanted.host->state,
                        .site_state = wanted.host->site->state});
}

void CrawlRun::FollowPage(std::uint32_t id, core::UrlState known, const net::Response& response) {
  Wanted& wanted = wanted_.at(id);
  const std::string_view location = net::FindHeader(response.headers, "location");
  if (location.empty()) {
    core::Error why{core::ErrorKind::kBadInput,
                    fmt::format("HTTP {} without an address to go to", response.status)};
    return FailWith(id, std::move(known), response, std::move(why));
  }
  const ApiCall* const call = wanted.call();
  if (call != nullptr && call->method != "GET") {
    return Refuse(id, {RefusalReason::kRedirects, "what is posted is sent to nobody else"});
  }
  core::Result<core::HttpUrl> next = core::HttpUrl::Parse(location, wanted.url);
  if (next && call != nullptr) {
    std::optional<core::HttpUrl> clean = WithoutSecrets(*call, *next);
    // A secret in the path cannot be put into another one.
    if (!clean || !call->secret_target.empty()) {
      return Refuse(id, {RefusalReason::kRedirects, "redirects with a secret of ours"});
    }
    next = *std::move(clean);
  }
  if (!next) {
    return Refuse(
        id, {RefusalReason::kAddress, "redirects to no web address: " + next.error().message});
  }
  if (std::optional<Obstacle> why = CheckRedirect(wanted, *next)) {
    return Refuse(id, *std::move(why));
  }
  ++budgets_[wanted.source].pages;
  if (!wanted.trail->asked) {
    wanted.trail->asked = std::move(wanted.url);
  }
  wanted.url = *std::move(next);
  CrawlHost& host = FindHost(wanted.url);
  if (wanted.host != &host) {
    wanted.host = &host;
    wanted.robots = RobotsUse::kObey;  // What is documented is the other host's.
  }
  EnqueuePage(id);
}

// Notes the hop and says what is wrong with the one that would come next.
std::optional<CrawlRun::Obstacle> CrawlRun::CheckRedirect(Wanted& wanted,
                                                          const core::HttpUrl& next) {
  Trail& trail = wanted.MakeTrail();
  if (trail.keys.empty()) {
    trail.keys.push_back(core::Hash64(core::CanonicalKey(wanted.url)));
  }
  trail.hops.push_back(wanted.url.href());
  if (trail.hops.size() > static_cast<std::size_t>(std::max(settings_.max_redirects, 0))) {
    return Obstacle{RefusalReason::kRedirects,
                    fmt::format("more than {} redirects", settings_.max_redirects)};
  }
  // By the whole address: a redirect that only takes a tracking parameter off keeps the key.
  if (Contains(trail.hops, next.href())) {
    return Obstacle{RefusalReason::kRedirects, "redirects in a circle"};
  }
  if (next.has_credentials()) {
    return Obstacle{RefusalReason::kAddress, "redirects to an address with a password"};
  }
  if (wanted.depth > 0) {
    if (std::optional<std::string> trap = FindTrap(next)) {
      return Obstacle{RefusalReason::kTrap, "redirects to what is one: " + *trap};
    }
  }
  const std::uint64_t key = core::Hash64(core::CanonicalKey(next));
  if (!Contains(trail.keys, key)) {
    if (!seen_.Insert(key)) {
      return Obstacle{RefusalReason::kScope,
                      "redirects to " + next.href() + ", asked for already in this run"};
    }
    trail.keys.push_back(key);
  }
  const Budget& budget = budgets_[wanted.source];
  if (budget.pages >= budget.max_pages) {
    return PagesSpent(budget);
  }
  return std::nullopt;
}

void CrawlRun::Fail(std::uint32_t id, core::UrlState known, core::Error error,
                    net::Response response, std::optional<milliseconds> retry_after) {
  Wanted wanted = wanted_.Remove(id);
  ++report_.failed;
  core::UrlState state = AfterFailure(std::move(known), response.status, retry_after, clock_.Now());
  listener_.OnFailure({.request = RequestOf(wanted),
                       .error = std::move(error),
                       .status = response.status,
                       .headers = std::move(response.headers),
                       .body = std::move(response.body),
                       .url_state = std::move(state),
                       .host_state = wanted.host->state,
                       .site_state = wanted.host->site->state});
}

}  // namespace schoolwatch::crawler
