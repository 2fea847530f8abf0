// What a run says of how it treated each host.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "crawler/crawler.h"
#include "tests/crawler/crawl_fixture.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kHome[] = "https://quillbrook.example/";

class CrawlerReceiptTest : public CrawlFixture {
 protected:
  CrawlerReceiptTest() {
    fetcher.SetHandler([](const net::Request&) { return Answer(200, {}, "hello"); });
  }
};

TEST_F(CrawlerReceiptTest, CountsEachRequestInItsKind) {
  fetcher.PutRedirect("https://quillbrook.example/old", "/new");
  const auto began = clock.Now();
  const CrawlReport report = Run({Request("https://quillbrook.example/feed", FetchKind::kFeed),
                                  Request(kHome), Request("https://quillbrook.example/old")});
  const HostReport& host = report.hosts.at(0);
  EXPECT_EQ(host.origin, "https://quillbrook.example");
  EXPECT_EQ(host.site, "quillbrook.example");
  EXPECT_EQ(host.address, "192.0.2.7");
  EXPECT_EQ(host.requests, 5u);
  EXPECT_EQ(host.robots_requests, 1u);
  EXPECT_EQ(host.feed_requests, 1u);
  EXPECT_EQ(host.page_requests, 2u);
  EXPECT_EQ(host.redirect_requests, 1u);
  EXPECT_EQ(host.allowed, 4u);
  EXPECT_EQ(host.withheld, 0u);
  EXPECT_EQ(host.failed, 0u);
  EXPECT_EQ(host.bytes, 20u);
  EXPECT_EQ(host.first_request, began);
  EXPECT_GE(*host.last_request - began, seconds(32));
}

TEST_F(CrawlerReceiptTest, NamesTheRuleThatWithheld) {
  fetcher.PutPage("https://quillbrook.example/robots.txt", "User-agent: *\nDisallow: /private\n");
  std::vector<CrawlRequest> seeds;
  for (std::size_t i = 0; i < HostReport::kMostExamples + 5; ++i) {
    seeds.push_back(Request("https://quillbrook.example/private/" + std::to_string(i)));
  }
  const CrawlReport report = Run(std::move(seeds));
  const HostReport& host = report.hosts.at(0);
  EXPECT_EQ(host.withheld, HostReport::kMostExamples + 5);
  EXPECT_EQ(host.allowed, 0u);
  ASSERT_THAT(host.withheld_examples, SizeIs(HostReport::kMostExamples));
  EXPECT_EQ(host.withheld_examples[0].url, "https://quillbrook.example/private/0");
  EXPECT_EQ(host.withheld_examples[0].rule, "line 2: Disallow: /private");
}

TEST_F(CrawlerReceiptTest, SaysWhichDelaysWereKept) {
  fetcher.PutPage("https://quillbrook.example/robots.txt", "User-agent: *\nCrawl-delay: 600\n");
  const CrawlReport report = Run({Request(kHome), Request("https://plain.example/")});
  const HostReport& host = report.hosts.at(1);
  EXPECT_EQ(host.page_gap, settings.page_gap);
  EXPECT_EQ(host.feed_gap, settings.feed_gap);
  EXPECT_EQ(host.crawl_delay, seconds(600));
  EXPECT_EQ(host.crawl_delay_kept, settings.max_crawl_delay);
  EXPECT_EQ(host.delay, settings.max_crawl_delay);
  EXPECT_EQ(report.hosts.at(0).crawl_delay, std::nullopt);
}

TEST_F(CrawlerReceiptTest, CountsWhatHadNotChanged) {
  fetcher.Put(kHome, Answer(200, {{"etag", "\"1\""}}, "hello"));
  fetcher.Put(kHome, Answer(304));
  EXPECT_EQ(Run({Request(kHome)}).hosts.at(0).conditional, 0u);
  clock.Advance(minutes(30));
  const CrawlReport report = Run({Request(kHome), Request("https://quillbrook.example/2")});
  EXPECT_EQ(report.hosts.at(0).conditional, 1u);
  EXPECT_EQ(report.hosts.at(0).not_modified, 1u);
  EXPECT_EQ(report.hosts.at(0).page_requests, 2u);
}

TEST_F(CrawlerReceiptTest, TellsTooManyFromUnavailableFromSilence) {
  fetcher.Put("https://a.example/", Answer(429, {{"retry-after", "30"}}));
  fetcher.Put("https://b.example/", Answer(503));
  fetcher.Put("https://c.example/", core::Fail(core::ErrorKind::kUnavailable, "no answer"));
  const CrawlReport report = Run({Request("https://a.example/"), Request("https://b.example/"),
                                  Request("https://c.example/")});
  EXPECT_EQ(report.hosts.at(0).too_many, 1u);
  EXPECT_EQ(report.hosts.at(0).unavailable, 0u);
  EXPECT_EQ(report.hosts.at(1).unavailable, 1u);
  EXPECT_EQ(report.hosts.at(1).throttled, 1u);
  EXPECT_EQ(report.hosts.at(2).failed, 1u);
  EXPECT_EQ(report.hosts.at(2).throttled, 0u);
}

// Documented APIs.

TEST_F(CrawlerReceiptTest, DocumentedApiIsAskedWithoutRobotsButWithItsGap) {
  fetcher.PutPage("https://quillbrook.example/robots.txt", "User-agent: *\nDisallow: /\n");
  std::vector<CrawlRequest> seeds;
  for (const char* const url :
       {"https://quillbrook.example/api/1", "https://quillbrook.example/api/2"}) {
    seeds.push_back(Request(url, FetchKind::kFeed));
    seeds.back().robots = RobotsUse::kDocumentedApi;
  }
  Run(std::move(seeds));
  EXPECT_EQ(documents.size(), 2u);
  ASSERT_EQ(fetcher.seen().size(), 2u);
  EXPECT_GE(fetcher.seen()[1].at - fetcher.seen()[0].at, settings.feed_gap);
}

TEST_F(CrawlerReceiptTest, ExemptionEndsWhereTheApiRedirectsTo) {
  fetcher.PutRedirect("https://quillbrook.example/api", "https://www.other.example/page");
  fetcher.PutPage("https://www.other.example/robots.txt", "User-agent: *\nDisallow: /page\n");
  CrawlRequest api = Request("https://quillbrook.example/api", FetchKind::kFeed);
  api.robots = RobotsUse::kDocumentedApi;
  Run({api});
  EXPECT_THAT(documents, IsEmpty());
  EXPECT_EQ(fetcher.CountOf("https://www.other.example/page"), 0u);
  EXPECT_EQ(RefusalOf("https://quillbrook.example/api"),
            "robots.txt: disallowed by line 2: Disallow: /page");
}

}  // namespace
}  // namespace schoolwatch::crawler
