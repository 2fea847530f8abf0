#include "core/text/fold.h"

#include <gtest/gtest.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/fold_table.h"
#include "core/text/utf8.h"

namespace schoolwatch::core {
namespace {

struct FoldCase {
  const char* name;
  std::string_view input;
  std::string_view expected;
};

class FoldTest : public testing::TestWithParam<FoldCase> {};

TEST_P(FoldTest, MakesTextComparable) {
  EXPECT_EQ(Fold(GetParam().input).text, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, FoldTest,
    testing::Values(
        FoldCase{"Empty", "", ""},
        FoldCase{"Ascii", "Quillbrook ACADEMY, Year 7!", "quillbrook academy, year 7!"},
        FoldCase{"SharpS", "STRAẞE", "strasse"}, FoldCase{"Accents", "CAFÉ", "café"},
        FoldCase{"Composed", "Cafe\u0301", "café"},
        FoldCase{"MarksOutOfOrder", "a\u0301\u0323", "ạ\u0301"},
        FoldCase{"Ligature", "oﬃce", "office"}, FoldCase{"FullWidth", "Ｋｎｉｆｅ　１", "knife 1"},
        FoldCase{"Mathematical", "𝐊𝓷𝕚𝖋𝚎", "knife"}, FoldCase{"Circled", "ⓚⓝⓘⓕⓔ", "knife"},
        FoldCase{"ZeroWidth", "k\u200Bn\u200Ci\u200Df\u2060e\uFEFF", "knife"},
        FoldCase{"SoftHyphen", "kni\u00ADfe", "knife"},
        FoldCase{"Directions", "\u202Ekni\u2066fe\u2069\u202C", "knife"},
        FoldCase{"VariationSelector", "❤\uFE0F ok", "❤ ok"},
        FoldCase{"Apostrophes", "can’t ‘x’ `y´ O＇Neill O\u02BCNeill",
                 "can't 'x' 'y' o'neill o'neill"},
        FoldCase{"Dashes", "a–b—c‐d‑e−f", "a-b-c-d-e-f"},
        FoldCase{"QuotationMarks", "“so” „so‟", "\"so\" \"so\""},
        FoldCase{"Ellipsis", "well…", "well..."}, FoldCase{"Spaces", "a\u00A0b\u2003c", "a b c"},
        FoldCase{"Newlines", "a\r\nb\nc", "a\r\nb\nc"},
        FoldCase{"Nul", std::string_view("a\0b", 3), std::string_view("a\0b", 3)},
        FoldCase{"CyrillicInsideALatinWord", "а knіfе", "а knife"},
        FoldCase{"CapitalLookalikes", "КNIFE sсHOOL", "knife school"},
        FoldCase{"GreekInsideALatinWord", "schοοl", "school"},
        FoldCase{"HonestCyrillic", "Школа номер 7", "школа номер 7"},
        FoldCase{"HonestGreek", "Σχολείο", "σχολείο"},
        FoldCase{"HonestWordBesideLatin", "school-школа", "school-школа"},
        FoldCase{"MathematicalGreek", "𝚱𝛪𝛭", "kim"},
        FoldCase{"Ideographs", "学校ガクセイ", "学校ガクセイ"},
        FoldCase{"HangulIsComposed", "한", "한"},
        FoldCase{"Malformed", "a\xFF\xC3(\xE2\x82", "a\uFFFD\uFFFD(\uFFFD"},
        FoldCase{"Surrogate", "\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
        FoldCase{"Overlong", "\xC0\xAF", "\uFFFD\uFFFD"},
        FoldCase{"UnassignedIgnorable", "a\uFFF4\u0323", "ạ"},
        FoldCase{"MarkOfMalformed", "\xFF\u0301", "\uFFFD\u0301"}),
    [](const auto& row) { return std::string(row.param.name); });

std::string Utf8Of(char32_t code_point) {
  std::string text;
  AppendUtf8(code_point, text);
  return text;
}

// ICU's own answer, the other way to the same thing.
std::string IcuFold(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
  std::string out;
  normalizer
      ->normalize(icu::UnicodeString::fromUTF8(
                      icu::StringPiece(text.data(), static_cast<int32_t>(text.size()))),
                  status)
      .toUTF8String(out);
  return out;
}

// ICU's answer with our punctuation on top.
std::string Expected(char32_t code_point) {
  const std::string folded = IcuFold(Utf8Of(PlainPunctuation(code_point)));
  std::string plain;
  for (std::size_t i = 0; i < folded.size();) {
    const Utf8Step step = DecodeUtf8(folded, i);
    AppendUtf8(PlainPunctuation(step.code_point), plain);
    i += step.size;
  }
  return plain;
}

TEST(FoldAgainstIcuTest, EveryCodePointFoldsAlike) {
  std::size_t lookalikes = 0;
  for (char32_t c = 0; c < 0x110000; ++c) {
    const auto code_point = static_cast<UChar32>(c);
    const auto left_out = U_GC_CN_MASK | U_GC_CO_MASK | U_GC_CS_MASK;
    if ((U_GET_GC_MASK(code_point) & left_out) != 0 ||
        u_getIntPropertyValue(code_point, UCHAR_HANGUL_SYLLABLE_TYPE) >= U_HST_LV_SYLLABLE ||
        u_hasBinaryProperty(code_point, UCHAR_UNIFIED_IDEOGRAPH)) {
      continue;  // A quarter of a million that all stand for themselves.
    }
    const std::string folded = Fold(Utf8Of(c)).text;
    const bool is_styled_greek = c >= 0x1D6A8 && c <= 0x1D7CB;
    const bool is_unit_sign = c >= 0x3380 && c <= 0x33DF;  // "㎛" mixes Greek and Latin.
    if ((is_styled_greek || is_unit_sign) && folded != Expected(c)) {
      ++lookalikes;
      EXPECT_TRUE(std::ranges::all_of(folded, [](char byte) { return byte >= 'a' && byte <= 'z'; }))
          << folded;
      continue;
    }
    ASSERT_EQ(folded, Expected(c)) << "U+" << std::hex << static_cast<unsigned>(c);
  }
  EXPECT_GT(lookalikes, 100u);
}

TEST(FoldAgainstIcuTest, SequencesWithMarksFoldAlike) {
  const std::u32string bases = U"aeEoαйкﬁÅ각ᄀकকༀ";
  const std::u32string marks = U"\u0301\u0308\u0323\u1161\u11A8\u093C\u09D7\u0FB5\u200D\uFE0F";
  for (const char32_t base : bases) {
    for (const char32_t first : marks) {
      for (const char32_t second : marks) {
        const std::string text = "x" + Utf8Of(base) + Utf8Of(first) + Utf8Of(second) + "y ";
        // The look-alike step is ours alone, so keep Latin letters out of the word.
        const std::string alone = text.substr(1, text.size() - 3);
        ASSERT_EQ(Fold(alone).text, IcuFold(alone)) << alone;
      }
    }
  }
}

// Random text of the awkward kind: marks, removed characters, look-alikes, broken bytes.
std::string RandomText(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {
      "a",      "K",      "e",    " ",        ".",        "1",      "ll",     "\n",     "é",
      "е",      "К",      "ο",    "\u0301",   "\u0323",   "\u200D", "\u00AD", "\uFE0F", "…",
      "’",      "´",      "ﷺ",    "𝐤",        "𝛼",        "Ｋ",     "🔪",     "校",     "ᄀ",
      "\u1161", "\u11A8", "\xFF", "\xE2\x82", "\xF0\x9F", "\xC3",   "ß",      "İ",      "ǰ",
      "ͅ",       "ᴋ",      "0",    "@",        "$"};
  std::string text;
  for (std::size_t count = random() % 40; count > 0; --count) {
    text += kPieces[random() % kPieces.size()];
  }
  return text;
}

// Where characters of `text` start, with its end.
std::vector<std::size_t> Boundaries(std::string_view text) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < text.size(); i += DecodeUtf8(text, i).size) {
    starts.push_back(i);
  }
  starts.push_back(text.size());
  return starts;
}

void ExpectSoundMap(const FoldedText& folded, std::string_view original) {
  ASSERT_EQ(folded.map.size(), folded.text.size() + 1);
  ASSERT_TRUE(std::ranges::is_sorted(folded.map));
  ASSERT_EQ(folded.map.back(), original.size());
  ASSERT_TRUE(IsValidUtf8(folded.text));
  const std::vector<std::size_t> starts = Boundaries(original);
  for (std::size_t a = 0; a < folded.text.size(); ++a) {
    for (std::size_t b = a; b <= std::min(a + 5, folded.text.size()); ++b) {
      const FoldedText::Range range = folded.Original(a, b);
      ASSERT_LE(range.start, range.end);
      ASSERT_EQ(range.start == range.end, a == b);
      ASSERT_TRUE(std::ranges::binary_search(starts, range.start));
      ASSERT_TRUE(std::ranges::binary_search(starts, range.end));
    }
  }
}

TEST(FoldPropertyTest, MapLeadsToWholeCharactersAndFoldingTwiceIsTheSame) {
  std::mt19937 random(20261120);
  for (int round = 0; round < 400; ++round) {
    const std::string text = RandomText(random);
    const FoldedText folded = Fold(text);
    ASSERT_NO_FATAL_FAILURE(ExpectSoundMap(folded, text)) << testing::PrintToString(text);
    ASSERT_EQ(Fold(folded.text).text, folded.text) << testing::PrintToString(text);
    if (const FoldedText view = EvasionView(folded); !view.text.empty()) {
      ASSERT_NO_FATAL_FAILURE(ExpectSoundMap(view, text)) << testing::PrintToString(text);
    }
  }
}

TEST(FoldTest, ManyMarksCostNoMoreThanTheirNumber) {
  std::string zalgo = "k";
  for (int i = 0; i < 200'000; ++i) {
    zalgo += i % 2 == 0 ? "\u0301" : "\u0323";
  }
  zalgo += "nife";
  const FoldedText folded = Fold(zalgo);
  EXPECT_LT(folded.text.size(), 80u);
  EXPECT_TRUE(folded.text.ends_with("nife"));
  EXPECT_EQ(Fold(folded.text).text, folded.text);
}

TEST(OriginalRangeTest, CoversWhatWasWritten) {
  const std::string text = "A 𝐤\u200Bnife…";
  const FoldedText folded = Fold(text);
  ASSERT_EQ(folded.text, "a knife...");
  const FoldedText::Range knife = folded.Original(2, 7);
  EXPECT_EQ(text.substr(knife.start, knife.end - knife.start), "𝐤\u200Bnife");
  const FoldedText::Range dot = folded.Original(8, 9);
  EXPECT_EQ(text.substr(dot.start, dot.end - dot.start), "…");
}

TEST(Utf8Test, RepairKeepsWhatIsValid) {
  EXPECT_EQ(RepairUtf8("a\xF0\x9F\x98z\x80é"), "a\uFFFDz\uFFFDé");
  EXPECT_TRUE(IsValidUtf8("é🔪\U0010FFFF"));
  EXPECT_FALSE(IsValidUtf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(IsValidUtf8("\xC3"));
}

TEST(Utf8Test, WhatIsWrongIsFoundBehindAsciiOfAnyLength) {
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t behind = 0; behind < 20; ++behind) {
      const std::string start(before, 'a');
      const std::string end(behind, 'z');
      EXPECT_TRUE(IsValidUtf8(start + "é" + end));
      EXPECT_FALSE(IsValidUtf8(start + "\xC3" + end));
      EXPECT_EQ(RepairUtf8(start + "\xC3" + end), start + "\uFFFD" + end);
      EXPECT_EQ(RepairUtf8(start + "é" + end), start + "é" + end);
    }
  }
}

// Signs that fold by themselves, marks that join them, letters that look alike, broken bytes.
TEST(FoldSigns, LeavesTheFoldingAsItWas) {
  constexpr auto kPieces = std::to_array<std::string_view>(
      {"a", "B",      " ",      "'",        "’",      "‘",      "“",      "”",      "–",
       "…", "\u00A0", "´",      "£",        "é",      "É",      "ß",      "™",      "ﬁ",
       "½", "\u0301", "\u0336", "\u200D",   "\uFE0F", "\u00AD", "а",      "ｑ",     "𝐪",
       "Ⓚ", "•",      "\u2028", "\xE2\x80", "\xFF",   "가",     "\u1161", "\u0345", "1"});
  std::mt19937 random(31);
  std::string plain;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t pieces = random() % 12; pieces > 0; --pieces) {
      text += kPieces[random() % kPieces.size()];
    }
    FoldSigns(text, plain);
    ASSERT_EQ(Fold(plain).text, Fold(text).text) << text;
    ASSERT_EQ(EvasionView(Fold(plain)).text, EvasionView(Fold(text)).text) << text;
  }
  FoldSigns("“It’s 5–6 pm…” café", plain);
  EXPECT_EQ(plain, "\"It's 5-6 pm...\" café");
}

}  // namespace
}  // namespace schoolwatch::core
