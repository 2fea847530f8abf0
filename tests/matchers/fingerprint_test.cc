#include "matchers/fingerprint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "matchers/canonical_words.h"

namespace schoolwatch::matchers {
namespace {

using Kind = core::FingerprintWord::Kind;

std::string Canonical(std::string_view text) {
  std::string joined;
  for (const CanonicalWord& word : MakeCanonical(text).words) {
    joined += (joined.empty() ? "" : " ") + word.text;
  }
  return joined;
}

struct CanonicalCase {
  const char* name;
  std::string_view text;
  std::string_view expected;
};

class CanonicalWordsTest : public testing::TestWithParam<CanonicalCase> {};

TEST_P(CanonicalWordsTest, KeepsWhatIsSaid) {
  EXPECT_EQ(Canonical(GetParam().text), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, CanonicalWordsTest,
    testing::Values(
        CanonicalCase{"CaseAndPunctuation", "The gate's BROKEN, again!!", "gate broken again"},
        CanonicalCase{"RetweetMark", "RT @quill_mum: Gate broken", "gate broken"},
        CanonicalCase{"LinkTagAndEmoji", "Gate broken 😡 #Quillbrook https://q.example/a?b",
                      "gate broken"},
        CanonicalCase{"CallsToShare", "‼️PLEASE SHARE‼️ Gate broken. Pls share", "gate broken"},
        CanonicalCase{"ReadOn", "Gate broken by… (read more)", "gate broken by"},
        CanonicalCase{"NothingButACall", "Please share!", "please share"},
        CanonicalCase{"TextSpeak", "u cant park w/ ur kids 2nite",
                      "you not park your child tonight"},
        CanonicalCase{"Negations", "isn't, don't, cannot, no-one", "not not not nobody"},
        CanonicalCase{"NumberWords", "two thousand six hundred", "2600"},
        CanonicalCase{"NumbersInARow", "twelve, three", "12 3"},
        CanonicalCase{"Figures", "2,600 at 3.15pm, £92k, 3rd", "2600 315 92000 3"},
        CanonicalCase{"NotANumber", "hundreds came", "hundred came"},
        CanonicalCase{"YearGroups", "Y7 and Yr 10s and Year 11", "year 7 year 10 year 11"},
        CanonicalCase{"Days", "Thurs and Weds", "thursday wednesday"},
        CanonicalCase{"Accents", "fête", "fete"},
        CanonicalCase{"Plurals", "boys, class, bus", "boy class bus"},
        CanonicalCase{"ToAndForMayBeFigures", "to bed for him", "2 bed 4 him"},
        CanonicalCase{"LongFigures", "call 0123456789012345678901", "call 0123456789012345678901"},
        CanonicalCase{"Nothing", "😡😡 @you #me", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CanonicalWordsTest, KindsSayWhatMayNotChange) {
  const CanonicalText text = MakeCanonical("My son saw Holt. Miss pike never came on 3 Friday.");
  std::string kinds;
  for (const CanonicalWord& word : text.words) {
    kinds += std::to_string(static_cast<int>(word.kind));
  }
  // my son saw Holt miss pike never came 3 friday
  EXPECT_EQ(kinds, "0004045023" + std::string());
  EXPECT_FALSE(text.is_cut);
}

TEST(CanonicalWordsTest, SentenceStartsAndShoutsAreNoNames) {
  for (const CanonicalWord& word : MakeCanonical("Gate broken. Again BROKEN: Why?").words) {
    EXPECT_EQ(word.kind, Kind::kPlain) << word.text;
  }
}

TEST(CanonicalWordsTest, ACutShowsAtTheEndOnly) {
  EXPECT_TRUE(MakeCanonical("The gate was bro…").is_cut);
  EXPECT_TRUE(MakeCanonical("The gate was… see more").is_cut);
  EXPECT_FALSE(MakeCanonical("Well… the gate was broken").is_cut);
}

TEST(FingerprintTest, EqualWordsMakeEqualPrints) {
  const core::Fingerprint a = MakeFingerprint("The gate is broken again");
  const core::Fingerprint b = MakeFingerprint("RT @x: gate's broken AGAIN 😡");
  EXPECT_EQ(a.exact, b.exact);
  EXPECT_EQ(a.sketch, b.sketch);
  EXPECT_EQ(a.shingles, b.shingles);
}

TEST(FingerprintTest, FactsAndNegationsAreCounted) {
  const core::Fingerprint print = MakeFingerprint("We saw Holt on Friday at 3, not alone");
  EXPECT_EQ(print.facts.size(), 3u);
  EXPECT_EQ(print.negations, 1u);
  EXPECT_TRUE(std::ranges::is_sorted(print.facts));
  EXPECT_TRUE(std::ranges::is_sorted(print.shingles));
}

TEST(FingerprintTest, NothingSaidIsNothing) {
  const core::Fingerprint print = MakeFingerprint("😡 #quillbrook \xFF");
  EXPECT_EQ(print.words, 0u);
  EXPECT_TRUE(print.shingles.empty());
  EXPECT_TRUE(print.sequence.empty());
}

TEST(FingerprintTest, LongTextsAreHeldSmall) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += "word" + std::to_string(i) + "x ";
  }
  const core::Fingerprint print = MakeFingerprint(text);
  EXPECT_EQ(print.words, 20'000u);
  EXPECT_TRUE(print.sequence.empty());
  EXPECT_LE(print.shingles.size(), 2048u);
}

}  // namespace
}  // namespace schoolwatch::matchers
