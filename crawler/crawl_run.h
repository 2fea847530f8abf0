#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/fetch_memory.h"
#include "core/result.h"
#include "core/url.h"
#include "crawler/crawler.h"
#include "crawler/frontier.h"
#include "crawler/host_book.h"
#include "crawler/key_set.h"
#include "crawler/lookups.h"
#include "crawler/wanted.h"
#include "net/body_buffer.h"
#include "net/fetcher.h"

namespace schoolwatch::crawler {

// All that one Crawler::Run keeps and does, but for waiting. One thread. The listener is called
// from these functions, never from inside the fetcher.
class CrawlRun {
 public:
  // Borrows all. Documents are numbered from `first_document`.
  CrawlRun(const CrawlSettings& settings, net::Fetcher& fetcher, const core::FetchMemory& memory,
           const core::Clock& clock, CrawlListener& listener, std::uint64_t first_document);

  void AddSource(const CrawlSource& source);
  // A document was dealt with; unknown ids are ignored.
  void Complete(std::uint64_t document_id, std::vector<CrawlRequest> more);
  // Starts every look-up and exchange whose time has come and that memory has room for.
  void StartReady();
  // Deals with what the fetcher has answered.
  void HandleAnswers();

  // Nothing queued, in flight or handed out.
  bool IsDone() const { return wanted_.size() == 0 && handed_out_.empty(); }
  // How long nothing can become ready by time alone; at most `most`, at least 1 ms.
  std::chrono::milliseconds Patience(std::chrono::milliseconds most) const;
  // Ends the exchanges in flight; nobody is told of them.
  void Cancel();
  CrawlReport Finish();
  std::uint64_t next_document() const { return next_document_; }

 private:
  // A source's budget in this run.
  struct Budget {
    std::string source;
    std::size_t max_pages = 0;
    std::size_t max_bytes = 0;
    std::size_t pages = 0;  // Admitted: queued, in flight or answered, each redirect hop as one.
    std::size_t bytes = 0;
  };
  // A request that is out.
  struct Exchange {
    core::UrlState known;  // Of a page.
    std::chrono::steady_clock::time_point started{};
    core::Timestamp started_at{};
    bool conditional = false;
  };
  struct Answer {
    std::uint32_t id = 0;
    core::Result<net::Response> response;
  };
  // Why something is given up before it is asked for.
  struct Obstacle {
    RefusalReason reason = RefusalReason::kBlocked;
    std::string detail;
  };
  enum class Origin { kSeed, kLink };
  // Requests in a row that got no answer, and the host is left for another run.
  static constexpr int kMostSilent = 3;

  // crawl_run.cc: from a wish to a request.
  void Admit(CrawlRequest request, Origin origin);
  // `key` is the canonical one.
  std::optional<Obstacle> CheckWish(const CrawlRequest& request, Origin origin, std::string key,
                                    const Budget& budget) const;
  std::optional<Obstacle> CheckDue(const CrawlRequest& request, std::string key) const;
  static Obstacle PagesSpent(const Budget& budget);
  void Enqueue(std::uint32_t id);
  void EnqueuePage(std::uint32_t id);
  bool HasRoom() const;
  void Start(std::uint32_t id);
  core::UrlState LoadUrl(std::string key) const;
  void AddCall(const ApiCall& call, net::Request& request) const;
  // Tells the listener and forgets the address.
  void Refuse(std::uint32_t id, Obstacle why);
  void Refuse(CrawlRequest request, Obstacle why);
  CrawlRequest RequestOf(Wanted& wanted) const;
  void DescribeHost(CrawlHost& host) const;

  // crawl_hosts.cc: where hosts are, what they allow, what they ask for.
  CrawlHost& FindHost(const core::HttpUrl& url);
  void RestAsStored(const CrawlSite& site, const core::HostState& state);
  void HandleLookups();
  void Place(CrawlHost& host, const std::vector<std::string>& addresses);
  Frontier::AddressId AddressOf(CrawlSite& site, const std::vector<std::string>& addresses);
  void WaitForAddress(CrawlHost& host, std::uint32_t id);
  void AskRobots(CrawlHost& host);
  void EnqueueRobots(std::uint32_t id);
  void FinishRobots(std::uint32_t id, int status, std::string body, std::string error);
  // Sends on what waited for the host's address or robots.txt.
  void ReleaseWaiting(CrawlHost& host);
  void UpdateDelay(CrawlSite& site);
  void NoteAsked(CrawlHost& host, std::uint64_t bytes);
  void Throttle(CrawlHost& host, const net::Response& response);
  // What keeps a host from being asked in this run, if anything does; not what only delays it.
  std::optional<Obstacle> ObstacleOf(const CrawlHost& host) const;
  std::optional<Obstacle> SpentOf(const CrawlSite& site) const;
  // Gives up what was taken out of the frontier because of ObstacleOf.
  void GiveUp(const std::vector<std::uint32_t>& ids);

  // crawl_answers.cc: from an answer to what it means.
  void HandleAnswer(Answer answer);
  void NoteAnswer(const Wanted& wanted, const Exchange& exchange,
                  const core::Result<net::Response>& response);
  void HandleRobots(std::uint32_t id, core::Result<net::Response> answer);
  void FollowRobots(std::uint32_t id, const net::Response& response);
  void HandlePage(std::uint32_t id, core::UrlState known, core::Result<net::Response> answer);
  void HandDocument(std::uint32_t id, core::UrlState known, net::Response response);
  void FollowPage(std::uint32_t id, core::UrlState known, const net::Response& response);
  std::optional<Obstacle> CheckRedirect(Wanted& wanted, const core::HttpUrl& next);
  // An answer that is no document; `why` where its status alone does not say it.
  void FailWith(std::uint32_t id, core::UrlState known, net::Response response,
                std::optional<core::Error> why = std::nullopt);
  void Fail(std::uint32_t id, core::UrlState known, core::Error error, net::Response response,
            std::optional<std::chrono::milliseconds> retry_after);

  std::chrono::steady_clock::time_point Now() const { return clock_.Steady(); }

  const CrawlSettings& settings_;
  net::Fetcher& fetcher_;
  const core::FetchMemory& memory_;
  const core::Clock& clock_;
  CrawlListener& listener_;

  net::ByteBudget bodies_;
  Frontier frontier_;
  HostBook hosts_;
  Lookups lookups_;
  std::unordered_map<std::string, Frontier::AddressId> addresses_;
  std::vector<Budget> budgets_;
  std::unordered_map<std::string, std::uint32_t> sources_;  // Places in budgets_.
  WantedStore wanted_;
  KeySet seen_;  // Hashes of canonical keys.
  std::unordered_map<std::uint32_t, Exchange> in_flight_;
  std::unordered_map<std::uint64_t, std::size_t> handed_out_;  // Documents and their bytes.
  std::vector<Answer> answers_;
  std::uint64_t next_document_;
  CrawlReport report_;
};

}  // namespace schoolwatch::crawler
