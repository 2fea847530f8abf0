#include "matchers/rule_lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "matchers/rule_breadth.h"

namespace schoolwatch::matchers {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kHead =
    "pack: {name: t, version: \"1\", category: reputational}\n"
    "groups:\n  small: {cap: 1.0}\n"
    "rules:\n"
    "  - id: a.b\n"
    "    topic: complaint\n"
    "    severity: low\n"
    "    why: Says so\n";
constexpr std::string_view kTests = "    tests: {hit: [the canteen was mouldy], miss: [lovely]}\n";

// A pack of one rule with these further lines.
std::string PackWith(std::string_view lines) {
  return std::string(kHead) + std::string(lines) + std::string(kTests);
}

std::vector<LintFinding> LintCompiled(const std::string& bytes) {
  config::Diagnostics problems;
  const std::vector<PackFile> files{{"t.yaml", bytes}};
  RulePack pack = ReadRulePacks(files, problems);
  const auto rules = RuleSet::Compile(std::move(pack), problems);
  EXPECT_TRUE(rules.has_value()) << problems.ToText();
  return rules ? LintRules(**rules) : std::vector<LintFinding>{};
}

std::vector<std::string> ChecksOf(const std::vector<LintFinding>& findings) {
  std::vector<std::string> checks;
  for (const LintFinding& finding : findings) {
    checks.push_back(std::string(LintLevelName(finding.level)) + " " + finding.check);
  }
  return checks;
}

TEST(RuleLint, AGoodRuleHasNothing) {
  EXPECT_THAT(ChecksOf(LintCompiled(PackWith("    weight: 2.2\n    re2: '\\bmouldy\\b'\n"))),
              IsEmpty());
}

struct LintRow {
  const char* name;
  std::string lines;
  std::string check;
};

class RuleLintFinds : public ::testing::TestWithParam<LintRow> {};

TEST_P(RuleLintFinds, It) {
  EXPECT_THAT(ChecksOf(LintCompiled(PackWith(GetParam().lines))), Contains(GetParam().check));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RuleLintFinds,
    ::testing::Values(
        LintRow{"AFailingExample", "    weight: 2\n    re2: '\\blovely\\b'\n", "error example"},
        LintRow{"LooseEdges", "    weight: 2\n    re2: 'mouldy'\n", "warning loose-edge"},
        LintRow{"APatternThatNoExampleTries",
                "    weight: 2\n    re2: ['\\bmouldy\\b', '\\binedible\\b']\n", "hint untried"},
        LintRow{"ACommonLiteral",
                "    weight: 2\n    re2: ['\\bmouldy\\b', '\\bthat\\W+\\w+\\b']\n",
                "hint common-literal"},
        LintRow{"ALargePattern",
                "    weight: 2\n    re2: ['\\bmouldy\\b', '\\bmouldy\\W+\\pL{12}\\b']\n",
                "warning large"},
        LintRow{"AWeightOverItsCap", "    weight: 2\n    group: small\n    re2: '\\bmouldy\\b'\n",
                "hint over-cap"},
        LintRow{"ThePatternTwice", "    weight: 2\n    re2: ['\\bmouldy\\b', '\\bmouldy\\b']\n",
                "warning twin"}),
    [](const auto& row) { return std::string(row.param.name); });

std::vector<LintFinding> LintText(const std::string& bytes) {
  return LintFiles(std::vector<PackFile>{{"t.yaml", bytes}});
}

TEST(PackLint, PointsAtTheSlipItself) {
  const auto findings = LintText("macros:\n  a: '\\bit''s [A-z]'\n  b: \"é [A-z]\"\n");
  std::vector<std::string> places;
  for (const LintFinding& finding : findings) {
    if (finding.check == "class-a-z") {
      places.push_back(config::Format(finding.where) + " " + finding.owner);
    }
  }
  EXPECT_THAT(places, ElementsAre("t.yaml:2:16 macro 'a'", "t.yaml:3:10 macro 'b'"));
}

TEST(PackLint, APatternOverSeveralLinesHasThePlaceOfItsBeginning) {
  const auto findings = LintText("macros:\n  a: >-\n    one\n    [A-z]\n");
  ASSERT_THAT(ChecksOf(findings), Contains("warning class-a-z"));
  EXPECT_EQ(findings[0].where.line, 2);
}

TEST(PackLint, NamesWhatNothingUses) {
  const auto findings = LintText(
      "pack: {name: t, version: \"1\", category: reputational}\n"
      "macros: {used: 'mouldy', idle: 'x'}\n"
      "groups:\n  idle: {cap: 1}\n"
      "cues:\n"
      "  - {id: idle, re2: 'x'}\n"
      "  - {id: damped, re2: 'y'}\n"
      "  - {id: needed, re2: 'z'}\n"
      "rules:\n"
      "  - {id: a, topic: complaint, severity: low, weight: 2, re2: '{{used}}', damp: [damped],\n"
      "     needs: [question|not needed], why: w, tests: {hit: [a], miss: [b]}}\n");
  std::vector<std::string> unused;
  for (const LintFinding& finding : findings) {
    EXPECT_EQ(finding.check, "unused");
    unused.push_back(finding.owner);
  }
  EXPECT_THAT(unused, ElementsAre("macro 'idle'", "cue 'idle'", "group 'idle'"));
}

TEST(PackLint, OverridesThatChangeNothingOrStandTwice) {
  const std::string bytes = PackWith("    weight: 2\n    re2: '\\bmouldy\\b'\n") +
                            "overrides:\n"
                            "  - {rule: a.b, weight: 2, note: n}\n"
                            "  - {rule: a.b, off: true, note: n}\n";
  const auto checks = ChecksOf(LintText(bytes));
  EXPECT_THAT(checks, Contains("hint no-change"));
  EXPECT_THAT(checks, Contains("warning twice"));
}

TEST(PackLint, AFileThatCannotBeParsedIsPassedOver) {
  EXPECT_THAT(LintText("rules: ["), IsEmpty());
}

class Breadth : public ::testing::Test {
 protected:
  void SetUp() override {
    config::Diagnostics problems;
    const std::vector<PackFile> files{
        {"t.yaml",
         "pack: {name: t, version: \"1\", category: reputational}\n"
         "rules:\n"
         "  - {id: wide, topic: complaint, severity: low, weight: 2, re2: '\\bthing\\b', why: w,\n"
         "     tests: {hit: [thing], miss: [b]}}\n"
         "  - {id: weak, topic: complaint, severity: low, weight: 0.5, re2: '\\bthing\\b|\\bgo "
         "on\\b',\n"
         "     why: w, tests: {hit: [thing], miss: [b]}}\n"
         "  - {id: rare, topic: complaint, severity: low, weight: 2, re2: '\\bmouldy\\b', why: w,\n"
         "     tests: {hit: [mouldy], miss: [b]}}\n"}};
    rules_ = RuleSet::Compile(ReadRulePacks(files, problems), problems).value();
  }
  std::shared_ptr<const RuleSet> rules_;
};

TEST_F(Breadth, EverydayWordsAreCountedOnce) {
  const std::vector<OrdinaryText> ordinary{
      {"thing", 40}, {"thing is", 30}, {"go on", 25}, {"mouldy", 1}};
  const auto findings = LintOrdinary(*rules_, ordinary, 10'000);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].level, LintLevel::kWarning);
  EXPECT_EQ(findings[0].owner, "rule 'wide'");
  EXPECT_THAT(findings[0].message, HasSubstr("40 times in 10,000: \"thing\""));
  EXPECT_EQ(findings[1].level, LintLevel::kHint);
  EXPECT_THAT(findings[1].message, HasSubstr("65 times in 10,000: \"thing\", \"go on\""));
}

TEST_F(Breadth, ASampleCountsPosts) {
  BreadthCounter counter(*rules_);
  for (int number = 0; number < 200; ++number) {
    core::Post post;
    post.text = number % 40 == 0 ? "One more thing: thing" : "See you at the fair";
    counter.Add(post);
  }
  EXPECT_EQ(counter.posts(), 200U);
  EXPECT_EQ(counter.counts()[0].posts, 5U);
  EXPECT_EQ(counter.counts()[0].words, "thing");
  const auto findings = counter.Lint();
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].level, LintLevel::kWarning);
  EXPECT_THAT(findings[0].message, HasSubstr("250 of 10,000 posts"));
  EXPECT_EQ(findings[1].level, LintLevel::kHint);
}

TEST_F(Breadth, FewHitsSayNothing) {
  BreadthCounter counter(*rules_);
  core::Post post;
  post.text = "thing";
  counter.Add(post);
  counter.Add(post);
  EXPECT_THAT(counter.Lint(), IsEmpty());
}

}  // namespace
}  // namespace schoolwatch::matchers
