#include "crawler/site_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/crawler/crawl_fixture.h"

namespace schoolwatch::crawler {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

core::Timestamp At(std::string_view text) { return core::ParseRfc3339(text).value(); }

const core::Timestamp kNow = At("2026-11-20T09:00:00Z");

FollowPolicy Site(std::string_view path = "/", int depth = 3) {
  config::Source source;
  source.url = "https://town.example/news/";
  source.follow = "site";
  source.scope.path = path;
  source.scope.depth = depth;
  source.scope.hosts = {"forum.town.example"};
  return MakeFollowPolicy(source, {});
}

FetchedDocument Fetched(std::string_view url, int depth = 0, FetchKind kind = FetchKind::kListing) {
  return {.request = Request(url, kind, depth),
          .final_url = Url(url),
          .redirects = {},
          .response = {},
          .fetched_at = kNow,
          .url_state = {},
          .host_state = {}};
}

Document Page(std::vector<Link> links, DocumentKind kind = DocumentKind::kListing) {
  Document document;
  document.kind = kind;
  document.links = std::move(links);
  return document;
}

std::vector<std::string> Urls(const Followed& followed) {
  std::vector<std::string> urls;
  for (const CrawlRequest& request : followed.requests) {
    urls.push_back(request.url.href());
  }
  return urls;
}

TEST(SiteWalkTest, FeedsComeFirstThenNextPagesThenThreadsThenTheRest) {
  const Followed followed =
      FollowSiteLinks(Page({{"https://town.example/about", "About", LinkKind::kOther},
                            {"https://town.example/2026/11/gates", "Gates", LinkKind::kArticle},
                            {"https://town.example/page/2", "Older", LinkKind::kNextPage},
                            {"https://town.example/feed/", "", LinkKind::kFeed},
                            {"https://forum.town.example/t/1", "Buses", LinkKind::kThread}}),
                      Fetched("https://town.example/news/"), Site());
  EXPECT_THAT(Urls(followed),
              ElementsAre("https://town.example/feed/", "https://town.example/page/2",
                          "https://town.example/2026/11/gates", "https://forum.town.example/t/1",
                          "https://town.example/about"));
  EXPECT_EQ(followed.requests[0].kind, FetchKind::kFeed);
  EXPECT_EQ(followed.requests[1].kind, FetchKind::kListing);
  EXPECT_EQ(followed.requests[2].kind, FetchKind::kThread);
  EXPECT_EQ(followed.requests[2].thread.title, "Gates");
  EXPECT_EQ(followed.requests[4].kind, FetchKind::kOther);
  EXPECT_EQ(followed.requests[4].depth, 1);
}

TEST(SiteWalkTest, NoiseIsLeftOutAndWhatIsOutsideIsCounted) {
  const Followed followed =
      FollowSiteLinks(Page({{"https://town.example/news/wp-login.php", "", LinkKind::kNoise},
                            {"https://elsewhere.example/news/", "", LinkKind::kArticle},
                            {"https://town.example/shop/", "", LinkKind::kOther},
                            {"https://town.example/news/a", "", LinkKind::kOther}}),
                      Fetched("https://town.example/news/"), Site("/news/"));
  EXPECT_THAT(Urls(followed), ElementsAre("https://town.example/news/a"));
  EXPECT_EQ(followed.out_of_scope, 2u);
}

TEST(SiteWalkTest, StopsAtItsDepthButForFeeds) {
  const Followed followed =
      FollowSiteLinks(Page({{"https://town.example/a", "", LinkKind::kArticle},
                            {"https://town.example/a/feed/", "", LinkKind::kCommentFeed}}),
                      Fetched("https://town.example/x", 2), Site("/", 2));
  EXPECT_THAT(Urls(followed), ElementsAre("https://town.example/a/feed/"));
}

TEST(SiteWalkTest, PagesBehindAFeedAreNoFurtherThanTheFeed) {
  const Followed followed = FollowSiteLinks(
      Page({{"https://town.example/a", "A", LinkKind::kArticle}}, DocumentKind::kFeed),
      Fetched("https://town.example/feed/", 1, FetchKind::kFeed), Site("/", 1));
  ASSERT_EQ(followed.requests.size(), 1u);
  EXPECT_EQ(followed.requests[0].depth, 1);
}

TEST(SiteWalkTest, FeedsOfTagPagesAreNotCollected) {
  const Followed followed = FollowSiteLinks(
      Page({{"https://town.example/tag/x/feed/", "", LinkKind::kFeed}}, DocumentKind::kArticle),
      Fetched("https://town.example/2026/11/gates", 1), Site());
  EXPECT_THAT(followed.requests, IsEmpty());
}

TEST(SiteWalkTest, EntriesOfAFeedComeNewestFirstWithTheirDates) {
  Document feed = Page({{"https://town.example/old", "Old", LinkKind::kArticle},
                        {"https://town.example/new", "New", LinkKind::kArticle},
                        {"https://town.example/ahead", "Ahead", LinkKind::kArticle}},
                       DocumentKind::kFeed);
  for (const auto& [url, when] :
       {std::pair("https://town.example/old", "2026-11-01T00:00:00Z"),
        std::pair("https://town.example/new", "2026-11-19T00:00:00Z"),
        std::pair("https://town.example/ahead", "2031-01-01T00:00:00Z")}) {
    core::Post post;
    post.url = url;
    post.published = At(when);
    feed.posts.push_back(post);
  }
  const Followed followed =
      FollowSiteLinks(feed, Fetched("https://town.example/feed/", 1, FetchKind::kFeed), Site());
  EXPECT_THAT(Urls(followed), ElementsAre("https://town.example/new", "https://town.example/old",
                                          "https://town.example/ahead"));
  EXPECT_EQ(followed.requests[0].changed_at, At("2026-11-19T00:00:00Z"));
  EXPECT_FALSE(followed.requests[2].changed_at.has_value()) << "it would be due for ever";
}

Sitemap Map(std::vector<SitemapEntry> entries, bool is_index = false) {
  Sitemap map;
  map.is_index = is_index;
  map.entries = std::move(entries);
  return map;
}

FetchedDocument FetchedMap(FetchKind kind = FetchKind::kSitemap) {
  return Fetched("https://town.example/sitemap.xml", 1, kind);
}

TEST(SitemapFollowTest, AsksTheNewestFirst) {
  const MapMemory memory;
  const Followed followed =
      FollowSitemap(Map({{"https://town.example/a", "", {}},
                         {"https://town.example/b", "", At("2026-11-01T00:00:00Z")},
                         {"https://town.example/c", "Gates", At("2026-11-19T00:00:00Z")}}),
                    FetchedMap(), Site(), memory);
  EXPECT_THAT(Urls(followed), ElementsAre("https://town.example/c", "https://town.example/b",
                                          "https://town.example/a"));
  EXPECT_EQ(followed.requests[0].thread.title, "Gates");
  EXPECT_EQ(followed.requests[0].depth, 1);
  EXPECT_EQ(followed.requests[2].kind, FetchKind::kOther);
}

TEST(SitemapFollowTest, AsksOnlyWhatChanged) {
  MapMemory memory;
  const auto fetched = [&](const std::string& url, std::string_view when, std::string_view due) {
    core::UrlState& state = memory.urls[url];
    state.key = url;
    state.fetched_at = At(when);
    state.next_due = At(due);
  };
  fetched("https://town.example/same", "2026-11-10T00:00:00Z", "2026-11-11T00:00:00Z");
  fetched("https://town.example/edited", "2026-11-10T00:00:00Z", "2026-12-11T00:00:00Z");
  fetched("https://town.example/undated", "2026-11-10T00:00:00Z", "2026-11-11T00:00:00Z");
  fetched("https://town.example/resting", "2026-11-10T00:00:00Z", "2026-12-11T00:00:00Z");
  const Followed followed =
      FollowSitemap(Map({{"https://town.example/same", "", At("2026-11-09T00:00:00Z")},
                         {"https://town.example/edited", "", At("2026-11-12T00:00:00Z")},
                         {"https://town.example/undated", "", {}},
                         {"https://town.example/resting", "", {}}}),
                    FetchedMap(), Site(), memory);
  EXPECT_THAT(Urls(followed),
              ElementsAre("https://town.example/edited", "https://town.example/undated"));
}

TEST(SitemapFollowTest, TakesOnlyWhatItMaySpeakFor) {
  const MapMemory memory;
  const Sitemap map = Map({{"https://town.example/a", "", {}},
                           {"https://forum.town.example/b", "", {}},
                           {"https://bank.example/c", "", {}},
                           {"not an address", "", {}}});
  const Followed followed = FollowSitemap(map, FetchedMap(), Site(), memory);
  EXPECT_THAT(Urls(followed), ElementsAre("https://town.example/a"));
  EXPECT_EQ(followed.out_of_scope, 3u);
}

TEST(SitemapFollowTest, AnIndexLeadsToItsPartsAndNoFurther) {
  const MapMemory memory;
  const Sitemap index = Map(
      {{"https://town.example/1.xml", "", {}}, {"https://elsewhere.example/2.xml", "", {}}}, true);
  const Followed followed = FollowSitemap(index, FetchedMap(), Site("/news/"), memory);
  ASSERT_THAT(Urls(followed), ElementsAre("https://town.example/1.xml"));
  EXPECT_EQ(followed.requests[0].kind, FetchKind::kSitemapPart);
  EXPECT_THAT(
      FollowSitemap(index, FetchedMap(FetchKind::kSitemapPart), Site("/news/"), memory).requests,
      IsEmpty());
}

TEST(SitemapFollowTest, WhatOneLookCannotAskForIsSaid) {
  const MapMemory memory;
  std::vector<SitemapEntry> entries;
  for (int i = 0; i < 300; ++i) {
    entries.push_back({"https://town.example/" + std::to_string(i), "", {}});
  }
  const Followed followed = FollowSitemap(Map(entries), FetchedMap(), Site(), memory);
  EXPECT_EQ(followed.requests.size(), kMaxFollow);
  EXPECT_TRUE(followed.more);
}

TEST(SitemapFollowTest, RobotsNamesThemElseThereIsAUsualPlace) {
  FetchedDocument own = Fetched("https://town.example/news/");
  Followed followed;
  AddSitemaps(own, Site(), followed);
  EXPECT_THAT(Urls(followed), ElementsAre("https://town.example/sitemap.xml"));
  own.sitemaps = {"/maps/a.xml", "https://elsewhere.example/b.xml"};
  followed = {};
  AddSitemaps(own, Site(), followed);
  EXPECT_THAT(Urls(followed), ElementsAre("https://town.example/maps/a.xml"));
  // Named by robots.txt, it speaks for the whole host.
  FetchedDocument map = FetchedMap();
  map.final_url = Url("https://town.example/maps/a.xml");
  map.request.thread = followed.requests[0].thread;
  const MapMemory memory;
  EXPECT_THAT(Urls(FollowSitemap(Map({{"https://town.example/c", "", {}}}), map, Site(), memory)),
              ElementsAre("https://town.example/c"));
}

TEST(OwnFeedTest, OnlyAFeedThatWorksStandsForItsPage) {
  MapMemory memory;
  const core::HttpUrl page = Url("https://town.example/gates/");
  const std::vector<CrawlRequest> own = {
      Request("https://town.example/gates/feed/", FetchKind::kFeed, 2)};
  EXPECT_FALSE(HasOwnFeed(page, own, memory)) << "never had";
  core::UrlState& state = memory.urls["https://town.example/gates/feed/"];
  state.last_status = 304;
  EXPECT_TRUE(HasOwnFeed(page, own, memory));
  EXPECT_FALSE(HasOwnFeed(Url("https://town.example/other/"), own, memory));
  state.failures = 1;
  EXPECT_FALSE(HasOwnFeed(page, own, memory));
}

}  // namespace
}  // namespace schoolwatch::crawler
