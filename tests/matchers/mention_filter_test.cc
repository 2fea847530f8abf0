#include "matchers/mention_filter.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/fold.h"
#include "matchers/canonical_words.h"

namespace schoolwatch::matchers {
namespace {

// The same phrases as the filter's, looked for in both views as the full path does.
class FullSearch {
 public:
  explicit FullSearch(std::vector<Phrase> phrases) : plain_(phrases) {
    for (Phrase& phrase : phrases) {
      phrase.words = SkeletonOf(phrase.words);
    }
    hidden_.emplace(std::move(phrases), Spelling::kSkeleton);
  }
  bool Finds(std::string_view text) const {
    const core::FoldedText folded = core::Fold(text);
    return FindsIn(folded.text, plain_) || FindsIn(core::EvasionView(folded).text, *hidden_);
  }

 private:
  static bool FindsIn(std::string_view view, const PhraseTable& table) {
    std::vector<Token> tokens;
    Tokenise(view, table.spelling(), tokens);
    std::vector<PhraseTable::Hit> hits;
    table.Find(view, tokens, hits);
    return !hits.empty();
  }

  PhraseTable plain_;
  std::optional<PhraseTable> hidden_;
};

std::vector<Phrase> Names() {
  return {{"quillbrook academy", false}, {"qba", false},      {"quillbrookacad", true},
          {"holy cross", false},         {"st marys", false}, {"school and field", false},
          {"marchbankhall", false},      {"a b c", false}};
}

struct FilterCase {
  const char* name;
  std::string_view text;
  bool may_hold;
};
class MentionFilterTest : public testing::TestWithParam<FilterCase> {};
TEST_P(MentionFilterTest, SeesStartsOfNames) {
  EXPECT_EQ(MentionFilter(Names()).MayHold(GetParam().text), GetParam().may_hold);
}
INSTANTIATE_TEST_SUITE_P(
    Ways, MentionFilterTest,
    testing::Values(
        FilterCase{"Nothing", "", false}, FilterCase{"OneLetter", "q", false},
        FilterCase{"Plain", "at Quillbrook Academy today", true},
        FilterCase{"FirstWordAlone", "the river Quillbrook is high", false},
        FilterCase{"LastWords", "at quillbrook academy", true}, FilterCase{"OneWord", "QBA", true},
        FilterCase{"LongWord", "in Marchbankhall.", true},
        FilterCase{"Possessive", "qba's gate", true},
        FilterCase{"PossessiveAtTheEnd", "St Mary's", true},
        FilterCase{"TypographicPossessive", "St Mary’s", true},
        FilterCase{"Handle", "ask @Quillbrook_Acad.example", true},
        FilterCase{"Ampersand", "School & Field", true},
        FilterCase{"Leet", "qu1llbr00k 4cademy", true},
        FilterCase{"Spaced", "the Q U I L L B R O O K academy", true},
        FilterCase{"SpacedOverLines", "q\nb\na", false},
        FilterCase{"Dotted", "Q.B.A. is shut", true},
        FilterCase{"DrawnOut", "quillbrooooook academyyyy", true},
        FilterCase{"FullWidth", "ｑｂａ", true}, FilterCase{"ZeroWidth", "q\u200Bba", true},
        FilterCase{"SoftHyphen", "Quill\u00ADbrook Aca\u00ADdemy", true},
        FilterCase{"Cyrillic", "Quillbrооk Academy", true}, FilterCase{"Struck", "q̶b̶a̶", true},
        FilterCase{"NoBreakSpace", "holy\u00A0cross", true},
        FilterCase{"BehindALongRun",
                   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa holy "
                   "cross",
                   true},
        FilterCase{"FiguresAndAddresses", "see https://www.q.example/2024/05/page-17?a=1&b=2 !",
                   false}),
    [](const auto& row) { return std::string(row.param.name); });

struct PieceSet {
  const char* name;
  std::vector<std::string_view> pieces;
  std::size_t found_at_least;
};
class MentionFilterPropertyTest : public testing::TestWithParam<PieceSet> {};
// Where the full search finds a name, the filter lets the text through: texts are made of whatever
// either of them treats with care, so close together that some name is hidden in every third one,
// and long enough for blocks to end anywhere.
TEST_P(MentionFilterPropertyTest, NeverMissesWhatTheFullSearchFinds) {
  const std::vector<Phrase> names{
      {"ab", false},    {"ki it", false},     {"bab ab ki", false}, {"kab", true},
      {"a b k", false}, {"knife", false},     {"and it", false},    {"tibitabikia", false},
      {"ks", false},    {"bab marys", false}, {"kit marys", false}, {"st kitty", false}};
  const MentionFilter filter(names);
  const FullSearch full(names);
  const std::vector<std::string_view>& pieces = GetParam().pieces;
  std::mt19937 random(17);
  std::size_t found = 0;
  for (int round = 0; round < 5'000; ++round) {
    std::string text;
    if (round % 4 == 0) {
      text.append(random() % 70, round % 8 == 0 ? 'z' : '.');
    }
    for (std::size_t count = 1 + random() % 40; count > 0; --count) {
      text += pieces[random() % pieces.size()];
    }
    if (full.Finds(text)) {
      ++found;
      ASSERT_TRUE(filter.MayHold(text)) << text;
    }
  }
  EXPECT_GT(found, GetParam().found_at_least);
}
INSTANTIATE_TEST_SUITE_P(
    Pieces, MentionFilterPropertyTest,
    testing::Values(PieceSet{"OfEverything",
                             {"a",   "b",    "k",    "i",  "t",      "ab",     "ki",     "it",
                              "bab", "KAB",  "tibi", "ks", " ",      " ",      " ",      "  ",
                              ".",   "-",    "'",    "’",  "@",      "#",      "_",      "&",
                              "\n",  "\t",   "/",    "1",  "11",     "4",      "$",      "!",
                              "|",   "0",    "aaa",  "é",  "\u200B", "\u00AD", "\u0301", "\u0336",
                              "а",   "ｋ",   "Ⓚ",    "🔪", "•",      "\u00A0", "\xFF",   "`",
                              ":",   "tttt", "www."},
                             1'500},
                    // What the quick way over words, stops and quotes is made for.
                    PieceSet{"OfWords",
                             {"kiit ",
                              "bab ",
                              "KI ",
                              "it,",
                              "it ",
                              "zebra ",
                              "z",
                              "q ",
                              " the ",
                              "7 ",
                              "2024 ",
                              "mary's ",
                              "Mary’s ",
                              "Mary`s",
                              "&",
                              " & ",
                              "tibitabikia",
                              "knife",
                              "-",
                              ". ",
                              "\n",
                              "st ",
                              "kitty's ",
                              "Kitty\u2019s",
                              "“",
                              "” ",
                              "–",
                              "…",
                              "longerwordthaneight "},
                             1'500}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::matchers
