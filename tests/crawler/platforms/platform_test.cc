#include "crawler/platforms/platform.h"

#include <gtest/gtest.h>

#include <string>

namespace schoolwatch::crawler {
namespace {

constexpr std::string_view kWhole = R"(title: Quillnet
group: social
certainty: documented
status: on
covers: notes that name the school
terms: [{at: "https://quillnet.example/terms", read: never}]
robots: api
robots_why: https://quillnet.example/docs
values:
  host: {help: The server, default: quillnet.example, pattern: '[a-z.]+'}
  subs: {list: true}
credentials:
  key: {help: A key, steps: [Log in, Press the button], link: "https://quillnet.example/keys"}
session: {kind: token, headers: {Authorization: "Bearer {key}"}}
gap: 3 s
each: 15 min
budgets:
  - {what: units, most: 10000, calendar_day: true, zone: America/Los_Angeles}
  - {what: money, currency: USD, calendar_month: true}
routes:
  search:
    title: Search
    answer: note
    request: {url: "https://{host}/search", query: {sort: new, limit: 100}, with_session: true}
    words: {into: query.q, of: [names, handles], most: 512, whole: "({words}) -is:copy"}
    since: {into: query.since, from: newest_time, overlap: 10 min}
    paging: {by: cursor, from: /next, into: query.cursor, most: 3}
    cost: {units: 100, most_money: 0.5, prices: {/notes/*: 0.005}}
    next: {route: below, each: /notes/*, with: {note: /id}, keep: [{at: /replies, is: 0, not: true}]}
  below:
    title: Answers to a note
    answer: note
    by_default: false
    certainty: untried
    request: {url: "https://{host}/notes/{note}"}
answers:
  note:
    title: Notes
    items: /notes
    id: {from: /id}
    text: {from: /text}
)";

Platforms Load(std::string_view text, config::Diagnostics& problems) {
  Platforms platforms;
  if (const auto section = config::ParseYaml("quillnet.yaml", text, problems)) {
    if (auto platform = ReadPlatform("quillnet", *section, {}, problems)) {
      platforms.emplace("quillnet", std::make_shared<const Platform>(std::move(*platform)));
    }
  }
  return platforms;
}

TEST(PlatformTest, ReadsAWholeFile) {
  config::Diagnostics problems;
  const Platforms platforms = Load(kWhole, problems);
  ASSERT_TRUE(problems.empty()) << problems.ToText();
  const Platform& platform = *platforms.at("quillnet");
  EXPECT_EQ(platform.name, "quillnet");
  EXPECT_EQ(platform.certainty, Certainty::kDocumented);
  EXPECT_EQ(platform.status, PlatformStatus::kOn);
  EXPECT_EQ(platform.robots, RobotsUse::kDocumentedApi);
  EXPECT_EQ(platform.each, std::chrono::minutes(15));
  EXPECT_EQ(platform.FindValue("host")->default_value, "quillnet.example");
  EXPECT_TRUE(platform.FindCredential("key")->secret);
  EXPECT_EQ(platform.FindCredential("key")->steps.size(), 2u);
  EXPECT_EQ(platform.session.headers.at("Authorization"), "Bearer {key}");
  EXPECT_EQ(platform.budgets[0].most, 10'000u);
  EXPECT_TRUE(platform.budgets[1].calendar_month);
  ASSERT_EQ(platform.routes.size(), 2u);
  const Route& search = platform.routes[0];
  EXPECT_EQ(search.name, "search");
  EXPECT_EQ(search.request.query.at("limit"), "100");
  EXPECT_EQ(search.words->whole, "({words}) -is:copy");
  EXPECT_EQ(search.words->of, (std::vector<std::string>{"names", "handles"}));
  EXPECT_EQ(search.paging.most, 3u);
  EXPECT_EQ(search.cost.most_money, 500'000u);
  EXPECT_EQ(search.cost.prices.at("/notes/*"), 5'000u);
  EXPECT_EQ(search.next->route, "below");
  EXPECT_TRUE(search.next->keep[0].negate);
  EXPECT_EQ(platform.FindRoute("below")->certainty, Certainty::kUntried);
  EXPECT_EQ(platform.answers.at("note")->title, "Notes");
}

// One line of the file changed, and what is said of it, with its place.
struct WrongCase {
  std::string name;
  std::string line;  // A part of the file, changed to…
  std::string to;
  std::string message;
};

class PlatformCheckTest : public testing::TestWithParam<WrongCase> {};

TEST_P(PlatformCheckTest, IsRefusedWithItsPlace) {
  std::string text(kWhole);
  const std::size_t at = text.find(GetParam().line);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, GetParam().line.size(), GetParam().to);
  config::Diagnostics problems;
  EXPECT_TRUE(Load(text, problems).empty());
  EXPECT_NE(problems.ToText().find(GetParam().message), std::string::npos) << problems.ToText();
}

INSTANTIATE_TEST_SUITE_P(
    , PlatformCheckTest,
    testing::Values(
        WrongCase{"UnknownKey", "covers:", "cover:", "quillnet.yaml:5:1: "},
        WrongCase{"UnknownAnswer", "answer: note", "answer: nota",
                  "quillnet.yaml:23:13: route 'search': there is no answer 'nota'"},
        WrongCase{"UnknownRoute", "next: {route: below", "next: {route: belov",
                  "quillnet.yaml:29:19: route 'search': there is no route 'belov'; did you mean "
                  "'below'?"},
        WrongCase{"UnknownValueInTheAddress", "{host}/search", "{hoost}/search",
                  "quillnet.yaml:24:20: route 'search': there is no value 'hoost'; it is not in "
                  "'values' or 'credentials', and nothing else gives it; did you mean 'host'?"},
        WrongCase{"UnknownValueInTheQuery", "sort: new", "sort: '{how}'",
                  "route 'search': there is no value 'how'"},
        WrongCase{"UnknownCredential", "Bearer {key}", "Bearer {kex}",
                  "quillnet.yaml:14:49: session: there is no value 'kex'"},
        WrongCase{"BracesNotClosed", "({words})", "({words)", "is not closed"},
        WrongCase{"WordsNowhere", "({words})", "(words)", "has no {words} in it"},
        WrongCase{"IntoNowhere", "into: query.q", "into: value.q",
                  "quillnet.yaml:25:19: route 'search': the request has no '{q}'"},
        WrongCase{"IntoABodyOfAGet", "into: query.q", "into: body.q", "is for 'method: POST'"},
        WrongCase{"BadInto", "into: query.q", "into: header.q", "query.NAME, body.NAME"},
        WrongCase{"BadPattern", "'[a-z.]+'", "'[a-z'", "is no regular expression"},
        WrongCase{"DefaultOutsidePattern", "'[a-z.]+'", "'[0-9]+'", "does not fit 'pattern'"},
        WrongCase{"BadPointer", "from: /next", "from: next", "begins with '/'"},
        WrongCase{"CursorFromNowhere", "from: /next, ", "", "'paging' needs 'from'"},
        WrongCase{"NotADefault", "by_default: false", "by_default: true",
                  "another route gives it values, so it needs 'by_default: false'"},
        WrongCase{"UnitsWithoutBudget", "what: units", "what: posts", "no budget counts them"},
        WrongCase{"MoneyWithoutWorstCase", "most_money: 0.5, ", "", "need 'most_money'"},
        WrongCase{"CapInTheFile", "currency: USD", "currency: USD, most: 5", "has no 'most'"},
        WrongCase{"RobotsWithoutReason", "robots_why: https://quillnet.example/docs\n", "",
                  "'robots_why' must give"},
        WrongCase{"UntriedButOn", "certainty: documented", "certainty: untried",
                  "'status' must be off"},
        WrongCase{"CoverageWithRoutes", "status: on", "status: coverage", "without a route"},
        WrongCase{"SecretInTheHost", "https://{host}/search", "https://{key}.example/search",
                  "cannot stand in the host's name"},
        WrongCase{"SessionNotThere",
                  "session: {kind: token, headers: {Authorization: \"Bearer {key}\"}}\n", "",
                  "there is no 'session'"},
        WrongCase{"WrongLineInAnAnswer", "id: {from: /id}", "id: {fron: /id}",
                  "quillnet.yaml:40:10: "}),
    [](const auto& row) { return row.param.name; });

// What is done with reported links, put behind the whole file with these routes' lines changed.
struct LinksCase {
  std::string name;
  std::string links;
  std::string below;  // Instead of "by_default: false" of the route `below`.
  std::string message;
};

class PlatformLinksTest : public testing::TestWithParam<LinksCase> {};

TEST_P(PlatformLinksTest, AreCheckedAgainstTheRoute) {
  std::string text(kWhole);
  const auto replace = [&text](std::string_view from, std::string_view to) {
    text.replace(text.find(from), from.size(), to);
  };
  replace("  subs: {list: true}", "  link: {list: true, pattern: 'https://quillnet[.]example/.+'}");
  replace(
      "    next: {route: below, each: /notes/*, with: {note: /id}, keep: [{at: /replies, is: 0, "
      "not: true}]}\n",
      "");
  replace("/notes/{note}", "/oembed?url={link}");
  replace("by_default: false", GetParam().below);
  text += "links: {hosts: [quillnet.example], " + GetParam().links + "}\n";
  config::Diagnostics problems;
  EXPECT_EQ(Load(text, problems).empty(), !GetParam().message.empty());
  EXPECT_NE(problems.ToText().find(GetParam().message), std::string::npos) << problems.ToText();
}

INSTANTIATE_TEST_SUITE_P(
    , PlatformLinksTest,
    testing::Values(
        LinksCase{"Fine", "page: left, why: Its terms., oembed: below",
                  "by_default: false\n    robots_asked: true", ""},
        LinksCase{"LeftWithoutAReason", "page: left", "by_default: false",
                  "'links': 'page' is left, so 'why' must say"},
        LinksCase{"NoSuchRoute", "oembed: belov", "by_default: false", "there is none 'belov'"},
        LinksCase{"RouteWithoutTheLink", "oembed: search", "by_default: false",
                  "names a route whose request has the value 'link'"},
        LinksCase{"RobotsNotAsked", "oembed: below", "by_default: false",
                  "the route 'below' needs 'by_default: false' and 'robots_asked: true'"},
        LinksCase{"AUsualRoute", "oembed: below", "robots_asked: true",
                  "the route 'below' needs 'by_default: false' and 'robots_asked: true'"}),
    [](const auto& row) { return row.param.name; });

TEST(PlatformTest, AnAnswerMayStandInAFileOfItsOwn) {
  std::string text(kWhole);
  text.resize(text.find("answers:"));
  config::Diagnostics problems;
  const auto section = config::ParseYaml("quillnet.yaml", text, problems);
  ASSERT_TRUE(section);
  const auto recipe = std::make_shared<const Recipe>();
  const auto platform = ReadPlatform("quillnet", *section, {{"note", recipe}}, problems);
  ASSERT_TRUE(platform) << problems.ToText();
  EXPECT_EQ(platform->answers.at("note"), recipe);
}

TEST(PlatformTest, ACoverageEntrySaysHowPeopleReport) {
  config::Diagnostics problems;
  EXPECT_TRUE(
      Load("title: Gate chat\ngroup: messages\ncertainty: documented\nstatus: coverage\n", problems)
          .empty());
  EXPECT_EQ(problems.ToText(),
            "quillnet.yaml:4:9: 'status' is coverage, so 'report_instead' must say how people "
            "report it\n");
}

TEST(PlatformTest, ReferenceAndSchemaNameTheKeys) {
  EXPECT_NE(PlatformReference().find("stop_at_nothing_new"), std::string::npos);
  EXPECT_NE(PlatformJsonSchema().find("\"only_mentions\""), std::string::npos);
}

}  // namespace
}  // namespace schoolwatch::crawler
