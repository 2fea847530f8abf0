#include "crawler/crawl_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/hash.h"
#include "core/time.h"
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

std::uint64_t KeyHash(const core::HttpUrl& url) { return core::Hash64(core::CanonicalKey(url)); }

}  // namespace

CrawlRun::CrawlRun(const CrawlSettings& settings, net::Fetcher& fetcher,
                   const core::FetchMemory& memory, const core::Clock& clock,
                   CrawlListener& listener, std::uint64_t first_document)
    : settings_(settings),
      fetcher_(fetcher),
      memory_(memory),
      clock_(clock),
      listener_(listener),
      frontier_(settings.max_queued),
      hosts_(memory, settings.robots_agent),
      next_document_(first_document) {}

void CrawlRun::AddSource(const CrawlSource& source) {
  budgets_[source.name] = {source.max_pages, source.max_bytes, 0, 0};
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
  bytes_out_ -= found->second;
  handed_out_.erase(found);
  for (CrawlRequest& request : more) {
    Admit(std::move(request), Origin::kLink);
  }
}

void CrawlRun::Admit(CrawlRequest request, Origin origin) {
  const auto refuse = [&](RefusalReason reason, std::string detail) {
    Refuse(std::move(request), reason, std::move(detail));
  };
  const std::uint64_t key = KeyHash(request.url);
  if (!seen_.insert(key).second) {
    if (origin == Origin::kSeed) {
      refuse(RefusalReason::kScope, "asked for already in this run, by this source or another");
    }
    return;
  }
  const auto found = budgets_.find(request.source);
  if (found == budgets_.end()) {
    return refuse(RefusalReason::kScope, "belongs to no source of this run");
  }
  Budget& budget = found->second;
  if (request.url.has_credentials()) {
    return refuse(RefusalReason::kAddress, "carries a user name or password");
  }
  if (request.depth > settings_.max_depth) {
    return refuse(RefusalReason::kScope,
                  fmt::format("more than {} links from the source", settings_.max_depth));
  }
  if (origin == Origin::kLink) {
    if (std::optional<std::string> trap = FindTrap(request.url)) {
      return refuse(RefusalReason::kTrap, *std::move(trap));
    }
  }
  if (std::string detail; !IsDue(request, detail)) {
    return refuse(RefusalReason::kNotDue, std::move(detail));
  }
  if (budget.pages >= budget.max_pages) {
    return refuse(RefusalReason::kBudget,
                  fmt::format("the source's {} pages of one run are used up", budget.max_pages));
  }
  ++budget.pages;
  const std::uint64_t id = next_job_++;
  core::HttpUrl url = request.url;
  Job job{
      .request = std::move(request), .url = std::move(url), .hops = {}, .keys = {key}, .known = {}};
  jobs_.emplace(id, std::move(job));
  Enqueue(id);
}

bool CrawlRun::IsDue(const CrawlRequest& request, std::string& detail) const {
  if (settings_.ignore_due) {
    return true;
  }
  const core::UrlState known = LoadUrl(request.url);
  if (known.next_due <= clock_.Now()) {
    return true;
  }
  if (request.changed_at && known.failures == 0 && *request.changed_at > known.fetched_at) {
    return true;
  }
  // When a source that fails is looked at again is its schedule's to say.
  if (request.depth == 0 && known.failures > 0) {
    return true;
  }
  detail = fmt::format("not before {}", core::FormatRfc3339(known.next_due));
  return false;
}

core::UrlState CrawlRun::LoadUrl(const core::HttpUrl& url) const {
  core::UrlState state;
  std::string key = core::CanonicalKey(url);
  // As with hosts: a store that cannot be read means that nothing is known.
  if (core::Result<std::optional<core::UrlState>> known = memory_.FindUrl(key);
      known && known->has_value()) {
    state = **std::move(known);
  }
  state.key = std::move(key);
  return state;
}

CrawlHost& CrawlRun::FindHost(const core::HttpUrl& url) {
  const auto [host, is_new_host, is_new_site] = hosts_.FindOrMake(url, clock_.Now());
  CrawlSite& site = *host.site;
  // As polite as if we had stayed up.
  if (is_new_site) {
    RestAsStored(site, site.state);
    if (const milliseconds rest = RestOfBlock(site.state, clock_.Now()); rest > milliseconds(0)) {
      site.blocked_until = Now() + rest;
      frontier_.BlockSlotUntil(site.name, site.blocked_until);
    }
  }
  if (is_new_host) {
    RestAsStored(site, host.state);
    if (const milliseconds rest = RestOfBlock(host.state, clock_.Now()); rest > milliseconds(0)) {
      host.blocked_until = Now() + rest;
      host.report.blocked_until = host.state.blocked_until;
      frontier_.BlockHostUntil(site.name, host.state.origin, host.blocked_until);
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
    frontier_.RestFrom(site.name, Now() - since);
  }
}

void CrawlRun::UpdateDelay(CrawlSite& site) {
  const auto gap = [&](milliseconds configured) {
    return RequestGap(configured, site.crawl_delay, site.last_response, settings_.max_crawl_delay);
  };
  frontier_.SetDelay(site.name, {gap(settings_.feed_gap), gap(settings_.page_gap)});
}

// Puts a job where it waits next: behind its host's robots.txt, or in the frontier.
void CrawlRun::Enqueue(std::uint64_t id) {
  Job& job = jobs_.at(id);
  CrawlHost& host = FindHost(job.url);
  job.host = &host;
  if (host.robots == RobotsState::kUnreachable) {
    return Refuse(id, RefusalReason::kUnreachable,
                  "robots.txt could not be read: " + host.robots_error);
  }
  if (host.robots == RobotsState::kNoAddress) {
    return Refuse(id, RefusalReason::kAddress, host.robots_error);
  }
  if (std::string block = BlockOf(host); !block.empty()) {
    return Refuse(id, RefusalReason::kBlocked, std::move(block));
  }
  if (host.robots != RobotsState::kKnown) {
    host.waiting.push_back(id);
    if (host.robots == RobotsState::kUnknown) {
      AskRobots(host);
    }
    return;
  }
  if (!host.rules.IsAllowed(job.url.target())) {
    ++host.report.withheld;
    return Refuse(id, RefusalReason::kRobots,
                  "disallowed by " + host.rules.Explain(job.url.target()));
  }
  if (!frontier_.Add(host.site->name, host.state.origin, PriorityOf(job.request.kind), id)) {
    Refuse(id, RefusalReason::kBudget, "too many addresses are waiting");
  }
}

void CrawlRun::AskRobots(CrawlHost& host) {
  const std::uint64_t id = next_job_++;
  Job job{.request = {.source = {},
                      .url = host.robots_url,
                      .kind = FetchKind::kOther,
                      .depth = 0,
                      .thread = {}},
          .url = host.robots_url,
          .host = &host,
          .robots_of = &host,
          .hops = {},
          .keys = {},
          .known = {}};
  jobs_.emplace(id, std::move(job));
  host.robots = RobotsState::kAsking;
  if (!frontier_.Add(host.site->name, host.state.origin, Priority::kRobots, id)) {
    FinishRobots(id, 0, {}, "too many addresses are waiting");
  }
}

bool CrawlRun::HasRoom() const {
  if (in_flight_ == 0 && bytes_out_ == 0) {
    return true;
  }
  return in_flight_ < settings_.max_in_flight &&
         bytes_out_ + (in_flight_ + 1) * kUsualBody <= settings_.max_bytes_in_flight;
}

void CrawlRun::StartReady() {
  while (HasRoom()) {
    const std::optional<Frontier::Taken> taken = frontier_.Take(Now());
    if (!taken) {
      return;
    }
    const Job& job = jobs_.at(taken->id);
    if (job.robots_of == nullptr) {
      const Budget& budget = budgets_.at(job.request.source);
      if (budget.bytes >= budget.max_bytes) {
        frontier_.Forgo(taken->slot);
        Refuse(taken->id, RefusalReason::kBudget,
               fmt::format("the source's {} bytes of one run are used up", budget.max_bytes));
        continue;
      }
    }
    Start(taken->id);
  }
}

void CrawlRun::Start(std::uint64_t id) {
  Job& job = jobs_.at(id);
  net::Request request{.url = job.url, .headers = {}};
  if (job.robots_of != nullptr) {
    request.max_bytes = kMaxRobotsBytes;
    request.headers.emplace_back("accept", "text/plain, */*;q=0.5");
  } else if (IsFeedLike(job.request.kind)) {
    request.max_bytes = settings_.max_feed_bytes;
    request.headers.emplace_back("accept",
                                 "application/atom+xml, application/rss+xml, "
                                 "application/feed+json, application/json, "
                                 "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5");
  } else {
    request.max_bytes = settings_.max_page_bytes;
    request.headers.emplace_back("accept", "text/html, application/xhtml+xml, */*;q=0.5");
  }
  if (job.robots_of == nullptr) {
    job.known = LoadUrl(job.url);
    AddValidators(job.known, clock_.Now(), request.headers);
  }
  job.started = Now();
  ++in_flight_;
  fetcher_.Start(std::move(request), [this, id](core::Result<net::Response> response) {
    answers_.push_back({id, std::move(response)});
  });
}

void CrawlRun::Refuse(std::uint64_t id, RefusalReason reason, std::string detail) {
  Job job = std::move(jobs_.at(id));
  jobs_.erase(id);
  // What was not asked did not cost the host anything.
  Budget& budget = budgets_.at(job.request.source);
  budget.pages -= std::min<std::size_t>(budget.pages, 1);
  Refuse(std::move(job.request), reason, std::move(detail));
}

void CrawlRun::Refuse(CrawlRequest request, RefusalReason reason, std::string detail) {
  ++report_.refused;
  listener_.OnRefusal({std::move(request), reason, std::move(detail)});
}

milliseconds CrawlRun::Patience(milliseconds most) const {
  const std::optional<Frontier::Time> next = frontier_.NextReady();
  if (!next || !HasRoom()) {
    return most;  // An answer or a completed document comes first, and both wake us.
  }
  return std::clamp(std::chrono::ceil<milliseconds>(*next - Now()), milliseconds(1), most);
}

void CrawlRun::NoteAsked(CrawlHost& host) {
  host.state.last_request_at = host.site->state.last_request_at = clock_.Now();
}

void CrawlRun::Cancel() {
  fetcher_.CancelAll();
  // The hosts were asked all the same.
  for (const Answer& answer : answers_) {
    NoteAsked(*jobs_.at(answer.id).host);
  }
  answers_.clear();
  in_flight_ = 0;
  report_.stopped_early = true;
}

CrawlReport CrawlRun::Finish() {
  for (CrawlSite* const site : hosts_.SortedSites()) {
    report_.host_states.push_back(std::move(site->state));
  }
  for (CrawlHost* const host : hosts_.SortedHosts()) {
    host->report.robots = DescribeRobots(*host, settings_.max_crawl_delay);
    report_.requests += host->report.requests;
    report_.bytes += host->report.bytes;
    report_.hosts.push_back(std::move(host->report));
    report_.host_states.push_back(std::move(host->state));
  }
  return std::move(report_);
}

}  // namespace schoolwatch::crawler
