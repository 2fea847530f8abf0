#include "matchers/ordinary_counts.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <unordered_map>

#include "config/sorted_lines.h"

namespace schoolwatch::matchers {

std::string_view OrdinaryCountsText();  // Made by sw_embed (cmake/Embed.cmake).

namespace {

constexpr std::string_view kTotalKey = "*";

using Counts = std::unordered_map<std::string_view, std::uint32_t>;

// Made once: loading rules asks for tens of thousands of words.
const Counts& AllCounts() {
  static const Counts kCounts = [] {
    Counts counts;
    std::string_view rest = config::SortedLines(OrdinaryCountsText()).text();
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const std::size_t tab = line.find('\t');
      if (tab != std::string_view::npos) {
        std::uint32_t count = 0;
        std::from_chars(line.data() + tab + 1, line.data() + line.size(), count);
        counts.emplace(line.substr(0, tab), count);
      }
    }
    return counts;
  }();
  return kCounts;
}

std::uint32_t Count(std::string_view key) {
  const auto found = AllCounts().find(key);
  return found == AllCounts().end() ? 0 : found->second;
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

std::vector<OrdinaryText> AllOrdinaryCounts() {
  std::vector<OrdinaryText> all;
  for (const auto& [words, count] : AllCounts()) {
    if (words != kTotalKey) {
      all.push_back({.words = words, .count = count});
    }
  }
  std::ranges::sort(all, {}, &OrdinaryText::words);
  return all;
}

}  // namespace schoolwatch::matchers
