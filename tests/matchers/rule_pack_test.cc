#include "matchers/rule_pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "core/text/fold.h"

namespace schoolwatch::matchers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kHead = R"(pack: {name: t, version: "1", category: safeguarding}
)";
constexpr std::string_view kRule = R"(rules:
  - id: a.b
    topic: threat
    severity: high
    weight: 2.5
    re2: '\bboo\b'
    why: Says boo
    tests: {hit: [boo], miss: [moo]}
)";

RulePack Read(const std::vector<std::string>& bodies, config::Diagnostics& problems) {
  std::vector<PackFile> files;
  for (const std::string& body : bodies) {
    files.push_back(
        {"rules/" + std::string(1, static_cast<char>('a' + files.size())) + ".yaml", body});
  }
  return ReadRulePacks(files, problems);
}

RulePack ReadWell(const std::vector<std::string>& bodies) {
  config::Diagnostics problems;
  RulePack pack = Read(bodies, problems);
  EXPECT_EQ(problems.ToText(), "");
  return pack;
}

TEST(RulePack, ReadsEveryField) {
  const RulePack pack = ReadWell({std::string(kHead) + R"(
macros:
  one: 'x+'
  two: '(?:{{one}}|y)'
groups:
  g: {cap: 1.5}
cues:
  - {id: not, re2: '\bnot\b', scope: before, within: 6, weight: -2, lowers: 1, except: 'not only', why: denied}
rules:
  - id: a.b
    topic: threat
    severity: urgent
    weight: 3
    group: g
    re2: ['{{two}}z', 'q']
    unless: 'u'
    unless_post: ['v', 'w']
    damp: [not]
    needs: [named_person|known_staff, not own_page]
    near: sentence
    floor: high
    shadow: true
    why: Because
    tests: {hit: [xz], miss: [m]}
)"});
  ASSERT_EQ(pack.rules.size(), 1U);
  const Rule& rule = pack.rules[0];
  EXPECT_EQ(rule.id, "a.b");
  EXPECT_EQ(rule.category, core::Category::kSafeguarding);
  EXPECT_EQ(rule.severity, core::Severity::kUrgent);
  EXPECT_EQ(rule.floor, core::Severity::kHigh);
  EXPECT_DOUBLE_EQ(rule.weight, 3);
  EXPECT_EQ(rule.group, "g");
  EXPECT_THAT(rule.patterns, ElementsAre("(?:x+|y)z", "q"));
  EXPECT_THAT(rule.unless, ElementsAre("u"));
  EXPECT_THAT(rule.unless_post, ElementsAre("v", "w"));
  EXPECT_THAT(rule.damped_by, ElementsAre("not"));
  ASSERT_EQ(rule.needs.size(), 2U);
  EXPECT_EQ(rule.needs[0].size(), 2U);
  EXPECT_TRUE(rule.needs[1][0].absent);
  EXPECT_EQ(rule.needs[1][0].name, "own_page");
  EXPECT_EQ(rule.near, Rule::kSameSentence);
  EXPECT_TRUE(rule.shadow);
  ASSERT_EQ(pack.cues.size(), 1U);
  EXPECT_EQ(pack.cues[0].within, 6);
  EXPECT_EQ(pack.cues[0].lowers, 1);
  EXPECT_EQ(pack.cues[0].scope, Cue::Scope::kBefore);
  ASSERT_EQ(pack.groups.size(), 1U);
  EXPECT_DOUBLE_EQ(pack.groups[0].cap, 1.5);
}

TEST(RulePack, SharedMacrosAreSeenByFilesBeforeThem) {
  const RulePack pack = ReadWell({std::string(kHead) + R"(rules:
  - {id: a, topic: threat, severity: low, weight: 1, re2: '{{late}}', why: w, tests: {hit: [z], miss: [m]}}
)",
                                  R"(pack: {name: common, version: "1"}
macros: {late: 'z'}
)"});
  EXPECT_THAT(pack.rules[0].patterns, ElementsAre("z"));
}

TEST(RulePack, VersionChangesWithAnyByte) {
  const std::string body = std::string(kHead) + std::string(kRule);
  EXPECT_EQ(ReadWell({body}).version, ReadWell({body}).version);
  EXPECT_NE(ReadWell({body}).version, ReadWell({body + "\n"}).version);
}

TEST(RulePack, OverridesChangeRulesCuesAndGroupsOfOtherFiles) {
  const RulePack pack = ReadWell(
      {std::string(kHead) + R"(groups: {g: {cap: 2}}
cues:
  - {id: c, re2: 'c', weight: -1, why: w}
)" + std::string(kRule) +
           R"(  - {id: gone, topic: threat, severity: low, weight: 1, re2: 'x', why: w, tests: {hit: [x], miss: [m]}}
)",
       R"(overrides:
  - {rule: a.b, weight: 1.0, severity: medium, note: milder}
  - {rule: gone, off: true, note: too many}
  - {cue: c, weight: -2, note: n}
  - {group: g, cap: 0.5, note: n}
)"});
  ASSERT_EQ(pack.rules.size(), 1U);
  EXPECT_DOUBLE_EQ(pack.rules[0].weight, 1.0);
  EXPECT_EQ(pack.rules[0].severity, core::Severity::kMedium);
  EXPECT_DOUBLE_EQ(pack.cues[0].weight, -2);
  EXPECT_DOUBLE_EQ(pack.groups[0].cap, 0.5);
}

struct ProblemCase {
  std::string name;
  std::string body;
  std::string place;    // "rules/a.yaml:LINE:COLUMN".
  std::string message;  // Part of it.
};
void PrintTo(const ProblemCase& row, std::ostream* out) { *out << row.name; }

class RulePackProblem : public ::testing::TestWithParam<ProblemCase> {};
TEST_P(RulePackProblem, IsReportedWithItsPlace) {
  config::Diagnostics problems;
  Read({GetParam().body}, problems);
  ASSERT_FALSE(problems.empty());
  EXPECT_THAT(problems.ToText(), HasSubstr(GetParam().place));
  EXPECT_THAT(problems.ToText(), HasSubstr(GetParam().message));
}

std::string WithRule(const std::string& changed) {
  return std::string(kHead) + "rules:\n  - " + changed + "\n";
}
const char* const kRest =
    "topic: threat, severity: low, weight: 1, re2: 'x', why: w, tests: {hit: [x], miss: [m]}";

INSTANTIATE_TEST_SUITE_P(
    Rows, RulePackProblem,
    ::testing::Values(
        ProblemCase{"BrokenYaml", "pack: {name: [", "rules/a.yaml:1", ""},
        ProblemCase{"UnknownTopKey", std::string(kHead) + "rulez: []\n", "rules/a.yaml:2:1",
                    "did you mean 'rules'?"},
        ProblemCase{"NoHead", std::string(kRule), "rules/a.yaml:1:1", "'pack' is missing"},
        ProblemCase{"RulesWithoutCategory", "pack: {name: t, version: x}\n" + std::string(kRule),
                    "rules/a.yaml:1", "needs a 'category'"},
        ProblemCase{"BadCategory", "pack: {name: t, version: x, category: safe}\n",
                    "rules/a.yaml:1:39", "safe"},
        ProblemCase{"UnknownKey", WithRule("{id: a.b, wieght: 1, " + std::string(kRest) + "}"),
                    "rules/a.yaml:3", "rule 'a.b': unknown key 'wieght'; did you mean 'weight'?"},
        ProblemCase{"MissingWhy",
                    WithRule("{id: a.b, topic: threat, severity: low, weight: 1, re2: x, "
                             "tests: {hit: [x], miss: [m]}}"),
                    "rules/a.yaml:3", "rule 'a.b': 'why' is missing"},
        ProblemCase{"BadTopic",
                    WithRule("{id: a.b, topic: threats, severity: low, weight: 1, re2: x, why: w, "
                             "tests: {hit: [x], miss: [m]}}"),
                    "rules/a.yaml:3", "did you mean 'threat'?"},
        ProblemCase{"BadWeight",
                    WithRule("{id: a.b, topic: threat, severity: low, weight: 50, re2: x, why: w, "
                             "tests: {hit: [x], miss: [m]}}"),
                    "rules/a.yaml:3", "number from 0.1 to 5"},
        ProblemCase{"WeightIsNotANumber",
                    WithRule("{id: a.b, topic: threat, severity: low, weight: nan, re2: x, why: w, "
                             "tests: {hit: [x], miss: [m]}}"),
                    "rules/a.yaml:3", "number from"},
        ProblemCase{"FloorAboveSeverity",
                    WithRule("{id: a.b, floor: urgent, " + std::string(kRest) + "}"),
                    "rules/a.yaml:3", "'floor' is above 'severity'"},
        ProblemCase{"NoMissExample",
                    WithRule("{id: a.b, topic: threat, severity: low, weight: 1, re2: x, why: w, "
                             "tests: {hit: [x]}}"),
                    "rules/a.yaml:3", "rule 'a.b': 'tests.miss' is missing"},
        ProblemCase{"UnknownMacro",
                    WithRule("{id: a.b, topic: threat, severity: low, weight: 1, re2: '{{kid}}', "
                             "why: w, tests: {hit: [x], miss: [m]}}"),
                    "rules/a.yaml:3", "there is no macro 'kid'"},
        ProblemCase{"OverrideOfNothing",
                    std::string(kHead) + std::string(kRule) +
                        "overrides:\n  - {rule: a.c, weight: 1, note: n}\n",
                    "rules/a.yaml:11", "did you mean 'a.b'?"},
        ProblemCase{
            "OverrideWithoutNote",
            std::string(kHead) + std::string(kRule) + "overrides:\n  - {rule: a.b, weight: 1}\n",
            "rules/a.yaml:11", "'note' is missing"},
        ProblemCase{"OverrideOfNoCue",
                    std::string(kHead) + std::string(kRule) +
                        "overrides:\n  - {cue: nope, weight: 1, note: n}\n",
                    "rules/a.yaml:11:11", "there is no cue 'nope'"},
        ProblemCase{"OverrideOfNoGroup",
                    std::string(kHead) + std::string(kRule) +
                        "overrides:\n  - {group: nope, cap: 1, note: n}\n",
                    "rules/a.yaml:11:13", "there is no group 'nope'"},
        ProblemCase{
            "OverrideOfWhat",
            std::string(kHead) + std::string(kRule) + "overrides:\n  - {off: true, note: n}\n",
            "rules/a.yaml:11:5", "override 1: say which 'rule', 'cue' or 'group'"},
        ProblemCase{"OverrideThatDoesNotApply",
                    std::string(kHead) + std::string(kRule) +
                        "overrides:\n  - {rule: a.b, cap: 1, note: n}\n",
                    "rules/a.yaml:11:17", "override 1: 'cap' does not go with 'rule'"},
        ProblemCase{"OverrideWithoutCap",
                    std::string(kHead) + "groups: {g: {cap: 2}}\n" + std::string(kRule) +
                        "overrides:\n  - {group: g, note: n}\n",
                    "rules/a.yaml:12:5", "override 1: 'cap' is missing"},
        ProblemCase{"OverrideWeightOfARule",
                    std::string(kHead) + std::string(kRule) +
                        "overrides:\n  - {rule: a.b, weight: 0, note: n}\n",
                    "rules/a.yaml:11:25",
                    "override 1: 'weight' is '0', must be a number from 0.1 to 5 for a rule"},
        ProblemCase{"Near", WithRule("{id: a.b, near: paragraph, " + std::string(kRest) + "}"),
                    "rules/a.yaml:3:21",
                    "rule 'a.b': 'near' is 'paragraph', must be a whole number from 1 to 1000, or "
                    "sentence"},
        ProblemCase{"Shadow", WithRule("{id: a.b, shadow: 1, " + std::string(kRest) + "}"),
                    "rules/a.yaml:3:23", "rule 'a.b': 'shadow' is '1', must be true or false"},
        ProblemCase{"Severity",
                    WithRule("{id: a.b, topic: threat, severity: hihg, weight: 1, re2: x, why: w, "
                             "tests: {hit: [x], miss: [m]}}"),
                    "rules/a.yaml:3:40",
                    "rule 'a.b': 'severity' is 'hihg', must be one of low, medium, high, urgent; "
                    "did you mean 'high'?"},
        ProblemCase{"NoPattern",
                    WithRule("{id: a.b, topic: threat, severity: low, weight: 1, re2: [], why: w, "
                             "tests: {hit: [x], miss: [m]}}"),
                    "rules/a.yaml:3:56", "rule 'a.b': 're2' has 0 items, must have at least 1"},
        ProblemCase{"UnclosedMacro",
                    WithRule("{id: a.b, unless: ['a', '{{b}'], " + std::string(kRest) + "}"),
                    "rules/a.yaml:3:29", "rule 'a.b': '{{' without '}}'"},
        ProblemCase{"RuleWithoutId", WithRule("{topic: threat}"), "rules/a.yaml:3:5",
                    "rule 1: 'id' is missing"},
        ProblemCase{"Group", std::string(kHead) + "groups: {g: {cap: 11}}\n", "rules/a.yaml:2:19",
                    "group 'g': 'cap' is '11', must be a number from 0.1 to 10"},
        ProblemCase{"CueScope", std::string(kHead) + "cues:\n  - {id: c, re2: x, scope: behind}\n",
                    "rules/a.yaml:3:28",
                    "cue 'c': 'scope' is 'behind', must be one of before, clause, sentence, post"},
        ProblemCase{"CueWithoutWhy",
                    std::string(kHead) + "cues:\n  - {id: c, re2: x, weight: -1}\n",
                    "rules/a.yaml:3:5", "cue 'c': 'why' is missing: a cue with a weight"},
        ProblemCase{"MacroIsAList", std::string(kHead) + "macros: {m: [a, b]}\n",
                    "rules/a.yaml:2:13", "macro 'm': this is a list, must be an RE2 pattern"},
        ProblemCase{"MacroBelow", std::string(kHead) + "macros:\n  b: '{{a}}'\n  a: x\n",
                    "rules/a.yaml:3:6", "macro 'b': there is no macro 'a'"},
        ProblemCase{"RuleIsNoMap", WithRule("boo"), "rules/a.yaml:3:5", "must be a map"}),
    [](const auto& row) { return row.param.name; });

TEST(RulePack, AllProblemsAreReportedAtOnce) {
  config::Diagnostics problems;
  Read({WithRule("{id: a, colour: red, " + std::string(kRest) + "}"),
        WithRule("{id: b, floor: high, " + std::string(kRest) + "}")},
       problems);
  EXPECT_EQ(problems.all().size(), 2U);
}

// What follows from a mistake is not reported beside it.
class OneMistake : public ::testing::TestWithParam<std::string> {};
TEST_P(OneMistake, IsReportedOnce) {
  config::Diagnostics problems;
  Read({GetParam()}, problems);
  EXPECT_EQ(problems.all().size(), 1U) << problems.ToText();
}
INSTANTIATE_TEST_SUITE_P(
    Rows, OneMistake,
    ::testing::Values(
        WithRule("{id: a, floor: high, topic: threat, severity: hihg, weight: 1, re2: x, why: w, "
                 "tests: {hit: [x], miss: [m]}}"),
        WithRule("{id: a, topic: threat, severity: low, weight: 1, re2: '', why: w, tests: {hit: "
                 "[x], miss: [m]}}"),
        "pack: {name: t, version: x, category: safe}\n" + std::string(kRule),
        std::string(kHead) + std::string(kRule) +
            "overrides:\n  - {rule: a.b, weight: heavy, note: n}\n"));

TEST(RulePack, JsonSchemaKnowsWhatTheReaderKnows) {
  const std::string schema = RulePackJsonSchema();
  EXPECT_THAT(schema, HasSubstr(R"("title": "rules.yaml")"));
  EXPECT_THAT(schema, HasSubstr(R"("enum": ["low", "medium", "high", "urgent"])"));
  EXPECT_THAT(schema, HasSubstr(R"("enum": ["sentence"])"));
  EXPECT_THAT(schema, HasSubstr(R"("default": 60)"));
  for (const std::string_view topic : Topics()) {
    EXPECT_THAT(schema, HasSubstr("\"" + std::string(topic) + "\""));
  }
}

TEST(RulePack, MacrosCannotGrowWithoutEnd) {
  std::string body(kHead);
  body += "macros:\n  m0: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'\n";
  for (int number = 1; number < 30; ++number) {
    const std::string before = "{{m" + std::to_string(number - 1) + "}}";
    body += "  m" + std::to_string(number) + ": '" + before + before + "'\n";
  }
  config::Diagnostics problems;
  Read({body}, problems);
  EXPECT_THAT(problems.ToText(), HasSubstr("longer than"));
}

TEST(RulePack, ABadPatternNamesFileLineColumnAndRule) {
  config::Diagnostics problems;
  RulePack pack = Read({std::string(kHead) + R"(rules:
  - id: a.b
    topic: threat
    severity: low
    weight: 1
    re2: ['fine', '(?i']
    why: w
    tests: {hit: [fine], miss: [m]}
)"},
                       problems);
  ASSERT_TRUE(problems.empty());
  const auto rules = RuleSet::Compile(std::move(pack), problems);
  ASSERT_FALSE(rules.has_value());
  EXPECT_THAT(problems.ToText(), HasSubstr("rules/a.yaml:7:19: rule 'a.b': '(?i'"));
}

struct NameCase {
  std::string name;
  std::string line;
  std::string message;
};
class UnknownNameTest : public ::testing::TestWithParam<NameCase> {};
TEST_P(UnknownNameTest, IsReportedByCompile) {
  config::Diagnostics problems;
  RulePack pack =
      Read({WithRule("{id: a.b, " + GetParam().line + ", " + std::string(kRest) + "}")}, problems);
  ASSERT_TRUE(problems.empty()) << problems.ToText();
  EXPECT_FALSE(RuleSet::Compile(std::move(pack), problems).has_value());
  EXPECT_THAT(problems.ToText(), HasSubstr(GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(
    Rows, UnknownNameTest,
    ::testing::Values(NameCase{"Cue", "damp: [nope]", "rule 'a.b': there is no cue 'nope'"},
                      NameCase{"Need", "needs: [nope]",
                               "there is no cue, condition or rule 'nope'"},
                      NameCase{"Group", "group: nope", "there is no group 'nope'"}),
    [](const auto& row) { return row.param.name; });

TEST(RulePack, AnIdThatStandsTwiceIsReported) {
  config::Diagnostics problems;
  RulePack pack = Read(
      {std::string(kHead) + std::string(kRule), std::string(kHead) + std::string(kRule)}, problems);
  EXPECT_FALSE(RuleSet::Compile(std::move(pack), problems).has_value());
  EXPECT_THAT(problems.ToText(), HasSubstr("rules/b.yaml:3:5: rule 'a.b' stands twice"));
}

TEST(RulePack, AFolderThatDoesNotExistHoldsNoRules) {
  config::Diagnostics problems;
  const std::vector<std::filesystem::path> folders{"/nonexistent/rules"};
  EXPECT_THAT(LoadRulePacks(folders, problems).rules, IsEmpty());
  EXPECT_TRUE(problems.empty());
}

TEST(RuleExamples, SayWhichExampleFailsAndWhy) {
  RulePack pack = ReadWell({std::string(kHead) + R"(cues:
  - {id: not, re2: '\bnot\b', scope: before, weight: -3, why: denied}
rules:
  - id: a.b
    topic: threat
    severity: low
    weight: 2
    re2: 'boo'
    unless: 'peek'
    damp: [not]
    why: w
    tests: {hit: [boo, moo, peek a boo, not boo], miss: [moo, not boo, peek a boo, boo again]}
)"});
  config::Diagnostics problems;
  const auto rules = RuleSet::Compile(std::move(pack), problems);
  ASSERT_TRUE(rules.has_value()) << problems.ToText();
  std::vector<std::string> failed;
  for (const ExampleFailure& failure : RunExamples(**rules)) {
    failed.push_back(failure.example + ": " + failure.why);
  }
  EXPECT_THAT(failed, ElementsAre("moo: no pattern matches",
                                  "peek a boo: its 'unless' or 'needs' keep it from counting",
                                  "not boo: cues leave 0 of 2: not",
                                  "boo again: it counts 2 of 2, on \"boo\""));
}

// The packs that are shipped: they load, compile within their budget, and do what they say.
TEST(ShippedRules, DoWhatTheirExamplesSay) {
  config::Diagnostics problems;
  const std::vector<std::filesystem::path> folders{SW_SOURCE_DIR "/config/rules"};
  RulePack pack = LoadRulePacks(folders, problems);
  ASSERT_EQ(problems.ToText(), "");
  const auto rules = RuleSet::Compile(std::move(pack), problems);
  ASSERT_TRUE(rules.has_value()) << problems.ToText();
  ASSERT_FALSE((*rules)->pack().rules.empty());
  for (const ExampleFailure& failure : RunExamples(**rules)) {
    ADD_FAILURE() << config::Format(failure.where) << ": " << failure.rule << " should "
                  << (failure.kind == ExampleFailure::Kind::kShouldHit ? "hit" : "miss") << " \""
                  << failure.example << "\": " << failure.why;
  }
}

// Texts of pieces of the rules' own examples touch many patterns and match some.
TEST(ShippedRules, AreFoundAsOneByOne) {
  config::Diagnostics problems;
  const std::vector<std::filesystem::path> folders{SW_SOURCE_DIR "/config/rules"};
  const auto rules = RuleSet::Compile(LoadRulePacks(folders, problems), problems);
  ASSERT_TRUE(rules.has_value()) << problems.ToText();
  std::vector<std::string> words;
  for (const Rule& rule : (*rules)->pack().rules) {
    for (const std::string& example : rule.hits) {
      const std::string folded = core::Fold(example).text;
      for (std::size_t at = 0; at < folded.size();) {
        const std::size_t end = std::min(folded.find(' ', at), folded.size());
        words.push_back(folded.substr(at, end + 1 - at));
        at = end + 1;
      }
    }
  }
  std::mt19937 random(29);
  std::size_t found = 0;
  for (int round = 0; round < 40; ++round) {
    std::string text;
    for (std::size_t piece = 20; piece > 0; --piece) {
      std::size_t at = random() % words.size();
      for (std::size_t length = 1 + random() % 9; length > 0 && at < words.size(); --length) {
        text += words[at++];
      }
      text += random() % 3 == 0 ? ". " : " ";
    }
    const auto key = [](const RuleSet::Match& match) {
      return std::tuple(match.rule, match.start, match.end);
    };
    const std::vector<RuleSet::Match> fast = (*rules)->FindMatches(text);
    ASSERT_TRUE(std::ranges::equal(fast, (*rules)->FindMatchesOneByOne(text), {}, key, key))
        << text;
    found += fast.size();
  }
  EXPECT_GT(found, 100U);
}

}  // namespace
}  // namespace schoolwatch::matchers
