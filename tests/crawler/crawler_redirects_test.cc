#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "crawler/crawler.h"
#include "tests/crawler/crawl_fixture.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr char kHome[] = "https://quillbrook.example/";

class CrawlerRedirectsTest : public CrawlFixture {};

TEST_F(CrawlerRedirectsTest, RedirectsAreFollowedWithEachHostsRobots) {
  fetcher.PutRedirect(kHome, "https://www.other.example/new?utm_source=x");
  fetcher.PutRedirect("https://www.other.example/new?utm_source=x", "/new", 308);
  fetcher.Put("https://www.other.example/new", Answer(200, {{"etag", "\"1\""}}, "hello"));
  Run({Request(kHome)});
  EXPECT_THAT(fetcher.urls(), ElementsAre("https://quillbrook.example/robots.txt", kHome,
                                          "https://www.other.example/robots.txt",
                                          "https://www.other.example/new?utm_source=x",
                                          "https://www.other.example/new"));
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].request.url.href(), kHome);
  EXPECT_EQ(documents[0].final_url.href(), "https://www.other.example/new");
  EXPECT_THAT(documents[0].redirects,
              ElementsAre(kHome, "https://www.other.example/new?utm_source=x"));
  EXPECT_EQ(documents[0].url_state.key, "https://www.other.example/new");
  EXPECT_EQ(documents[0].host_state.origin, "https://www.other.example");
}

TEST_F(CrawlerRedirectsTest, RedirectSendsTheValidatorsOfWhereItLeads) {
  fetcher.PutRedirect(kHome, "/new");
  fetcher.Put("https://quillbrook.example/new", Answer(200, {{"etag", "\"1\""}}, "hello"));
  fetcher.Put("https://quillbrook.example/new", Answer(304));
  Run({Request(kHome)});
  clock.Advance(minutes(30));
  Run({Request(kHome)});
  EXPECT_EQ(net::FindHeader(fetcher.seen().back().headers, "if-none-match"), "\"1\"");
  EXPECT_TRUE(documents.at(0).unchanged);
}

TEST_F(CrawlerRedirectsTest, RedirectIntoWhatRobotsForbidsIsRefused) {
  fetcher.PutPage("https://other.example/robots.txt", "User-agent: *\nDisallow: /\n");
  fetcher.PutRedirect(kHome, "https://other.example/secret");
  Run({Request(kHome)});
  EXPECT_EQ(RefusalOf(kHome), "robots.txt: disallowed by line 2: Disallow: /");
  EXPECT_EQ(fetcher.CountOf("https://other.example/secret"), 0u);
}

TEST_F(CrawlerRedirectsTest, RedirectToAPrivateAddressIsRefused) {
  fetcher.PutRedirect(kHome, "http://10.0.0.1/admin");
  fetcher.Put("http://10.0.0.1/robots.txt",
              core::Fail(core::ErrorKind::kForbidden, "10.0.0.1 is a private address"));
  Run({Request(kHome)});
  EXPECT_EQ(RefusalOf(kHome), "address not allowed: 10.0.0.1 is a private address");
  EXPECT_EQ(fetcher.CountOf("http://10.0.0.1/admin"), 0u);
}

TEST_F(CrawlerRedirectsTest, PageThatTheGuardForbidsIsRefused) {
  // As after a name that resolves to another address the second time.
  fetcher.Put(kHome, core::Fail(core::ErrorKind::kForbidden, "169.254.169.254 is link-local"));
  Run({Request(kHome)});
  EXPECT_EQ(RefusalOf(kHome), "address not allowed: 169.254.169.254 is link-local");
  EXPECT_THAT(failures, IsEmpty());
}

TEST_F(CrawlerRedirectsTest, RedirectToAFileIsRefused) {
  fetcher.PutRedirect(kHome, "file:///etc/passwd");
  Run({Request(kHome)});
  EXPECT_THAT(RefusalOf(kHome), StartsWith("address not allowed: redirects to no web address"));
}

TEST_F(CrawlerRedirectsTest, RedirectsInACircleAreRefused) {
  fetcher.PutRedirect(kHome, "/a");
  fetcher.PutRedirect("https://quillbrook.example/a", "/");
  Run({Request(kHome)});
  EXPECT_EQ(RefusalOf(kHome), "too many redirects: redirects in a circle");
  EXPECT_EQ(fetcher.CountOf(kHome), 1u);
}

TEST_F(CrawlerRedirectsTest, EndlessRedirectsAreRefused) {
  fetcher.SetHandler([](const net::Request& request) {
    return request.url.path() == "/robots.txt"
               ? Answer(404)
               : Answer(302, {{"location", request.url.href() + "x"}});
  });
  Run({Request(kHome)});
  EXPECT_EQ(RefusalOf(kHome), "too many redirects: more than 10 redirects");
  EXPECT_EQ(fetcher.seen().size(), 12u);
}

TEST_F(CrawlerRedirectsTest, RedirectToWhatIsAskedForAnywayIsNotAskedTwice) {
  fetcher.PutRedirect("http://quillbrook.example/", kHome);
  fetcher.PutPage(kHome, "hello");
  Run({Request(kHome), Request("http://quillbrook.example/")});
  EXPECT_EQ(fetcher.CountOf(kHome), 1u);
  EXPECT_THAT(RefusalOf("http://quillbrook.example/"), HasSubstr("asked for already in this run"));
}

TEST_F(CrawlerRedirectsTest, RedirectWithoutAnAddressIsAFailure) {
  fetcher.Put(kHome, Answer(302));
  Run({Request(kHome)});
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].error.message, "HTTP 302 without an address to go to");
}

}  // namespace
}  // namespace schoolwatch::crawler
