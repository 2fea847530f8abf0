#include "matchers/pattern_shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
        ShapeCase{"RarerPart", R"(\bthe\W+(?:\w+\W+){0,3}machete\b)", "<machete>", 5},
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
