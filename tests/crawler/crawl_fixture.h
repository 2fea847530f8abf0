#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/fetch_memory.h"
#include "core/fetch_state.h"
#include "core/url.h"
#include "crawler/crawler.h"
#include "net/fetcher.h"
#include "tests/fakes/fake_fetcher.h"
#include "tests/fakes/manual_clock.h"

namespace schoolwatch::crawler {

// What an application would have stored.
class MapMemory final : public core::FetchMemory {
 public:
  core::Result<std::optional<core::UrlState>> FindUrl(std::string_view key) const override {
    return Find(urls, key);
  }
  core::Result<std::optional<core::HostState>> FindHost(std::string_view origin) const override {
    return Find(hosts, origin);
  }
  core::Result<std::optional<core::SourceState>> FindSource(std::string_view) const override {
    return std::optional<core::SourceState>();
  }

  std::map<std::string, core::UrlState, std::less<>> urls;
  std::map<std::string, core::HostState, std::less<>> hosts;

 private:
  template <class State>
  static std::optional<State> Find(const std::map<std::string, State, std::less<>>& states,
                                   std::string_view name) {
    const auto found = states.find(name);
    return found == states.end() ? std::nullopt : std::optional(found->second);
  }
};

inline core::HttpUrl Url(std::string_view text) {
  core::Result<core::HttpUrl> url = core::HttpUrl::Parse(text);
  EXPECT_TRUE(url.has_value()) << text;
  return url ? *std::move(url) : *core::HttpUrl::Parse("http://broken.example/");
}

inline CrawlRequest Request(std::string_view url, FetchKind kind = FetchKind::kOther,
                            int depth = 0) {
  return {.source = "town", .url = Url(url), .kind = kind, .depth = depth, .thread = {}};
}

inline net::Response Answer(int status, net::Headers headers = {}, std::string body = {}) {
  net::Response response;
  response.status = status;
  response.headers = std::move(headers);
  response.body = std::move(body);
  return response;
}

// Calls a function at each Poll, before what the fetcher behind it does.
class PollHook final : public net::Fetcher {
 public:
  explicit PollHook(net::Fetcher& fetcher) : fetcher_(fetcher) {}
  void Start(net::Request request, Done done) override {
    fetcher_.Start(std::move(request), std::move(done));
  }
  void Resolve(const core::HttpUrl& url, Resolved resolved) override {
    fetcher_.Resolve(url, std::move(resolved));
  }
  std::size_t Poll(std::chrono::milliseconds patience) override {
    ++polls;
    if (on_poll) {
      on_poll();
    }
    return fetcher_.Poll(patience);
  }
  void Wake() override { fetcher_.Wake(); }
  void CancelAll() override { fetcher_.CancelAll(); }

  std::function<void()> on_poll;
  std::size_t polls = 0;

 private:
  net::Fetcher& fetcher_;
};

// A crawler over a made-up web on made-up time. Documents are completed at once, with the links
// that `links` holds for their address; what they and failures carry is stored, as an application
// does.
class CrawlFixture : public testing::Test, public CrawlListener {
 protected:
  void OnDocument(FetchedDocument document) override {
    std::vector<CrawlRequest> more;
    if (const auto found = links.find(document.final_url.href()); found != links.end()) {
      for (CrawlRequest request : found->second) {
        request.depth = document.request.depth + 1;
        more.push_back(std::move(request));
      }
    }
    memory.urls[document.url_state.key] = document.url_state;
    memory.hosts[document.host_state.origin] = document.host_state;
    const std::uint64_t id = document.id;
    documents.push_back(std::move(document));
    if (on_document) {
      on_document(documents.back());
    }
    if (complete_at_once) {
      crawler->Complete(id, std::move(more));
    }
  }
  void OnRefusal(Refusal refusal) override { refusals.push_back(std::move(refusal)); }
  void OnFailure(FetchFailure failure) override {
    memory.urls[failure.url_state.key] = failure.url_state;
    memory.hosts[failure.host_state.origin] = failure.host_state;
    failures.push_back(std::move(failure));
  }

  // Runs one source named "town" with these addresses.
  CrawlReport Run(std::vector<CrawlRequest> seeds) {
    source.seeds = std::move(seeds);
    return Run(std::vector<CrawlSource>{source});
  }
  CrawlReport Run(const std::vector<CrawlSource>& sources) {
    documents.clear();
    refusals.clear();
    failures.clear();
    crawler = Crawler::Make(settings, hook, memory, clock);
    CrawlReport report = crawler->Run(sources, *this, stop.get_token());
    for (const core::HostState& state : report.host_states) {
      memory.hosts[state.origin] = state;
    }
    return report;
  }

  // Addresses that gave documents.
  std::vector<std::string> Fetched() const {
    std::vector<std::string> urls;
    for (const FetchedDocument& document : documents) {
      urls.push_back(document.final_url.href());
    }
    return urls;
  }
  // What a refusal said, as people see it: "robots.txt: disallowed by …"; "" where there is none.
  std::string RefusalOf(std::string_view url) const {
    for (const Refusal& refusal : refusals) {
      if (refusal.request.url.href() == url) {
        return std::string(RefusalReasonName(refusal.reason)) + ": " + refusal.detail;
      }
    }
    return {};
  }
  // When each request to an address was made, as time since the first request of all.
  std::chrono::milliseconds TimeOf(std::string_view url) const {
    for (const fakes::FakeFetcher::Seen& seen : fetcher.seen()) {
      if (seen.url == url) {
        return std::chrono::floor<std::chrono::milliseconds>(seen.at - fetcher.seen().front().at);
      }
    }
    return std::chrono::milliseconds(-1);
  }

  fakes::ManualClock clock;
  fakes::FakeFetcher fetcher{clock};
  PollHook hook{fetcher};
  MapMemory memory;
  CrawlSettings settings;
  CrawlSource source{.name = "town", .seeds = {}};
  std::map<std::string, std::vector<CrawlRequest>> links;
  std::function<void(const FetchedDocument&)> on_document;
  bool complete_at_once = true;
  std::stop_source stop;
  std::unique_ptr<Crawler> crawler;
  std::vector<FetchedDocument> documents;
  std::vector<Refusal> refusals;
  std::vector<FetchFailure> failures;
};

}  // namespace schoolwatch::crawler
