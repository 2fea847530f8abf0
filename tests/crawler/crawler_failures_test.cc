#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "crawler/crawler.h"
#include "tests/crawler/crawl_fixture.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

constexpr char kHome[] = "https://quillbrook.example/";

class CrawlerFailuresTest : public CrawlFixture {};

struct FailureCase {
  const char* name;
  int status;
  core::ErrorKind kind;
};

class FailureTest : public CrawlFixture, public testing::WithParamInterface<FailureCase> {};

TEST_P(FailureTest, HasItsKind) {
  fetcher.Put(kHome, Answer(GetParam().status, {}, "sorry"));
  const CrawlReport report = Run({Request(kHome)});
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].status, GetParam().status);
  EXPECT_EQ(failures[0].error.kind, GetParam().kind);
  EXPECT_EQ(failures[0].url_state.failures, 1u);
  EXPECT_EQ(failures[0].url_state.last_status, GetParam().status);
  EXPECT_GT(failures[0].url_state.next_due, clock.Now());
  EXPECT_EQ(report.failed, 1u);
  EXPECT_THAT(documents, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Statuses, FailureTest,
    testing::Values(FailureCase{"NotFound", 404, core::ErrorKind::kNotFound},
                    FailureCase{"Gone", 410, core::ErrorKind::kNotFound},
                    FailureCase{"Unauthorized", 401, core::ErrorKind::kForbidden},
                    FailureCase{"Forbidden", 403, core::ErrorKind::kForbidden},
                    FailureCase{"LegalReasons", 451, core::ErrorKind::kForbidden},
                    FailureCase{"TooMany", 429, core::ErrorKind::kThrottled},
                    FailureCase{"Unavailable", 503, core::ErrorKind::kThrottled},
                    FailureCase{"ServerError", 500, core::ErrorKind::kUnavailable},
                    FailureCase{"BadGateway", 502, core::ErrorKind::kUnavailable},
                    FailureCase{"Teapot", 418, core::ErrorKind::kBadInput},
                    FailureCase{"UnaskedNotModified", 304, core::ErrorKind::kUnavailable}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(CrawlerFailuresTest, FailedLinksAreLeftAloneForAWhileFailedSeedsAreNot) {
  fetcher.PutPage(kHome, "hello");
  links[kHome] = {Request("https://quillbrook.example/gone")};
  Run({Request(kHome)});
  ASSERT_EQ(failures.size(), 1u);
  clock.Advance(minutes(30));
  Run({Request(kHome)});
  EXPECT_THAT(RefusalOf("https://quillbrook.example/gone"), StartsWith("not due yet"));
  Run({Request("https://quillbrook.example/gone")});
  EXPECT_EQ(failures.size(), 1u);
}

TEST_F(CrawlerFailuresTest, ShortRetryAfterIsWaitedFor) {
  fetcher.Put("https://quillbrook.example/1", Answer(429, {{"retry-after", "30"}}));
  fetcher.PutPage("https://quillbrook.example/2", "hello");
  Run({Request("https://quillbrook.example/1"), Request("https://quillbrook.example/2")});
  EXPECT_EQ(failures.size(), 1u);
  EXPECT_EQ(documents.size(), 1u);
  const auto pause =
      TimeOf("https://quillbrook.example/2") - TimeOf("https://quillbrook.example/1");
  EXPECT_GE(pause, seconds(30));
  EXPECT_LE(pause, seconds(34));
}

TEST_F(CrawlerFailuresTest, LongRetryAfterLeavesTheHostForAnotherRun) {
  fetcher.Put("https://quillbrook.example/1",
              Answer(503, {{"retry-after", "Fri, 20 Nov 2026 13:00:00 GMT"}}));
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  const auto start = clock.Steady();
  const CrawlReport report =
      Run({Request("https://quillbrook.example/1"), Request("https://quillbrook.example/2"),
           Request("https://other.example/3")});
  EXPECT_LT(clock.Steady() - start, minutes(1));
  EXPECT_THAT(RefusalOf("https://quillbrook.example/2"),
              StartsWith("left for a later run: asked us to wait until 2026-11-20T13:0"));
  EXPECT_THAT(Fetched(), ElementsAre("https://other.example/3"));
  EXPECT_EQ(report.hosts.at(1).origin, "https://quillbrook.example");
  EXPECT_EQ(report.hosts.at(1).throttled, 1u);
  EXPECT_TRUE(report.hosts.at(1).blocked_until.has_value());

  // A new process keeps away, too, until the time has come.
  clock.Advance(minutes(30));
  Run({Request("https://quillbrook.example/2")});
  EXPECT_THAT(RefusalOf("https://quillbrook.example/2"), StartsWith("left for a later run"));
  EXPECT_EQ(fetcher.CountOf("https://quillbrook.example/2"), 0u);
  clock.Advance(minutes(40));
  Run({Request("https://quillbrook.example/2")});
  EXPECT_EQ(documents.size(), 1u);
}

TEST_F(CrawlerFailuresTest, TooManyRequestsConcernsTheWholeDomain) {
  fetcher.Put("https://a.quillbrook.example/1", Answer(429, {{"retry-after", "3600"}}));
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  Run({Request("https://a.quillbrook.example/1", FetchKind::kFeed),
       Request("https://b.quillbrook.example/2")});
  EXPECT_EQ(RefusalOf("https://b.quillbrook.example/2"),
            "left for a later run: another host of quillbrook.example asked us to wait");
  // Also in a new process, for hosts that no earlier one has asked.
  clock.Advance(minutes(30));
  Run({Request("https://c.quillbrook.example/3")});
  EXPECT_THAT(RefusalOf("https://c.quillbrook.example/3"), StartsWith("left for a later run"));
  EXPECT_EQ(fetcher.CountOf("https://c.quillbrook.example/robots.txt"), 0u);
}

TEST_F(CrawlerFailuresTest, BackOffGrowsOverRuns) {
  fetcher.Put(kHome, Answer(503));
  std::vector<milliseconds> waits;
  for (int i = 0; i < 4; ++i) {
    Run({Request(kHome)});
    ASSERT_EQ(failures.size(), 1u) << i;
    const core::Timestamp until = failures[0].host_state.blocked_until;
    waits.push_back(until - clock.Now());
    clock.Advance(until - clock.Now());
  }
  for (std::size_t i = 0; i < waits.size(); ++i) {
    EXPECT_GE(waits[i], seconds(60 << i));
    EXPECT_LE(waits[i], seconds(66 << i));
  }
}

TEST_F(CrawlerFailuresTest, SilentHostIsGivenUpAfterThree) {
  for (int i = 0; i < 5; ++i) {
    fetcher.Put("https://quillbrook.example/" + std::to_string(i),
                core::Fail(core::ErrorKind::kUnavailable, "no answer in time"));
  }
  std::vector<CrawlRequest> seeds;
  for (int i = 0; i < 5; ++i) {
    seeds.push_back(Request("https://quillbrook.example/" + std::to_string(i)));
  }
  Run(std::move(seeds));
  EXPECT_EQ(failures.size(), 3u);
  EXPECT_EQ(refusals.size(), 2u);
  EXPECT_EQ(RefusalOf("https://quillbrook.example/4"),
            "left for a later run: did not answer 3 times in a row");
}

}  // namespace
}  // namespace schoolwatch::crawler
