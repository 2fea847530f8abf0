#include "crawler/platforms/look_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crawler/platforms/plan_fixture.h"

namespace schoolwatch::crawler {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t kMany = 100;

class LookPlanTest : public PlanTest {
 protected:
  static LookPost Post(const std::string& id, const std::string& url = "") {
    return {.key = "key of " + id + url, .id = id, .url = url};
  }
  LookPlan Plan(std::string_view routes, const std::vector<LookPost>& posts,
                std::size_t most = kMany, std::string_view more = "") {
    return PlanLooks(Input(MakePlatform(routes, more)), posts, most);
  }
  static std::vector<std::string> AskedFor(const CrawlRequest& request) {
    std::vector<std::string> ids;
    for (const AskedPost& post : request.call->looks) {
      ids.push_back(post.id);
    }
    return ids;
  }
};

constexpr char kBatch[] = R"(
  again:
    title: Again
    answer: note
    request: {url: "https://{host}/notes", query: {full: 1}}
    looks_at: {posts: 'n[0-9]+', into: query.ids, most: 2, list: /notes, shown: /notes/*/id}
)";

TEST_F(LookPlanTest, AsManyPostsGoIntoOneRequestAsItTakes) {
  const LookPlan plan = Plan(kBatch, {Post("n1"), Post("n2"), Post("n3")});
  EXPECT_THAT(Addresses(plan.requests),
              ElementsAre("https://quillnet.example/notes?full=1&ids=n1%2Cn2",
                          "https://quillnet.example/notes?full=1&ids=n3"));
  EXPECT_THAT(AskedFor(plan.requests.at(0)), ElementsAre("n1", "n2"));
  EXPECT_EQ(plan.requests[0].call->looks[0].key, "key of n1");
  EXPECT_EQ(plan.requests[0].call->looks[0].word, "n1");
}

TEST_F(LookPlanTest, AParameterMayBeGivenOnceForEach) {
  const LookPlan plan = Plan(R"(
  again:
    title: Again
    answer: note
    request: {url: "https://{host}/notes"}
    looks_at: {posts: 'at://.+', into: query.uris, repeat: true, most: 3, list: /notes}
)",
                             {Post("at://a/1"), Post("at://b/2&x=3")});
  EXPECT_THAT(Addresses(plan.requests),
              ElementsAre("https://quillnet.example/notes?uris=at%3A%2F%2Fa%2F1"
                          "&uris=at%3A%2F%2Fb%2F2%26x%3D3"));
}

TEST_F(LookPlanTest, PostsThatNoRouteIsForAreLeftOut) {
  const LookPlan plan = Plan(kBatch, {Post("n1x"), Post(""), Post("xn1"), Post("n7")});
  ASSERT_THAT(plan.requests, SizeIs(1));
  EXPECT_THAT(AskedFor(plan.requests[0]), ElementsAre("n7"));
  EXPECT_THAT(plan.unasked, IsEmpty());
}

TEST_F(LookPlanTest, APostIsAskedForOnce) {
  const LookPlan plan = Plan(kBatch, {Post("n1"), Post("n1")});
  ASSERT_THAT(plan.requests, SizeIs(1));
  EXPECT_THAT(AskedFor(plan.requests[0]), ElementsAre("n1"));
}

constexpr char kByServer[] = R"(
  again:
    title: Again
    answer: note
    robots_asked: true
    request: {url: "https://{server}/api/{number}"}
    looks_at: {posts: 'https://(?P<server>[^/]+)/notes/(?P<number>.+)', by_status: true}
)";

TEST_F(LookPlanTest, GroupsOfAnIdGoIntoTheAddress) {
  const LookPlan plan =
      Plan(kByServer, {Post("https://far.example/notes/7"), Post("https://near.example/notes/8")});
  EXPECT_THAT(Addresses(plan.requests),
              ElementsAre("https://far.example/api/7", "https://near.example/api/8"));
  for (const CrawlRequest& request : plan.requests) {
    EXPECT_EQ(request.robots, RobotsUse::kObey);
    EXPECT_EQ(request.depth, 1) << "else its failure would be the source's";
    EXPECT_TRUE(request.call->secret_headers.empty() && request.call->secret_query.empty());
  }
}

// An id is written by whoever runs the server that a post comes from.
TEST_F(LookPlanTest, AnIdLeadsNowhereElse) {
  const LookPlan plan = Plan(kByServer, {Post("https://far.example@evil.example/notes/7"),
                                         Post("https://far.example/notes/../../etc/passwd"),
                                         Post("https://far.example/notes/7?x=1#y")});
  EXPECT_THAT(Addresses(plan.requests), ElementsAre("https://far.example/api/7%3Fx%3D1%23y"));
  ASSERT_THAT(plan.unasked, SizeIs(1));
  EXPECT_EQ(plan.unasked[0].why, UnaskedRoute::Why::kBadValue);
}

TEST_F(LookPlanTest, PostsThatShareARequestShareItsOtherGroups) {
  const LookPlan plan =
      Plan(R"(
  again:
    title: Again
    answer: note
    request: {url: "https://{host}/comments"}
    looks_at:
      by: url
      posts: 'https://quillnet.example/v/(?P<video>[a-z]+)#(?P<comment>[0-9]+)'
      ask: "{comment}"
      into: query.id
      most: 5
      list: /notes
)",
           {Post("", "https://quillnet.example/v/a#1"), Post("", "https://quillnet.example/v/b#2"),
            Post("", "https://quillnet.example/v/a#3")});
  EXPECT_THAT(Addresses(plan.requests), ElementsAre("https://quillnet.example/comments?id=1%2C3",
                                                    "https://quillnet.example/comments?id=2"));
  EXPECT_EQ(plan.requests.at(0).call->values.at("video"), "a");
  EXPECT_EQ(plan.requests.at(1).call->values.at("video"), "b");
}

TEST_F(LookPlanTest, WhoWaitedLongestGoesFirstWhereThereAreTooMany) {
  const LookPlan plan =
      Plan(kBatch, {Post("n1"), Post("n2"), Post("n3"), Post("n4"), Post("n5"), Post("n6")}, 2);
  ASSERT_THAT(plan.requests, SizeIs(2));
  EXPECT_THAT(AskedFor(plan.requests[0]), ElementsAre("n1", "n2"));
  EXPECT_THAT(AskedFor(plan.requests[1]), ElementsAre("n3", "n4"));
}

TEST_F(LookPlanTest, WhatIsAskedForNewPostsIsAnotherMatter) {
  const std::string routes = std::string(kBatch) + R"(
  new:
    title: New
    answer: note
    request: {url: "https://{host}/new"}
)";
  const PlanInput input = Input(MakePlatform(routes));
  EXPECT_THAT(Addresses(PlanRoutes(input).requests), ElementsAre("https://quillnet.example/new"));
  source_.routes = {"new"};
  const std::vector<LookPost> posts{Post("n1")};
  EXPECT_THAT(PlanLooks(input, posts, kMany).requests, SizeIs(1))
      << "a source that names its routes has posts that vanish, too";
}

TEST_F(LookPlanTest, UntriedRoutesAreAskedWhereTheyAreNamed) {
  for (const char* key : {"certainty: untried", "by_default: false"}) {
    std::string routes(kBatch);
    routes.insert(routes.find("    request:"), "    " + std::string(key) + "\n");
    const PlanInput input = Input(MakePlatform(routes));
    const std::vector<LookPost> posts{Post("n1")};
    source_.routes = {};
    EXPECT_THAT(PlanLooks(input, posts, kMany).requests, IsEmpty()) << key;
    source_.routes = {"again"};
    EXPECT_THAT(PlanLooks(input, posts, kMany).requests, SizeIs(1)) << key;
  }
}

TEST_F(LookPlanTest, WithoutTheLoginThatItWantsItSaysSo) {
  std::string routes(kBatch);
  routes.insert(routes.find("query: {full"), "with_session: true, ");
  const std::shared_ptr<const Platform> platform = MakePlatform(
      routes,
      R"(session: {kind: password, create: {url: "https://{host}/login", json: {key: "{key}"}}})");
  PlanInput input = Input(platform);
  const std::vector<LookPost> posts{Post("n1"), Post("n2"), Post("n3")};
  const LookPlan without = PlanLooks(input, posts, kMany);
  EXPECT_THAT(without.requests, IsEmpty());
  ASSERT_THAT(without.unasked, SizeIs(1));
  EXPECT_EQ(without.unasked[0].why, UnaskedRoute::Why::kNoSession);
  core::PlatformSession session;
  session.access_token = "Sesame";
  input.session = &session;
  const LookPlan with = PlanLooks(input, posts, kMany);
  ASSERT_THAT(with.requests, SizeIs(2));
  EXPECT_THAT(with.requests[0].call->secret_headers,
              ElementsAre(testing::Pair("Authorization", "Bearer Sesame")));
}

}  // namespace
}  // namespace schoolwatch::crawler
