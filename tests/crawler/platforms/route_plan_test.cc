#include "crawler/platforms/route_plan.h"

#include "tests/crawler/platforms/plan_fixture.h"

namespace schoolwatch::crawler {
namespace {

using Why = UnaskedRoute::Why;
using Strings = std::vector<std::string>;

TEST_F(PlanTest, PutsTheSchoolsWordsIntoTheQuery) {
  const auto platform = MakePlatform(R"(
  search:
    title: Search
    answer: note
    request: {url: "https://{host}/search", query: {limit: 100}}
    words: {into: query.q, of: [names, handles], whole: "({words}) -is:copy"}
)");
  const RoutePlan plan = PlanRoutes(Input(platform));
  ASSERT_EQ(plan.requests.size(), 1u);
  // "QA" alone is nobody's name.
  EXPECT_EQ(plan.requests[0].url.href(),
            "https://quillnet.example/search?limit=100&q=%28%22Quillbrook%20Academy%22%20OR%20%22"
            "Quillbrook%20Secondary%22%20OR%20%40QuillbrookAcad%29%20-is%3Acopy");
  EXPECT_EQ(plan.requests[0].kind, FetchKind::kFeed);
  EXPECT_EQ(plan.requests[0].robots, RobotsUse::kObey);
  ASSERT_TRUE(plan.requests[0].call);
  EXPECT_EQ(plan.requests[0].call->recipe, platform->answers.at("note").get());
  EXPECT_EQ(plan.requests[0].call->Identity(), "");
}

TEST_F(PlanTest, NeverAsksForPeople) {
  const RoutePlan plan = PlanRoutes(Input(MakePlatform(R"(
  search:
    title: Search
    answer: note
    request: {url: "https://{host}/search"}
    words: {into: query.q, of: [names, handles, hashtags]}
)")));
  EXPECT_EQ(plan.requests[0].url.href().find("Vale"), std::string::npos);
}

TEST_F(PlanTest, SplitsWordsThatAreTooLongForOneRequest) {
  for (int i = 0; i < 30; ++i) {
    core::School school;
    school.name = "Shireton Primary Number " + std::to_string(i);
    schools_.push_back(school);
  }
  const auto platform = MakePlatform(R"(
  search:
    title: Search
    answer: note
    request: {url: "https://{host}/search"}
    words: {into: query.q, most: 100, most_requests: 5}
)");
  const RoutePlan plan = PlanRoutes(Input(platform));
  EXPECT_EQ(plan.requests.size(), 5u);
  for (const CrawlRequest& request : plan.requests) {
    EXPECT_LE(request.call->values.at("words").size(), 100u);
  }
  EXPECT_EQ(plan.notes, (Strings{"the schools' names make 11 requests; the first 5 are asked"}));
}

struct WordsCase {
  std::string name;
  std::string words;
  Strings own;
  Strings expected;  // Of the words, one for each request.
};
class PlanWordsTest : public PlanTest, public testing::WithParamInterface<WordsCase> {};

TEST_P(PlanWordsTest, Asks) {
  const WordsCase& row = GetParam();
  if (!row.own.empty()) {
    source_.with["words"] = row.own;
  }
  const auto platform = MakePlatform(R"(
  search:
    title: Search
    answer: note
    request: {url: "https://{host}/search"}
    words: {into: query.q, )" + row.words +
                                     "}\n");
  Strings asked;
  for (const CrawlRequest& request : PlanRoutes(Input(platform)).requests) {
    asked.push_back(request.call->values.at("words"));
  }
  EXPECT_EQ(asked, row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    , PlanWordsTest,
    testing::Values(
        WordsCase{"EachOnItsOwn",
                  "one_request_each: true",
                  {},
                  {"\"Quillbrook Academy\"", "\"Quillbrook Secondary\""}},
        WordsCase{"HashtagsOnceAndBare",
                  "of: hashtags, bare: true, one_request_each: true",
                  {},
                  {"QuillbrookAcademy"}},
        WordsCase{"HandlesBare", "of: handles, bare: true", {}, {"QuillbrookAcad"}},
        WordsCase{"OwnWordsInstead",
                  "of: [names, hashtags]",
                  {"Old Mill School", "#oldmill"},
                  {"\"Old Mill School\" OR #oldmill"}},
        WordsCase{"OwnWordsOfTheKindAsked",
                  "of: hashtags, bare: true",
                  {"Old Mill School", "#oldmill"},
                  {"oldmill"}},
        WordsCase{"QuotesInsideAreEscaped",
                  "escape: '\\'",
                  {"The \"Mill\" \\ School"},
                  {"\"The \\\"Mill\\\" \\\\ School\""}},
        WordsCase{"QuotesInsideBecomeSpaces",
                  "join: '|'",
                  {"The \"Mill\"", "Other School"},
                  {"\"The  Mill \"|\"Other School\""}},
        WordsCase{"NoQuotes", "quote: ''", {"Old Mill School"}, {"Old Mill School"}},
        WordsCase{"CommonNamesWithTheirTown",
                  "common: '({word} {town})'",
                  {},
                  {"\"Quillbrook Academy\" OR \"Quillbrook Secondary\""}},
        WordsCase{"CountsCharactersNotBytes", "most: 11", {"ééééééééé"}, {"\"ééééééééé\""}},
        WordsCase{"CountsBytesWhereAsked", "most: 11, count_bytes: true", {"ééééééééé"}, {}}),
    [](const auto& row) { return row.param.name; });

TEST_F(PlanTest, ANameThatManySchoolsHaveGoesWithItsTown) {
  schools_[0].name = "St Mary's School";
  schools_[0].also.clear();
  const RoutePlan plan = PlanRoutes(Input(MakePlatform(R"(
  search:
    title: Search
    answer: note
    request: {url: "https://{host}/search"}
    words: {into: query.q, common: '({word} {town})'}
)")));
  ASSERT_EQ(plan.requests.size(), 1u);
  EXPECT_EQ(plan.requests[0].call->values.at("words"), "(\"St Mary's School\" \"Quillbrook\")");
}

TEST_F(PlanTest, KeepsSecretsOutOfTheAddress) {
  source_.credentials["key"] = "s3 cret";
  const auto platform = MakePlatform(R"(
  inquery:
    title: In the query
    answer: note
    request: {url: "https://{host}/a", query: {x: 1, key: "{key}"}, headers: {X-Key: "k {key}"}}
  inpath:
    title: In the path
    answer: note
    request: {url: "https://{host}/bot{key}/updates", query: {x: 1}}
)");
  const RoutePlan plan = PlanRoutes(Input(platform));
  ASSERT_EQ(plan.requests.size(), 2u);
  const ApiCall& query = *plan.requests[0].call;
  EXPECT_EQ(plan.requests[0].url.href(), "https://quillnet.example/a?x=1");
  EXPECT_EQ(query.secret_query, "key=s3%20cret");
  EXPECT_EQ(query.secret_headers[0].second, "k s3 cret");
  EXPECT_EQ(plan.requests[1].url.href(), "https://quillnet.example/bot-/updates?x=1");
  EXPECT_EQ(plan.requests[1].call->secret_target, "/bots3%20cret/updates?x=1");
  for (const CrawlRequest& request : plan.requests) {
    EXPECT_NE(request.call->Identity(), "");
    for (const auto& [name, value] : request.call->values) {
      EXPECT_EQ(value.find("s3"), std::string::npos) << name;
    }
    for (const auto& [name, value] : request.call->headers) {
      EXPECT_EQ(value.find("s3"), std::string::npos) << name;
    }
    EXPECT_EQ(request.call->state_key.find("s3"), std::string::npos);
  }
}

TEST_F(PlanTest, ARenewedSecretAsksTheSameQuestion) {
  const auto platform = MakePlatform(R"(
  own:
    title: Own notes
    answer: note
    request: {url: "https://{host}/a", query: {key: "{key}"}}
)");
  source_.credentials["key"] = "one";
  const std::string identity = PlanRoutes(Input(platform)).requests[0].call->Identity();
  source_.credentials["key"] = "two";
  EXPECT_EQ(PlanRoutes(Input(platform)).requests[0].call->Identity(), identity);
  source_.name = "another account";
  EXPECT_NE(PlanRoutes(Input(platform)).requests[0].call->Identity(), identity);
}

TEST_F(PlanTest, AddsTheSession) {
  constexpr std::string_view kRoute = R"(
  own:
    title: Own notes
    answer: note
    request: {url: "https://{host}/a", with_session: true}
)";
  const auto made = MakePlatform(
      kRoute,
      "session: {kind: client_credentials, create: {url: 'https://{host}/t', form: {id: "
      "'{key}'}}}");
  EXPECT_TRUE(NeedsSession(*made, source_));
  EXPECT_EQ(MissingForSession(*made, source_), Strings{"key"});
  EXPECT_FALSE(WantsSession(*made, source_));
  source_.credentials["key"] = "k";
  EXPECT_TRUE(WantsSession(*made, source_));
  PlanInput input = Input(made);
  EXPECT_EQ(PlanRoutes(input).unasked[0].why, Why::kNoSession);
  core::PlatformSession session;
  session.key = "quillnet/1";
  session.access_token = "T";
  input.session = &session;
  const RoutePlan plan = PlanRoutes(input);
  ASSERT_EQ(plan.requests.size(), 1u);
  EXPECT_EQ(plan.requests[0].call->secret_headers[0],
            (std::pair<std::string, std::string>("Authorization", "Bearer T")));
  EXPECT_EQ(plan.requests[0].call->session_key, "quillnet/1");

  const auto token = MakePlatform(kRoute, "session: {kind: token, query: {access_token: '{key}'}}");
  EXPECT_FALSE(WantsSession(*token, source_));
  EXPECT_EQ(PlanRoutes(Input(token)).requests[0].call->secret_query, "access_token=k");
}

TEST_F(PlanTest, SaysWhyARouteIsNotAsked) {
  const auto platform = MakePlatform(R"(
  keyed:
    title: Wants a key
    answer: note
    request: {url: "https://{host}/a", query: {key: "{key}"}}
  placed:
    title: Wants places
    answer: note
    request: {url: "https://{host}/r/{subs}"}
  paid:
    title: Costs money
    answer: note
    request: {url: "https://{host}/paid"}
    cost: {most_money: 0.5, prices: {/notes/*: 0.005}}
  untried:
    title: Not tried
    answer: note
    certainty: untried
    request: {url: "https://{host}/u"}
)");
  RoutePlan plan = PlanRoutes(Input(platform));
  EXPECT_TRUE(plan.requests.empty());
  ASSERT_EQ(plan.unasked.size(), 3u);
  EXPECT_EQ(plan.unasked[0].why, Why::kNoCredential);
  EXPECT_EQ(plan.unasked[0].detail, "key");
  EXPECT_EQ(plan.unasked[1].why, Why::kNoValue);
  EXPECT_EQ(plan.unasked[1].detail, "subs");
  EXPECT_EQ(plan.unasked[2].why, Why::kNoSpend);

  source_.routes = {"untried"};
  source_.spend = 5'000'000;
  EXPECT_EQ(PlanRoutes(Input(platform)).requests.size(), 1u);
  source_.routes = {"paid"};
  plan = PlanRoutes(Input(platform));
  ASSERT_EQ(plan.requests.size(), 1u);
  EXPECT_EQ(plan.requests[0].call->reserved, 500'000u);
}

TEST_F(PlanTest, AsksOnceForEachOfAList) {
  source_.with["subs"] = {"quillbrook", "shire/ton"};
  const auto platform = MakePlatform(R"(
  new:
    title: New notes
    answer: note
    request: {url: "https://{host}/r/{subs}/new"}
)");
  const RoutePlan plan = PlanRoutes(Input(platform));
  EXPECT_EQ(Addresses(plan.requests), (Strings{"https://quillnet.example/r/quillbrook/new",
                                               "https://quillnet.example/r/shire%2Fton/new"}));
  EXPECT_NE(plan.requests[0].call->state_key, plan.requests[1].call->state_key);
  EXPECT_EQ(plan.requests[0].call->values.at("subs"), "quillbrook");
}

TEST_F(PlanTest, SendsBodies) {
  source_.with["plain"] = {"123"};
  const auto platform = MakePlatform(R"(
  json:
    title: JSON
    answer: note
    request: {method: POST, url: "https://{host}/j", json: {limit: 30, deep: true, name: "{plain}"}}
    words: {into: body.tag, of: hashtags, bare: true}
  form:
    title: Form
    answer: note
    request: {method: POST, url: "https://{host}/f", form: {a: "{plain}", b: "c d"}}
)");
  const RoutePlan plan = PlanRoutes(Input(platform));
  ASSERT_EQ(plan.requests.size(), 2u);
  const ApiCall& json = *plan.requests[0].call;
  EXPECT_EQ(json.method, "POST");
  EXPECT_EQ(json.body_type, "application/json");
  EXPECT_EQ(json.body, R"({"deep":true,"limit":30,"name":"123","tag":"QuillbrookAcademy"})");
  EXPECT_EQ(plan.requests[1].call->body, "a=123&b=c%20d");
  EXPECT_NE(json.Identity(), plan.requests[1].call->Identity());
}

TEST_F(PlanTest, GivesThePlatformItsFormOfUserAgent) {
  source_.with["plain"] = {"dana"};
  const auto platform = MakePlatform(R"(
  new:
    title: New notes
    answer: note
    request: {url: "https://{host}/new"}
)",
                                     "user_agent: 'linux:schoolwatch:{version} (by /u/{plain})'");
  EXPECT_EQ(PlanRoutes(Input(platform)).requests[0].call->agent_front,
            "linux:schoolwatch:1.2 (by /u/dana)");
}

TEST_F(PlanTest, AsksNoSoonerThanTheRouteWants) {
  const auto platform = MakePlatform(R"(
  new:
    title: New notes
    answer: note
    each: 6 h
    request: {url: "https://{host}/new"}
)");
  PlanInput input = Input(platform);
  const RoutePlan plan = PlanRoutes(input);
  (void)Answer(input, plan.requests[0], "{}");
  input.now += std::chrono::hours(1);
  const RoutePlan again = PlanRoutes(input);
  EXPECT_TRUE(again.requests.empty());
  EXPECT_EQ(again.unasked[0].why, Why::kNotDue);
  input.ignore_due = true;
  EXPECT_EQ(PlanRoutes(input).requests.size(), 1u);
  input.ignore_due = false;
  input.now += std::chrono::hours(5);
  EXPECT_EQ(PlanRoutes(input).requests.size(), 1u);
}

}  // namespace
}  // namespace schoolwatch::crawler
