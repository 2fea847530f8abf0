#include "matchers/ordinary_counts.h"

#include <algorithm>
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

std::vector<OrdinaryText> AllOrdinaryCounts() {
  std::vector<OrdinaryText> all;
  std::string_view rest = config::SortedLines(OrdinaryCountsText()).text();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t tab = line.find('\t');
    OrdinaryText one{.words = line.substr(0, tab)};
    if (tab != std::string_view::npos && one.words != kTotalKey) {
      std::from_chars(line.data() + tab + 1, line.data() + line.size(), one.count);
      all.push_back(one);
    }
  }
  return all;
}

}  // namespace schoolwatch::matchers
