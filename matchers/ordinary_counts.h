#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace schoolwatch::matchers {

// How often words, and pairs of words next to each other, stand in a sample of ordinary English
// posts (config/language/ordinary-counts.txt, made by `tools/language-tables counts`). Words are
// canonical (canonical_words.h): small letters, no apostrophes, '&' is "and".

// What is rarer than this in the sample is not in the table and counts as 0.
inline constexpr std::uint32_t kLeastOrdinaryCount = 20;

std::uint32_t CountOrdinaryWord(std::string_view word);
std::uint32_t CountOrdinaryPair(std::string_view first, std::string_view second);
// All words of the sample; never 0.
std::uint32_t OrdinaryWordTotal();

// A word, or a pair joined by a space, and how often it stands in the sample.
struct OrdinaryText {
  std::string_view words;
  std::uint32_t count = 0;
};
// The whole table, by words.
std::vector<OrdinaryText> AllOrdinaryCounts();

}  // namespace schoolwatch::matchers
