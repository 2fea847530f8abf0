#include "matchers/ordinary_counts.h"

#include <charconv>
#include <string>

#include "config/sorted_lines.h"

namespace schoolwatch::matchers {

std::string_view OrdinaryCountsText();  // Made by sw_embed (cmake/Embed.cmake).

namespace {

constexpr std::string_view kTotalKey = "*";

std::uint32_t Count(std::string_view key) {
  std::uint32_t count = 0;
  if (const auto value = config::SortedLines(OrdinaryCountsText()).Find(key)) {
    std::from_chars(value->data(), value->data() + value->size(), count);
  }
  return count;
}

}  // namespace

std::uint32_t CountOrdinaryWord(std::string_view word) {
  return word == kTotalKey ? 0 : Count(word);
}

std::uint32_t CountOrdinaryPair(std::string_view first, std::string_view second) {
  std::string pair(first);
  pair += ' ';
  pair += second;
  return Count(pair);
}

std::uint32_t OrdinaryWordTotal() { return Count(kTotalKey); }

}  // namespace schoolwatch::matchers
