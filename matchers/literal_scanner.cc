#include "matchers/literal_scanner.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "core/parallel.h"

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kLongestPrefix = 4;

constexpr std::uint64_t FirstBytes(std::size_t length) {
  return length >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * length)) - 1;
}

// The first `length` bytes at `begin`, at most eight, the rest zero.
inline std::uint64_t LoadBytes(std::string_view text, std::size_t begin, std::size_t length) {
  std::uint64_t bytes = 0;
  if (begin + sizeof bytes <= text.size()) [[likely]] {
    std::memcpy(&bytes, text.data() + begin, sizeof bytes);
    return bytes & FirstBytes(length);
  }
  std::memcpy(&bytes, text.data() + begin, std::min({length, text.size() - begin, sizeof bytes}));
  return bytes;
}

constexpr std::size_t kShortWord = sizeof(std::uint64_t);

// Keys of words and of prefixes. Those of short words are told from all others by two top bits that
// no ASCII has, and differ where the words do. Longer words may share one, so literals are
// compared.
std::uint64_t WordKey(std::string_view text, std::size_t begin, std::size_t length) {
  constexpr std::uint64_t kIsWord = std::uint64_t{1} << 63;
  constexpr std::uint64_t kIsLong = std::uint64_t{1} << 55;
  const std::uint64_t bytes = LoadBytes(text, begin, length);
  if (length <= kShortWord) {
    return bytes | kIsWord;
  }
  const std::uint64_t last = LoadBytes(text, begin + length - kShortWord, kShortWord);
  return ((bytes ^ std::rotl(last, 29)) + length) | kIsWord | kIsLong;
}
std::uint64_t PrefixKey(std::string_view text, std::size_t begin, std::size_t length) {
  return LoadBytes(text, begin, length) | std::uint64_t{length} << 40;
}
std::uint64_t HashKey(std::uint64_t key) {
  key ^= key >> 32;
  key *= 0x9E3779B97F4A7C15ULL;
  return key ^ (key >> 29);
}
constexpr std::uint64_t kSpread = 0xBF58476D1CE4E5B9ULL;

bool IsWordAt(std::string_view text, std::size_t at) { return IsWordByte(text[at]); }

}  // namespace

SubstringScanner::SubstringScanner(std::span<const std::string> strings) : count_(strings.size()) {
  for (const std::string& one : strings) {
    for (const char byte : one) {
      std::uint8_t& known = classes_[static_cast<unsigned char>(byte)];
      if (known == 0) {
        // At most 256 values can be asked for, and a text that uses all of them shares the last.
        known = static_cast<std::uint8_t>(width_ < 255 ? width_++ : 255);
      }
    }
  }
  if (width_ == 255) {
    width_ = 256;
  }

  // A trie with row numbers first; failure links are then written into the same table.
  std::vector<std::vector<std::uint32_t>> ends(1);
  next_.assign(width_, 0);
  for (std::size_t index = 0; index < strings.size(); ++index) {
    std::size_t state = 0;
    for (const char byte : strings[index]) {
      const std::size_t cell = state * width_ + classes_[static_cast<unsigned char>(byte)];
      if (next_[cell] == 0) {
        next_[cell] = static_cast<std::uint32_t>(ends.size());
        ends.emplace_back();
        next_.resize(next_.size() + width_, 0);
      }
      state = next_[cell];
    }
    ends[state].push_back(static_cast<std::uint32_t>(index));
  }

  const std::size_t states = ends.size();
  std::vector<std::uint32_t> fail(states, 0);
  std::vector<std::uint32_t> order;  // Breadth first, so that a shorter suffix is complete already.
  order.reserve(states);
  for (std::size_t column = 0; column < width_; ++column) {
    if (next_[column] != 0) {
      order.push_back(next_[column]);
    }
  }
  for (std::size_t at = 0; at < order.size(); ++at) {
    const std::size_t state = order[at];
    const std::vector<std::uint32_t>& inherited = ends[fail[state]];
    ends[state].insert(ends[state].end(), inherited.begin(), inherited.end());
    for (std::size_t column = 0; column < width_; ++column) {
      std::uint32_t& child = next_[state * width_ + column];
      const std::uint32_t fallback = next_[fail[state] * width_ + column];
      if (child == 0) {
        child = fallback;
      } else {
        fail[child] = fallback;
        order.push_back(child);
      }
    }
  }

  outputs_begin_.reserve(states + 1);
  for (const std::vector<std::uint32_t>& one : ends) {
    outputs_begin_.push_back(static_cast<std::uint32_t>(outputs_.size()));
    outputs_.insert(outputs_.end(), one.begin(), one.end());
  }
  outputs_begin_.push_back(static_cast<std::uint32_t>(outputs_.size()));
}

void SubstringScanner::Find(std::string_view text, std::vector<Occurrence>& found) const {
  if (count_ == 0) {
    return;
  }
  std::size_t state = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    state = next_[state * width_ + classes_[static_cast<unsigned char>(text[at])]];
    for (std::uint32_t output = outputs_begin_[state]; output < outputs_begin_[state + 1];
         ++output) {
      found.push_back({outputs_[output], static_cast<std::uint32_t>(at + 1)});
    }
  }
}

LiteralScanner::LiteralScanner(std::vector<Literal> literals)
    : literals_(std::move(literals)), substrings_({}) {
  constexpr std::size_t kAtOnce = 4096;  // Of tens of thousands; each costs a look-up or two.
  std::vector<LiteralKey> keys_of(literals_.size());
  core::ForEachIndex((literals_.size() + kAtOnce - 1) / kAtOnce, [&](std::size_t part) {
    const std::size_t end = std::min(literals_.size(), (part + 1) * kAtOnce);
    for (std::size_t index = part * kAtOnce; index < end; ++index) {
      keys_of[index] = KeyOf(literals_[index]);
    }
  });
  struct Keyed {
    std::uint64_t key = 0;
    std::uint32_t literal = 0;
    auto operator<=>(const Keyed&) const = default;
  };
  std::vector<Keyed> by_key;
  by_key.reserve(literals_.size());
  std::vector<std::string> strings;
  for (std::size_t index = 0; index < literals_.size(); ++index) {
    const std::string& text = literals_[index].text;
    const LiteralKey& key = keys_of[index];
    const auto number = static_cast<std::uint32_t>(index);
    switch (key.kind) {
      case LiteralKey::Kind::kWord:
        by_key.push_back({WordKey(text, key.offset, key.length), number});
        break;
      case LiteralKey::Kind::kPrefix: {
        const std::size_t length = std::min(key.length, kLongestPrefix);
        by_key.push_back({PrefixKey(text, key.offset, length), number});
        if (std::ranges::find(prefixes_, length) == prefixes_.end()) {
          prefixes_.push_back(length);
        }
        break;
      }
      case LiteralKey::Kind::kNone:
        substring_literals_.push_back(number);
        strings.push_back(text);
        break;
    }
  }
  substrings_ = SubstringScanner(strings);

  // Sixteen bits a key: one word in sixteen that is no key is looked up for nothing.
  std::ranges::sort(by_key);
  std::size_t different = 0;
  for (std::size_t at = 0; at < by_key.size(); ++at) {
    different += at == 0 || by_key[at].key != by_key[at - 1].key ? 1U : 0U;
  }
  const std::size_t keys = std::max<std::size_t>(different, 64);
  const std::size_t bits = std::bit_ceil(keys * 16);
  bitmap_.assign(bits / 64, 0);
  bitmap_shift_ = static_cast<unsigned>(64 - std::countr_zero(bits));
  const std::size_t slots = std::bit_ceil(keys * 2);
  slots_.resize(slots);
  slots_shift_ = static_cast<unsigned>(64 - std::countr_zero(slots));
  entries_.reserve(by_key.size());
  for (std::size_t at = 0; at < by_key.size();) {
    const std::uint64_t key = by_key[at].key;
    const std::uint64_t hash = HashKey(key);
    const std::uint64_t bit = hash >> bitmap_shift_;
    bitmap_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    std::size_t slot = (hash * kSpread) >> slots_shift_;
    while (slots_[slot].key != 0) {
      slot = (slot + 1) & (slots - 1);
    }
    const auto begin = static_cast<std::uint32_t>(entries_.size());
    for (; at < by_key.size() && by_key[at].key == key; ++at) {
      entries_.push_back(MakeEntry(by_key[at].literal, keys_of[by_key[at].literal]));
    }
    const bool is_alone = entries_.size() == begin + 1 && entries_[begin].is_just_key;
    slots_[slot] = is_alone ? Slot{key, entries_[begin].literal, kJustTheWord}
                            : Slot{key, begin, static_cast<std::uint32_t>(entries_.size())};
  }
}

LiteralScanner::Entry LiteralScanner::MakeEntry(std::uint32_t number, const LiteralKey& key) const {
  const auto& [text, word_start, word_end] = literals_[number];
  return {.literal = number,
          .size = static_cast<std::uint32_t>(text.size()),
          .offset = static_cast<std::uint32_t>(key.offset),
          .word_start = word_start,
          .word_end = word_end,
          .is_just_key = key.kind == LiteralKey::Kind::kWord && word_start && word_end &&
                         key.length == text.size() && key.length <= kShortWord,
          .head = LoadBytes(text, 0, text.size()),
          .tail = text.size() > 8 ? LoadBytes(text, text.size() - 8, 8) : 0};
}

bool LiteralScanner::IsAt(const Entry& entry, std::string_view text, std::size_t start) const {
  const std::size_t end = start + entry.size;
  if (end > text.size() || LoadBytes(text, start, entry.size) != entry.head ||
      (entry.word_start && start > 0 && IsWordByte(text[start - 1])) ||
      (entry.word_end && end < text.size() && IsWordByte(text[end]))) {
    return false;
  }
  constexpr std::size_t kHead = sizeof entry.head;
  return entry.size <= kHead || (LoadBytes(text, end - kHead, kHead) == entry.tail &&
                                 (entry.size <= 2 * kHead ||
                                  text.substr(start, entry.size) == literals_[entry.literal].text));
}

// Keeps the key, where a literal may have it, for LookUp.
inline void LiteralScanner::Gather(std::uint64_t key, std::size_t at, Found& found) const {
  const std::uint64_t hash = HashKey(key);
  const std::uint64_t bit = hash >> bitmap_shift_;
  const std::uint64_t slot = (hash * kSpread) >> slots_shift_;
  __builtin_prefetch(&slots_[slot]);
  found.candidates[found.candidate_count] = {
      .key = key,
      .slot = static_cast<std::uint32_t>(slot),
      .at = static_cast<std::uint32_t>(at),
      .stretch = static_cast<std::uint32_t>(found.stretches.size() - 1)};
  found.candidate_count += bitmap_[bit / 64] >> (bit % 64) & 1;
}

void LiteralScanner::LookUp(std::string_view text, Found& found) const {
  for (const Found::Candidate& one : std::span(found.candidates).first(found.candidate_count)) {
    std::size_t slot = one.slot;
    while (slots_[slot].key != one.key && slots_[slot].key != 0) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    const auto& [key, begin, end] = slots_[slot];
    if (key == 0) {
      continue;
    }
    if (end == kJustTheWord) {
      found.occurrences.push_back({begin, one.stretch, one.at});
      continue;
    }
    for (std::uint32_t index = begin; index < end; ++index) {
      const Entry& entry = entries_[index];
      if (one.at >= entry.offset && IsAt(entry, text, one.at - entry.offset)) {
        found.occurrences.push_back({entry.literal, one.stretch, one.at - entry.offset});
      }
    }
  }
  found.candidate_count = 0;
}

void LiteralScanner::FindSubstrings(std::string_view text, Found& found) const {
  std::vector<SubstringScanner::Occurrence> inside;
  substrings_.Find(text, inside);
  const auto words = static_cast<std::ptrdiff_t>(found.occurrences.size());
  for (const SubstringScanner::Occurrence& one : inside) {
    const std::uint32_t number = substring_literals_[one.string];
    const Literal& literal = literals_[number];
    const std::size_t start = one.end - literal.text.size();
    if ((literal.word_start && start > 0 && IsWordByte(text[start - 1])) ||
        (literal.word_end && one.end < text.size() && IsWordByte(text[one.end]))) {
      continue;
    }
    const auto after = std::ranges::upper_bound(found.stretches, start, {}, &Stretch::start);
    const auto stretch = after == found.stretches.begin() ? 0 : after - found.stretches.begin() - 1;
    found.occurrences.push_back(
        {number, static_cast<std::uint32_t>(stretch), static_cast<std::uint32_t>(start)});
  }
  std::ranges::stable_sort(found.occurrences.begin() + words, found.occurrences.end(), {},
                           &Occurrence::stretch);
  std::ranges::inplace_merge(found.occurrences, found.occurrences.begin() + words, {},
                             &Occurrence::stretch);
}

void LiteralScanner::Find(std::string_view text, Found& found) const {
  found.stretches.clear();
  found.occurrences.clear();
  found.stretches.reserve(text.size() / 4);
  found.occurrences.reserve(text.size() / 8);
  bool after_space = true;
  for (std::size_t at = 0; at < text.size();) {
    if (!IsWordAt(text, at)) {
      after_space = after_space || IsSpaceByte(text[at]);
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && IsWordAt(text, at)) {
      ++at;
    }
    if (after_space) {
      found.stretches.push_back({static_cast<std::uint32_t>(begin), 0});
      after_space = false;
    }
    found.stretches.back().end = static_cast<std::uint32_t>(at);
    if (found.candidate_count + 1 + prefixes_.size() > found.candidates.size()) {
      LookUp(text, found);
    }
    Gather(WordKey(text, begin, at - begin), begin, found);
    for (const std::size_t length : prefixes_) {
      if (length <= at - begin) {
        Gather(PrefixKey(text, begin, length), begin, found);
      }
    }
  }
  LookUp(text, found);
  if (!substring_literals_.empty()) {
    FindSubstrings(text, found);
  }
}

}  // namespace schoolwatch::matchers
