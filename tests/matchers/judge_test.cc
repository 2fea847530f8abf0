#include "matchers/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "matchers/rule_pack.h"
#include "tests/matchers/schools.h"

namespace schoolwatch::matchers {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kPacks = R"(pack: {name: t, version: "1", category: safeguarding}
groups: {mild: {cap: 1.0}}
cues:
  - {id: negation, scope: before, within: 4, weight: -3, lowers: 1, re2: '\b(?:not|never|nobody)\b', except: 'not only', why: denied}
  - {id: hedge, weight: -0.5, re2: '\ballegedly\b', why: hearsay}
  - {id: joke, weight: -0.5, lowers: 2, re2: '\blol\b', why: a joke}
  - {id: awareness, scope: post, weight: -4, re2: '\bassembly about\b', why: teaching}
  - {id: tonight, scope: post, re2: '\btonight\b'}
rules:
  - {id: weapon, topic: weapon, severity: urgent, weight: 3, re2: '\bknife\b', damp: [negation, hedge, awareness], why: A knife, tests: {hit: [knife], miss: [x]}}
  - {id: fight, topic: fight, severity: high, weight: 2.2, floor: medium, re2: '\bfight\b', damp: [joke], why: A fight, tests: {hit: [fight], miss: [x]}}
  - {id: mild.a, topic: insult, severity: low, weight: 0.8, group: mild, re2: '\bidiot\b', why: Rude, tests: {hit: [idiot], miss: [x]}}
  - {id: mild.b, topic: insult, severity: low, weight: 1.2, group: mild, re2: '\bmoron\b', why: Rude, tests: {hit: [moron], miss: [x]}}
  - {id: dare, topic: threat, severity: medium, weight: 2.5, re2: '\bdare\b', unless: '\bdouble dare\b', unless_post: '\bboard game\b', needs: [tonight], why: A dare, tests: {hit: [dare tonight], miss: [x]}}
  - {id: same, topic: threat, severity: low, weight: 2.5, near: sentence, re2: '\bnearby\b', why: Near, tests: {hit: [nearby], miss: [x]}}
  - {id: gap, topic: threat, severity: low, weight: 2.5, re2: '\bwill\W+(?:\w+\W+){0,2}hurt\b', damp: [negation], why: Gap, tests: {hit: [will hurt], miss: [x]}}
  - {id: quiet, topic: threat, severity: urgent, weight: 4, shadow: true, re2: '\bwhisper\b', why: Shadow, tests: {hit: [whisper], miss: [x]}}
)";

Judge MakeJudge() {
  config::Diagnostics problems;
  const std::vector<PackFile> files{{"t.yaml", std::string(kPacks)}};
  RulePack pack = ReadRulePacks(files, problems);
  auto rules = RuleSet::Compile(std::move(pack), problems);
  EXPECT_TRUE(rules.has_value()) << problems.ToText();
  return {MakeTestIndex(), *rules};
}

core::Judgement Evaluate(const std::string& text, const std::string& title = {}) {
  return MakeJudge().Evaluate(PostOf(text, title));
}

const core::Hit* FindHit(const core::Judgement& judgement, std::string_view rule) {
  for (const core::Hit& hit : judgement.hits) {
    if (hit.rule == rule) {
      return &hit;
    }
  }
  return nullptr;
}

TEST(Judge, RunsNoRuleWithoutAMention) {
  const core::Judgement judgement = Evaluate("he has a knife");
  EXPECT_FALSE(judgement.mentions);
  EXPECT_THAT(judgement.hits, IsEmpty());
  EXPECT_THAT(judgement.terms, IsEmpty());
  EXPECT_EQ(judgement.severity, core::Severity::kNone);
}

TEST(Judge, HitsSayWhatTheyAreAboutAndWhichDecided) {
  const core::Judgement strong =
      Evaluate("he has a knife at Quillbrook Academy, what an idiot, what a moron");
  EXPECT_THAT(strong.topics, ElementsAre("weapon", "insult"));
  EXPECT_EQ(FindHit(strong, "weapon")->topic, "weapon");
  EXPECT_TRUE(FindHit(strong, "weapon")->decides);
  EXPECT_EQ(FindHit(strong, "mild.a")->topic, "insult");
  EXPECT_FALSE(FindHit(strong, "mild.a")->decides) << "a weak sign beside a strong one";
  EXPECT_THAT(core::DecidingTopics(strong, core::Category::kSafeguarding), ElementsAre("weapon"));

  const core::Judgement both = Evaluate("a fight with a knife at Quillbrook Academy");
  EXPECT_TRUE(FindHit(both, "weapon")->decides);
  EXPECT_TRUE(FindHit(both, "fight")->decides) << "each would be enough";

  const core::Judgement denied =
      Evaluate("there was a fight at Quillbrook Academy. Nobody had a knife");
  EXPECT_TRUE(FindHit(denied, "fight")->decides);
  EXPECT_EQ(FindHit(denied, "weapon")->topic, "") << "it counts for nothing";
  EXPECT_FALSE(FindHit(denied, "weapon")->decides);
}

TEST(Judge, AStrongRuleAssertsItsCategory) {
  const core::Judgement judgement = Evaluate("he has a knife at Quillbrook Academy");
  EXPECT_THAT(judgement.categories, ElementsAre(core::Category::kSafeguarding));
  EXPECT_EQ(judgement.severity, core::Severity::kUrgent);
  EXPECT_THAT(judgement.topics, ElementsAre("weapon"));
  EXPECT_NEAR(judgement.scores[0], 1 / (1 + std::exp(-1.0)), 1e-9);
  EXPECT_FALSE(judgement.rules_version.empty());
}

TEST(Judge, AHarmlessMentionHasNoCategory) {
  const core::Judgement judgement = Evaluate("Lovely concert at Quillbrook Academy");
  EXPECT_TRUE(judgement.mentions);
  EXPECT_THAT(judgement.categories, IsEmpty());
  EXPECT_EQ(judgement.severity, core::Severity::kNone);
}

// A probability of one half is where a category begins; three hints may add up to it.
TEST(Judge, ARuleCountsOnceHoweverOftenItMatches) {
  const core::Judgement judgement =
      Evaluate("Quillbrook Academy: idiot, idiot, idiot, idiot, idiot");
  EXPECT_THAT(judgement.hits, SizeIs(1));
  EXPECT_THAT(judgement.categories, IsEmpty());
}

TEST(Judge, AGroupAddsNoMoreThanItsCap) {
  const core::Judgement judgement = Evaluate("Quillbrook Academy is run by an idiot and a moron");
  ASSERT_THAT(judgement.hits, SizeIs(2));
  EXPECT_NEAR(judgement.hits[0].weight + judgement.hits[1].weight, 1.0, 1e-9);
  EXPECT_NEAR(FindHit(judgement, "mild.b")->weight, 0.6, 1e-9);
}

struct CueCase {
  std::string name;
  std::string text;
  bool asserted = false;
};
void PrintTo(const CueCase& row, std::ostream* out) { *out << row.text; }
class CueTest : public ::testing::TestWithParam<CueCase> {};
TEST_P(CueTest, TakesAwayOrNot) {
  EXPECT_EQ(!Evaluate(GetParam().text).categories.empty(), GetParam().asserted) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(
    Rows, CueTest,
    ::testing::Values(
        CueCase{"Denied", "There is not any knife at Quillbrook Academy", false},
        CueCase{"DeniedTooFarBefore",
                "Not one of us at Quillbrook Academy knew that he had a knife", true},
        CueCase{"DeniedInAnotherClause", "I did not sleep, he has a knife at Quillbrook Academy",
                true},
        CueCase{"DeniedInsideTheMatch", "He will never hurt Quillbrook Academy", false},
        CueCase{"NotDeniedInsideTheMatch", "He will surely hurt Quillbrook Academy", true},
        CueCase{"NotOnly", "not only a knife at Quillbrook Academy", true},
        CueCase{"HedgeInTheSentence", "Allegedly a knife at Quillbrook Academy", true},
        CueCase{"AwarenessAnywhere",
                "Assembly about crime. A knife was shown at Quillbrook Academy.", false},
        CueCase{"NeedsAreMet", "I dare you, Quillbrook Academy, tonight", true},
        CueCase{"NeedsAreNotMet", "I dare you, Quillbrook Academy", false},
        CueCase{"UnlessInTheSentence", "I double dare you, Quillbrook Academy, tonight", false},
        CueCase{"UnlessInAnotherSentence", "Double dare. I dare you, Quillbrook Academy, tonight",
                true},
        CueCase{"UnlessPost", "A board game. I dare you, Quillbrook Academy, tonight", false},
        CueCase{"SameSentence", "Quillbrook Academy is nearby", true},
        CueCase{"OtherSentence", "Quillbrook Academy was fine. It is nearby", false},
        CueCase{"Shadow", "A whisper about Quillbrook Academy", false}),
    [](const auto& row) { return row.param.name; });

TEST(Judge, CuesNeverTakeMoreThanTheMatchesGave) {
  const core::Judgement judgement =
      Evaluate("Assembly about crime: not a knife at Quillbrook Academy");
  double sum = 0;
  for (const core::Term& term : judgement.terms) {
    sum += term.category == core::Category::kSafeguarding ? term.value : 0;
  }
  EXPECT_NEAR(sum, -2.0, 1e-9);
}

TEST(Judge, NamedCuesLowerSeverityDownToTheFloor) {
  EXPECT_EQ(Evaluate("A fight at Quillbrook Academy").severity, core::Severity::kHigh);
  // Without a floor two steps down from high would be low.
  const core::Judgement judgement = Evaluate("A fight at Quillbrook Academy, you idiot lol");
  EXPECT_EQ(judgement.severity, core::Severity::kMedium);
}

TEST(Judge, TermsAddUpExactlyToTheScore) {
  const core::Judgement judgement = Evaluate(
      "Allegedly a knife and a fight at Quillbrook Academy, you idiot, you moron lol", "Notes");
  for (std::size_t number = 0; number < core::kCategories.size(); ++number) {
    double sum = 0;
    for (const core::Term& term : judgement.terms) {
      sum += term.category == core::kCategories[number] ? term.value : 0;
    }
    EXPECT_NEAR(judgement.scores[number], 1 / (1 + std::exp(-sum)), 1e-12);
  }
}

struct OffsetCase {
  std::string name;
  std::string text;
  std::string matched;
};
void PrintTo(const OffsetCase& row, std::ostream* out) { *out << row.text; }
class OffsetTest : public ::testing::TestWithParam<OffsetCase> {};
TEST_P(OffsetTest, AreBytesOfThePostAsWritten) {
  const core::Judgement judgement = Evaluate(GetParam().text);
  const core::Hit* hit = FindHit(judgement, "weapon");
  ASSERT_NE(hit, nullptr);
  EXPECT_EQ(hit->text, GetParam().matched);
  EXPECT_EQ(GetParam().text.substr(hit->start, hit->end - hit->start), GetParam().matched);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, OffsetTest,
    ::testing::Values(OffsetCase{"Plain", "Quillbrook Academy knife", "knife"},
                      OffsetCase{"AfterEmoji", "😀😀 Quillbrook Academy 🔥 KNIFE!", "KNIFE"},
                      OffsetCase{"FullWidth", "Quillbrook Academy ｋｎｉｆｅ", "ｋｎｉｆｅ"},
                      OffsetCase{"ZeroWidth", "Quillbrook Academy kn\u200Bife.", "kn\u200Bife"},
                      OffsetCase{"LigatureBefore", "ﬁne Quillbrook Academy ﬂat knife", "knife"},
                      OffsetCase{"LookAlikes", "Quillbrook Academy knіfе", "knіfе"},
                      OffsetCase{"Leet", "Quillbrook Academy kn1fe é", "kn1fe"},
                      OffsetCase{"Spaced", "Quillbrook Academy k n i f e now", "k n i f e"}),
    [](const auto& row) { return row.param.name; });

TEST(Judge, WhatOnlyMatchesAfterUndoingAnEvasionCountsALittleLess) {
  const core::Judgement judgement = Evaluate("Quillbrook Academy kn1fe");
  const core::Hit* hit = FindHit(judgement, "weapon");
  ASSERT_NE(hit, nullptr);
  EXPECT_NEAR(hit->weight, 2.7, 1e-9);
}

TEST(Judge, TitleAndTextAreBothJudged) {
  const core::Judgement judgement = Evaluate("What happened?", "A knife at Quillbrook Academy");
  const core::Hit* hit = FindHit(judgement, "weapon");
  ASSERT_NE(hit, nullptr);
  EXPECT_EQ(hit->field, core::PostField::kTitle);
  EXPECT_EQ(hit->start, 2U);
}

TEST(Judge, FarFromTheMentionAMatchCountsLess) {
  std::string filler;
  for (int word = 0; word < 200; ++word) {
    filler += "word ";
  }
  const core::Judgement far = Evaluate("Quillbrook Academy " + filler + "knife");
  ASSERT_NE(FindHit(far, "weapon"), nullptr);
  EXPECT_LT(FindHit(far, "weapon")->weight, 1.0);
  EXPECT_THAT(far.categories, IsEmpty());
  // Under a title that names the school the whole text is about it.
  const core::Judgement titled = Evaluate(filler + "knife", "Quillbrook Academy");
  EXPECT_NEAR(FindHit(titled, "weapon")->weight, 3.0, 1e-9);
}

TEST(Judge, OnTheSchoolsOwnPageEverythingCounts) {
  core::Post post = PostOf("he has a knife");
  post.page_of = "quillbrook";
  EXPECT_EQ(MakeJudge().Evaluate(post).severity, core::Severity::kUrgent);
}

TEST(Judge, SurvivesTextThatIsNotUtf8) {
  core::Post post = PostOf(std::string("\xFF\xC3 Quillbrook Academy \xF0\x9F knife \xED\xA0\x80"));
  const core::Judgement judgement = MakeJudge().Evaluate(post);
  const core::Hit* hit = FindHit(judgement, "weapon");
  ASSERT_NE(hit, nullptr);
  EXPECT_EQ(hit->text, "knife");
}

TEST(Explain, ShowsTheWholeSumInWords) {
  const core::Post post = PostOf("Allegedly a knife at Quillbrook Academy \x1b[31m");
  const std::string text = Explain(post, MakeJudge().Evaluate(post));
  EXPECT_THAT(text, HasSubstr("About quillbrook"));
  EXPECT_THAT(text, HasSubstr("-2.00  starting point"));
  EXPECT_THAT(text, HasSubstr("+3.00  rule weapon: A knife"));
  EXPECT_THAT(text, HasSubstr("-0.50  hearsay (cue hedge)"));
  EXPECT_THAT(text, HasSubstr("+0.50  sum"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

// As they are printed, not only within.
TEST(Explain, LinesAddUpToTheSumShown) {
  const core::Post post =
      PostOf("Allegedly a kn1fe and a fight at Quillbrook Academy, you idiot, you moron lol");
  std::istringstream lines(Explain(post, MakeJudge().Evaluate(post)));
  double sum = 0;
  int sums = 0;
  for (std::string line; std::getline(lines, line);) {
    double value = 0;
    std::string label;
    std::istringstream fields(line);
    if (!(fields >> value) || !std::getline(fields, label) || !line.starts_with("  ") ||
        line.starts_with("          ")) {
      continue;
    }
    if (label.find("sum, which") == std::string::npos) {
      sum += value;
    } else {
      EXPECT_NEAR(value, sum, 1e-9);
      ++sums;
      sum = 0;
    }
  }
  EXPECT_EQ(sums, 1);
}

TEST(Explain, SaysWhenNoSchoolIsMeant) {
  const core::Post post = PostOf("hello");
  EXPECT_THAT(Explain(post, MakeJudge().Evaluate(post)), HasSubstr("Not about a watched school"));
}

}  // namespace
}  // namespace schoolwatch::matchers
