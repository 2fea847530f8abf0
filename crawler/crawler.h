#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/fetch_memory.h"
#include "core/fetch_state.h"
#include "core/result.h"
#include "core/url.h"
#include "net/fetcher.h"

namespace schoolwatch::crawler {

struct ApiCall;  // crawler/platforms/api_call.h

// What an address is expected to give; also its priority in its host's queue.
enum class FetchKind : std::uint8_t {
  kFeed,
  kListing,
  kThread,
  kOther,
  kSitemap,
  kSitemapPart,  // Named by an index, so that it may not be one.
};
// Asked with the gap and the limits of feeds: one small answer that spares many pages.
constexpr bool IsFeedLike(FetchKind kind) {
  return kind == FetchKind::kFeed || kind == FetchKind::kSitemap || kind == FetchKind::kSitemapPart;
}

// The thread or article that an address is a page of; handed from page to page.
struct ThreadContext {
  std::string url;  // Of its first page; empty: the address is no page of a thread.
  std::string title;
  std::vector<std::string> schools;  // Keys of schools named so far.
  bool operator==(const ThreadContext&) const = default;
};

// Whether robots.txt is asked. Exempt is only an API that is called with the school's own
// credential, or whose documentation invites programs; gaps, blocks and budgets hold for it, too,
// and where it redirects to, robots.txt is asked again.
enum class RobotsUse : std::uint8_t { kObey, kDocumentedApi };

// One address to fetch for a source.
struct CrawlRequest {
  std::string source;
  core::HttpUrl url;
  FetchKind kind = FetchKind::kOther;
  int depth = 0;         // Links followed from the source's own address.
  ThreadContext thread;  // Carried for who reads the answer; the crawler does not look at it.
  // When the address is said to have last changed: one that was fetched before that is due.
  std::optional<core::Timestamp> changed_at{};
  RobotsUse robots = RobotsUse::kObey;
  // Of a platform's interface: method, headers, body and secrets; null for a plain GET. Of its
  // secrets nothing is left in what the crawler hands out, and none goes to another origin than
  // this address's: a redirect there is followed as a plain request, and a POST is never sent on.
  std::shared_ptr<const ApiCall> call{};
};

// A source that is due.
struct CrawlSource {
  std::string name;
  std::vector<CrawlRequest> seeds;
  std::size_t max_pages = 200;  // Budget of one run, robots.txt not counted.
  std::size_t max_bytes = 64u << 20;
};

// An answer that carries something to read, or says that nothing changed.
struct FetchedDocument {
  std::uint64_t id = 0;  // For Crawler::Complete.
  CrawlRequest request;
  core::HttpUrl final_url;             // After redirects.
  std::vector<std::string> redirects;  // Addresses passed through, the first one first.
  net::Response response;
  core::Timestamp fetched_at{};
  bool unchanged = false;  // 304, or the same body as last time: nothing to read.
  // Sitemaps that the host's robots.txt names, for a source's own address; as written.
  std::vector<std::string> sitemaps{};
  // To be stored in the same commit as what the document caused. Without a key: not to be stored.
  core::UrlState url_state;
  core::HostState host_state;
  core::HostState
      site_state{};  // Of the registrable domain: its rest, its block, its day's budget.
};

enum class RefusalReason {
  kRobots,
  kUnreachable,  // robots.txt could not be read, which forbids all (RFC 9309, 2.3.1.4).
  kTrap,
  kBudget,
  kAddress,
  kScope,
  kRedirects,
  kBlocked,
  kNotDue,  // The server said how long its last answer stays fresh, or the address failed lately.
};
// In words for people: "robots.txt", "looks like a trap", …
std::string_view RefusalReasonName(RefusalReason reason);

// An address that was deliberately not fetched.
struct Refusal {
  CrawlRequest request;
  RefusalReason reason = RefusalReason::kScope;
  std::string detail;  // "disallowed by line 3: Disallow: /private/"
};

// An address that could not be had.
struct FetchFailure {
  CrawlRequest request;
  core::Error error;
  int status = 0;  // HTTP status where there was one.
  // What a platform's interface answered, as it may say why: of others' addresses nothing.
  net::Headers headers{};
  std::string body{};  // At most 64 KiB.
  core::UrlState url_state;
  core::HostState host_state;
  core::HostState site_state{};
};

// Told what happens, on the crawler's thread, so it must not block for long: documents go to
// workers, who answer through Crawler::Complete.
class CrawlListener {
 public:
  virtual ~CrawlListener() = default;
  virtual void OnDocument(FetchedDocument document) = 0;
  virtual void OnRefusal(Refusal refusal) = 0;
  virtual void OnFailure(FetchFailure failure) = 0;
};

struct CrawlSettings {
  std::chrono::milliseconds page_gap{10'000};  // Between requests to one registrable domain…
  std::chrono::milliseconds feed_gap{2'000};   // …for pages, and for feeds and APIs.
  // An IP address may serve many domains: requests to it at once, and between two starts.
  std::size_t per_address = 4;
  std::chrono::milliseconds address_gap{250};
  // What one registrable domain is asked for in one UTC day, over all runs and sources.
  std::uint64_t max_site_requests_per_day = 10'000;
  std::uint64_t max_site_bytes_per_day = 2u << 30;  // As received.
  std::chrono::milliseconds max_crawl_delay{
      120'000};                              // A longer robots.txt delay is cut, and said.
  std::string robots_agent = "schoolwatch";  // Product token matched in robots.txt.
  std::size_t max_page_bytes = 8u << 20;
  std::size_t max_feed_bytes = 16u << 20;
  // Bodies that arrive or are not yet completed. Nothing new is started while half of it is in use
  // or spoken for; the other half is for bodies that grow (net::ByteBudget).
  std::size_t max_bytes_in_flight = 48u << 20;
  int max_redirects = 10;
  int max_depth = 4;
  std::size_t max_in_flight = 64;
  std::chrono::milliseconds timeout{60'000};  // Of one exchange.
  std::size_t max_queued = 200'000;           // Addresses that wait, over all sources…
  std::size_t max_queued_bytes = 32u << 20;   // …and what they take.
  std::size_t max_lookups = 16;               // Of host names, in flight.
  // A host that asks for a longer pause (Retry-After, back-off) is left for another run.
  std::chrono::milliseconds max_wait{60'000};
  bool ignore_due = false;  // Asks also what is not due yet; blocks and gaps are kept all the same.
};

// An address not asked because robots.txt says so, and the line that says it.
struct WithheldAddress {
  std::string url;
  std::string rule;  // "line 3: Disallow: /private/"
};

// How one host was treated in one run: what the receipt that its owner may ask for is made of.
struct HostReport {
  static constexpr std::size_t kMostExamples = 20;

  std::string origin;
  std::string site;     // Its registrable domain, whose gap it shares.
  std::string address;  // Where the last answer came from; "" without one.
  std::optional<core::Timestamp> first_request;
  std::optional<core::Timestamp> last_request;

  // Requests that were sent, answered or not. Each is counted in one of the four kinds.
  std::uint64_t requests = 0;
  std::uint64_t robots_requests = 0;  // For its own robots.txt or, by redirects, another host's.
  std::uint64_t feed_requests = 0;
  std::uint64_t page_requests = 0;
  std::uint64_t redirect_requests = 0;  // Sent here by a redirect, feed or page.

  std::uint64_t conditional = 0;   // Requests that asked only for what changed…
  std::uint64_t not_modified = 0;  // …and answers 304.
  std::uint64_t failed = 0;        // Requests without an answer.
  // Answers that are not in a count of their own: 2xx, 3xx but 304, 4xx but 429, 5xx but 503.
  std::uint64_t ok = 0;
  std::uint64_t redirected = 0;
  std::uint64_t client_errors = 0;
  std::uint64_t server_errors = 0;
  std::uint64_t bytes = 0;  // As received.

  // What robots.txt decided, an address counted once for each time it was to be asked.
  std::uint64_t allowed = 0;
  std::uint64_t withheld = 0;
  std::vector<WithheldAddress> withheld_examples;  // The first kMostExamples.

  // Gaps between an answer and the next request: what is configured, what robots.txt asks for and
  // what of that is kept (less where it is over CrawlSettings::max_crawl_delay), and the longest
  // gap that was kept for any reason.
  std::chrono::milliseconds page_gap{0};
  std::chrono::milliseconds feed_gap{0};
  std::optional<std::chrono::milliseconds> crawl_delay;
  std::optional<std::chrono::milliseconds> crawl_delay_kept;
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds slowest{0};  // Answer.

  std::uint64_t throttled = 0;                   // Answers 429 and 503 together…
  std::uint64_t too_many = 0;                    // …429 alone…
  std::uint64_t unavailable = 0;                 // …503 alone.
  std::optional<core::Timestamp> blocked_until;  // Where the host asked us to wait.
  std::string robots;  // "allows all", "12 rules", "unreachable: nothing fetched"
};

struct CrawlReport {
  std::uint64_t requests = 0;
  std::uint64_t documents = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
  std::uint64_t bytes = 0;
  std::vector<HostReport> hosts;  // By origin.
  // Of every host asked, as it is at the end: to be stored, since a host that only forbids or
  // redirects gives no document that would carry its state.
  std::vector<core::HostState> host_states;
  bool stopped_early = false;  // By the stop token; what was not fetched stays due.
};

// Fetches what the given sources ask for, politely: robots.txt first, one request at a time to a
// registrable domain with the gap kept, feeds before listings before threads, each redirect hop
// checked again. Which links are worth following is decided outside, by who reads the documents.
// Each request comes back once, as document, refusal or failure; but for links to what was asked
// for already in this run, and for what a stop left.
class Crawler {
 public:
  // Borrows all; `memory` answers what earlier runs knew.
  static std::unique_ptr<Crawler> Make(const CrawlSettings& settings, net::Fetcher& fetcher,
                                       const core::FetchMemory& memory, const core::Clock& clock);
  virtual ~Crawler() = default;

  // Runs on the caller's thread until nothing is left to fetch and every document is completed, or
  // until `stop` is requested: then transfers are cancelled and it returns within a second
  // (documents already handed out may still be completed afterwards, to no effect).
  virtual CrawlReport Run(std::span<const CrawlSource> sources, CrawlListener& listener,
                          std::stop_token stop) = 0;

  // Says that a document has been dealt with and what else should be fetched because of it:
  // requests already seen in this run are dropped, the source's budget, scope and traps are
  // checked. Thread-safe; may be called while Run is at work.
  virtual void Complete(std::uint64_t document_id, std::vector<CrawlRequest> more) = 0;
};

}  // namespace schoolwatch::crawler
