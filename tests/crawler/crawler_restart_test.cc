// Two runs, one after the other, over one store: what the first learned keeps the second polite.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/outcome.h"
#include "crawler/crawler.h"
#include "tests/crawler/crawl_fixture.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kHome[] = "https://quillbrook.example/";
constexpr char kRobots[] = "https://quillbrook.example/robots.txt";

// A process: commits each document and failure as it comes. Whether it lives to store what the
// crawler says at the end is up to the test.
class CrawlerRestartTest : public testing::Test, public CrawlListener {
 protected:
  enum class End { kOrderly, kCrash };

  CrawlerRestartTest() {
    fetcher.SetHandler([](const net::Request& request) {
      return request.url.path() == "/robots.txt" ? Answer(404)
                                                 : Answer(200, {{"etag", "\"1\""}}, "hello");
    });
  }
  void OnDocument(FetchedDocument document) override {
    fetched.push_back(document.final_url.href());
    Commit(document.url_state, {document.host_state, document.site_state});
    crawler->Complete(document.id, {});
  }
  void OnFailure(FetchFailure failure) override {
    Commit(failure.url_state, {failure.host_state, failure.site_state});
  }
  void OnRefusal(Refusal refusal) override {
    refused.push_back(std::string(RefusalReasonName(refusal.reason)) + ": " + refusal.detail);
  }
  void Commit(std::optional<core::UrlState> url, std::vector<core::HostState> hosts) {
    core::DocumentOutcome outcome;
    if (url) {
      outcome.urls.push_back(*std::move(url));
    }
    outcome.hosts = std::move(hosts);
    ASSERT_TRUE(store.Commit(std::span(&outcome, 1)).has_value());
  }
  CrawlReport Run(const std::vector<const char*>& urls, End end = End::kOrderly) {
    fetched.clear();
    refused.clear();
    CrawlSource source{.name = "town", .seeds = {}};
    for (const char* const url : urls) {
      source.seeds.push_back(Request(url));
    }
    crawler = Crawler::Make(settings, fetcher, store, clock);
    CrawlReport report = crawler->Run(std::vector<CrawlSource>{source}, *this, std::stop_token());
    if (end == End::kOrderly) {
      Commit(std::nullopt, report.host_states);
    }
    return report;
  }

  fakes::ManualClock clock;
  fakes::FakeFetcher fetcher{clock};
  fakes::MemoryStore store;
  CrawlSettings settings;
  std::unique_ptr<Crawler> crawler;
  std::vector<std::string> fetched;
  std::vector<std::string> refused;
};

TEST_F(CrawlerRestartTest, WhatIsFreshIsNotAskedAgain) {
  fetcher.Put(kHome, Answer(200, {{"cache-control", "max-age=600"}}, "hello"));
  Run({kHome}, End::kCrash);
  clock.Advance(minutes(5));
  Run({kHome});
  EXPECT_THAT(fetched, IsEmpty());
  EXPECT_EQ(fetcher.CountOf(kHome), 1u);
  EXPECT_THAT(refused, SizeIs(1));
}

TEST_F(CrawlerRestartTest, ValidatorsAndRobotsAreRemembered) {
  Run({kHome}, End::kCrash);
  clock.Advance(hours(2));
  Run({kHome});
  EXPECT_EQ(fetcher.CountOf(kRobots), 1u);
  EXPECT_EQ(net::FindHeader(fetcher.seen().back().headers, "if-none-match"), "\"1\"");
  clock.Advance(hours(23));
  Run({kHome});
  EXPECT_EQ(fetcher.CountOf(kRobots), 2u);
}

TEST_F(CrawlerRestartTest, GapIsKeptAfterACrashForAllHostsOfTheDomain) {
  Run({kHome}, End::kCrash);
  const auto first = fetcher.seen().back().at;
  Run({"https://forum.quillbrook.example/"});
  EXPECT_THAT(fetched, ElementsAre("https://forum.quillbrook.example/"));
  EXPECT_GE(fetcher.seen().at(2).at - first, settings.feed_gap);
  EXPECT_GE(fetcher.seen().at(3).at - fetcher.seen().at(2).at, settings.page_gap);
}

TEST_F(CrawlerRestartTest, BackOffHoldsAfterACrash) {
  fetcher.Put(kHome, Answer(429, {{"retry-after", "3600"}}));
  Run({kHome}, End::kCrash);
  clock.Advance(minutes(50));
  Run({"https://forum.quillbrook.example/"});
  EXPECT_THAT(fetched, IsEmpty());
  EXPECT_EQ(fetcher.CountOf("https://forum.quillbrook.example/robots.txt"), 0u);
}

TEST_F(CrawlerRestartTest, DailyRequestsOfADomainAreCountedOverRuns) {
  settings.max_site_requests_per_day = 4;
  Run({kHome, "https://quillbrook.example/2"}, End::kCrash);
  EXPECT_THAT(fetched, SizeIs(2));
  Run({"https://quillbrook.example/3", "https://quillbrook.example/4"});
  EXPECT_THAT(fetched, ElementsAre("https://quillbrook.example/3"));
  EXPECT_THAT(refused, ElementsAre("over the source's budget: the 4 requests of one day to "
                                   "quillbrook.example are used up"));
  Run({"https://forum.quillbrook.example/5"});
  EXPECT_THAT(refused, SizeIs(1));
  EXPECT_EQ(fetcher.seen().size(), 4u);
  // A new day begins at midnight UTC.
  clock.Advance(hours(12));
  Run({"https://quillbrook.example/4"});
  EXPECT_THAT(fetched, ElementsAre("https://quillbrook.example/4"));
}

TEST_F(CrawlerRestartTest, DailyBytesOfADomainAreCountedOverRuns) {
  settings.max_site_bytes_per_day = 2000;
  fetcher.SetHandler([](const net::Request& request) {
    return request.url.path() == "/robots.txt" ? Answer(404)
                                               : Answer(200, {}, std::string(900, 'x'));
  });
  Run({kHome, "https://quillbrook.example/2"});
  EXPECT_THAT(fetched, SizeIs(2));
  Run({"https://quillbrook.example/3", "https://quillbrook.example/4"});
  EXPECT_THAT(fetched, SizeIs(1));
  EXPECT_THAT(refused, ElementsAre("over the source's budget: the 2000 bytes of one day from "
                                   "quillbrook.example are used up"));
  Run({"https://other.example/"});
  EXPECT_THAT(fetched, SizeIs(1));
}

}  // namespace
}  // namespace schoolwatch::crawler
