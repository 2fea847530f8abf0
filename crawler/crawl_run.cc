#include "crawler/crawl_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/hash.h"
#include "core/time.h"
#include "crawler/platforms/call_secrets.h"
#include "crawler/platforms/platform.h"
#include "crawler/politeness.h"
#include "crawler/traps.h"
#include "crawler/url_memory.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;

// What a transfer is expected to bring, for the bytes that may be in flight: the mean of real
// pages. Reserving the most it may bring would leave eight transfers at a time.
constexpr std::size_t kUsualBody = 160u << 10;

Priority PriorityOf(FetchKind kind) {
  switch (kind) {
    case FetchKind::kFeed:
    case FetchKind::kSitemap:
    case FetchKind::kSitemapPart:
      return Priority::kFeed;
    case FetchKind::kListing:
      return Priority::kListing;
    case FetchKind::kThread:
      return Priority::kThread;
    case FetchKind::kOther:
      break;
  }
  return Priority::kOther;
}

// Under which an address is known, in this run and between runs. Two accounts ask the same address
// for different things, so what a call is part of belongs to it.
std::string KeyOf(const core::HttpUrl& url, const ApiCall* call) {
  std::string key = core::CanonicalKey(url);
  if (call != nullptr) {
    for (const std::string& part : {call->Identity(), call->state_key}) {
      key += part.empty() ? "" : " " + part;
    }
  }
  return key;
}

bool HasHeader(const net::Headers& headers, std::string_view name) {
  return std::ranges::any_of(headers, [name](const auto& field) {
    return std::ranges::equal(field.first, name, [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
  });
}

}  // namespace

CrawlRun::CrawlRun(const CrawlSettings& settings, net::Fetcher& fetcher,
                   const core::FetchMemory& memory, const core::Clock& clock,
                   CrawlListener& listener, std::uint64_t first_document)
    : settings_(settings),
      fetcher_(fetcher),
      memory_(memory),
      clock_(clock),
      listener_(listener),
      bodies_(settings.max_bytes_in_flight),
      frontier_(settings.max_queued),
      hosts_(memory, settings.robots_agent),
      lookups_(fetcher, settings.max_lookups),
      next_document_(first_document) {}

void CrawlRun::AddSource(const CrawlSource& source) {
  const auto next = static_cast<std::uint32_t>(budgets_.size());
  if (!sources_.emplace(source.name, next).second) {
    return;  // Names are unique in a configuration.
  }
  budgets_.push_back(
      {.source = source.name, .max_pages = source.max_pages, .max_bytes = source.max_bytes});
  for (const CrawlRequest& seed : source.seeds) {
    CrawlRequest request = seed;
    request.source = source.name;
    Admit(std::move(request), Origin::kSeed);
  }
}

void CrawlRun::Complete(std::uint64_t document_id, std::vector<CrawlRequest> more) {
  const auto found = handed_out_.find(document_id);
  if (found == handed_out_.end()) {
    return;
  }
  bodies_.Return(found->second);
  handed_out_.erase(found);
  for (CrawlRequest& request : more) {
    Admit(std::move(request), Origin::kLink);
  }
}

void CrawlRun::Admit(CrawlRequest request, Origin origin) {
  if (request.call != nullptr) {
    // Some answers name the next page with the secret in its address.
    std::optional<core::HttpUrl> clean = WithoutSecrets(*request.call, request.url);
    if (!clean) {
      request.url = *core::HttpUrl::Parse(request.url.origin());
      return Refuse(std::move(request), {RefusalReason::kAddress, "holds a secret of ours"});
    }
    request.url = *std::move(clean);
  }
  std::string key = KeyOf(request.url, request.call.get());
  if (!seen_.Insert(core::Hash64(key))) {
    if (origin == Origin::kSeed) {
      Refuse(std::move(request),
             {RefusalReason::kScope, "asked for already in this run, by this source or another"});
    }
    return;
  }
  const auto source = sources_.find(request.source);
  if (source == sources_.end()) {
    return Refuse(std::move(request), {RefusalReason::kScope, "belongs to no source of this run"});
  }
  Budget& budget = budgets_[source->second];
  if (std::optional<Obstacle> why = CheckWish(request, origin, std::move(key), budget)) {
    return Refuse(std::move(request), *std::move(why));
  }
  ++budget.pages;
  Wanted wanted{.url = std::move(request.url),
                .host = nullptr,
                .trail = nullptr,
                .source = source->second,
                .depth = request.depth,
                .kind = request.kind,
                .robots = request.robots};
  if (request.thread != ThreadContext{}) {
    wanted.MakeTrail().thread = std::move(request.thread);
  }
  wanted.host = &FindHost(wanted.url);
  if (request.call != nullptr) {
    if (CrawlSite& site = *wanted.host->site;
        request.call->platform != nullptr && request.call->platform->gap > site.api_gap) {
      site.api_gap = request.call->platform->gap;
      UpdateDelay(site);
    }
    wanted.MakeTrail().call = std::move(request.call);
  }
  Enqueue(wanted_.Add(std::move(wanted)));
}

std::optional<CrawlRun::Obstacle> CrawlRun::CheckWish(const CrawlRequest& request, Origin origin,
                                                      std::string key, const Budget& budget) const {
  if (request.url.has_credentials()) {
    return Obstacle{RefusalReason::kAddress, "carries a user name or password"};
  }
  if (request.depth > settings_.max_depth) {
    return Obstacle{RefusalReason::kScope,
                    fmt::format("more than {} links from the source", settings_.max_depth)};
  }
  // What a platform's file says where to go on is no maze.
  if (origin == Origin::kLink && request.call == nullptr) {
    if (std::optional<std::string> trap = FindTrap(request.url)) {
      return Obstacle{RefusalReason::kTrap, *std::move(trap)};
    }
  }
  if (std::optional<Obstacle> why = CheckDue(request, std::move(key))) {
    return why;
  }
  // Links that promise little leave half of the budget to those that are found later.
  const bool little =
      origin == Origin::kLink && request.kind == FetchKind::kOther && request.call == nullptr;
  if (budget.pages >= (little ? (budget.max_pages + 1) / 2 : budget.max_pages)) {
    return PagesSpent(budget);
  }
  if (wanted_.size() >= settings_.max_queued || wanted_.bytes() >= settings_.max_queued_bytes) {
    return Obstacle{RefusalReason::kBudget, "too many addresses are waiting"};
  }
  return std::nullopt;
}

CrawlRun::Obstacle CrawlRun::PagesSpent(const Budget& budget) {
  return {RefusalReason::kBudget,
          fmt::format("the source's {} pages of one run are used up", budget.max_pages)};
}

std::optional<CrawlRun::Obstacle> CrawlRun::CheckDue(const CrawlRequest& request,
                                                     std::string key) const {
  if (settings_.ignore_due || (request.call != nullptr && !ComesAgain(*request.call))) {
    return std::nullopt;
  }
  const core::UrlState known = LoadUrl(std::move(key));
  if (request.changed_at && known.failures == 0 && *request.changed_at > known.fetched_at) {
    return std::nullopt;
  }
  // When a source that fails is looked at again is its schedule's to say.
  if (IsDue(known, clock_.Now()) || (request.depth == 0 && known.failures > 0)) {
    return std::nullopt;
  }
  return Obstacle{RefusalReason::kNotDue,
                  fmt::format("not before {}", core::FormatRfc3339(known.next_due))};
}

core::UrlState CrawlRun::LoadUrl(std::string key) const {
  core::UrlState state;
  // As with hosts: a store that cannot be read means that nothing is known.
  if (core::Result<std::optional<core::UrlState>> known = memory_.FindUrl(key);
      known && known->has_value()) {
    state = **std::move(known);
  }
  state.key = std::move(key);
  return state;
}

// Puts an address where it waits next: behind the look-up of its host, behind its robots.txt, or in
// the frontier.
void CrawlRun::Enqueue(std::uint32_t id) {
  if (wanted_.at(id).is_robots) {
    EnqueueRobots(id);
  } else {
    EnqueuePage(id);
  }
}

void CrawlRun::EnqueuePage(std::uint32_t id) {
  const Wanted& wanted = wanted_.at(id);
  CrawlHost& host = *wanted.host;
  if (host.robots == RobotsState::kNoAddress) {
    return Refuse(id, {RefusalReason::kAddress, host.robots_error});
  }
  if (host.whereabouts == Whereabouts::kNowhere) {
    return Refuse(id, {RefusalReason::kUnreachable, host.address_error});
  }
  const bool obeys = wanted.robots == RobotsUse::kObey;
  if (obeys && host.robots == RobotsState::kUnreachable) {
    return Refuse(
        id, {RefusalReason::kUnreachable, "robots.txt could not be read: " + host.robots_error});
  }
  if (std::optional<Obstacle> why = ObstacleOf(host)) {
    return Refuse(id, *std::move(why));
  }
  if (!host.place) {
    return WaitForAddress(host, id);
  }
  if (obeys) {
    if (host.robots != RobotsState::kKnown) {
      host.waiting.push_back(id);
      return AskRobots(host);
    }
    if (const std::string_view target = wanted.url.target(); !host.rules.IsAllowed(target)) {
      std::string rule = host.rules.Explain(target);
      ++host.report.withheld;
      if (host.report.withheld_examples.size() < HostReport::kMostExamples) {
        host.report.withheld_examples.push_back({wanted.url.href(), rule});
      }
      return Refuse(id, {RefusalReason::kRobots, "disallowed by " + rule});
    }
    ++host.report.allowed;
  }
  if (!frontier_.Add(*host.place, PriorityOf(wanted.kind), id)) {
    Refuse(id, {RefusalReason::kBudget, "too many addresses are waiting"});
  }
}

// Half for what is known of, half for what may grow: a fetcher refuses a body that finds no room,
// so room must be left when it is asked for.
bool CrawlRun::HasRoom() const {
  if (in_flight_.empty() && handed_out_.empty()) {
    return true;
  }
  return in_flight_.size() < settings_.max_in_flight &&
         bodies_.used() + (in_flight_.size() + 1) * kUsualBody <= settings_.max_bytes_in_flight / 2;
}

void CrawlRun::StartReady() {
  lookups_.StartSome();
  while (HasRoom()) {
    const std::optional<Frontier::Taken> taken = frontier_.Take(Now());
    if (!taken) {
      return;
    }
    const Wanted& wanted = wanted_.at(taken->id);
    if (SpentOf(*wanted.host->site)) {
      frontier_.Forgo(taken->site);
      std::vector<std::uint32_t> ids = frontier_.DropSite(taken->site);
      ids.push_back(taken->id);
      GiveUp(ids);
      continue;
    }
    if (!wanted.is_robots) {
      const Budget& budget = budgets_[wanted.source];
      if (budget.bytes >= budget.max_bytes) {
        frontier_.Forgo(taken->site);
        Refuse(taken->id,
               {RefusalReason::kBudget,
                fmt::format("the source's {} bytes of one run are used up", budget.max_bytes)});
        continue;
      }
    }
    Start(taken->id);
  }
}

void CrawlRun::Start(std::uint32_t id) {
  const Wanted& wanted = wanted_.at(id);
  net::Request request{
      .url = wanted.url, .headers = {}, .timeout = settings_.timeout, .budget = &bodies_};
  if (wanted.is_robots) {
    request.max_bytes = kMaxRobotsBytes;
    request.headers.emplace_back("accept", "text/plain, */*;q=0.5");
  } else if (IsFeedLike(wanted.kind)) {
    request.max_bytes = settings_.max_feed_bytes;
    request.headers.emplace_back("accept",
                                 "application/atom+xml, application/rss+xml, "
                                 "application/feed+json, application/json, "
                                 "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5");
  } else {
    request.max_bytes = settings_.max_page_bytes;
    request.headers.emplace_back("accept", "text/html, application/xhtml+xml, */*;q=0.5");
  }
  Exchange exchange{.known = {}, .started = Now(), .started_at = clock_.Now()};
  const ApiCall* const call = wanted.is_robots ? nullptr : wanted.call();
  if (call != nullptr) {
    AddCall(*call, request);
  }
  if (!wanted.is_robots && (call == nullptr || ComesAgain(*call))) {
    exchange.known = LoadUrl(KeyOf(wanted.url, call));
    const std::size_t before = request.headers.size();
    AddValidators(exchange.known, clock_.Now(), request.headers);
    exchange.conditional = request.headers.size() > before;
  }
  in_flight_.emplace(id, std::move(exchange));
  fetcher_.Start(std::move(request), [this, id](core::Result<net::Response> response) {
    answers_.push_back({id, std::move(response)});
  });
}

void CrawlRun::AddCall(const ApiCall& call, net::Request& request) const {
  if (HasHeader(call.headers, "accept")) {
    request.headers.clear();  // Which holds nothing else yet.
  }
  request.headers.insert(request.headers.end(), call.headers.begin(), call.headers.end());
  request.method = call.method;
  request.body = call.body;
  if (!call.body_type.empty()) {
    request.headers.emplace_back("content-type", call.body_type);
  }
  request.secret_headers = call.secret_headers;
  request.secret_target = SecretTarget(call, request.url);
  request.user_agent_front = call.agent_front;
  request.once = call.reserved > 0;
}

// What the listener is told: the request as it was made.
CrawlRequest CrawlRun::RequestOf(Wanted& wanted) const {
  const bool went_on = wanted.trail != nullptr && wanted.trail->asked.has_value();
  return {.source = budgets_[wanted.source].source,
          .url = went_on ? *std::move(wanted.trail->asked) : wanted.url,
          .kind = wanted.kind,
          .depth = wanted.depth,
          .thread = wanted.trail == nullptr ? ThreadContext{} : std::move(wanted.trail->thread),
          .robots = wanted.robots,
          .call = wanted.trail == nullptr ? nullptr : std::move(wanted.trail->call)};
}

void CrawlRun::Refuse(std::uint32_t id, Obstacle why) {
  Wanted wanted = wanted_.Remove(id);
  // What was not asked did not cost the host anything.
  Budget& budget = budgets_[wanted.source];
  budget.pages -= std::min<std::size_t>(budget.pages, 1);
  Refuse(RequestOf(wanted), std::move(why));
}

void CrawlRun::Refuse(CrawlRequest request, Obstacle why) {
  ++report_.refused;
  listener_.OnRefusal({std::move(request), why.reason, std::move(why.detail)});
}

milliseconds CrawlRun::Patience(milliseconds most) const {
  const std::optional<Frontier::Time> next = frontier_.NextReady();
  if (!next || !HasRoom()) {
    return most;  // An answer or a completed document comes first, and both wake us.
  }
  return std::clamp(std::chrono::ceil<milliseconds>(*next - Now()), milliseconds(1), most);
}

void CrawlRun::Cancel() {
  fetcher_.CancelAll();
  // The hosts were asked all the same.
  for (const Answer& answer : answers_) {
    NoteAsked(*wanted_.at(answer.id).host, 0);
  }
  answers_.clear();
  in_flight_.clear();
  report_.stopped_early = true;
}

CrawlReport CrawlRun::Finish() {
  for (CrawlSite* const site : hosts_.SortedSites()) {
    report_.host_states.push_back(std::move(site->state));
  }
  for (CrawlHost* const host : hosts_.SortedHosts()) {
    DescribeHost(*host);
    report_.requests += host->report.requests;
    report_.bytes += host->report.bytes;
    report_.hosts.push_back(std::move(host->report));
    report_.host_states.push_back(std::move(host->state));
  }
  return std::move(report_);
}

void CrawlRun::DescribeHost(CrawlHost& host) const {
  HostReport& report = host.report;
  report.robots = DescribeRobots(host, settings_.max_crawl_delay);
  report.site = host.site->name;
  report.page_gap = settings_.page_gap;
  report.feed_gap = settings_.feed_gap;
  report.crawl_delay = host.rules.crawl_delay();
  if (report.crawl_delay) {
    report.crawl_delay_kept = std::min(*report.crawl_delay, settings_.max_crawl_delay);
  }
}

}  // namespace schoolwatch::crawler
