#include "alerts/clean_text.h"

#include <gtest/gtest.h>

#include <string>

namespace schoolwatch::alerts {
namespace {

struct CleanCase {
  const char* name;
  std::string dirty;
  std::string clean;
};

class CleanTextTest : public testing::TestWithParam<CleanCase> {};

TEST_P(CleanTextTest, IsFitToBeShown) { EXPECT_EQ(CleanText(GetParam().dirty), GetParam().clean); }

INSTANTIATE_TEST_SUITE_P(
    Hostile, CleanTextTest,
    testing::Values(
        CleanCase{"Plain", "Zoë’s school – 5 £", "Zoë’s school – 5 £"},
        CleanCase{"LineEnds", "a\r\nb\rc\nd", "a\nb\nc\nd"},
        CleanCase{"UnicodeLineEnds", "a\u2028b\u2029c\u0085d", "a\nb\nc\nd"},
        CleanCase{"Controls", std::string("a\0b\x1b[31mc\x7f", 10) + "d", "a b [31mc d"},
        CleanCase{"Tab", "a\tb", "a b"},
        CleanCase{"DirectionOverride", "gpj.\u202Eexe\u202C \u2066x\u2069\u200F", "gpj.exe x"},
        CleanCase{"ZeroWidth", "kn\u200Bife\u2060\uFEFF\u00AD", "knife"},
        CleanCase{"EmojiFamilyKeepsItsJoiners", "👩\u200D👧", "👩\u200D👧"},
        CleanCase{"FlagOfEnglandKeepsItsTags",
                  "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F!",
                  "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F!"},
        CleanCase{"TagsWithoutAFlagAreHiddenText", "a\U000E0067\U000E0062z", "az"},
        CleanCase{"InvalidUtf8", "caf\xE9 \xC3", "caf\uFFFD \uFFFD"},
        CleanCase{"OverlongAndSurrogate", "\xC0\xAF\xED\xA0\x80x",
                  "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDx"},
        CleanCase{"NonCharacter", "a\xEF\xBF\xBF", "a\uFFFD"}, CleanCase{"Empty", "", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CleanLineTest, IsOneLineWithSingleSpaces) {
  EXPECT_EQ(CleanLine("  a \r\n\r\n b\t\tc  ", 100), "a b c");
}

TEST(CleanLineTest, CutsBetweenCharacters) {
  EXPECT_EQ(CleanLine("ééééé", 8), "éé…");
  EXPECT_EQ(CleanLine("ééééé", 10), "ééééé");
  EXPECT_EQ(CleanLine(std::string(1'000'000, 'x'), 20).size(), 20U);
}

TEST(WrapLinesTest, RepeatsTheIndentAndLeavesLongWords) {
  EXPECT_EQ(WrapLines("> one two three\n- four five six\nplain\n", 11),
            "> one two\n> three\n- four five\n  six\nplain\n");
  EXPECT_EQ(WrapLines("a https://forum.example/a-long-address b\n", 10),
            "a\nhttps://forum.example/a-long-address\nb\n");
}

TEST(WrapLinesTest, CountsLettersNotBytes) {
  EXPECT_EQ(WrapLines("éééé éééé\n", 9), "éééé éééé\n");
}

}  // namespace
}  // namespace schoolwatch::alerts
