#include "matchers/word_block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <string>
#include <string_view>

#include "matchers/canonical_words.h"
#include "matchers/tokens.h"

namespace schoolwatch::matchers {
namespace {

// Words of one to forty letters, doubled ones close together, with whatever behind them.
TEST(WordBlock, HashesAsciiWordsAsTokensAreHashed) {
  constexpr std::string_view kLetters = "aAbiIlLz0019";
  std::mt19937 random(5);
  for (int round = 0; round < 60'000; ++round) {
    const std::size_t size = 1 + random() % (round % 3 == 0 ? 40 : 17);
    std::string word;
    while (word.size() < size) {
      word += kLetters[random() % kLetters.size()];
      if (word.size() < size && random() % 3 == 0) {
        word += word.back();
      }
    }
    std::string lower = word;
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    const std::string skeleton = SkeletonOf(lower);
    for (std::size_t behind = 0; behind < 16; ++behind) {
      word += kLetters[random() % kLetters.size()];
    }
    const HashedWord hashed = HashAsciiWord(word.data(), size);
    ASSERT_EQ(hashed.hash, HashWord(skeleton, false)) << word.substr(0, size);
    ASSERT_EQ(hashed.front, HashWord(skeleton.substr(0, 8), false)) << word.substr(0, size);
    ASSERT_EQ(hashed.length, skeleton.size() > 8 ? WordLength::kLong : WordLength::kShort)
        << word.substr(0, size);
  }
}

struct OddCase {
  const char* name;
  std::string_view text;
  bool odd;
};
class OddTest : public testing::TestWithParam<OddCase> {};
// Wherever it stands in a block, with plain words around it or with signs.
TEST_P(OddTest, IsSeenAtEveryPlace) {
  for (const std::string_view filler : {"ab ", "ab; ", "29, "}) {
    for (std::size_t at = 1; at + GetParam().text.size() < 60; ++at) {
      std::string block;
      while (block.size() + filler.size() <= at) {
        block += filler;
      }
      block.append(at - block.size(), ' ');
      block.append(GetParam().text).append(" ");
      while (block.size() < WordBlock::kReadAhead) {
        block += filler;
      }
      const WordBlock seen = LookAtWords(block.data());
      EXPECT_EQ((seen.odd & Below(seen.end) & ~Below(at)) != 0, GetParam().odd)
          << '"' << block << '"';
    }
  }
}
INSTANTIATE_TEST_SUITE_P(
    Texts, OddTest,
    testing::Values(OddCase{"Words", "some more words", false},
                    OddCase{"WordAndStop", "word, word-word.", false},
                    OddCase{"Quoted", "mary's", false}, OddCase{"Web", "www.some", false},
                    OddCase{"FigureBehind", "year7", false}, OddCase{"OtherFigures", "k9ll", false},
                    OddCase{"FigureInside", "k1ll", true},
                    OddCase{"FigureInFront", "5uicide", true},
                    OddCase{"FiguresBehind", "ki11", true}, OddCase{"DollarBehind", "as$", true},
                    OddCase{"SignInside", "sh!t", true}, OddCase{"DrawnOut", "killled", true},
                    OddCase{"LettersApart", "k n i", true}, OddCase{"Dotted", "k.n.i", true},
                    OddCase{"StopsAndSpaces", "k - n - i", true}, OddCase{"Tag", "#tag", true},
                    OddCase{"Handle", "@tag", true}, OddCase{"NotAscii", "caf\xC3\xA9", true}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::matchers
