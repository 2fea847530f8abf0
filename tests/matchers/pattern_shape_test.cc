#include "matchers/pattern_shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <random>
#include <string>
#include <vector>

namespace schoolwatch::matchers {
namespace {

// "trigger trigger / guard; next way", with ‹ › where a word must begin or end.
std::string Written(const std::vector<Literal>& literals) {
  std::string text;
  for (const Literal& literal : literals) {
    text += (text.empty() ? "" : " ") + std::string(literal.word_start ? "<" : "") + literal.text +
            (literal.word_end ? ">" : "");
  }
  return text;
}
std::string Written(const PatternShape& shape) {
  std::string text;
  for (const PatternShape::Branch& branch : shape.branches) {
    text += text.empty() ? "" : "; ";
    text += Written(branch.triggers);
    text += branch.guards.empty() ? "" : " / " + Written(branch.guards);
  }
  return text;
}

struct ShapeCase {
  std::string name;
  std::string pattern;
  std::string literals;
  std::size_t words = 0;
};
void PrintTo(const ShapeCase& row, std::ostream* out) { *out << row.pattern; }
class ShapeTest : public ::testing::TestWithParam<ShapeCase> {};
TEST_P(ShapeTest, SaysWhatEveryMatchHolds) {
  const PatternShape shape = ShapeOf(GetParam().pattern);
  EXPECT_EQ(Written(shape), GetParam().literals);
  EXPECT_EQ(shape.max_words, GetParam().words);
}
constexpr std::size_t kAny = PatternShape::kUnbounded;
INSTANTIATE_TEST_SUITE_P(
    Rows, ShapeTest,
    ::testing::Values(
        ShapeCase{"Word", R"(\bknife\b)", "<knife>", 1}, ShapeCase{"Part", "knife", "knife", 1},
        ShapeCase{"Optional", R"(\bkni(?:fe|ves)s?\b)", "<knife> <knifes> <knives> <knivess>", 1},
        ShapeCase{"RarerPart", R"(\bthe\W+(?:\w+\W+){0,3}machete\b)", "<machete> / <the>", 5},
        ShapeCase{"TwoParts", R"(\b(?:want|need)\W+(?:\w+\W+){0,2}(?:get|take)\b)",
                  "<need> <want> / <get> <take>", 4},
        ShapeCase{"Ways", R"(\bknife\b|\bmachete\W+\d)", "<machete>; <knife>", 2},
        ShapeCase{"EdgeOfAGroup", R"(\b(?:stab\w*|knife)\b)", "<stab; <knife>", 2},
        ShapeCase{"AfterAGap", R"(\w+\W+knife)", "<knife", 2},
        ShapeCase{"AfterAnOptionalGap", R"(\w*knife)", "knife", 2},
        ShapeCase{"SmallClass", R"(\bgr[ae]y\b)", "<gray> <grey>", 1},
        ShapeCase{"LargeClass", R"(\bknife[a-z])", "<knife", 2},
        ShapeCase{"Escapes", R"(\bknife\.\x{e9})", "<knife.\xC3\xA9", 1},
        ShapeCase{"Emoji", "🔪+", "🔪", 0}, ShapeCase{"Digits", R"(\d{4})", "", 1},
        ShapeCase{"NothingNeeded", "(?:knife)?", "", 1},
        ShapeCase{"AnyWayUnknown", R"(knife|\d+)", "", 1},
        ShapeCase{"Plus", R"(\b(?:ha)+knife)", "knife", 2},
        ShapeCase{"OtherCase", "(?i)knife", "", kAny},
        ShapeCase{"Hyphens", R"(\bknife(?:[\w-]+\W+)machete)", "<machete / <knife", 3},
        ShapeCase{"Runaway", "knife.*gun", "knife / gun", kAny},
        ShapeCase{"Far", "knife.{0,40}machete", "machete / knife", 42}),
    [](const auto& row) { return row.param.name; });

TEST(PatternShape, KnowsWhatRunsOnWithoutEnd) {
  EXPECT_TRUE(ShapeOf("a.*b").is_runaway);
  EXPECT_TRUE(ShapeOf("a(?:[^.]+)b").is_runaway);
  EXPECT_FALSE(ShapeOf(R"(a\w+\W+\S*b.{0,9})").is_runaway);
}

struct Plainness {
  std::string name;
  std::string pattern;
  bool is_well_formed = false;
};
void PrintTo(const Plainness& row, std::ostream* out) { *out << row.pattern; }
class WellFormedTest : public ::testing::TestWithParam<Plainness> {};
TEST_P(WellFormedTest, IsSaidOnlyOfWhatRe2SurelyTakes) {
  EXPECT_EQ(ShapeOf(GetParam().pattern).is_well_formed, GetParam().is_well_formed);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, WellFormedTest,
    ::testing::Values(
        Plainness{
            "AsRulesAreWritten",
            R"(\b(?:don't|do ?not)\W+(?:[\w'-]+\W+){0,3}(?:knife|knives|£\d+)\b[^.!?]{0,60}$)",
            true},
        Plainness{"CountsInCounts", R"((?:(?:a{10}b){10}c){10})", true},
        Plainness{"TooManyInAll", R"((?:(?:a{10}b){11}c){10})", false},
        Plainness{"TooHighACount", "a{1001}", false},
        Plainness{"CountsTurnedRound", "a{3,2}", false}, Plainness{"BraceAsText", "a{x}", false},
        Plainness{"TwoCounts", "a**", false}, Plainness{"CountOfNothing", "a|*b", false},
        Plainness{"CountOfAnEdge", R"(\b+a)", false}, Plainness{"RangeTurnedRound", "[z-a]", false},
        Plainness{"OpenClass", "[a", false}, Plainness{"ClassOfAName", "[[:nosuch:]]", false},
        Plainness{"HyphenAmidAClass", R"([\w-x])", false}, Plainness{"OpenGroup", "(?:a", false},
        Plainness{"ClosedTwice", "a)", false}, Plainness{"LookAhead", "a(?=b)", false},
        Plainness{"UnknownClass", R"(\p{Nosuch})", false}, Plainness{"LastBackslash", "a\\", false},
        Plainness{"BrokenUtf8", "a\xC3", false}),
    [](const auto& row) { return row.param.name; });

TEST(PatternShape, NothingThatIsSaidToBeWellFormedIsRefusedByRe2) {
  const std::vector<std::string> pieces{
      "a",  "b-",  "é",    R"(\b)", R"(\w)",  R"(\W)", R"(\.)",  R"(\-)", R"(\d)", "(",     ")",
      ")",  "(?:", "(?:",  "(?i:",  "(?P<n>", "|",     "*",      "+",     "?",     "{2}",   "{0,9}",
      "{,", "{",   "{90}", "{3,1}", "[",      "]",     "[^",     "[a-c]", "[c-a]", "[x'-]", "-",
      "]",  "[:",  "^",    "$",     ".",      "\\",    R"(\x4)", R"(\B)", R"(\s)", "é-",    "\xC3"};
  RE2::Options options;
  options.set_log_errors(false);
  std::mt19937 random(17);
  std::size_t well_formed = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string pattern;
    for (std::size_t length = 1 + random() % 9; length > 0; --length) {
      pattern += pieces[random() % pieces.size()];
    }
    if (ShapeOf(pattern).is_well_formed) {
      ++well_formed;
      ASSERT_TRUE(RE2(pattern, options).ok()) << pattern;
    }
  }
  EXPECT_GT(well_formed, 1000U);
}

TEST(PatternShape, DeepNestingAndManyRepeatsAreReadInTime) {
  std::string pattern;
  for (int depth = 0; depth < 150; ++depth) {
    pattern += "(?:knife";
  }
  for (int depth = 0; depth < 150; ++depth) {
    pattern += ")+";
  }
  EXPECT_FALSE(ShapeOf(pattern).branches.empty());
  EXPECT_TRUE(ShapeOf(std::string(5000, '(')).branches.empty());
}

// The commoner a word, the later it is chosen; a beginning is commoner than its words.
TEST(Literals, AreOrderedByHowRareTheyAre) {
  const auto frequency = [](const std::string& text, bool start, bool end) {
    return KeyOf({.text = text, .word_start = start, .word_end = end}).frequency;
  };
  EXPECT_GT(frequency("the", true, true), frequency("school", true, true));
  EXPECT_GT(frequency("school", true, true), frequency("machete", true, true));
  EXPECT_GT(frequency("sch", true, false), frequency("school", true, true));
  EXPECT_GT(frequency("machete", false, false), frequency("machete", true, true));
  EXPECT_LT(frequency("the machete", true, true), frequency("machete", true, true));
}

}  // namespace
}  // namespace schoolwatch::matchers
