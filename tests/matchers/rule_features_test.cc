// What a rule can ask for beside its patterns, one judgement a row.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "matchers/judge.h"
#include "matchers/rule_pack.h"
#include "tests/fakes/manual_clock.h"
#include "tests/matchers/schools.h"

namespace schoolwatch::matchers {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kPack = R"(pack: {name: t, version: "1", category: safeguarding}
subjects:
  child: '\b(?:pupils?|sons?|daughters?|boys?)\b'
  staff: '\b(?:teachers?|head|mr \w+)\b'
  parent: '\b(?:mums?|dads?)\b'
cues:
  - {id: negation, scope: before, within: 4, weight: -5, re2: '\b(?:not|never|don''?t|does ?n''?t)\b', why: denied}
  - {id: crowd, scope: clause, re2: '\beverybody\b'}
  - {id: joke, weight: -0.9, lowers: 3, re2: '\blol\b', why: a joke}
  - {id: play, scope: post, weight: -5, lowers: 3, re2: '\bthe school play\b', why: a play}
)";

std::string RuleOf(const std::string& id, const std::string& keys) {
  return "  - {id: " + id + ", topic: threat, severity: urgent, weight: 2.5, why: W, " + keys +
         ", tests: {hit: [x], miss: [y]}}\n";
}

std::shared_ptr<const RuleSet> Compile(const std::string& rules,
                                       const std::string& overrides = {}) {
  config::Diagnostics problems;
  const std::vector<PackFile> files{
      {"t.yaml", std::string(kPack) + "rules:\n" + rules},
      {"u.yaml", overrides.empty() ? "" : "overrides:\n" + overrides}};
  auto compiled = RuleSet::Compile(ReadRulePacks(files, problems), problems);
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  return compiled.has_value() ? *compiled : nullptr;
}

core::Judgement Evaluate(const std::shared_ptr<const RuleSet>& rules, core::Post post) {
  post.page_of = "quillbrook";
  return Judge(MakeTestIndex(), rules).Evaluate(post);
}

struct FeatureCase {
  std::string name;
  std::string keys;
  std::string text;
  bool counts = false;
};
void PrintTo(const FeatureCase& row, std::ostream* out) { *out << row.text; }
class FeatureTest : public ::testing::TestWithParam<FeatureCase> {};
TEST_P(FeatureTest, CountsOrNot) {
  const auto rules = Compile(RuleOf("a", GetParam().keys));
  ASSERT_NE(rules, nullptr);
  EXPECT_EQ(!Evaluate(rules, PostOf(GetParam().text)).categories.empty(), GetParam().counts);
}
const std::string kLive =
    R"(re2: '\b(?:i|she) (?:don''?t|doesn''?t) want to live\b', damp: [negation])";
const std::string kHit = R"(re2: '\bhit\b', subject: staff)";
INSTANTIATE_TEST_SUITE_P(
    Rows, FeatureTest,
    ::testing::Values(
        FeatureCase{"TheRulesOwnNotIsNoDenial", kLive, "I don't want to live", true},
        FeatureCase{"ANotBeforeItIs", kLive, "It is not that I don't want to live", false},
        FeatureCase{"ANotInItsGapIs", R"(re2: '\bwill\W+(?:\w+\W+){0,2}hurt\b', damp: [negation])",
                    "He will never hurt them", false},
        FeatureCase{"TheOtherWordsOfAChoiceAreItsOwn",
                    R"(re2: '\bwill (?:never |surely )?stop\b', damp: [negation])",
                    "He will never stop", true},
        FeatureCase{"SubjectBefore", kHit, "the teacher hit him", true},
        FeatureCase{"OtherSubject", kHit, "my son hit him", false},
        FeatureCase{"NearestSubject", kHit, "the teacher saw that my son hit him", false},
        FeatureCase{"SubjectAfterBy", kHit, "my son was hit by a teacher", true},
        FeatureCase{"ByAnother", kHit, "the teacher was hit by my son", false},
        FeatureCase{"SubjectOfAnotherSentence", kHit, "The teacher left. He hit him", false},
        FeatureCase{"NotTheTeachersSon", kHit, "the teacher's son hit him", false},
        FeatureCase{"EitherSubject", R"(re2: '\bhit\b', subject: [parent, staff])",
                    "his dad hit him", true},
        FeatureCase{"SubjectInsideTheMatch",
                    R"(re2: '\ba teacher\W+(?:\w+\W+){0,2}hit\b', subject: staff)",
                    "yesterday a teacher then hit him", true},
        FeatureCase{"NotASubject", R"(re2: '\bhit\b', needs: [not subject=child])",
                    "my son hit him", false},
        FeatureCase{"ClauseCueAfter", R"(re2: '\bhit\b', needs: [crowd])", "he hit everybody",
                    true},
        FeatureCase{"ClauseCueInAnother", R"(re2: '\bhit\b', needs: [crowd])",
                    "he hit him, everybody left", false},
        FeatureCase{"InQuotes", R"(re2: '\bhit\b', needs: [not in_quotes])",
                    R"(she wrote "he hit me" today)", false},
        FeatureCase{"AfterQuotes", R"(re2: '\bhit\b', needs: [not in_quotes])",
                    R"(the "head" hit me "hard")", true},
        FeatureCase{"LongEnough", "re2: hit, needs: [words_over=3]", "he hit me hard", true},
        FeatureCase{"TooShort", "re2: hit, needs: [words_over=3]", "he hit me", false},
        FeatureCase{"ShortEnough", "re2: hit, needs: [words_under=4]", "he hit me", true},
        FeatureCase{"CueTakesAll", "re2: hit, damp: [play], floor: high", "hit, in the school play",
                    false},
        FeatureCase{"CuesDoNotUnmakeAFloor", "re2: hit, damp: [joke], floor: high", "hit lol",
                    true},
        FeatureCase{"WithoutAFloorTheyDo", "re2: hit, damp: [joke]", "hit lol", false}),
    [](const auto& row) { return row.param.name; });

TEST(Floors, HoldTheSeverityWhateverACueLowers) {
  const auto rules = Compile(RuleOf("a", "re2: hit, damp: [joke], floor: high"));
  const core::Judgement judgement = Evaluate(rules, PostOf("hit lol"));
  EXPECT_EQ(judgement.severity, core::Severity::kHigh);
  EXPECT_DOUBLE_EQ(judgement.scores[0], 0.5);
}

struct PostCase {
  std::string name;
  std::string need;
  core::Post post;
  bool counts = false;
};
void PrintTo(const PostCase& row, std::ostream* out) { *out << row.need; }
core::Post PostAt(const std::string& time) {
  core::Post post = PostOf("hit");
  post.published = core::ParseRfc3339(time).value();
  return post;
}
core::Post PostFrom(const std::string& platform, const std::string& source, core::PostKind kind) {
  core::Post post = PostOf("hit");
  post.platform = platform;
  post.source = source;
  post.kind = kind;
  return post;
}
class PostTest : public ::testing::TestWithParam<PostCase> {};
TEST_P(PostTest, CountsOrNot) {
  const auto rules = Compile(RuleOf("a", "re2: hit, needs: ['" + GetParam().need + "']"));
  ASSERT_NE(rules, nullptr);
  EXPECT_EQ(!Evaluate(rules, GetParam().post).categories.empty(), GetParam().counts);
}
const core::Post kComment = PostFrom("forum", "town-talk", core::PostKind::kComment);
INSTANTIATE_TEST_SUITE_P(
    Rows, PostTest,
    ::testing::Values(PostCase{"Platform", "platform=forum", kComment, true},
                      PostCase{"OtherPlatform", "platform=review", kComment, false},
                      PostCase{"EitherPlatform", "platform=review|platform=forum", kComment, true},
                      PostCase{"Source", "source=town-talk", kComment, true},
                      PostCase{"OtherSource", "not source=town-talk", kComment, false},
                      PostCase{"Kind", "kind=comment", kComment, true},
                      PostCase{"OtherKind", "kind=article", kComment, false},
                      PostCase{"Night", "posted=night", PostAt("2026-01-14T02:00:00Z"), true},
                      PostCase{"NightByTheClockInLondon", "posted=night",
                               PostAt("2026-07-14T22:30:00Z"), true},
                      PostCase{"Day", "posted=night", PostAt("2026-01-14T11:00:00Z"), false},
                      PostCase{"Weekend", "posted=weekend", PostAt("2026-01-17T11:00:00Z"), true},
                      PostCase{"NoTime", "posted=day", kComment, false}),
    [](const auto& row) { return row.param.name; });

TEST(Composites, CountWhereTheRulesThatTheyNeedDo) {
  const auto rules = Compile(RuleOf("both", "needs: [first, second]") +
                             RuleOf("first", R"(re2: '\bgate\b', shadow: true, damp: [negation])") +
                             RuleOf("second", R"(re2: '\bgun\b', shadow: true)") +
                             RuleOf("alone", R"(re2: '\bgate\b', needs: [not second])"));
  ASSERT_NE(rules, nullptr);
  const auto hits = [&rules](const std::string& text) {
    std::vector<std::string> names;
    for (const core::Hit& hit : Evaluate(rules, PostOf(text)).hits) {
      if (hit.weight > 0) {
        names.push_back(hit.rule + ":" + hit.text);
      }
    }
    return names;
  };
  EXPECT_THAT(hits("a gun at the gate"), ElementsAre("both:gate"));
  EXPECT_THAT(hits("at the gate"), ElementsAre("alone:gate"));
  EXPECT_THAT(hits("a gun"), IsEmpty());
  // What cues have taken away altogether is not there.
  EXPECT_THAT(hits("a gun, not the gate"), IsEmpty());
}

TEST(Composites, MayNeedOneAnotherInALine) {
  const auto rules =
      Compile(RuleOf("c", "needs: [b]") + RuleOf("b", "needs: [a]") + RuleOf("a", "re2: gate"));
  ASSERT_NE(rules, nullptr);
  EXPECT_THAT(rules->Composites(), ElementsAre(1U, 0U));
  EXPECT_EQ(Evaluate(rules, PostOf("gate")).hits.size(), 3U);
}

TEST(Expiry, ARuleCountsToTheEndOfItsLastDay) {
  const auto rules = Compile(RuleOf("a", "re2: gate, expires: 2026-05-31"));
  const auto clock = std::make_shared<fakes::ManualClock>();
  const Judge judge(MakeTestIndex(), rules, nullptr, clock);
  core::Post post = PostOf("gate");
  post.page_of = "quillbrook";
  clock->SetNow(core::ParseRfc3339("2026-05-31T23:59:00Z").value());
  EXPECT_EQ(judge.Evaluate(post).hits.size(), 1U);
  clock->SetNow(core::ParseRfc3339("2026-06-01T00:00:00Z").value());
  EXPECT_THAT(judge.Evaluate(post).hits, IsEmpty());

  config::Diagnostics problems;
  WarnOfExpired(rules->pack(), clock->Now(), problems);
  EXPECT_THAT(problems.WarningsToText(), HasSubstr("rule 'a' expired on 2026-05-31"));
  EXPECT_TRUE(problems.empty());
}

TEST(Overrides, MaySilenceARuleOrSayWhereItDoesNotCount) {
  const std::string rule = RuleOf("a", R"(re2: '\bgate\b')");
  const auto narrowed = Compile(rule, R"(  - {rule: a, unless: '\bgolden gate\b', note: n})"
                                      "\n");
  EXPECT_THAT(Evaluate(narrowed, PostOf("the golden gate")).hits, IsEmpty());
  EXPECT_EQ(Evaluate(narrowed, PostOf("the gate")).severity, core::Severity::kUrgent);
  const auto silenced = Compile(rule, "  - {rule: a, shadow: true, note: n}\n");
  const core::Judgement judgement = Evaluate(silenced, PostOf("the gate"));
  EXPECT_EQ(judgement.hits.size(), 1U);
  EXPECT_THAT(judgement.categories, IsEmpty());
}

struct WrongCase {
  std::string name;
  std::string rules;
  std::string message;
};
void PrintTo(const WrongCase& row, std::ostream* out) { *out << row.name; }
class WrongRuleTest : public ::testing::TestWithParam<WrongCase> {};
TEST_P(WrongRuleTest, IsRefusedWithItsPlace) {
  config::Diagnostics problems;
  const std::vector<PackFile> files{{"t.yaml", std::string(kPack) + "rules:\n" + GetParam().rules}};
  RulePack pack = ReadRulePacks(files, problems);
  const bool compiled = RuleSet::Compile(std::move(pack), problems).has_value();
  EXPECT_FALSE(compiled && problems.empty());
  EXPECT_THAT(problems.ToText(), HasSubstr(GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(
    Rows, WrongRuleTest,
    ::testing::Values(
        WrongCase{"MatchesTheEmptyString", RuleOf("a", "re2: ['hit', '(?:hit)?']"),
                  "t.yaml:12:80: rule 'a': the pattern '(?:hit)?' matches nothing at all"},
        WrongCase{"RunsOn", RuleOf("a", "re2: 'hit.*him'"), "runs on without end"},
        WrongCase{"RunsOnInAClass", RuleOf("a", "re2: 'hit[^!]+him'"), "runs on without end"},
        WrongCase{"NoLetters", RuleOf("a", R"(re2: '\b\d{4}\b')"), "no letters that must occur"},
        WrongCase{"HugeCounts", RuleOf("a", R"(re2: 'hit(?:\w+\W+){0,900}(?:\w+\W+){0,900}him')"),
                  "make its counts {…} smaller"},
        WrongCase{
            "CountBeyondRe2", RuleOf("a", R"(re2: 'hit(?:\w+\W+){0,5000}him')"),
            "t.yaml:12:72: rule 'a': 'hit(?:\\w+\\W+){0,5000}him' is not a valid RE2 pattern"},
        WrongCase{"UnlessSaysTheSame", RuleOf("a", "re2: hit, unless: hit"),
                  "t.yaml:12:5: rule 'a': 'unless' says the same as 're2'"},
        WrongCase{"NeedsBothWays", RuleOf("a", "re2: hit, needs: [crowd, not crowd]"),
                  "needs both 'crowd' and 'not crowd'"},
        WrongCase{"NeedsEitherWay", RuleOf("a", "re2: hit, needs: [crowd|not crowd]"),
                  "'crowd|not crowd', which always holds"},
        WrongCase{"NoSubject", RuleOf("a", "re2: hit, subject: stuff"),
                  "there is no subject 'stuff'; did you mean 'staff'?"},
        WrongCase{"ValueOfACue", RuleOf("a", "re2: hit, needs: [crowd=2]"),
                  "'crowd' takes no value"},
        WrongCase{"ValueMissing", RuleOf("a", "re2: hit, needs: [platform]"),
                  "must be 'platform=…' with a platform"},
        WrongCase{"ValueTooMany", RuleOf("a", "re2: hit, needs: [link=1]"), "must be 'link' alone"},
        WrongCase{"NoNumber", RuleOf("a", "re2: hit, needs: [words_over=few]"), "with a number"},
        WrongCase{"NoPeriod", RuleOf("a", "re2: hit, needs: [posted=noon]"),
                  "with day, evening, night or weekend"},
        WrongCase{"NeedsItself", RuleOf("a", "re2: hit, needs: [a]"),
                  "rule 'a': needs itself: a → a"},
        WrongCase{"Circle",
                  RuleOf("a", "needs: [b]") + RuleOf("b", "needs: [c]") + RuleOf("c", "needs: [a]"),
                  "needs itself: a → b → c → a"},
        WrongCase{"NoPattern", RuleOf("a", "needs: [crowd]"), "rule 'a': no pattern"},
        WrongCase{"OnlyTheAbsenceOfARule", RuleOf("a", "needs: [not b]") + RuleOf("b", "re2: hit"),
                  "rule 'a': no pattern"},
        WrongCase{"NoDay", RuleOf("a", "re2: hit, expires: 2026-02-30"),
                  "t.yaml:12:86: rule 'a': 'expires' is '2026-02-30'"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace schoolwatch::matchers
