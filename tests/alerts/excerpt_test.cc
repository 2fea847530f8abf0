#include "alerts/excerpt.h"

#include <gtest/gtest.h>

#include <string>

#include "core/text/fold.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using testing::FindingSketch;
using testing::MakeFinding;

std::string Filler(std::size_t words) {
  std::string filler;
  for (std::size_t i = 0; i < words; ++i) {
    filler += "filler" + std::to_string(i) + " ";
  }
  return filler;
}

TEST(ExcerptTest, MarksTheWordsThatMattered) {
  const Excerpt excerpt = MakeExcerpt(MakeFinding(), Display::kSnippet);
  EXPECT_EQ(PlainExcerpt(excerpt.text),
            "He says he will »bring a knife« to Quillbrook Academy tomorrow. Tell someone.");
  EXPECT_FALSE(excerpt.is_cut);
}

TEST(ExcerptTest, ASnippetOfALongPostShowsWhatStandsAroundTheHit) {
  const core::Finding finding =
      MakeFinding({.text = Filler(200) + "he will bring a knife to the gate " + Filler(200)});
  const Excerpt excerpt = MakeExcerpt(finding, Display::kSnippet);
  const std::string shown = PlainExcerpt(excerpt.text);
  EXPECT_TRUE(shown.starts_with("… filler")) << shown;
  EXPECT_TRUE(shown.ends_with(" …")) << shown;
  EXPECT_NE(shown.find("he will »bring a knife« to the gate"), std::string::npos) << shown;
  EXPECT_LT(shown.size(), 500U);
  EXPECT_TRUE(excerpt.is_cut);
}

TEST(ExcerptTest, ManyHitsStayWithinTheSnippet) {
  core::Finding finding = MakeFinding({.text = Filler(3000)});
  for (std::size_t i = 0; i < 500; ++i) {
    finding.judgement.hits.push_back(
        {.rule = "r", .weight = 1, .start = i * 50, .end = i * 50 + 40, .text = "", .why = "w"});
  }
  EXPECT_LT(PlainExcerpt(MakeExcerpt(finding, Display::kSnippet).text).size(), 1200U);
}

TEST(ExcerptTest, MaskedShowsNoWord) {
  const Excerpt excerpt = MakeExcerpt(MakeFinding({.title = "Secret"}), Display::kMasked);
  EXPECT_TRUE(excerpt.title.empty());
  EXPECT_TRUE(excerpt.text.empty());
}

TEST(ExcerptTest, FullKeepsLinesAndIsBounded) {
  const Excerpt lines =
      MakeExcerpt(MakeFinding({.text = "one\ntwo\n\nthree", .hit = "two"}), Display::kFull);
  EXPECT_EQ(PlainExcerpt(lines.text), "one\n»two«\n\nthree");
  const Excerpt big = MakeExcerpt(MakeFinding({.text = Filler(10'000)}), Display::kFull);
  EXPECT_LT(PlainExcerpt(big.text).size(), 4'100U);
  EXPECT_TRUE(big.is_cut);
}

struct OffsetCase {
  const char* name;
  std::size_t start;
  std::size_t end;
  const char* shown;
};
class ExcerptOffsetTest : public ::testing::TestWithParam<OffsetCase> {};

// "é" takes two bytes: offsets come from a store that may be damaged.
TEST_P(ExcerptOffsetTest, OffsetsThatDoNotFitDoNoHarm) {
  core::Finding finding = MakeFinding({.text = "aéb", .hit = ""});
  finding.judgement.hits.push_back({.rule = "r",
                                    .weight = 1,
                                    .start = GetParam().start,
                                    .end = GetParam().end,
                                    .text = "",
                                    .why = "w"});
  EXPECT_EQ(PlainExcerpt(MakeExcerpt(finding, Display::kSnippet).text), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(Hits, ExcerptOffsetTest,
                         ::testing::Values(OffsetCase{"Fits", 1, 3, "a»é«b"},
                                           OffsetCase{"InsideACharacter", 2, 3, "a»é«b"},
                                           OffsetCase{"EndsInsideACharacter", 0, 2, "»aé«b"},
                                           OffsetCase{"PastTheEnd", 1, 99, "aéb"},
                                           OffsetCase{"TurnedAround", 3, 1, "aéb"},
                                           OffsetCase{"Huge", ~std::size_t{0} - 1, ~std::size_t{0},
                                                      "aéb"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ExcerptTest, OverlappingHitsMakeOneMark) {
  core::Finding finding = MakeFinding({.text = "bring a knife here", .hit = ""});
  for (const auto& [start, end] : {std::pair{0, 7}, {6, 13}, {2, 5}}) {
    finding.judgement.hits.push_back({.rule = "r",
                                      .weight = 1,
                                      .start = static_cast<std::size_t>(start),
                                      .end = static_cast<std::size_t>(end),
                                      .text = "",
                                      .why = "w"});
  }
  EXPECT_EQ(PlainExcerpt(MakeExcerpt(finding, Display::kSnippet).text), "»bring a knife« here");
}

TEST(ExcerptTest, VeryLongWordsMayBreak) {
  const auto parts = BreakLongWords(std::string(100, 'x') + " " + std::string(10, 'y'), 30);
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_EQ(parts[0].text.size(), 30U);
  EXPECT_TRUE(parts[0].may_break);
  EXPECT_FALSE(parts[3].may_break);
}

TEST(ExcerptTest, InvalidBytesComeOutAsValidText) {
  std::string hostile = "\xFF\xFE knife \xE2\x82 \x80";
  for (int i = 0; i < 400; ++i) {
    hostile += "\xF0\x9F\x98";
  }
  const core::Finding finding = MakeFinding({.text = hostile, .hit = "knife"});
  for (const Display display : {Display::kSnippet, Display::kFull}) {
    for (const ExcerptPart& part : MakeExcerpt(finding, display).text) {
      EXPECT_TRUE(core::IsValidUtf8(part.text));
    }
  }
}

}  // namespace
}  // namespace schoolwatch::alerts
