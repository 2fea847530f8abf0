#include "matchers/ordinary_counts.h"

#include <gtest/gtest.h>

#include <cstdint>

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

}  // namespace
}  // namespace schoolwatch::matchers
