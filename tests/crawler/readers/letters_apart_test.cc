#include "crawler/readers/letters_apart.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/utf8.h"
#include "crawler/readers/letters_look.h"

namespace schoolwatch::crawler {
namespace {

// A page as it is shown, cut into texts.
struct ShownPage {
  std::string shown;
  std::vector<ShownText> texts;

  void Add(std::string_view text, bool is_hidden = false) {
    texts.push_back({static_cast<std::uint32_t>(shown.size()), is_hidden});
    shown += text;
  }
};

std::string_view TextAt(const ShownPage& page, std::size_t i) {
  const std::size_t end = i + 1 < page.texts.size() ? page.texts[i + 1].start : page.shown.size();
  return std::string_view(page.shown).substr(page.texts[i].start, end - page.texts[i].start);
}

enum class Which { kAll, kFound };
std::string WordsOf(ShownPage page, Which which) {
  FindLettersApart(page.shown, page.texts);
  LettersApart letters;
  for (std::size_t i = 0; i < page.texts.size(); ++i) {
    if (which == Which::kAll || page.texts[i].may_stand_apart || letters.is_waiting()) {
      letters.Add(TextAt(page, i), std::string_view(page.shown).substr(0, page.texts[i].start),
                  page.texts[i].is_hidden);
    }
  }
  std::string words;
  EXPECT_TRUE(letters.AppendWords(words));
  return words;
}

struct FindCase {
  std::string name, text;
  bool is_found;
};
class FindLettersApartTest : public testing::TestWithParam<FindCase> {};
TEST_P(FindLettersApartTest, SaysWhereLettersStandApart) {
  // At every place of a block, between words.
  for (std::size_t words = 0; words < 70; ++words) {
    ShownPage page;
    page.Add(std::string(words, 'x') + "y word ");
    page.Add(GetParam().text);
    page.Add(" word");
    FindLettersApart(page.shown, page.texts);
    EXPECT_FALSE(page.texts[0].may_stand_apart) << words;
    EXPECT_EQ(page.texts[1].may_stand_apart, GetParam().is_found) << words;
    EXPECT_FALSE(page.texts[2].may_stand_apart) << words;
  }
}
INSTANTIATE_TEST_SUITE_P(
    Texts, FindLettersApartTest,
    testing::Values(FindCase{"Words", "the river and the bridge", false},
                    FindCase{"OneLetterBetweenWords", "under a bridge", false},
                    FindCase{"Numbers", "on 12 May 2026 at 14:30", false},
                    FindCase{"DoubledAndLikeLetters", "Aaron likes a life", false},
                    FindCase{"SignsAtWords", "Stop! It cost $30 or so | more", false},
                    FindCase{"Umlauts", "M\u00FCller f\u00E4hrt \u00FCber die Br\u00FCcke", false},
                    FindCase{"TypographicSigns", "\u201CStop\u201D \u2013 he\u2019d said\u2026",
                             false},
                    FindCase{"TwoLetters", "at q b today", true},
                    FindCase{"LettersWithDots", "at q.b.a. today", true},
                    FindCase{"LettersWrittenTwice", "at qq bB today", true},
                    FindCase{"LikeLetters", "at li 1 today", true},
                    FindCase{"OneLetterAtTheEnd", "Section b", true},
                    FindCase{"AFigureAtTheEnd", "Section 3.", true},
                    FindCase{"SignAsLetter", "at q ! today", true},
                    FindCase{"SignThatPartsLetters", "words ab!c d words", true},
                    FindCase{"UmlautsWrittenTwice", "at \u00FC\u00DC b today", true},
                    FindCase{"LetterOfTwo", "at S\u00DF b today", true},
                    FindCase{"UmlautsApart", "at \u00FC b today", true},
                    FindCase{"OtherAlphabets", "\u0440\u0435\u043A\u0430", true},
                    FindCase{"WhatFoldingRemoves", "q\u200Bu\u200Bi", true},
                    FindCase{"SpaceThatHoldsAMark", "words\u2017words", true}),
    [](const auto& row) { return row.param.name; });

// A letter at the end of one text goes on in the next, whatever begins there.
TEST(LettersApartTest, LettersInTextsOfTheirOwnAreFound) {
  ShownPage page;
  for (const std::string_view text : {"at ", "Q", "B", "A", "bridge"}) {
    page.Add(text);
  }
  FindLettersApart(page.shown, page.texts);
  EXPECT_FALSE(page.texts[0].may_stand_apart);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_TRUE(page.texts[i].may_stand_apart) << i;
  }
  EXPECT_FALSE(page.texts[4].may_stand_apart);
  EXPECT_NE(WordsOf(page, Which::kFound).find("QBA bridge"), std::string::npos);
}

// Everything that is told without folding what stands there is told as folding has it.
TEST(LettersApartTest, CharactersBeyondAsciiAreWhatTheyFoldTo) {
  for (char32_t c = 0x80; c < 0x3000; ++c) {
    std::string sign;
    core::AppendUtf8(c, sign);
    for (const std::string& text :
         {"q" + sign + "b word", sign + " b word", "q " + sign + sign + " word", "word q" + sign,
          "a" + sign + "b c" + sign + " word", "word " + sign, sign + "rr b " + sign + "!"}) {
      ShownPage page;
      page.Add(text);
      page.Add(" behind");
      EXPECT_EQ(WordsOf(page, Which::kAll), WordsOf(page, Which::kFound))
          << text << " with U+" << std::hex << static_cast<unsigned>(c);
    }
  }
}

// Texts of whatever matters to letters that stand apart: adding those found is adding all.
TEST(GatePropertyTest, TextsPassedOverHoldNoLettersApart) {
  static constexpr std::string_view kParts[] = {
      "a",      "b",           "I",      "l",      "i",      "q",       "aA",     "ll",
      "1",      "4",           "22",     "the",    "river",  "Illegal", "oo",     "12",
      "2026",   "!",           "|",      "@",      "$",      "\u00E9",  "\u00C4", "\u00D7",
      "\u2019", "\u2013",      "\u2026", "\u00A0", "\u200B", "\u0436",  "\u0301", "\U0001F600",
      "\u24D0", "\uFF21",      "\u00BD", ".",      "-",      "'",       ",",      " ",
      " ",      " ",           " ",      " ",      " ",      " ",       "\n",     "bridge ",
      "and ",   "of the town "};
  std::mt19937 random(17);
  std::size_t with_letters = 0;
  std::size_t passed_over = 0;
  for (int run = 0; run < 20'000; ++run) {
    ShownPage page;
    for (std::size_t texts = 1 + random() % 5; texts > 0; --texts) {
      std::string text;
      // Mostly words, or everything would be found.
      const std::size_t rare = random() % 12;
      for (std::size_t parts = random() % 24; parts > 0; --parts) {
        text += random() % 12 < rare ? kParts[random() % std::size(kParts)] : " river";
      }
      if (!text.empty()) {
        page.Add(text, random() % 8 == 0);
      }
    }
    const std::string words = WordsOf(page, Which::kAll);
    ASSERT_EQ(words, WordsOf(page, Which::kFound)) << page.shown;
    with_letters += words.empty() ? 0U : 1U;
    FindLettersApart(page.shown, page.texts);
    for (const ShownText& text : page.texts) {
      passed_over += text.may_stand_apart ? 0U : 1U;
    }
  }
  EXPECT_GT(with_letters, 4'000U);
  EXPECT_GT(passed_over, 5'000U);
}

}  // namespace
}  // namespace schoolwatch::crawler
