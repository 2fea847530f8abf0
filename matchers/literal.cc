#include "matchers/literal.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "matchers/ordinary_counts.h"

namespace schoolwatch::matchers {
namespace {

// Posts that mention a school have these far more often than ordinary ones.
constexpr std::array<std::string_view, 16> kSchoolWords{
    "academy", "child",   "children", "class",  "head",   "kid",     "kids",     "parent",
    "parents", "primary", "pupil",    "pupils", "school", "teacher", "teachers", "year"};
constexpr double kSchoolWordFrequency = 4e-3;

template <std::size_t N>
double ByLength(const std::array<double, N>& shares, std::size_t length) {
  return shares[std::min(length, N) - 1];
}

// By first letter, a bit for each length that they have: nearly no word passes, so that nearly none
// is compared.
constexpr std::array<std::uint32_t, 26> kSchoolWordLengths = [] {
  std::array<std::uint32_t, 26> lengths{};
  for (const std::string_view word : kSchoolWords) {
    lengths[static_cast<std::size_t>(word.front() - 'a')] |= 1U << word.size();
  }
  return lengths;
}();

bool IsSchoolWord(std::string_view word) {
  return word.front() >= 'a' && word.front() <= 'z' && word.size() < 32 &&
         (kSchoolWordLengths[static_cast<std::size_t>(word.front() - 'a')] >> word.size() & 1) !=
             0 &&
         std::ranges::find(kSchoolWords, word) != kSchoolWords.end();
}

double WordFrequency(std::string_view word) {
  constexpr std::array kShares{2e-3, 1e-3, 2e-4, 1e-4, 4e-5, 2e-5};
  if (IsSchoolWord(word)) {
    return kSchoolWordFrequency;
  }
  const std::uint32_t count = CountOrdinaryWord(word);
  return count == 0 ? ByLength(kShares, word.size())
                    : static_cast<double>(count) / static_cast<double>(OrdinaryWordTotal());
}

double PrefixFrequency(std::string_view prefix) {
  constexpr std::array kShares{6e-2, 2e-2, 4e-3, 1e-3, 3e-4, 1e-4};
  return ByLength(kShares, prefix.size()) + WordFrequency(prefix);
}

double PartFrequency(std::string_view part) {
  constexpr std::array kShares{0.5, 0.1, 2e-2, 5e-3, 2e-3, 5e-4};
  if (std::ranges::none_of(part, IsWordByte)) {
    // An emoji or a currency sign is rare, a full stop is not.
    const bool common = part.find_first_not_of(" \t\n.,!?'\"-:;()/") == std::string_view::npos;
    return !common ? 1e-3 : part.size() > 1 ? 2e-2 : 0.3;
  }
  return ByLength(kShares, part.size());
}

}  // namespace

LiteralKey KeyOf(const Literal& literal) {
  constexpr double kEachMoreWord = 0.3;
  const std::string_view text = literal.text;
  LiteralKey best;
  best.frequency = PartFrequency(text);
  std::size_t words = 0;
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    if (!IsWordByte(text[begin])) {
      continue;
    }
    std::size_t end = begin;
    while (end < text.size() && IsWordByte(text[end])) {
      ++end;
    }
    ++words;
    if (begin > 0 || literal.word_start) {
      const std::string_view word = text.substr(begin, end - begin);
      const bool whole = end < text.size() || literal.word_end;
      const double frequency = whole ? WordFrequency(word) : PrefixFrequency(word);
      if (best.kind == LiteralKey::Kind::kNone || frequency < best.frequency) {
        best = {.kind = whole ? LiteralKey::Kind::kWord : LiteralKey::Kind::kPrefix,
                .offset = begin,
                .length = word.size(),
                .frequency = frequency};
      }
    }
    begin = end;
  }
  for (; words > 1; --words) {
    best.frequency *= kEachMoreWord;
  }
  return best;
}

}  // namespace schoolwatch::matchers
