#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/fetch_memory.h"
#include "core/result.h"
#include "core/url.h"
#include "crawler/crawler.h"
#include "crawler/frontier.h"
#include "crawler/host_book.h"
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
  // Starts every exchange whose time has come and that memory has room for.
  void StartReady();
  // Deals with what the fetcher has answered.
  void HandleAnswers();

  // Nothing queued, in flight or handed out.
  bool IsDone() const { return jobs_.empty() && handed_out_.empty(); }
  // How long nothing can become ready by time alone; at most `most`, at least 1 ms.
  std::chrono::milliseconds Patience(std::chrono::milliseconds most) const;
  // Ends the exchanges in flight; nobody is told of them.
  void Cancel();
  CrawlReport Finish();
  std::uint64_t next_document() const { return next_document_; }

 private:
  // A source's budget in this run.
  struct Budget {
    std::size_t max_pages = 0;
    std::size_t max_bytes = 0;
    std::size_t pages = 0;  // Admitted: queued, in flight or answered, each redirect hop as one.
    std::size_t bytes = 0;
  };
  // One address on its way, over all its redirects; or one robots.txt.
  struct Job {
    CrawlRequest request;
    core::HttpUrl url;                // The hop that comes next.
    CrawlHost* host = nullptr;        // Of `url`.
    CrawlHost* robots_of = nullptr;   // Whose robots.txt this is; null: a page.
    std::vector<std::string> hops;    // Addresses passed through.
    std::vector<std::uint64_t> keys;  // Hashes of the canonical keys passed through, and of `url`.
    core::UrlState known;             // Of `url`; filled when it is started.
    std::chrono::steady_clock::time_point started{};
  };
  struct Answer {
    std::uint64_t id = 0;
    core::Result<net::Response> response;
  };
  enum class Origin { kSeed, kLink };

  // crawl_run.cc: from a wish to a request.
  void Admit(CrawlRequest request, Origin origin);
  bool IsDue(const CrawlRequest& request, std::string& detail) const;
  CrawlHost& FindHost(const core::HttpUrl& url);
  void Enqueue(std::uint64_t id);
  void AskRobots(CrawlHost& host);
  bool HasRoom() const;
  void Start(std::uint64_t id);
  core::UrlState LoadUrl(const core::HttpUrl& url) const;
  void RestAsStored(const CrawlSite& site, const core::HostState& state);
  void NoteAsked(CrawlHost& host);
  void UpdateDelay(CrawlSite& site);
  // Tells the listener and forgets the job.
  void Refuse(std::uint64_t id, RefusalReason reason, std::string detail);
  void Refuse(CrawlRequest request, RefusalReason reason, std::string detail);

  // crawl_answers.cc: from an answer to what it means.
  void HandleAnswer(Answer answer);
  void HandleRobots(std::uint64_t id, core::Result<net::Response> answer);
  void FollowRobots(std::uint64_t id, const net::Response& response);
  void FinishRobots(std::uint64_t id, int status, std::string body, std::string error);
  void ReleaseWaiting(CrawlHost& host);
  void HandlePage(std::uint64_t id, core::Result<net::Response> answer);
  void HandDocument(std::uint64_t id, net::Response response);
  void FollowPage(std::uint64_t id, const net::Response& response);
  void Fail(std::uint64_t id, core::Error error, int status,
            std::optional<std::chrono::milliseconds> retry_after);
  void Throttle(CrawlHost& host, const net::Response& response);
  // Gives up what was taken out of the frontier because of BlockOf.
  void RefuseAll(const std::vector<std::uint64_t>& ids);
  // "" where the host may be asked in this run, if perhaps later.
  std::string BlockOf(const CrawlHost& host) const;

  std::chrono::steady_clock::time_point Now() const { return clock_.Steady(); }

  const CrawlSettings& settings_;
  net::Fetcher& fetcher_;
  const core::FetchMemory& memory_;
  const core::Clock& clock_;
  CrawlListener& listener_;

  Frontier frontier_;
  HostBook hosts_;
  std::unordered_map<std::string, Budget> budgets_;
  std::unordered_map<std::uint64_t, Job> jobs_;
  std::unordered_set<std::uint64_t> seen_;                     // Hashes of canonical keys.
  std::unordered_map<std::uint64_t, std::size_t> handed_out_;  // Documents and their bytes.
  std::vector<Answer> answers_;
  std::size_t bytes_out_ = 0;  // Of handed_out_.
  std::size_t in_flight_ = 0;
  std::uint64_t next_job_ = 1;
  std::uint64_t next_document_;
  CrawlReport report_;
};

}  // namespace schoolwatch::crawler
