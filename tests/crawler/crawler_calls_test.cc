// Requests to platforms' interfaces: what is sent, and where secrets stand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "crawler/crawler.h"
#include "crawler/platforms/api_call.h"
#include "crawler/platforms/call_secrets.h"
#include "crawler/platforms/platform.h"
#include "tests/crawler/crawl_fixture.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

constexpr char kSearch[] = "https://api.chirp.example/search?q=quillbrook";
constexpr char kToken[] = "tok-4711-abcdef-9";
constexpr char kKey[] = "key-0815-ghijkl-7";

ApiCall SecretCall() {
  ApiCall call;
  call.state_key = "town/search/1";
  call.secret_headers = {{"Authorization", std::string("Bearer ") + kToken}};
  call.secret_query = std::string("key=") + kKey;
  return call;
}

class CrawlerCallsTest : public CrawlFixture {
 protected:
  static CrawlRequest Call(std::string_view url, ApiCall call) {
    CrawlRequest request = Request(url, FetchKind::kFeed);
    request.robots = RobotsUse::kDocumentedApi;
    request.call = std::make_shared<const ApiCall>(std::move(call));
    return request;
  }
  // Everything that the crawler handed out, as one text.
  std::string HandedOut() const {
    std::string all;
    const auto add_request = [&all](const CrawlRequest& request) { all += request.url.href(); };
    const auto add_state = [&all](const core::UrlState& state) {
      all += state.key + state.etag + state.last_modified + state.body_hash;
    };
    const auto add_headers = [&all](const net::Headers& headers) {
      for (const auto& [name, value] : headers) {
        all += name + value;
      }
    };
    for (const FetchedDocument& document : documents) {
      add_request(document.request);
      all += document.final_url.href() + document.response.body;
      for (const std::string& hop : document.redirects) {
        all += hop;
      }
      add_headers(document.response.headers);
      add_state(document.url_state);
    }
    for (const Refusal& refusal : refusals) {
      add_request(refusal.request);
      all += refusal.detail;
    }
    for (const FetchFailure& failure : failures) {
      add_request(failure.request);
      all += failure.error.message + failure.body;
      add_headers(failure.headers);
      add_state(failure.url_state);
    }
    return all;
  }
  void ExpectNoSecret() const {
    EXPECT_THAT(HandedOut(), Not(HasSubstr("tok-4711")));
    EXPECT_THAT(HandedOut(), Not(HasSubstr("key-0815")));
  }
};

TEST_F(CrawlerCallsTest, WhatTheCallSaysIsSentAndNothingElseAsked) {
  ApiCall call = SecretCall();
  call.method = "POST";
  call.body = "{\"tag\":\"quillbrook\"}";
  call.body_type = "application/json";
  call.headers = {{"Accept", "application/json"}, {"X-Version", "2"}};
  call.agent_front = "(by /u/quillbrook)";
  call.reserved = 5'000;
  fetcher.Put(kSearch, Answer(200, {}, "{}"));
  Run({Call(kSearch, std::move(call))});
  ASSERT_EQ(fetcher.seen().size(), 1u);  // No robots.txt.
  const fakes::FakeFetcher::Seen& seen = fetcher.seen()[0];
  EXPECT_EQ(seen.url, kSearch);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.body, "{\"tag\":\"quillbrook\"}");
  EXPECT_THAT(seen.headers, ElementsAre(Pair("Accept", "application/json"), Pair("X-Version", "2"),
                                        Pair("content-type", "application/json")));
  EXPECT_THAT(seen.secret_headers, ElementsAre(Pair("Authorization", HasSubstr(kToken))));
  EXPECT_EQ(seen.secret_target, std::string("/search?q=quillbrook&key=") + kKey);
  EXPECT_EQ(seen.user_agent_front, "(by /u/quillbrook)");
  EXPECT_TRUE(seen.once);
  ASSERT_EQ(documents.size(), 1u);
  ASSERT_NE(documents[0].request.call, nullptr);
  EXPECT_EQ(documents[0].request.call->state_key, "town/search/1");
  ExpectNoSecret();
}

TEST_F(CrawlerCallsTest, SecretInThePathTakesItsPlace) {
  ApiCall call;
  call.secret_target = "/bot42:s3cret-s3cret-s3cret-s3cret/updates?n=1";
  fetcher.PutRedirect("https://api.chirp.example/updates?n=1", "/v2/updates");
  Run({Call("https://api.chirp.example/updates?n=1", call)});
  EXPECT_EQ(fetcher.seen().at(0).secret_target, call.secret_target);
  EXPECT_EQ(RefusalOf("https://api.chirp.example/updates?n=1"),
            "too many redirects: redirects with a secret of ours");
  EXPECT_FALSE(WithoutSecrets(
      call, Url("https://evil.example/?was=/bot42:s3cret-s3cret-s3cret-s3cret/updates")));
}

TEST_F(CrawlerCallsTest, SameOriginRedirectKeepsTheSecretButNotInTheAddress) {
  fetcher.PutRedirect(kSearch, std::string("/v2/search?q=quillbrook&key=") + kKey);
  fetcher.Put("https://api.chirp.example/v2/search?q=quillbrook", Answer(200, {}, "{}"));
  Run({Call(kSearch, SecretCall())});
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].final_url.href(), "https://api.chirp.example/v2/search?q=quillbrook");
  EXPECT_EQ(fetcher.seen().back().secret_target,
            std::string("/v2/search?q=quillbrook&key=") + kKey);
  EXPECT_THAT(fetcher.seen().back().secret_headers, Not(IsEmpty()));
  ExpectNoSecret();
}

TEST_F(CrawlerCallsTest, OtherOriginGetsAPlainRequestAndIsAskedForItsRobots) {
  for (const char* const elsewhere :
       {"https://evil.example/x?q=1", "http://api.chirp.example/x?q=1",
        "https://api.chirp.example:8443/x?q=1"}) {
    SCOPED_TRACE(elsewhere);
    fakes::FakeFetcher fresh(clock);
    fresh.PutRedirect(kSearch, std::string(elsewhere) + "&key=" + kKey);
    fresh.SetHandler([](const net::Request&) { return Answer(200, {}, "{}"); });
    memory = {};
    source.seeds = {Call(kSearch, SecretCall())};
    documents.clear();
    crawler = Crawler::Make(settings, fresh, memory, clock);
    crawler->Run(std::vector<CrawlSource>{source}, *this, stop.get_token());
    ASSERT_EQ(documents.size(), 1u);
    EXPECT_EQ(documents[0].final_url.href(), elsewhere);
    ASSERT_EQ(fresh.seen().size(), 3u);
    EXPECT_THAT(fresh.seen()[1].url, HasSubstr("/robots.txt"));
    EXPECT_THAT(fresh.seen()[2].secret_headers, IsEmpty());
    EXPECT_THAT(fresh.seen()[2].secret_target, Eq(""));
    EXPECT_EQ(fresh.seen()[2].url, elsewhere);
    ExpectNoSecret();
  }
}

TEST_F(CrawlerCallsTest, SecretHiddenElsewhereInALocationIsNotFollowed) {
  fetcher.PutRedirect(kSearch, std::string("https://evil.example/steal/") + kKey);
  Run({Call(kSearch, SecretCall())});
  EXPECT_EQ(RefusalOf(kSearch), "too many redirects: redirects with a secret of ours");
  EXPECT_EQ(fetcher.seen().size(), 1u);
  ExpectNoSecret();
}

TEST_F(CrawlerCallsTest, PostIsNotRepeatedByARedirect) {
  for (const int status : {301, 302, 303, 307, 308}) {
    SCOPED_TRACE(status);
    fakes::FakeFetcher fresh(clock);
    fresh.PutRedirect(kSearch, "/elsewhere", status);
    ApiCall call = SecretCall();
    call.method = "POST";
    source.seeds = {Call(kSearch, std::move(call))};
    refusals.clear();
    crawler = Crawler::Make(settings, fresh, memory, clock);
    crawler->Run(std::vector<CrawlSource>{source}, *this, stop.get_token());
    EXPECT_EQ(fresh.seen().size(), 1u);
    EXPECT_EQ(RefusalOf(kSearch), "too many redirects: what is posted is sent to nobody else");
  }
}

TEST_F(CrawlerCallsTest, NextPageWithTheSecretInItsAddressIsAskedWithoutIt) {
  fetcher.Put(kSearch,
              Answer(200, {{"link", std::string("<https://api.chirp.example/?key=") + kKey + ">"}},
                     std::string("{\"next\":\"https://api.chirp.example/search?q=quillbrook&page=2"
                                 "&key=") +
                         kKey + "\"}"));
  fetcher.SetHandler([](const net::Request&) { return Answer(200, {}, "{}"); });
  ApiCall second = SecretCall();
  second.page = 1;
  links[kSearch] = {
      Call(std::string("https://api.chirp.example/search?q=quillbrook&page=2&key=") + kKey,
           std::move(second))};
  Run({Call(kSearch, SecretCall())});
  EXPECT_THAT(Fetched(),
              ElementsAre(kSearch, "https://api.chirp.example/search?q=quillbrook&page=2"));
  ExpectNoSecret();
}

TEST_F(CrawlerCallsTest, ErrorAnswerComesWithItsWordsButNotForPages) {
  fetcher.SetHandler([](const net::Request&) {
    return Answer(401, {{"x-left", "0"}},
                  std::string("{\"error\":\"ExpiredToken\",\"token\":\"") + kToken + "\"}");
  });
  Run({Call(kSearch, SecretCall()), Request("https://quillbrook.example/members")});
  ASSERT_EQ(failures.size(), 2u);
  const bool call_first = failures[0].request.call != nullptr;
  const FetchFailure& of_call = failures[call_first ? 0 : 1];
  const FetchFailure& of_page = failures[call_first ? 1 : 0];
  EXPECT_EQ(of_call.status, 401);
  EXPECT_THAT(of_call.body, HasSubstr("ExpiredToken"));
  EXPECT_EQ(net::FindHeader(of_call.headers, "x-left"), "0");
  EXPECT_EQ(of_page.body, "");
  EXPECT_THAT(of_page.headers, IsEmpty());
  ExpectNoSecret();
}

TEST_F(CrawlerCallsTest, CallsOfTwoAccountsToOneAddressAreTwo) {
  fetcher.SetHandler([](const net::Request&) { return Answer(200, {}, "{}"); });
  ApiCall other = SecretCall();
  other.state_key = "town/search/2";
  Run({Call(kSearch, SecretCall()), Call(kSearch, std::move(other)), Call(kSearch, SecretCall())});
  EXPECT_EQ(documents.size(), 2u);
  EXPECT_EQ(refusals.size(), 1u);
}

TEST_F(CrawlerCallsTest, PostsWithOtherBodiesAreTwo) {
  fetcher.SetHandler([](const net::Request&) { return Answer(200, {}, "{}"); });
  ApiCall one;
  one.method = "POST";
  one.body = "{\"tag\":\"quillbrook\"}";
  ApiCall two = one;
  two.body = "{\"tag\":\"quillbrookacademy\"}";
  Run({Call(kSearch, one), Call(kSearch, two), Call(kSearch, one)});
  EXPECT_EQ(documents.size(), 2u);
}

TEST_F(CrawlerCallsTest, ValidatorsGoBackWhereTheSameIsAskedAgain) {
  fetcher.Put(kSearch, Answer(200, {{"etag", "\"1\""}}, "{}"));
  fetcher.Put(kSearch, Answer(304));
  Run({Call(kSearch, SecretCall())});
  EXPECT_THAT(documents.at(0).url_state.key, AllOf(StartsWith(kSearch), EndsWith("town/search/1")));
  clock.Advance(minutes(30));
  Run({Call(kSearch, SecretCall())});
  EXPECT_EQ(net::FindHeader(fetcher.seen().back().headers, "if-none-match"), "\"1\"");
  EXPECT_TRUE(documents.at(0).unchanged);
}

TEST_F(CrawlerCallsTest, NothingIsRememberedOfWhereToGoOn) {
  fetcher.Put(kSearch, Answer(200, {{"etag", "\"1\""}, {"cache-control", "max-age=3600"}}, "{}"));
  ApiCall call = SecretCall();
  call.since = clock.Now() - minutes(10);
  Run({Call(kSearch, call)});
  EXPECT_EQ(documents.at(0).url_state.key, "");
  clock.Advance(minutes(5));
  Run({Call(kSearch, call)});
  EXPECT_EQ(documents.size(), 1u);
  EXPECT_THAT(fetcher.seen().back().headers, Not(Contains(Pair("if-none-match", "\"1\""))));
}

TEST_F(CrawlerCallsTest, GapOfThePlatformIsKept) {
  auto platform = std::make_shared<Platform>();
  platform->gap = seconds(5);
  ApiCall call;
  call.platform = platform;
  fetcher.SetHandler([](const net::Request&) { return Answer(200, {}, "{}"); });
  fetcher.SetLatency(std::chrono::milliseconds(0));
  Run({Call("https://api.chirp.example/1", call), Call("https://api.chirp.example/2", call)});
  ASSERT_EQ(fetcher.seen().size(), 2u);
  EXPECT_GE(fetcher.seen()[1].at - fetcher.seen()[0].at, seconds(5));
}

TEST_F(CrawlerCallsTest, CallThatMustAskRobotsIsRefusedWhereItSaysNo) {
  fetcher.PutPage("https://api.chirp.example/robots.txt", "User-agent: *\nDisallow: /search\n");
  CrawlRequest request = Call(kSearch, SecretCall());
  request.robots = RobotsUse::kObey;
  Run({request});
  EXPECT_EQ(RefusalOf(kSearch), "robots.txt: disallowed by line 2: Disallow: /search");
  EXPECT_EQ(fetcher.seen().size(), 1u);
  EXPECT_THAT(fetcher.seen()[0].secret_headers, IsEmpty());
}

struct Cleaning {
  const char* name;
  const char* url;
  const char* clean;  // "" where it cannot be cleaned.
};

class ApiCallCleaning : public testing::TestWithParam<Cleaning> {};

TEST_P(ApiCallCleaning, TakesOutWhatIsOurs) {
  ApiCall call = SecretCall();
  call.secret_query = std::string("key=") + kKey + "&user=dana%20k";
  const std::optional<core::HttpUrl> clean = WithoutSecrets(call, Url(GetParam().url));
  EXPECT_EQ(clean ? clean->href() : "", GetParam().clean);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ApiCallCleaning,
    testing::Values(
        Cleaning{"Nothing", "https://a.example/x?q=1#p", "https://a.example/x?q=1#p"},
        Cleaning{"First", "https://a.example/x?key=key-0815-ghijkl-7&q=1",
                 "https://a.example/x?q=1"},
        Cleaning{"Only", "https://a.example/x?key=1", "https://a.example/x"},
        Cleaning{"WithFragment", "https://a.example/x?q=1&key=1#p", "https://a.example/x?q=1#p"},
        Cleaning{"EscapedName", "https://a.example/x?%6bey=1&q=1", "https://a.example/x?q=1"},
        Cleaning{"Two", "https://a.example/x?user=dana%20k&q=1&key=1", "https://a.example/x?q=1"},
        Cleaning{"LongerName", "https://a.example/x?keys=1", "https://a.example/x?keys=1"},
        Cleaning{"OtherField", "https://a.example/x?k=key-0815-ghijkl-7", ""},
        Cleaning{"Path", "https://a.example/key-0815-ghijkl-7", ""},
        Cleaning{"EscapedPath", "https://a.example/ke%79-0815-ghijkl-7", ""},
        Cleaning{"Header", "https://a.example/?t=tok-4711-abcdef-9", ""}),
    [](const testing::TestParamInfo<Cleaning>& row) { return row.param.name; });

TEST(ApiCallTest, ShortSecretsStayInTexts) {
  ApiCall call = SecretCall();
  call.secret_query = "user=dana";
  std::string text = std::string("dana wrote ") + kToken + " and " + kToken;
  Scrub(call, text);
  EXPECT_EQ(text, "dana wrote removed and removed");
}

}  // namespace
}  // namespace schoolwatch::crawler
