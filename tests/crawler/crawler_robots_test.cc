#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/crawler/crawl_fixture.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr char kRobots[] = "https://quillbrook.example/robots.txt";
constexpr char kPage[] = "https://quillbrook.example/page";

class CrawlerRobotsTest : public CrawlFixture {};

TEST_F(CrawlerRobotsTest, Section2_3IsAskedBeforeAnythingElse) {
  fetcher.PutPage(kPage, "hello");
  Run({Request(kPage)});
  EXPECT_THAT(fetcher.urls(), ElementsAre(kRobots, kPage));
  EXPECT_THAT(Fetched(), ElementsAre(kPage));
}

TEST_F(CrawlerRobotsTest, Section2_3IsAskedOncePerOrigin) {
  fetcher.PutPage(kPage, "a");
  fetcher.PutPage("https://quillbrook.example/b", "b");
  fetcher.PutPage("http://quillbrook.example/c", "c");
  Run({Request(kPage), Request("https://quillbrook.example/b"),
       Request("http://quillbrook.example/c")});
  EXPECT_EQ(fetcher.CountOf(kRobots), 1u);
  EXPECT_EQ(fetcher.CountOf("http://quillbrook.example/robots.txt"), 1u);
  EXPECT_EQ(documents.size(), 3u);
}

TEST_F(CrawlerRobotsTest, Section2_2_2ForbidsWithTheLineThatSaysSo) {
  fetcher.PutPage(kRobots, "User-agent: *\nDisallow: /private/\n", "text/plain");
  fetcher.PutPage(kPage, "hello");
  const CrawlReport report = Run({Request("https://quillbrook.example/private/x"), Request(kPage)});
  EXPECT_EQ(RefusalOf("https://quillbrook.example/private/x"),
            "robots.txt: disallowed by line 2: Disallow: /private/");
  EXPECT_EQ(fetcher.CountOf("https://quillbrook.example/private/x"), 0u);
  EXPECT_THAT(Fetched(), ElementsAre(kPage));
  EXPECT_EQ(report.refused, 1u);
  ASSERT_EQ(report.hosts.size(), 1u);
  EXPECT_EQ(report.hosts[0].robots, "1 rule");
  EXPECT_EQ(report.hosts[0].withheld, 1u);
}

TEST_F(CrawlerRobotsTest, Section2_2_1OurOwnGroupCounts) {
  settings.robots_agent = "schoolwatch";
  fetcher.PutPage(kRobots, "User-agent: *\nDisallow: /\n\nUser-agent: SchoolWatch\nAllow: /\n");
  fetcher.PutPage(kPage, "hello");
  Run({Request(kPage)});
  EXPECT_THAT(Fetched(), ElementsAre(kPage));
}

struct StatusCase {
  const char* name;
  int status;
  const char* refusal;  // Null: allowed.
};

class RobotsStatusTest : public CrawlFixture, public testing::WithParamInterface<StatusCase> {};

TEST_P(RobotsStatusTest, DecidesForTheWholeHost) {
  fetcher.Put(kRobots, Answer(GetParam().status, {}, "User-agent: *\nDisallow: /\n"));
  fetcher.PutPage(kPage, "hello");
  Run({Request(kPage)});
  if (GetParam().refusal == nullptr) {
    EXPECT_THAT(Fetched(), ElementsAre(kPage));
  } else {
    EXPECT_EQ(RefusalOf(kPage), GetParam().refusal);
    EXPECT_EQ(fetcher.CountOf(kPage), 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rfc9309, RobotsStatusTest,
    testing::Values(StatusCase{"S2_3_1_1_Successful", 200,
                               "robots.txt: disallowed by line 2: Disallow: /"},
                    StatusCase{"S2_3_1_3_NotFound", 404, nullptr},
                    StatusCase{"S2_3_1_3_Forbidden", 403, nullptr},
                    StatusCase{"S2_3_1_3_Unauthorized", 401, nullptr},
                    StatusCase{"S2_3_1_3_Gone", 410, nullptr},
                    StatusCase{"S2_3_1_4_ServerError", 500,
                               "host unreachable: robots.txt could not be read: HTTP 500"},
                    StatusCase{"S2_3_1_4_Unavailable", 503,
                               "host unreachable: robots.txt could not be read: HTTP 503"},
                    StatusCase{"TooManyRequestsIsNoPermission", 429,
                               "host unreachable: robots.txt could not be read: HTTP 429"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(CrawlerRobotsTest, Section2_3_1_4SilenceForbids) {
  fetcher.Put(kRobots, core::Fail(core::ErrorKind::kUnavailable, "no answer"));
  const CrawlReport report = Run({Request(kPage)});
  ASSERT_EQ(refusals.size(), 1u);
  EXPECT_EQ(refusals[0].reason, RefusalReason::kUnreachable);
  EXPECT_EQ(refusals[0].detail, "robots.txt could not be read: no answer");
  EXPECT_EQ(report.hosts.at(0).robots, "unreachable: nothing fetched");
}

TEST_F(CrawlerRobotsTest, HostThatTheGuardForbidsIsAnAddressRefused) {
  fetcher.Put(kRobots, core::Fail(core::ErrorKind::kForbidden, "127.0.0.1 is a loopback address"));
  Run({Request(kPage)});
  EXPECT_EQ(RefusalOf(kPage), "address not allowed: 127.0.0.1 is a loopback address");
  // That is no answer of the host's: asked again next time.
  EXPECT_EQ(memory.hosts["https://quillbrook.example"].robots_fetched_at, core::Timestamp{});
}

TEST_F(CrawlerRobotsTest, Section2_3_1_2FiveRedirectsAreFollowedAcrossHosts) {
  fetcher.PutRedirect(kRobots, "https://www.quillbrook.example/r1");
  fetcher.PutRedirect("https://www.quillbrook.example/r1", "/r2");
  fetcher.PutRedirect("https://www.quillbrook.example/r2", "https://other.example/r3");
  fetcher.PutRedirect("https://other.example/r3", "/r4");
  fetcher.PutRedirect("https://other.example/r4", "/r5");
  fetcher.PutPage("https://other.example/r5", "User-agent: *\nDisallow: /page\n");
  Run({Request(kPage)});
  EXPECT_EQ(RefusalOf(kPage), "robots.txt: disallowed by line 2: Disallow: /page");
  // The rules are those of the host that was asked, not of the one they stand on.
  EXPECT_EQ(fetcher.CountOf("https://other.example/robots.txt"), 0u);
}

TEST_F(CrawlerRobotsTest, Section2_3_1_2MoreThanFiveRedirectsMeanNoRobots) {
  for (int i = 0; i < 7; ++i) {
    fetcher.PutRedirect(i == 0 ? kRobots : "https://quillbrook.example/r" + std::to_string(i),
                        "/r" + std::to_string(i + 1));
  }
  fetcher.PutPage(kPage, "hello");
  Run({Request(kPage)});
  EXPECT_THAT(Fetched(), ElementsAre(kPage));
  EXPECT_EQ(fetcher.CountOf("https://quillbrook.example/r5"), 1u);
  EXPECT_EQ(fetcher.CountOf("https://quillbrook.example/r6"), 0u);
}

TEST_F(CrawlerRobotsTest, Section2_4IsKeptForADayAtMost) {
  fetcher.PutPage(kRobots, "User-agent: *\nDisallow: /private\n");
  fetcher.PutPage(kPage, "hello");
  Run({Request(kPage)});
  clock.Advance(hours(23));
  Run({Request(kPage), Request("https://quillbrook.example/private")});
  EXPECT_EQ(fetcher.CountOf(kRobots), 1u);
  EXPECT_THAT(RefusalOf("https://quillbrook.example/private"), StartsWith("robots.txt: "));
  clock.Advance(hours(2));
  Run({Request(kPage)});
  EXPECT_EQ(fetcher.CountOf(kRobots), 2u);
}

TEST_F(CrawlerRobotsTest, Section2_4OldRulesAreNotKeptWhereTheNewAreUnreachable) {
  fetcher.PutPage(kRobots, "User-agent: *\nDisallow: /private\n");
  fetcher.Put(kRobots, Answer(500));
  fetcher.PutPage(kPage, "hello");
  Run({Request(kPage)});
  EXPECT_THAT(Fetched(), ElementsAre(kPage));
  clock.Advance(hours(25));
  Run({Request(kPage)});
  EXPECT_EQ(RefusalOf(kPage), "host unreachable: robots.txt could not be read: HTTP 500");
}

TEST_F(CrawlerRobotsTest, Section2_3AnotherPortHasRulesOfItsOwn) {
  fetcher.PutPage(kRobots, "User-agent: *\nDisallow: /\n");
  fetcher.PutPage("https://quillbrook.example:8443/page", "hello");
  Run({Request(kPage), Request("https://quillbrook.example:8443/page")});
  EXPECT_EQ(fetcher.CountOf("https://quillbrook.example:8443/robots.txt"), 1u);
  EXPECT_THAT(Fetched(), ElementsAre("https://quillbrook.example:8443/page"));
}

TEST_F(CrawlerRobotsTest, Section2_3_1_2OneRedirectTooManyIsNotRead) {
  for (int i = 0; i < 6; ++i) {
    fetcher.PutRedirect(i == 0 ? kRobots : "https://quillbrook.example/r" + std::to_string(i),
                        "/r" + std::to_string(i + 1));
  }
  fetcher.PutPage("https://quillbrook.example/r6", "User-agent: *\nDisallow: /\n");
  fetcher.PutPage(kPage, "hello");
  Run({Request(kPage)});
  EXPECT_THAT(Fetched(), ElementsAre(kPage));
}

TEST_F(CrawlerRobotsTest, Section2_3_1_2RedirectInACircleMeansNoRobots) {
  fetcher.PutRedirect(kRobots, "/other");
  fetcher.PutRedirect("https://quillbrook.example/other", "/robots.txt");
  fetcher.PutPage(kPage, "hello");
  Run({Request(kPage)});
  EXPECT_THAT(Fetched(), ElementsAre(kPage));
}

TEST_F(CrawlerRobotsTest, ThatItForbidsAllIsRememberedWithoutAnyDocument) {
  fetcher.PutPage(kRobots, "User-agent: *\nDisallow: /\n");
  Run({Request(kPage)});
  clock.Advance(minutes(30));
  Run({Request(kPage)});
  EXPECT_EQ(fetcher.CountOf(kRobots), 1u);
  EXPECT_EQ(refusals.size(), 1u);
}

TEST_F(CrawlerRobotsTest, ThatItCouldNotBeReadIsAskedAgainSoon) {
  fetcher.Put(kRobots, Answer(500));
  fetcher.Put(kRobots, Answer(404));
  fetcher.PutPage(kPage, "hello");
  Run({Request(kPage)});
  EXPECT_THAT(Fetched(), IsEmpty());
  clock.Advance(minutes(5));
  Run({Request(kPage)});
  EXPECT_EQ(RefusalOf(kPage), "host unreachable: robots.txt could not be read: HTTP 500");
  clock.Advance(minutes(10));
  Run({Request(kPage)});
  EXPECT_THAT(Fetched(), ElementsAre(kPage));
}

TEST_F(CrawlerRobotsTest, CrawlDelayIsKeptAndSaid) {
  fetcher.PutPage(kRobots, "User-agent: *\nCrawl-delay: 30\n");
  fetcher.PutPage(kPage, "hello");
  const CrawlReport report = Run({Request(kPage, FetchKind::kFeed)});
  EXPECT_GE(TimeOf(kPage), milliseconds(30'000));
  EXPECT_LT(TimeOf(kPage), milliseconds(31'000));
  EXPECT_EQ(report.hosts.at(0).robots, "allows all, crawl-delay 30 s");
  EXPECT_EQ(report.hosts.at(0).delay, milliseconds(30'000));
}

TEST_F(CrawlerRobotsTest, AbsurdCrawlDelayIsCutAndSaid) {
  fetcher.PutPage(kRobots, "User-agent: *\nDisallow: /x\nCrawl-delay: 86400\n");
  fetcher.PutPage(kPage, "hello");
  const CrawlReport report = Run({Request(kPage)});
  EXPECT_GE(TimeOf(kPage), milliseconds(120'000));
  EXPECT_LT(TimeOf(kPage), milliseconds(121'000));
  EXPECT_EQ(report.hosts.at(0).robots, "1 rule, crawl-delay 86400 s cut to 120 s");
}

TEST_F(CrawlerRobotsTest, Section2_5IsReadToItsLimit) {
  Run({Request(kPage)});
  ASSERT_FALSE(fetcher.seen().empty());
  EXPECT_EQ(fetcher.seen()[0].max_bytes, 500u * 1024);
}

}  // namespace
}  // namespace schoolwatch::crawler
