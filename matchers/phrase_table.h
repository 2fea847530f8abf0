#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matchers/tokens.h"

namespace schoolwatch::matchers {

// A name as a sequence of canonical words (see Token), joined by single spaces.
struct Phrase {
  std::string words;
  bool is_tag = false;  // A handle or hashtag: one word.
  bool operator==(const Phrase&) const = default;
  auto operator<=>(const Phrase&) const = default;
};

// Finds any of many phrases in a row of tokens. A bitmap over the first two tokens' hash rejects
// nearly every place, so that the cost does not depend on the number of phrases until the bitmap
// (16 bits a start) leaves the second-level cache. Immutable, thread-safe.
class PhraseTable {
 public:
  // Phrases of more than kMaxWords words are never found.
  explicit PhraseTable(std::vector<Phrase> phrases, Spelling spelling = Spelling::kPlain);

  struct Hit {
    std::uint32_t phrase = 0;  // Index into what was given.
    std::uint32_t first = 0;   // Tokens [first, last).
    std::uint32_t last = 0;
  };
  // Appends all occurrences, overlapping ones too, by first token. `tokens` are those of `folded`
  // in this table's spelling.
  void Find(std::string_view folded, std::span<const Token> tokens, std::vector<Hit>& hits) const;

  const Phrase& phrase(std::uint32_t index) const { return phrases_[index]; }
  std::size_t size() const { return phrases_.size(); }
  Spelling spelling() const { return spelling_; }
  // Memory of all tables, for benchmarks and `doctor`.
  std::size_t bytes() const;

  static constexpr std::size_t kMaxWords = 12;

 private:
  struct Slot {
    std::uint64_t hash = 0;  // 0: free.
    std::uint32_t phrase = 0;
  };
  bool MayStart(std::uint64_t hash) const {
    return (bitmap_[(hash >> 6) & bitmap_mask_] >> (hash & 63) & 1) != 0;
  }
  // A phrase's first one or two words, and all of its words.
  struct Entry {
    std::uint64_t start = 0;
    std::uint64_t hash = 0;
    std::size_t words = 0;
    std::uint32_t phrase = 0;
  };
  void Insert(const Entry& entry);
  void Prefetch(std::span<const Token> tokens) const;
  void Lookup(std::uint64_t hash, std::string_view folded, std::span<const Token> tokens,
              TokenPart last_part, std::uint32_t first, std::vector<Hit>& hits) const;
  bool Spells(const Phrase& phrase, std::string_view folded, std::span<const Token> tokens,
              TokenPart last_part) const;

  std::vector<Phrase> phrases_;
  Spelling spelling_;
  std::vector<std::uint64_t> bitmap_;
  std::uint64_t bitmap_mask_ = 0;
  std::vector<std::uint16_t> lengths_;  // By the first two words' hash: bit n-1 for n words.
  std::uint64_t lengths_mask_ = 0;
  std::vector<Slot> slots_;
  std::uint64_t slots_mask_ = 0;
};

}  // namespace schoolwatch::matchers
