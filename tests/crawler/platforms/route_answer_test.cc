#include <gtest/gtest.h>

#include "tests/crawler/platforms/plan_fixture.h"

namespace schoolwatch::crawler {
namespace {

using Strings = std::vector<std::string>;

constexpr std::string_view kRoute = R"(
  new:
    title: New notes
    answer: note
    request: {url: "https://{host}/new", query: {limit: 100}}
)";

std::shared_ptr<const Platform> Paged(const std::string& paging, const std::string& more = "") {
  return MakePlatform(std::string(kRoute) + "    paging: {" + paging + "}\n" + more);
}

struct PageCase {
  std::string name;
  std::string paging;
  std::string body;
  std::string link;
  std::string expected;  // The next address, behind the host; "" for none.
};
class PagingTest : public PlanTest, public testing::WithParamInterface<PageCase> {};

TEST_P(PagingTest, AsksForTheNextPage) {
  const PageCase& row = GetParam();
  source_.credentials["key"] = "k";
  const PlanInput input = Input(Paged(row.paging));
  const CrawlRequest first = PlanRoutes(input).requests.at(0);
  const AnswerSteps steps = Answer(input, first, row.body, {"1"}, true, row.link);
  if (row.expected.empty()) {
    EXPECT_EQ(Addresses(steps.more), Strings{});
  } else {
    EXPECT_EQ(Addresses(steps.more), Strings{"https://quillnet.example" + row.expected});
    EXPECT_EQ(steps.more[0].call->page, 1);
  }
}

INSTANTIATE_TEST_SUITE_P(
    , PagingTest,
    testing::Values(
        PageCase{"Cursor", "by: cursor, from: /meta/next, into: query.cursor",
                 R"({"meta":{"next":"a b="}})", "", "/new?limit=100&cursor=a%20b%3D"},
        PageCase{"CursorThatIsANumber", "by: cursor, from: /next, into: query.cursor",
                 R"({"next":20})", "", "/new?limit=100&cursor=20"},
        PageCase{"NoCursor", "by: cursor, from: /next, into: query.cursor", "{}", "", ""},
        PageCase{"NullCursor", "by: cursor, from: /next, into: query.cursor", R"({"next":null})",
                 "", ""},
        PageCase{"NotJson", "by: cursor, from: /next, into: query.cursor", "<html>", "", ""},
        PageCase{"Page", "by: page, into: query.page", "{}", "", "/new?limit=100&page=2"},
        PageCase{"PageFromNought", "by: page, first: 0, into: query.page", "{}", "",
                 "/new?limit=100&page=1"},
        PageCase{"Offset", "by: offset, step: 100, into: query.start", "{}", "",
                 "/new?limit=100&start=100"},
        PageCase{"Object", "by: object, from: /continue", R"({"continue":{"rc":"7|x","c":"-||"}})",
                 "", "/new?limit=100&c=-%7C%7C&rc=7%7Cx"},
        PageCase{"ObjectThatIsEmpty", "by: object, from: /continue", R"({"continue":{}})", "", ""},
        PageCase{"NextUrl", "by: next_url, from: /links/next",
                 R"({"links":{"next":"/new?page=2&limit=100"}})", "", "/new?page=2&limit=100"},
        PageCase{"NextUrlElsewhere", "by: next_url, from: /next",
                 R"({"next":"https://evil.example/new?page=2"})", "", ""},
        PageCase{"NextUrlWithoutTls", "by: next_url, from: /next",
                 R"({"next":"http://quillnet.example/new?page=2"})", "", ""},
        PageCase{"LinkHeader", "by: link_header", "[]",
                 "<https://quillnet.example/new?min=9>; rel=\"prev\", "
                 "<https://quillnet.example/new?max=1,2>; rel=\"next\"",
                 "/new?max=1,2"},
        PageCase{"LinkHeaderWithoutNext", "by: link_header", "[]",
                 "<https://quillnet.example/new?min=9>; rel=\"prev\"", ""},
        PageCase{"LinkHeaderUnclosed", "by: link_header", "[]", "<https://quillnet.example/new",
                 ""}),
    [](const auto& row) { return row.param.name; });

TEST_F(PlanTest, AnAddressFromTheAnswerLosesItsSecrets) {
  source_.credentials["key"] = "k";
  const auto platform = MakePlatform(R"(
  new:
    title: New notes
    answer: note
    request: {url: "https://{host}/new", query: {access_token: "{key}"}}
    paging: {by: next_url, from: /next}
)");
  const PlanInput input = Input(platform);
  const AnswerSteps steps =
      Answer(input, PlanRoutes(input).requests[0],
             R"({"next":"https://quillnet.example/new?access%5Ftoken=k&after=Q"})");
  ASSERT_EQ(steps.more.size(), 1u);
  EXPECT_EQ(steps.more[0].url.href(), "https://quillnet.example/new?after=Q");
  EXPECT_EQ(steps.more[0].call->secret_query, "access_token=k");
}

TEST_F(PlanTest, StopsAtAPageOfKnownPosts) {
  const PlanInput input = Input(Paged("by: cursor, from: /next, into: query.cursor"));
  const CrawlRequest first = PlanRoutes(input).requests[0];
  EXPECT_TRUE(Answer(input, first, R"({"next":"b"})", {"1"}, false).more.empty());
  states_.clear();
  const PlanInput other =
      Input(Paged("by: cursor, from: /next, into: query.cursor, stop_at_nothing_new: false"));
  EXPECT_EQ(
      Answer(other, PlanRoutes(other).requests.at(0), R"({"next":"b"})", {"1"}, false).more.size(),
      1u);
}

TEST_F(PlanTest, PagesThatAreCountedEndWithAnEmptyOne) {
  const PlanInput input = Input(Paged("by: page, into: query.page"));
  EXPECT_TRUE(Answer(input, PlanRoutes(input).requests[0], "{}", {}).more.empty());
}

TEST_F(PlanTest, StopsAtTheMostPagesAndSaysSo) {
  const PlanInput input = Input(Paged("by: cursor, from: /next, into: query.cursor, most: 2"));
  const AnswerSteps one = Answer(input, PlanRoutes(input).requests[0], R"({"next":"b"})");
  ASSERT_EQ(one.more.size(), 1u);
  const AnswerSteps two = Answer(input, one.more[0], R"({"next":"c"})");
  EXPECT_TRUE(two.more.empty());
  EXPECT_EQ(two.notes, (Strings{"route 'new': more than 2 pages, the rest was left"}));
}

TEST_F(PlanTest, ACursorThatRepeatsEndsIt) {
  const PlanInput input = Input(Paged("by: cursor, from: /next, into: query.cursor"));
  const AnswerSteps one = Answer(input, PlanRoutes(input).requests[0], R"({"next":"b"})");
  EXPECT_TRUE(Answer(input, one.more[0], R"({"next":"b"})").more.empty());
}

TEST_F(PlanTest, PagesInTheBody) {
  const auto platform = MakePlatform(R"(
  tag:
    title: By tag
    answer: note
    request: {method: POST, url: "https://{host}/tag", json: {limit: 30}}
    words: {into: body.tag, of: hashtags, bare: true}
    paging: {by: cursor, from: /last, into: body.untilId}
)");
  const PlanInput input = Input(platform);
  const AnswerSteps steps = Answer(input, PlanRoutes(input).requests[0], R"({"last":"99"})");
  ASSERT_EQ(steps.more.size(), 1u);
  EXPECT_EQ(steps.more[0].call->body, R"({"limit":30,"tag":"QuillbrookAcademy","untilId":"99"})");
  EXPECT_EQ(steps.more[0].call->state_key, steps.state->key);
}

TEST_F(PlanTest, TheStateMovesOnWithTheLastPageOnly) {
  const auto platform =
      Paged("by: cursor, from: /next, into: query.cursor, most: 3",
            "    since: {into: query.since_id, from: newest_id}\n    each: 1 min\n");
  PlanInput input = Input(platform);
  const AnswerSteps one =
      Answer(input, PlanRoutes(input).requests[0], R"({"next":"b"})", {"100", "99"});
  EXPECT_EQ(one.state->newest_id, "");
  EXPECT_EQ(one.state->looked_at, input.now);
  // Broken off here, the next look would ask for all of it again.
  input.now += std::chrono::hours(1);
  EXPECT_EQ(PlanRoutes(input).requests[0].url.href(), "https://quillnet.example/new?limit=100");

  const AnswerSteps two = Answer(input, one.more[0], "{}", {"98", "9"});
  EXPECT_EQ(two.state->newest_id, "100");
  EXPECT_EQ(two.state->newest_time, now_ - std::chrono::hours(1));
  input.now += std::chrono::hours(1);
  EXPECT_EQ(PlanRoutes(input).requests[0].url.href(),
            "https://quillnet.example/new?limit=100&since_id=100");
}

TEST_F(PlanTest, TheStateNeverMovesBack) {
  const auto platform =
      MakePlatform(std::string(kRoute) + "    since: {into: query.since_id, from: newest_id}\n");
  PlanInput input = Input(platform);
  const CrawlRequest request = PlanRoutes(input).requests[0];
  EXPECT_EQ(Answer(input, request, "{}", {"1000"}).state->newest_id, "1000");
  EXPECT_EQ(Answer(input, request, "{}", {"999"}).state->newest_id, "1000");
  EXPECT_EQ(Answer(input, request, "{}", {}).state->newest_id, "1000");
}

struct SinceCase {
  std::string name;
  std::string since;
  std::string newest;  // Time of the state; "" for a first look.
  std::string id;
  std::string expected;  // The query's "since"; "" for none.
};
class SinceTest : public PlanTest, public testing::WithParamInterface<SinceCase> {};

TEST_P(SinceTest, AsksFrom) {
  const SinceCase& row = GetParam();
  const auto platform =
      MakePlatform(std::string(kRoute) + "    since: {into: query.since, " + row.since + "}\n");
  PlanInput input = Input(platform);
  core::RouteState state;
  state.key = PlanRoutes(input).requests.at(0).call->state_key;
  state.newest_time = row.newest.empty() ? core::Timestamp() : At(row.newest);
  state.newest_id = row.id;
  states_[state.key] = state;
  const std::string href = PlanRoutes(input).requests.at(0).url.href();
  const std::size_t at = href.find("since=");
  EXPECT_EQ(at == href.npos ? "" : href.substr(at + 6), row.expected);
}

// It is 2026-11-20T18:00:00Z.
INSTANTIATE_TEST_SUITE_P(
    , SinceTest,
    testing::Values(SinceCase{"FirstLookSaysNothing", "from: newest_time", "", "", ""},
                    SinceCase{"FirstLookWithALimit", "from: newest_time, first: 7 days", "", "",
                              "2026-11-13T18%3A00%3A00Z"},
                    SinceCase{"WithOverlap", "from: newest_time, overlap: 10 min",
                              "2026-11-20T17:00:00.5Z", "", "2026-11-20T16%3A50%3A00Z"},
                    SinceCase{"AsEpoch", "from: newest_time, overlap: 0 s, as: epoch",
                              "2026-11-20T17:00:00Z", "", "1795194000"},
                    SinceCase{"AsMilliseconds", "from: newest_time, overlap: 0 s, as: epoch_ms",
                              "2026-11-20T17:00:00Z", "", "1795194000000"},
                    SinceCase{"AsDate", "from: newest_time, overlap: 0 s, as: date",
                              "2026-11-20T17:00:00Z", "", "2026-11-20"},
                    SinceCase{"AsFarAsThePlatformGoes", "from: newest_time, furthest: 7 days",
                              "2026-10-01T00:00:00Z", "", "2026-11-13T18%3A00%3A00Z"},
                    SinceCase{"Id", "from: newest_id", "2026-11-20T17:00:00Z", "77", "77"},
                    SinceCase{"IdPlusOne", "from: newest_id, plus: 1", "2026-11-20T17:00:00Z", "77",
                              "78"},
                    SinceCase{"IdTooOldForThePlatform", "from: newest_id, furthest: 7 days",
                              "2026-10-01T00:00:00Z", "77", ""}),
    [](const auto& row) { return row.param.name; });

TEST_F(PlanTest, TakesIdsAndTimesFromTheAnswer) {
  const auto ids = MakePlatform(
      std::string(kRoute) + "    since: {into: query.since, from: newest_id, at: /notes/*/nr}\n");
  PlanInput input = Input(ids);
  EXPECT_EQ(Answer(input, PlanRoutes(input).requests[0], R"({"notes":[{"nr":9},{"nr":11}]})", {"z"})
                .state->newest_id,
            "11");
  states_.clear();
  const auto times =
      MakePlatform(std::string(kRoute) + "    since: {into: query.since, at: /notes/*/at}\n");
  PlanInput other = Input(times);
  // The second one's clock is ahead of ours.
  EXPECT_EQ(
      Answer(other, PlanRoutes(other).requests[0],
             R"({"notes":[{"at":"2026-11-20T12:00:00Z"},{"at":"2036-11-20T12:00:00Z"}]})", {"z"})
          .state->newest_time,
      At("2026-11-20T12:00:00Z"));
}

constexpr std::string_view kTwoRoutes = R"(
  videos:
    title: Videos
    answer: note
    request: {url: "https://{host}/videos"}
    next: {route: comments, each: /items/*, with: {video: /id}, keep: [{at: /comments, is: [0, "null"], not: true}], most: 2}
  comments:
    title: Comments
    answer: note
    by_default: false
    request: {url: "https://{host}/videos/{video}/comments"}
)";

TEST_F(PlanTest, AsksAnotherRouteForEachElement) {
  const PlanInput input = Input(MakePlatform(kTwoRoutes));
  const RoutePlan plan = PlanRoutes(input);
  ASSERT_EQ(plan.requests.size(), 1u);  // The second is asked by the first alone.
  const AnswerSteps steps = Answer(input, plan.requests[0],
                                   R"({"items":[{"id":"a/b","comments":3},{"id":"c","comments":0},
      {"id":"d"},{"comments":4},{"id":"e","comments":1},{"id":"f","comments":1}]})");
  EXPECT_EQ(Addresses(steps.more), (Strings{"https://quillnet.example/videos/a%2Fb/comments",
                                            "https://quillnet.example/videos/e/comments"}));
  EXPECT_EQ(steps.more[0].call->values.at("video"), "a/b");
  EXPECT_EQ(steps.notes, (Strings{"route 'comments': 1 of 3 were left"}));
}

class WordGate final : public core::TextGate {
 public:
  bool MayMention(std::string_view text) const override {
    return text.find("Quillbrook") != text.npos;
  }
};

TEST_F(PlanTest, GoesOnOnlyBelowWhatNamesASchool) {
  const PlanInput input = Input(MakePlatform(R"(
  posts:
    title: Posts
    answer: note
    request: {url: "https://{host}/posts"}
    next: {route: below, each: /items, with: {post: /id}, only_mentions: true}
  below:
    title: Answers
    answer: note
    by_default: false
    request: {url: "https://{host}/posts/{post}"}
)"));
  const WordGate gate;
  const AnswerSteps steps =
      Answer(input, PlanRoutes(input).requests[0],
             R"({"items":[{"id":1,"body":{"text":"Quillbrook gates"}},{"id":2,"body":"cake"}]})",
             {"1"}, true, "", &gate);
  EXPECT_EQ(Addresses(steps.more), Strings{"https://quillnet.example/posts/1"});
}

TEST_F(PlanTest, CountsWhatAnAnswerCost) {
  source_.spend = 1'000'000;
  const auto platform = MakePlatform(std::string(kRoute) + R"(
    cost: {units: 3, most_money: 1.5, prices: {/data: 0.005, /includes/users: 0.010}}
)");
  const PlanInput input = Input(platform);
  const CrawlRequest request = PlanRoutes(input).requests.at(0);
  EXPECT_EQ(request.call->units, 3u);
  EXPECT_EQ(request.call->reserved, 1'500'000u);
  EXPECT_EQ(Answer(input, request, R"({"data":[1,2,3],"includes":{"users":[1]}})").spent, 25'000u);
  EXPECT_EQ(Answer(input, request, R"({"meta":{}})").spent, 0u);
  EXPECT_EQ(Answer(input, request, "not JSON").spent, 1'500'000u);
}

}  // namespace
}  // namespace schoolwatch::crawler
