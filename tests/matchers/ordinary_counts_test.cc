#include "matchers/ordinary_counts.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace schoolwatch::matchers {
namespace {

TEST(OrdinaryCounts, CommonWordsOutnumberRarerOnes) {
  EXPECT_GT(CountOrdinaryWord("the"), CountOrdinaryWord("school"));
  EXPECT_GE(CountOrdinaryWord("school"), kLeastOrdinaryCount);
  EXPECT_LT(CountOrdinaryWord("the"), OrdinaryWordTotal());
}

TEST(OrdinaryCounts, APairIsNeverMoreThanItsWords) {
  const std::uint32_t pair = CountOrdinaryPair("of", "the");
  EXPECT_GE(pair, kLeastOrdinaryCount);
  EXPECT_LE(pair, CountOrdinaryWord("of"));
  EXPECT_LE(pair, CountOrdinaryWord("the"));
}

TEST(OrdinaryCounts, WhatIsRareCountsAsNothing) {
  EXPECT_EQ(CountOrdinaryWord("quillbrook"), 0U);
  EXPECT_EQ(CountOrdinaryWord("*"), 0U);
  EXPECT_EQ(CountOrdinaryWord(""), 0U);
  EXPECT_EQ(CountOrdinaryPair("the", "quillbrook"), 0U);
}

TEST(OrdinaryCounts, TheWholeTableSaysTheSame) {
  const std::vector<OrdinaryText> all = AllOrdinaryCounts();
  ASSERT_GT(all.size(), 500U);
  for (const OrdinaryText& one : all) {
    const std::size_t space = one.words.find(' ');
    const std::uint32_t count =
        space == std::string_view::npos
            ? CountOrdinaryWord(one.words)
            : CountOrdinaryPair(one.words.substr(0, space), one.words.substr(space + 1));
    EXPECT_EQ(count, one.count) << one.words;
    EXPECT_GE(one.count, kLeastOrdinaryCount) << one.words;
  }
}

}  // namespace
}  // namespace schoolwatch::matchers
