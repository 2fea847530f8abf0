#include "matchers/pattern_typos.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "matchers/pattern_pieces.h"

namespace schoolwatch::matchers {
namespace {

struct TypoRow {
  const char* name;
  std::string pattern;
  std::string checks;  // "check@offset", joined by spaces; empty for a clean pattern.
};

class PatternTypos : public ::testing::TestWithParam<TypoRow> {};

TEST_P(PatternTypos, AreFound) {
  std::string found;
  for (const PatternTypo& typo : FindPatternTypos(GetParam().pattern)) {
    found +=
        (found.empty() ? "" : " ") + std::string(typo.check) + "@" + std::to_string(typo.offset);
    EXPECT_FALSE(typo.message.empty());
  }
  EXPECT_EQ(found, GetParam().checks);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PatternTypos,
    ::testing::Values(TypoRow{"Clean",
                              R"(\b(?:dinners?|canteen)\W+(?:\w+\W+){0,4}(?:cold|mouldy)\b)", ""},
                      TypoRow{"FlagAsGroup", R"((i?)bad)", "flag-typo@0"},
                      TypoRow{"FlagForCase", R"((?i)bad)", "flag-case@0"},
                      TypoRow{"OpenCount", R"(\w{,3})", "open-count@2"},
                      TypoRow{"ClosedCount", R"(\w{0,3}\w{2,})", ""},
                      TypoRow{"ClassToSmallZ", R"([A-z]+)", "class-a-z@1"},
                      TypoRow{"CapitalClass", R"(mr [A-Z]\w+ [A-Z])", "class-capital@4"},
                      TypoRow{"CapitalLetter", R"(Mr Reed)", "capital@0"},
                      TypoRow{"CapitalsOfEscapesAreNone", R"(\bx\W+\S\p{L}\P{Lu}\b)", ""},
                      TypoRow{"BarInClass", R"([a|b|c])", "class-bar@2"},
                      TypoRow{"ClosingBracketFirstInClass", R"([]|]x|y)", "class-bar@2"},
                      TypoRow{"NamedClassInClass", R"([[:alpha:]A]x)", "class-capital@10"},
                      TypoRow{"CurlyApostrophe", "don’t", "unfolded@3"},
                      TypoRow{"CurlyApostropheInClass", "don['’]t", "unfolded@5"},
                      TypoRow{"ZeroWidthSpace", "a\u200Bb", "unfolded@1"},
                      TypoRow{"AccentStaysAsItIs", "café", ""},
                      TypoRow{"LookAhead", R"(bad(?!minton))", "look-around@3"},
                      TypoRow{"LookBehind", R"((?<=not )bad)", "look-around@0"},
                      TypoRow{"NamedGroupIsNone", R"((?P<who>head))", "capital@2"},
                      TypoRow{"BackReference", R"((a)\1)", "back-reference@3"},
                      TypoRow{"DomainDot", R"(evil.co.uk)", "domain-dot@4"},
                      TypoRow{"EscapedDomainDot", R"(evil\.co\.uk)", ""},
                      TypoRow{"DotBeforeAWord", R"(evil.comrade)", ""},
                      TypoRow{"EndlessGap", R"(head.*drunk)", "endless-gap@4"},
                      TypoRow{"EmptyAlternativeInside", R"((?:a||b))", "empty-alternative@4"},
                      TypoRow{"EmptyAlternativeAtTheEnd", R"(a|b|)", "empty-alternative@3"},
                      TypoRow{"EscapedBarAtTheEnd", R"(a\|)", ""},
                      TypoRow{"Backspace", "\bbad\b", "backspace@0 backspace@4"},
                      TypoRow{"SpaceAtTheEnd", "bad ", "outer-space@3"},
                      TypoRow{"TwoSpaces", "bad  head", "two-spaces@3"},
                      TypoRow{"MacroNamesAreNotRead", R"({{Child}}\W+x)", ""},
                      TypoRow{"UnfinishedMacro", "{{child", ""},
                      TypoRow{"UnfinishedClass", "[a", ""}, TypoRow{"LoneBackslash", "a\\", ""},
                      TypoRow{"Nothing", "", ""}),
    [](const auto& row) { return std::string(row.param.name); });

struct EdgeRow {
  const char* name;
  std::string pattern;
  bool start;
  bool end;
};

class LooseEdgesOf : public ::testing::TestWithParam<EdgeRow> {};

TEST_P(LooseEdgesOf, AreThoseThatCanFallIntoAWord) {
  const LooseEdges loose = FindLooseEdges(GetParam().pattern);
  EXPECT_EQ(loose.start, GetParam().start);
  EXPECT_EQ(loose.end, GetParam().end);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, LooseEdgesOf,
    ::testing::Values(EdgeRow{"Bare", "ass", true, true},
                      EdgeRow{"Held", R"(\bass\b)", false, false},
                      EdgeRow{"OneAlternative", R"(\bass\b|fool)", true, true},
                      EdgeRow{"InsideAGroup", R"((?:\bass|\bfool)\b)", false, false},
                      EdgeRow{"GroupWithoutEdge", R"(\b(?:ass|fool))", false, true},
                      EdgeRow{"OptionalEndBeforeALetter", R"(\bfools?)", false, true},
                      EdgeRow{"OptionalGroupAtTheStart", R"((?:very )?\bbad\b)", true, false},
                      EdgeRow{"AnyEnding", R"(\bvandal\w*)", false, false},
                      EdgeRow{"SignsEndThemselves", R"(\bwhy\?)", false, false},
                      EdgeRow{"Nothing", "", false, false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(PatternPieces, KeepWhatWasWritten) {
  const std::string pattern = R"(\bx{2,3}?(?:a|[^]b|]+)*|é$)";
  const auto all = SplitPattern(pattern);
  ASSERT_EQ(all.size(), 2U);
  ASSERT_EQ(all[0].size(), 3U);
  EXPECT_EQ(all[0][0].text, R"(\b)");
  EXPECT_EQ(all[0][1].text, "x{2,3}?");
  EXPECT_EQ(all[0][2].text, "(?:a|[^]b|]+)*");
  EXPECT_TRUE(all[0][2].optional);
  ASSERT_EQ(all[0][2].alternatives.size(), 2U);
  EXPECT_EQ(all[0][2].alternatives[1][0].text, "[^]b|]+");
  ASSERT_EQ(all[1].size(), 2U);
  EXPECT_EQ(all[1][0].text, "é");
}

TEST(PatternPieces, DeepNestingIsNotFollowed) {
  const std::string deep = std::string(5'000, '(') + "a" + std::string(5'000, ')') + "b";
  const auto all = SplitPattern(deep);
  ASSERT_EQ(all.size(), 1U);
  ASSERT_EQ(all[0].size(), 2U);
  EXPECT_EQ(all[0][1].text, "b");
  EXPECT_EQ(SplitPattern("a)b").size(), 2U);
}

TEST(PatternTrace, SaysHowFarItGets) {
  const std::string text = "the dinners were fine";
  const PartialTrace trace = TracePattern(R"(\bdinners?\W+were (?:cold|mouldy)\b)", text);
  EXPECT_EQ(trace.reached, "dinners were ");
  EXPECT_EQ(trace.wanted, "(?:cold|mouldy)");
}

TEST(PatternTrace, TakesTheAlternativeThatGetsFurthest) {
  const PartialTrace trace = TracePattern("lunch bad|dinners cold", "school dinners hot");
  EXPECT_EQ(trace.reached, "dinners ");
  EXPECT_EQ(trace.wanted, "c");
}

}  // namespace
}  // namespace schoolwatch::matchers
