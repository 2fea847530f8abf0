#include "crawler/crawler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/crawler/crawl_fixture.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

constexpr char kHome[] = "https://quillbrook.example/";

std::string HeaderOf(const fakes::FakeFetcher::Seen& seen, std::string_view name) {
  return std::string(net::FindHeader(seen.headers, name));
}

class CrawlerTest : public CrawlFixture {
 protected:
  const fakes::FakeFetcher::Seen& LastSeen() const { return fetcher.seen().back(); }
  // A later look at the same address.
  CrawlReport RunAfter(milliseconds pause, const char* url) {
    clock.Advance(pause);
    return Run({Request(url)});
  }
};

TEST_F(CrawlerTest, NothingToDoIsDoneAtOnce) {
  const CrawlReport report = Run(std::vector<CrawlSource>{});
  EXPECT_EQ(report.requests, 0u);
  EXPECT_FALSE(report.stopped_early);
}

// Order and gaps.

TEST_F(CrawlerTest, FeedsGoBeforeListingsBeforeThreads) {
  fetcher.SetHandler([](const net::Request&) { return Answer(200, {}, "x"); });
  Run({Request("https://quillbrook.example/o"),
       Request("https://quillbrook.example/t", FetchKind::kThread),
       Request("https://quillbrook.example/l", FetchKind::kListing),
       Request("https://quillbrook.example/f", FetchKind::kFeed)});
  EXPECT_THAT(Fetched(),
              ElementsAre("https://quillbrook.example/f", "https://quillbrook.example/l",
                          "https://quillbrook.example/t", "https://quillbrook.example/o"));
}

TEST_F(CrawlerTest, GapIsKeptFromTheAnswerAndSharedByTheDomain) {
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  fetcher.SetLatency(milliseconds(100));
  Run({Request("https://a.quillbrook.example/1"), Request("https://b.quillbrook.example/2"),
       Request("https://quillbrook.example/3", FetchKind::kFeed)});
  ASSERT_EQ(fetcher.seen().size(), 6u);
  for (std::size_t i = 1; i < fetcher.seen().size(); ++i) {
    const fakes::FakeFetcher::Seen& seen = fetcher.seen()[i];
    const bool quick = seen.url.ends_with("robots.txt") || seen.url.ends_with("/3");
    const auto rest = seen.at - fetcher.seen()[i - 1].at - milliseconds(100);
    EXPECT_GE(rest, quick ? settings.feed_gap : settings.page_gap) << seen.url;
    EXPECT_LT(rest, (quick ? settings.feed_gap : settings.page_gap) + seconds(1)) << seen.url;
  }
  EXPECT_EQ(fetcher.most_in_flight(), 1u);
}

TEST_F(CrawlerTest, OtherDomainsDoNotWait) {
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  std::vector<CrawlRequest> seeds;
  for (int i = 0; i < 20; ++i) {
    seeds.push_back(Request("https://host" + std::to_string(i) + ".example/"));
  }
  Run(std::move(seeds));
  EXPECT_EQ(fetcher.most_in_flight(), 20u);
  EXPECT_EQ(documents.size(), 20u);
}

TEST_F(CrawlerTest, NoMoreThanAllowedAreInFlight) {
  settings.max_in_flight = 3;
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  std::vector<CrawlRequest> seeds;
  for (int i = 0; i < 10; ++i) {
    seeds.push_back(Request("https://host" + std::to_string(i) + ".example/"));
  }
  Run(std::move(seeds));
  EXPECT_EQ(fetcher.most_in_flight(), 3u);
  EXPECT_EQ(documents.size(), 10u);
}

TEST_F(CrawlerTest, SlowAnswersWidenTheGap) {
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  fetcher.SetLatency("https://quillbrook.example/1", seconds(20));
  const CrawlReport report =
      Run({Request("https://quillbrook.example/1"), Request("https://quillbrook.example/2")});
  EXPECT_GE(TimeOf("https://quillbrook.example/2") - TimeOf("https://quillbrook.example/1"),
            seconds(60));
  EXPECT_EQ(report.hosts.at(0).slowest, seconds(20));
  EXPECT_EQ(report.hosts.at(0).delay, seconds(40));
}

TEST_F(CrawlerTest, RestartIsAsPoliteAsStayingUp) {
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  Run({Request(kHome)});
  const auto first = fetcher.seen().back().at;
  clock.Advance(seconds(3));
  Run({Request("https://quillbrook.example/2")});
  EXPECT_GE(fetcher.seen().back().at - first, settings.page_gap);
}

TEST_F(CrawlerTest, RestartSparesOtherHostsOfTheDomainToo) {
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  Run({Request(kHome)});
  const auto first = fetcher.seen().back().at;
  Run({Request("https://forum.quillbrook.example/", FetchKind::kFeed)});
  EXPECT_GE(fetcher.seen().at(2).at - first, settings.feed_gap);
}

TEST_F(CrawlerTest, ClockThatWentBackCostsOneGapAtMost) {
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  Run({Request(kHome)});
  memory.hosts["https://quillbrook.example"].last_request_at = clock.Now() + hours(100);
  const auto start = clock.Steady();
  Run({Request("https://quillbrook.example/2")});
  EXPECT_LE(clock.Steady() - start, settings.page_gap + seconds(2));
  EXPECT_EQ(documents.size(), 1u);
}

// Not asking twice.

TEST_F(CrawlerTest, ValidatorsGoBackByteForByte) {
  fetcher.Put(
      kHome,
      Answer(200, {{"etag", "W/\"a b\""}, {"last-modified", "friday, 20 nov 2026 11:00:00 gmt"}},
             "hello"));
  fetcher.Put(kHome, Answer(304));
  Run({Request(kHome)});
  EXPECT_FALSE(documents.at(0).unchanged);
  EXPECT_EQ(HeaderOf(LastSeen(), "if-none-match"), "");
  const CrawlReport report = RunAfter(minutes(30), kHome);
  EXPECT_EQ(HeaderOf(LastSeen(), "if-none-match"), "W/\"a b\"");
  EXPECT_EQ(HeaderOf(LastSeen(), "if-modified-since"), "friday, 20 nov 2026 11:00:00 gmt");
  EXPECT_TRUE(documents.at(0).unchanged);
  EXPECT_EQ(documents.at(0).url_state.etag, "W/\"a b\"");
  EXPECT_EQ(report.unchanged, 1u);
  EXPECT_EQ(report.hosts.at(0).not_modified, 1u);
}

TEST_F(CrawlerTest, ValidatorsAreDroppedAfterEightDaysOfNotModified) {
  fetcher.Put(kHome, Answer(200, {{"etag", "\"1\""}}, "hello"));
  fetcher.Put(kHome, Answer(304, {{"etag", "\"1\""}}));
  Run({Request(kHome)});
  for (int day = 1; day <= 8; ++day) {
    RunAfter(hours(23), kHome);
    EXPECT_EQ(HeaderOf(LastSeen(), "if-none-match"), "\"1\"") << day;
  }
  fetcher.Put(kHome, Answer(200, {{"etag", "\"1\""}}, "hello"));
  RunAfter(hours(23), kHome);
  EXPECT_EQ(HeaderOf(LastSeen(), "if-none-match"), "");
}

TEST_F(CrawlerTest, SameBodyIsUnchangedAndItsNewValidatorsAreKept) {
  fetcher.Put(kHome, Answer(200, {{"etag", "\"1\""}}, "hello"));
  fetcher.Put(kHome, Answer(200, {{"etag", "\"2\""}}, "hello"));
  fetcher.Put(kHome, Answer(200, {}, "hello again"));
  Run({Request(kHome)});
  RunAfter(minutes(30), kHome);
  EXPECT_TRUE(documents.at(0).unchanged);
  EXPECT_EQ(documents.at(0).url_state.etag, "\"2\"");
  RunAfter(minutes(30), kHome);
  EXPECT_EQ(HeaderOf(LastSeen(), "if-none-match"), "\"2\"");
  EXPECT_FALSE(documents.at(0).unchanged);
  EXPECT_EQ(documents.at(0).url_state.etag, "");
}

// Else the marks of posts that still stand there would run out, and they would be news once more.
TEST_F(CrawlerTest, SameBodyIsReadAgainAfterTwentyDays) {
  fetcher.SetHandler([](const net::Request&) { return Answer(200, {}, "hello"); });
  Run({Request(kHome)});
  const auto is_read_after = [this](hours wait) {
    RunAfter(wait, kHome);
    return !documents.at(0).unchanged;
  };
  EXPECT_FALSE(is_read_after(hours(19 * 24)));
  EXPECT_TRUE(is_read_after(hours(25)));
  EXPECT_FALSE(is_read_after(hours(19 * 24)));
  EXPECT_TRUE(is_read_after(hours(25)));
  EXPECT_TRUE(is_read_after(hours(-30 * 24))) << "the clock went back";
  EXPECT_FALSE(is_read_after(hours(1)));
}

TEST_F(CrawlerTest, WhatWasFollowedStaysKnown) {
  memory.urls[kHome].follow = {"thread https://quillbrook.example/t"};
  fetcher.PutPage(kHome, "hello");
  Run({Request(kHome)});
  EXPECT_THAT(documents.at(0).url_state.follow, ElementsAre("thread https://quillbrook.example/t"));
}

TEST_F(CrawlerTest, FreshAnswersAreNotAskedAgainUnlessToldTo) {
  fetcher.Put(kHome, Answer(200, {{"cache-control", "max-age=600"}}, "hello"));
  Run({Request(kHome)});
  RunAfter(minutes(9), kHome);
  EXPECT_EQ(RefusalOf(kHome), "not due yet: not before 2026-11-20T12:10:10.020Z");
  settings.ignore_due = true;
  RunAfter(minutes(0), kHome);
  EXPECT_EQ(documents.size(), 1u);
  settings.ignore_due = false;
  RunAfter(minutes(11), kHome);
  EXPECT_EQ(documents.size(), 1u);
}

TEST_F(CrawlerTest, NothingIsAskedTwiceInARun) {
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  links[kHome] = {Request("https://quillbrook.example/a#1"),
                  Request("https://quillbrook.example/a?utm_source=x"), Request(kHome)};
  Run({Request(kHome)});
  EXPECT_EQ(documents.size(), 2u);
  EXPECT_THAT(refusals, IsEmpty());
}

TEST_F(CrawlerTest, SecondSourceWithTheSameAddressIsToldSo) {
  fetcher.PutPage(kHome, "hello");
  CrawlSource other{.name = "other", .seeds = {Request(kHome)}};
  source.seeds = {Request(kHome)};
  Run({source, other});
  EXPECT_EQ(fetcher.CountOf(kHome), 1u);
  ASSERT_EQ(refusals.size(), 1u);
  EXPECT_EQ(refusals[0].request.source, "other");
  EXPECT_EQ(refusals[0].reason, RefusalReason::kScope);
}

// Budgets, scope, traps.

TEST_F(CrawlerTest, PagesOfASourceAreLimited) {
  source.max_pages = 3;
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  for (int i = 0; i < 5; ++i) {
    links[kHome].push_back(
        Request("https://quillbrook.example/" + std::to_string(i), FetchKind::kThread));
  }
  const CrawlReport report = Run({Request(kHome)});
  EXPECT_EQ(documents.size(), 3u);
  EXPECT_EQ(report.refused, 3u);
  EXPECT_EQ(RefusalOf("https://quillbrook.example/4"),
            "over the source's budget: the source's 3 pages of one run are used up");
}

TEST_F(CrawlerTest, LinksThatPromiseLittleLeaveHalfOfTheBudget) {
  source.max_pages = 4;
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  links[kHome] = {Request("https://quillbrook.example/other1"),
                  Request("https://quillbrook.example/other2"),
                  Request("https://quillbrook.example/t", FetchKind::kThread)};
  Run({Request(kHome)});
  EXPECT_THAT(Fetched(), ElementsAre(kHome, "https://quillbrook.example/t",
                                     "https://quillbrook.example/other1"));
}

TEST_F(CrawlerTest, WhatRobotsForbidsCostsNoBudget) {
  source.max_pages = 2;
  fetcher.PutPage("https://quillbrook.example/robots.txt", "User-agent: *\nDisallow: /private\n");
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  links[kHome] = {Request("https://quillbrook.example/private/1"),
                  Request("https://quillbrook.example/private/2"),
                  Request("https://quillbrook.example/open", FetchKind::kThread)};
  Run({Request(kHome)});
  EXPECT_THAT(Fetched(), ElementsAre(kHome, "https://quillbrook.example/open"));
}

TEST_F(CrawlerTest, BytesOfASourceAreLimited) {
  source.max_bytes = 1000;
  fetcher.SetHandler([](const net::Request&) { return Answer(200, {}, std::string(600, 'x')); });
  Run({Request("https://quillbrook.example/1"), Request("https://quillbrook.example/2"),
       Request("https://quillbrook.example/3")});
  EXPECT_EQ(documents.size(), 2u);
  EXPECT_EQ(RefusalOf("https://quillbrook.example/3"),
            "over the source's budget: the source's 1000 bytes of one run are used up");
}

TEST_F(CrawlerTest, DepthIsLimited) {
  settings.max_depth = 1;
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  links[kHome] = {Request("https://quillbrook.example/1")};
  links["https://quillbrook.example/1"] = {Request("https://quillbrook.example/2")};
  Run({Request(kHome)});
  EXPECT_EQ(RefusalOf("https://quillbrook.example/2"),
            "outside the source: more than 1 links from the source");
}

TEST_F(CrawlerTest, TrapsAreRefusedAmongLinksNotAmongSeeds) {
  constexpr char kSeed[] = "https://quillbrook.example/x/x/x/y";
  fetcher.SetHandler([](const net::Request&) { return Answer(200); });
  links[kSeed] = {Request("https://quillbrook.example/z/z/z/y")};
  Run({Request(kSeed)});
  EXPECT_THAT(Fetched(), ElementsAre(kSeed));
  EXPECT_EQ(RefusalOf("https://quillbrook.example/z/z/z/y"),
            "looks like a trap: the same folders repeat: /z");
}

TEST_F(CrawlerTest, LinksOfNoSourceAreRefused) {
  fetcher.PutPage(kHome, "hello");
  CrawlRequest stranger = Request("https://quillbrook.example/1");
  stranger.source = "nobody";
  links[kHome] = {stranger};
  Run({Request(kHome)});
  EXPECT_THAT(RefusalOf("https://quillbrook.example/1"), StartsWith("outside the source"));
}

TEST_F(CrawlerTest, PasswordsInAddressesAreRefused) {
  Run({Request("https://head:secret@quillbrook.example/")});
  ASSERT_EQ(refusals.size(), 1u);
  EXPECT_EQ(refusals[0].reason, RefusalReason::kAddress);
  EXPECT_THAT(fetcher.urls(), IsEmpty());
}

}  // namespace
}  // namespace schoolwatch::crawler
