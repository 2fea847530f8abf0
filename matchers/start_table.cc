#include "matchers/start_table.h"

#include <algorithm>
#include <bit>
#include <string>
#include <string_view>
#include <utility>

#include "matchers/canonical_words.h"
#include "matchers/tokens.h"
#include "matchers/word_hash.h"

namespace schoolwatch::matchers {
namespace {

template <class T>
void KeepEachOnce(std::vector<T>& all) {
  std::ranges::sort(all);
  all.erase(std::ranges::unique(all).begin(), all.end());
}

}  // namespace

StartTable::StartTable(std::span<const Phrase> phrases) {
  std::vector<std::uint64_t> starts;
  std::vector<WordAndRole> words;
  starts.reserve(phrases.size());
  for (const Phrase& phrase : phrases) {
    const std::string skeleton = SkeletonOf(phrase.words);
    const std::string_view all = skeleton;
    const std::string_view first = all.substr(0, all.find(' '));
    const auto add_word = [&](std::string_view word, WordRole role) {
      const std::uint64_t hash = HashWord(word, phrase.is_tag);
      if (!phrase.is_tag) {
        words.push_back({hash, HashWord(word.substr(0, 8), false),
                         word.size() > 8 ? WordLength::kLong : WordLength::kShort, role});
      }
      return hash;
    };
    if (first.size() == all.size()) {
      starts.push_back(add_word(first, kAlone));
      continue;
    }
    const std::string_view rest = all.substr(first.size() + 1);
    const std::uint64_t first_hash = add_word(first, kFirst);
    starts.push_back(CombineHashes(first_hash, add_word(rest.substr(0, rest.find(' ')), kSecond)));
  }
  KeepEachOnce(words);
  FillRoles(words);
  FillEndings(words);
  // The names of a school share few starts: the tables are a third of what phrases would need.
  KeepEachOnce(starts);
  const std::size_t count = std::max<std::size_t>(starts.size(), 16);
  bitmap_.assign(std::bit_ceil(count * 16) / 64, 0);
  bitmap_mask_ = bitmap_.size() - 1;
  starts_.assign(std::bit_ceil(count * 2), 0);
  starts_mask_ = starts_.size() - 1;
  for (const std::uint64_t start : starts) {
    Insert(start);
  }
}

void StartTable::FillRoles(std::span<const WordAndRole> words) {
  for (const WordLength length : {WordLength::kShort, WordLength::kLong}) {
    Roles& roles = roles_[static_cast<std::size_t>(length)];
    const auto count = std::ranges::count(words, length, &WordAndRole::length);
    const auto bits = std::max<std::size_t>(static_cast<std::size_t>(count), 64) * 12;
    roles.places.assign(std::bit_ceil(bits) / 64, 0);
    roles.mask = roles.places.size() - 1;
  }
  for (const auto& [word, front, length, role] : words) {
    Roles& roles = roles_[static_cast<std::size_t>(length)];
    const unsigned shift = role == kAlone ? 12 : role == kFirst ? 18 : 24;
    roles.places[(word >> 36) & roles.mask] |= std::uint64_t{1} << (word >> shift & 63);
  }
}

void StartTable::FillEndings(std::span<const WordAndRole> words) {
  std::vector<std::uint64_t> fronts;
  for (const WordAndRole& word : words) {
    if (word.role != kFirst) {
      fronts.push_back(word.front);
    }
  }
  KeepEachOnce(fronts);
  endings_.assign(std::bit_ceil(std::max<std::size_t>(fronts.size(), 64) * 8) / 64, 0);
  endings_mask_ = endings_.size() - 1;
  for (const std::uint64_t front : fronts) {
    endings_[(front >> 36) & endings_mask_] |= BitsOf(front);
  }
}

void StartTable::Insert(std::uint64_t start) {
  bitmap_[(start >> 32) & bitmap_mask_] |= BitsOf(start);
  std::uint64_t slot = (start >> 18) & starts_mask_;
  while (starts_[slot] != 0) {
    slot = (slot + 1) & starts_mask_;
  }
  starts_[slot] = start;
}

bool StartTable::IsInTable(std::uint64_t start) const {
  for (std::uint64_t slot = (start >> 18) & starts_mask_; starts_[slot] != 0;
       slot = (slot + 1) & starts_mask_) {
    if (starts_[slot] == start) {
      return true;
    }
  }
  return false;
}

}  // namespace schoolwatch::matchers
