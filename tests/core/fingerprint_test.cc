#include "core/fingerprint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "core/post.h"
#include "core/text/copy_form.h"

namespace schoolwatch::core {
namespace {

using Kind = FingerprintWord::Kind;

std::string Canonical(std::string_view text) {
  std::string joined;
  for (const CopyWord& word : MakeCopyForm(text).words) {
    joined += (joined.empty() ? "" : " ") + word.text;
  }
  return joined;
}

struct CopyCase {
  const char* name;
  std::string_view text;
  std::string_view expected;
};

class CopyFormWordsTest : public testing::TestWithParam<CopyCase> {};

TEST_P(CopyFormWordsTest, KeepsWhatIsSaid) {
  EXPECT_EQ(Canonical(GetParam().text), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, CopyFormWordsTest,
    testing::Values(
        CopyCase{"CaseAndPunctuation", "The gate's BROKEN, again!!", "gate broken again"},
        CopyCase{"RetweetMark", "RT @quill_mum: Gate broken", "gate broken"},
        CopyCase{"LinkTagAndEmoji", "Gate broken 😡 #Quillbrook https://q.example/a?b",
                 "gate broken"},
        CopyCase{"CallsToShare", "‼️PLEASE SHARE‼️ Gate broken. Pls share", "gate broken"},
        CopyCase{"ReadOn", "Gate broken by… (read more)", "gate broken by"},
        CopyCase{"NothingButACall", "Please share!", "please share"},
        CopyCase{"TextSpeak", "u cant park w/ ur kids 2nite", "you not park your child tonight"},
        CopyCase{"Negations", "isn't, don't, cannot, no-one", "not not not nobody"},
        CopyCase{"NumberWords", "two thousand six hundred", "2600"},
        CopyCase{"NumbersInARow", "twelve, three", "12 3"},
        CopyCase{"Figures", "2,600 at 3.15pm, £92k, 3rd", "2600 315 92000 3"},
        CopyCase{"NotANumber", "hundreds came", "hundred came"},
        CopyCase{"YearGroups", "Y7 and Yr 10s and Year 11", "year 7 year 10 year 11"},
        CopyCase{"Days", "Thurs and Weds", "thursday wednesday"},
        CopyCase{"Accents", "fête", "fete"},
        CopyCase{"Plurals", "boys, class, bus", "boy class bus"},
        CopyCase{"ToAndForMayBeFigures", "to bed for him", "2 bed 4 him"},
        CopyCase{"LongFigures", "call 0123456789012345678901", "call 0123456789012345678901"},
        CopyCase{"Nothing", "😡😡 @you #me", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CopyFormTest, KindsSayWhatMayNotChange) {
  const CopyForm text = MakeCopyForm("My son saw Holt. Miss pike never came on 3 Friday.");
  std::string kinds;
  for (const CopyWord& word : text.words) {
    kinds += std::to_string(static_cast<int>(word.kind));
  }
  // my son saw Holt miss pike never came 3 friday
  EXPECT_EQ(kinds, "0004045023" + std::string());
  EXPECT_FALSE(text.is_cut);
}

TEST(CopyFormTest, SentenceStartsAndShoutsAreNoNames) {
  for (const CopyWord& word : MakeCopyForm("Gate broken. Again BROKEN: Why?").words) {
    EXPECT_EQ(word.kind, Kind::kPlain) << word.text;
  }
}

TEST(CopyFormTest, ACutShowsAtTheEndOnly) {
  EXPECT_TRUE(MakeCopyForm("The gate was bro…").is_cut);
  EXPECT_TRUE(MakeCopyForm("The gate was… see more").is_cut);
  EXPECT_FALSE(MakeCopyForm("Well… the gate was broken").is_cut);
}

TEST(FingerprintTest, EqualWordsMakeEqualPrints) {
  const Fingerprint a = MakeFingerprint("The gate is broken again");
  const Fingerprint b = MakeFingerprint("RT @x: gate's broken AGAIN 😡");
  EXPECT_EQ(a.exact, b.exact);
  EXPECT_EQ(a.sketch, b.sketch);
  EXPECT_EQ(a.shingles, b.shingles);
}

TEST(FingerprintTest, FactsAndNegationsAreCounted) {
  const Fingerprint print = MakeFingerprint("We saw Holt on Friday at 3, not alone");
  EXPECT_EQ(print.facts.size(), 3u);
  EXPECT_EQ(print.negations, 1u);
  EXPECT_TRUE(std::ranges::is_sorted(print.facts));
  EXPECT_TRUE(std::ranges::is_sorted(print.shingles));
}

TEST(FingerprintTest, APostsIsOfItsTitleAndText) {
  Post post;
  post.title = "The gate again";
  post.text = "We saw Holt on Friday";
  EXPECT_EQ(FingerprintOf(post), MakeFingerprint("The gate again\nWe saw Holt on Friday"));
}

TEST(FingerprintTest, NothingSaidIsNothing) {
  const Fingerprint print = MakeFingerprint("😡 #quillbrook \xFF");
  EXPECT_EQ(print.words, 0u);
  EXPECT_TRUE(print.shingles.empty());
  EXPECT_TRUE(print.sequence.empty());
}

TEST(FingerprintTest, LongTextsAreHeldSmall) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += "word" + std::to_string(i) + "x ";
  }
  const Fingerprint print = MakeFingerprint(text);
  EXPECT_EQ(print.words, 20'000u);
  EXPECT_TRUE(print.sequence.empty());
  EXPECT_LE(print.shingles.size(), 2048u);
}

}  // namespace
}  // namespace schoolwatch::core
