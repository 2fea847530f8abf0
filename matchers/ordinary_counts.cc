#include "matchers/ordinary_counts.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <functional>
#include <span>
#include <string>

#include "config/sorted_lines.h"

namespace schoolwatch::matchers {

std::string_view OrdinaryCountsText();  // Made by sw_embed (cmake/Embed.cmake).

namespace {

constexpr std::string_view kTotalKey = "*";

// A hash table of all lines, made once: loading rules asks for tens of thousands of words, most of
// which are not in it.
class Counts {
 public:
  explicit Counts(std::string_view lines) {
    slots_.resize(
        std::bit_ceil(2 * (1 + static_cast<std::size_t>(std::ranges::count(lines, '\n')))));
    while (!lines.empty()) {
      const std::size_t end = std::min(lines.find('\n'), lines.size());
      const std::string_view line = lines.substr(0, end);
      lines.remove_prefix(std::min(end + 1, lines.size()));
      const std::size_t tab = line.find('\t');
      if (tab != std::string_view::npos) {
        OrdinaryText one{.words = line.substr(0, tab)};
        std::from_chars(line.data() + tab + 1, line.data() + line.size(), one.count);
        slots_[SlotOf(one.words)] = one;
      }
    }
  }

  std::uint32_t Find(std::string_view words) const { return slots_[SlotOf(words)].count; }
  // Some are empty.
  std::span<const OrdinaryText> slots() const { return slots_; }

 private:
  // Where `words` are, or would be.
  std::size_t SlotOf(std::string_view words) const {
    std::size_t slot = std::hash<std::string_view>()(words) & (slots_.size() - 1);
    while (!slots_[slot].words.empty() && slots_[slot].words != words) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slot;
  }

  std::vector<OrdinaryText> slots_;
};

const Counts& AllCounts() {
  static const Counts kCounts(config::SortedLines(OrdinaryCountsText()).text());
  return kCounts;
}

}  // namespace

std::uint32_t CountOrdinaryWord(std::string_view word) {
  return word == kTotalKey ? 0 : AllCounts().Find(word);
}

std::uint32_t CountOrdinaryPair(std::string_view first, std::string_view second) {
  std::string pair(first);
  pair += ' ';
  pair += second;
  return AllCounts().Find(pair);
}

std::uint32_t OrdinaryWordTotal() { return AllCounts().Find(kTotalKey); }

std::vector<OrdinaryText> AllOrdinaryCounts() {
  std::vector<OrdinaryText> all;
  for (const OrdinaryText& one : AllCounts().slots()) {
    if (!one.words.empty() && one.words != kTotalKey) {
      all.push_back(one);
    }
  }
  std::ranges::sort(all, {}, &OrdinaryText::words);
  return all;
}

}  // namespace schoolwatch::matchers
