#include "config/routing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "config/settings.h"

namespace schoolwatch::config {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kSources = R"(sources:
  gazette: {url: "https://gazette.example/feed.xml"}
)";

// Everything but the route, which begins in line 12.
constexpr std::string_view kHead = R"(schools:
  quillbrook: {name: Quillbrook Academy}
  millbank: {name: Millbank Primary School}
contacts:
  - {role: headteacher, name: Ada Wren, email: head@a.example}
  - {role: dsl, name: Noor Hadley, email: dsl@a.example}
  - {role: chair, name: Idris Vale, email: chair@a.example}
crawl: {contact: a@a.example}
alerts:
  from: a@a.example
  route:
)";

Diagnostics ProblemsOf(std::string_view yaml) {
  Diagnostics problems;
  (void)ReadConfiguration("", yaml, kSources, problems);
  return problems;
}

struct Row {
  const char* name;
  const char* route;
  const char* problem;  // Empty: none.
};

class RouteTest : public ::testing::TestWithParam<Row> {};

TEST_P(RouteTest, WhatIsWrongIsSaidWithItsPlace) {
  const Diagnostics problems = ProblemsOf(std::string(kHead) + GetParam().route);
  if (*GetParam().problem == '\0') {
    EXPECT_EQ(problems.ToText(), "");
  } else {
    EXPECT_THAT(problems.ToText(), HasSubstr(GetParam().problem));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RouteTest,
    ::testing::Values(
        Row{"OneBranchForAll", "    - {name: all, tell: [dsl, headteacher]}\n", ""},
        Row{"ThreeLevels",
            "    - name: safeguarding\n"
            "      category: safeguarding\n"
            "      tell: [dsl, headteacher]\n"
            "      branches:\n"
            "        - name: mill\n"
            "          school: millbank\n"
            "          tell: dsl\n"
            "          branches: [{name: worst, at_least: urgent, tell: [dsl, chair]}]\n"
            "    - {name: rest, source: gazette, tell: headteacher}\n"
            "    - {name: all, tell: headteacher}\n",
            ""},
        Row{"UnknownSchool", "    - {name: all, school: milbank, tell: dsl}\n",
            "schoolwatch.yaml:12:27: branch 'all': there is no school 'milbank'; did you mean "
            "'millbank'?"},
        Row{"UnknownSource", "    - {name: all, source: [gazette, gazete], tell: dsl}\n",
            "schoolwatch.yaml:12:37: branch 'all': there is no source 'gazete'; did you mean "
            "'gazette'?"},
        Row{"WhatPeopleReport",
            "    - {name: told by us, source: [reported, gazette], tell: dsl}\n"
            "    - {name: all, tell: [dsl, headteacher]}\n",
            ""},
        Row{"UnknownTopic", "    - {name: all, topic: groming, tell: dsl}\n",
            "schoolwatch.yaml:12:26: "},
        Row{"ItIsToldNothing", "    - {name: all, tell: [dsl, it]}\n", "schoolwatch.yaml:12:31: "},
        Row{"NobodyToTell", "    - {name: all, tell: []}\n",
            "schoolwatch.yaml:12:19: branch 'all': 'tell' has 0 items"},
        Row{"NoTell", "    - {name: all}\n", "schoolwatch.yaml:12:7: "},
        Row{"SafeguardingWithoutDsl", "    - {name: all, tell: headteacher}\n",
            "schoolwatch.yaml:12:7: branch 'all' takes safeguarding concerns and does not tell the "
            "dsl"},
        Row{"SafeguardingWithoutDslFurtherDown",
            "    - name: all\n"
            "      tell: dsl\n"
            "      branches: [{name: mill, school: millbank, tell: headteacher}]\n",
            "schoolwatch.yaml:14:18: branch 'all / mill' takes safeguarding"},
        Row{"SafeguardingThatMaySlipPast",
            "    - {name: s, category: safeguarding, at_least: low, tell: dsl}\n"
            "    - {name: all, tell: headteacher}\n",
            "schoolwatch.yaml:13:7: branch 'all' takes safeguarding"},
        Row{"NoBranchForTheRest", "    - {name: s, category: safeguarding, tell: dsl}\n",
            "schoolwatch.yaml:12:7: branch 's' is the last one and does not take every case"},
        Row{"NeverReached",
            "    - {name: all, tell: dsl}\n"
            "    - {name: late, school: millbank, tell: [dsl, chair]}\n",
            "schoolwatch.yaml:13:7: branch 'late' is never reached: branch 'all' before it"},
        Row{"FourLevels",
            "    - {name: a, tell: dsl, branches: [{name: b, tell: dsl, branches: [{name: c, tell: "
            "dsl, branches: []}]}]}\n",
            "'branches'"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Route, ARoleThatNobodyHasIsWarnedOfOnce) {
  const Diagnostics problems =
      ProblemsOf(std::string(kHead) +
                 "    - {name: s, category: safeguarding, tell: [dsl, deputy]}\n"
                 "    - {name: all, tell: deputy}\n");
  EXPECT_EQ(problems.ToText(), "");
  EXPECT_EQ(problems.WarningsToText(),
            "schoolwatch.yaml:12:7: warning: branch 's' names the role 'deputy', which no contact "
            "has\n");
}

TEST(Route, TheShippedOnePassesItsOwnChecks) {
  Diagnostics problems;
  std::string yaml(kHead);
  const std::string_view text = DefaultRouteText();
  const std::string_view branches = text.substr(text.find("route:\n") + 7);
  for (std::size_t at = 0; at < branches.size();) {
    const std::size_t end = branches.find('\n', at) + 1;
    yaml += "  " + std::string(branches.substr(at, end - at));
    at = end;
  }
  const auto read = ReadConfiguration("", yaml, kSources, problems);
  ASSERT_TRUE(read.has_value()) << problems.ToText();
  EXPECT_EQ(read->settings.alerts.route.size(), DefaultRoute().size());
}

// --- The chair ---

std::string WithContacts(std::string_view contacts) {
  return "schools:\n"
         "  quillbrook: {name: Quillbrook Academy}\n"
         "  millbank: {name: Millbank Primary School}\n"
         "contacts:\n" +
         std::string(contacts) +
         "crawl: {contact: a@a.example}\n"
         "alerts: {from: a@a.example}\n";
}

TEST(Chair, IsThereForEverySchool) {
  const Diagnostics problems =
      ProblemsOf(WithContacts("  - {role: headteacher, email: head@a.example}\n"
                              "  - {role: chair, email: c1@a.example, schools: [millbank]}\n"
                              "  - {role: chair, email: c2@a.example, schools: [quillbrook]}\n"));
  EXPECT_EQ(problems.ForCheckToText() + problems.ToText(), "");
}

struct ChairRow {
  const char* name;
  const char* contacts;
  const char* refused;
};

class ChairTest : public ::testing::TestWithParam<ChairRow> {};

TEST_P(ChairTest, IsMissedByCheckWhileRunsGoOn) {
  Diagnostics problems;
  EXPECT_TRUE(
      ReadConfiguration("", WithContacts(GetParam().contacts), kSources, problems).has_value())
      << problems.ToText();
  EXPECT_THAT(problems.ForCheckToText(), ::testing::StartsWith(GetParam().refused));
  EXPECT_EQ(problems.for_check().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ChairTest,
    ::testing::Values(
        ChairRow{"Nobody", "  - {role: headteacher, email: head@a.example}\n",
                 "schoolwatch.yaml:4:1: no contact has the role chair: a post that may name the "
                 "headteacher"},
        ChairRow{"NotForThisSchool",
                 "  - {role: headteacher, email: head@a.example}\n"
                 "  - {role: chair, email: chair@a.example, schools: [quillbrook]}\n",
                 "schoolwatch.yaml:3:3: school 'millbank': no contact with the role chair has it"},
        ChairRow{"TheHeadByAddress",
                 "  - {role: headteacher, email: head@a.example}\n"
                 "  - {role: chair, email: Head@A.example}\n",
                 "schoolwatch.yaml:6:5: school 'quillbrook': its chair has the address or name"},
        ChairRow{"TheDslByName",
                 "  - {role: headteacher, email: head@a.example}\n"
                 "  - {role: dsl, name: Noor Hadley, email: dsl@a.example}\n"
                 "  - {role: chair, name: Noor Hadley, email: noor@a.example}\n",
                 "schoolwatch.yaml:7:5: school 'quillbrook': its chair has the address or name"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::config
