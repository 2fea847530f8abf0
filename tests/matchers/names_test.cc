#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/text/fold.h"
#include "matchers/canonical_words.h"
#include "matchers/phrase_table.h"
#include "matchers/tokens.h"
#include "matchers/variants.h"
#include "tests/matchers/schools.h"

namespace schoolwatch::matchers {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

struct WordsCase {
  std::string name;
  std::string text;
  std::vector<std::string> words;
};
class NameWordsTest : public ::testing::TestWithParam<WordsCase> {};
TEST_P(NameWordsTest, AreWhatNamesAreComparedBy) {
  EXPECT_EQ(CanonicalWords(GetParam().text), GetParam().words);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, NameWordsTest,
    ::testing::Values(WordsCase{"Apostrophe", "St Mary’s", {"st", "marys"}},
                      WordsCase{"TrailingApostrophe", "Archers' Hall", {"archers", "hall"}},
                      WordsCase{"Ampersand", "Arts & Tech", {"arts", "and", "tech"}},
                      WordsCase{"Dots", "R.O.S.E.", {"r", "o", "s", "e"}},
                      WordsCase{"Hyphen", "Quill-brook", {"quill", "brook"}},
                      WordsCase{"HandleWithoutUnderscore", "@Quill_Brook hi", {"quillbrook", "hi"}},
                      WordsCase{"Emoji", "Quillbrook🔥Academy", {"quillbrook", "academy"}},
                      WordsCase{"LoneSigns", "@ # ' &", {"and"}}),
    [](const auto& row) { return row.param.name; });

TEST(Tokens, StemDropsPossessiveAndServer) {
  std::vector<Token> tokens;
  const std::string text = core::Fold("Quillbrook's @qba.bsky.social").text;
  Tokenise(text, Spelling::kPlain, tokens);
  ASSERT_EQ(tokens.size(), 2U);
  EXPECT_EQ(tokens[0].stem_hash, HashWord("quillbrook", false));
  EXPECT_EQ(tokens[1].stem_hash, HashWord("qba", true));
}

TEST(Tokens, SentencesEndWithTheirSigns) {
  EXPECT_THAT(FindSentenceStarts("one. two! three\nfour v1.2 mr. reed"), ElementsAre(0, 4, 9, 16));
}

TEST(PhraseTable, FindsOverlappingPhrasesOfAnyLength) {
  const PhraseTable table({{"quillbrook", false},
                           {"quillbrook academy", false},
                           {"a b c d e f", false},
                           {"qba", true}});
  const std::string text = "quillbrook academy's a b c d e f @qba qba";
  std::vector<Token> tokens;
  Tokenise(text, Spelling::kPlain, tokens);
  std::vector<PhraseTable::Hit> hits;
  table.Find(text, tokens, hits);
  std::vector<std::uint32_t> found;
  for (const PhraseTable::Hit& hit : hits) {
    found.push_back(hit.phrase);
  }
  EXPECT_THAT(found, ElementsAre(0, 1, 2, 3));
}

TEST(PhraseTable, TenThousandPhrasesAreFoundEach) {
  std::vector<Phrase> phrases;
  for (int number = 0; number < 10'000; ++number) {
    phrases.push_back({"name" + std::to_string(number % 100) + " of" +
                           std::to_string(number / 100) + (number % 3 == 0 ? " school" : ""),
                       false});
  }
  const PhraseTable table(phrases);
  for (std::uint32_t number = 0; number < phrases.size(); ++number) {
    std::vector<Token> tokens;
    std::vector<PhraseTable::Hit> hits;
    Tokenise(phrases[number].words, Spelling::kPlain, tokens);
    table.Find(phrases[number].words, tokens, hits);
    ASSERT_TRUE(std::ranges::any_of(
        hits, [number](const PhraseTable::Hit& hit) { return hit.phrase == number; }));
  }
}

std::vector<std::string> VariantWords(const core::School& school) {
  std::vector<std::string> words;
  for (const NameVariant& variant : MakeVariants(school)) {
    words.push_back((variant.phrase.is_tag ? "#" : "") + variant.phrase.words);
  }
  return words;
}

TEST(Variants, CoverHowPeopleWriteASaintsSchool) {
  core::School school;
  school.key = "k";
  school.name = "St Orla's C of E Primary School";
  const std::vector<std::string> words = VariantWords(school);
  for (const char* variant :
       {"st orlas c of e primary school", "saint orlas ce primary school", "st orlas", "st orla",
        "st orlas primary", "st orlas church of england primary", "st orlas cofe", "storlasprimary",
        "#storlas", "st orlas school"}) {
    EXPECT_THAT(words, Contains(variant));
  }
}

TEST(Variants, HandlesAreTagsAndLongOnesWords) {
  const std::vector<std::string> words = VariantWords(Quillbrook());
  EXPECT_THAT(words, Contains("#quillbrookacad"));
  EXPECT_THAT(words, Contains("quillbrookacad"));
  EXPECT_THAT(words, Contains("quillbrookacademy example sch uk"));
  EXPECT_THAT(words, Contains("qba"));
  EXPECT_THAT(words, Contains("q b a"));
}

TEST(Variants, DottedInitialsNeverBecomeAWord) {
  core::School school;
  school.key = "k";
  school.name = "Riverside Outdoor Studio Education";
  school.also = {"R.O.S.E."};
  const std::vector<std::string> words = VariantWords(school);
  EXPECT_THAT(words, Contains("r o s e"));
  EXPECT_THAT(words, Not(Contains("rose")));
}

TEST(Variants, ASharedDedicationSaysLess) {
  const auto strength = [](const core::School& school, std::string_view words) {
    for (const NameVariant& variant : MakeVariants(school)) {
      if (variant.phrase.words == words) {
        return variant.strength;
      }
    }
    return -100.0;
  };
  EXPECT_LT(strength(HolyCross("k", "Marlham"), "holy cross catholic primary school"),
            strength(Quillbrook(), "quillbrook academy"));
  EXPECT_LT(strength(HolyCross("k", "Marlham"), "holy cross"),
            strength(HolyCross("k", "Marlham"), "holy cross marlham"));
}

TEST(Variants, DropWhatStandsBetweenAndKnowAccounts) {
  core::School school;
  school.key = "k";
  school.name = "Quillbrook & Vane Grammar Academy";
  const std::vector<std::string> words = VariantWords(school);
  for (const char* variant : {"quillbrook and vane academy", "quillbrook n vane grammar",
                              "quillbrook and vane sixth form", "quillbrook and vane acad",
                              "#quillbrookandvanegrammar", "quillbrookandvanegrammarpta",
                              "qiullbrook and vane", "quilbrook and vane grammar", "quillbrook"}) {
    EXPECT_THAT(words, Contains(variant));
  }
  EXPECT_THAT(words, Not(Contains("vane"))) << "a word of its own is no part that stands alone";
}

TEST(Variants, SlipsOfAWordAreNeverAnotherWord) {
  core::School school;
  school.key = "k";
  school.name = "Marshland Vale School";  // "Marsland" is a slip, "Marchland" is not ours.
  for (const std::string& words : VariantWords(school)) {
    EXPECT_NE(words, "vole");
    EXPECT_NE(words, "marsh land");
  }
}

TEST(Variants, AKnownWordSaysLessThanOneThatNobodyElseHas) {
  const auto strength = [](std::string name, std::string_view words) {
    core::School school;
    school.key = "k";
    school.name = std::move(name);
    for (const NameVariant& variant : MakeVariants(school)) {
      if (variant.phrase.words == words) {
        return variant.strength;
      }
    }
    return -100.0;
  };
  EXPECT_LT(strength("Hope Academy", "hope"), strength("Threnwick Academy", "threnwick"));
  EXPECT_LT(strength("Alice Academy", "alice"), strength("Threnwick Academy", "threnwick"));
  EXPECT_LT(strength("St Orla's Academy", "st orla"), strength("St Orla's Academy", "st orlas"));
}

// The tables of 24,000 schools must stay small: a list of names, however long or odd, has a bound.
TEST(Variants, HaveABoundWhateverTheName) {
  core::School school = Quillbrook();
  school.name =
      "St Threnwick's & St Quillbrook's Roman Catholic Voluntary Aided Infant and Junior "
      "Primary Grammar High School Academy";
  for (int number = 0; number < 100; ++number) {
    school.also.push_back("Saint Marshwick's & Fernley C of E Junior School " +
                          std::to_string(number));
  }
  const std::vector<NameVariant> variants = MakeVariants(school);
  EXPECT_LE(variants.size(), kMaxVariants);
  EXPECT_THAT(VariantWords(school), Contains("#quillbrookacad")) << "handles are never crowded out";
}

TEST(Variants, SlipsAndAccountsAreLeftOutForThousandsOfSchools) {
  const std::vector<NameVariant> all = MakeVariants(Quillbrook(), Breadth::kAll);
  const std::vector<NameVariant> plain = MakeVariants(Quillbrook(), Breadth::kPlain);
  EXPECT_LT(plain.size() * 2, all.size());
  for (const NameVariant& variant : plain) {
    EXPECT_NE(variant.kind, NameKind::kMisspelt) << variant.phrase.words;
  }
}

TEST(Variants, NothingComesOfANameWithoutWords) {
  core::School school;
  school.key = "k";
  school.name = "???";
  EXPECT_THAT(MakeVariants(school), IsEmpty());
}

}  // namespace
}  // namespace schoolwatch::matchers
