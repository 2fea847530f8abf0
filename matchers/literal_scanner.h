#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matchers/literal.h"

namespace schoolwatch::matchers {

// Finds which of many strings occur in a text in one pass (Aho-Corasick over a dense table of byte
// classes). Fast while the table fits the first caches, so only for what cannot be found by words.
class SubstringScanner {
 public:
  explicit SubstringScanner(std::span<const std::string> strings);

  struct Occurrence {
    std::uint32_t string = 0;
    std::uint32_t end = 0;
  };
  // Appends every occurrence.
  void Find(std::string_view text, std::vector<Occurrence>& found) const;

 private:
  std::size_t count_ = 0;
  std::array<std::uint8_t, 256> classes_{};  // 0: a byte in no string.
  std::size_t width_ = 1;
  std::vector<std::uint32_t> next_;           // [state * width_ + class]: state.
  std::vector<std::uint32_t> outputs_begin_;  // By state; one more at the end.
  std::vector<std::uint32_t> outputs_;        // Strings that end in a state.
};

// Finds literals by their rarest word: each word of a text is hashed once, and a bitmap says of
// nearly all words that no literal has them. So the cost depends on the text and hardly on the
// number of literals. Immutable, thread-safe.
class LiteralScanner {
 public:
  explicit LiteralScanner(std::vector<Literal> literals);

  struct Stretch {            // Words with no white space between them.
    std::uint32_t start = 0;  // Of the first word.
    std::uint32_t end = 0;    // Of the last one.
  };
  struct Occurrence {
    std::uint32_t literal = 0;  // Index into what was given.
    std::uint32_t stretch = 0;  // Index into `stretches`: it has a word of the literal, or is the
                                // last one that starts before it.
    std::uint32_t start = 0;    // Of the literal.
  };
  class Found {
   public:
    std::vector<Stretch> stretches;       // All of the text, in order.
    std::vector<Occurrence> occurrences;  // By stretch.

   private:
    friend LiteralScanner;
    // A key of the text that may be in slots_. They are gathered first and looked up then, so that
    // the memory that they need comes while others are made.
    struct Candidate {
      std::uint64_t key = 0;
      std::uint32_t slot = 0;
      std::uint32_t at = 0;
      std::uint32_t stretch = 0;
    };
    std::array<Candidate, 64> candidates;
    std::size_t candidate_count = 0;
  };
  // All occurrences of all literals; in place of what `found` held, whose room is kept.
  void Find(std::string_view text, Found& found) const;

 private:
  struct Slot {
    std::uint64_t key = 0;    // 0: free.
    std::uint32_t begin = 0;  // Range of entries_ …
    std::uint32_t end = 0;    // … or kJustTheWord: `begin` is the only literal, and its word.
  };
  static constexpr std::uint32_t kJustTheWord = 0xFFFFFFFF;
  // A literal with all that most need to be compared, so that nothing else is touched.
  struct Entry {
    std::uint32_t literal = 0;
    std::uint32_t size = 0;
    std::uint32_t offset = 0;  // Of the key in the literal.
    bool word_start = false;
    bool word_end = false;
    bool is_just_key = false;  // A word is this where its key is.
    std::uint64_t head = 0;    // Its first bytes, at most eight, the rest zero …
    std::uint64_t tail = 0;    // … and the last eight, where it has more.
  };

  Entry MakeEntry(std::uint32_t number, const LiteralKey& key) const;
  void Gather(std::uint64_t key, std::size_t at, Found& found) const;
  void LookUp(std::string_view text, Found& found) const;
  void FindSubstrings(std::string_view text, Found& found) const;
  bool IsAt(const Entry& entry, std::string_view text, std::size_t start) const;

  std::vector<Literal> literals_;
  std::vector<std::uint64_t> bitmap_;  // A bit for each hash that a key has.
  unsigned bitmap_shift_ = 64;
  std::vector<Slot> slots_;
  unsigned slots_shift_ = 64;
  std::vector<Entry> entries_;
  std::vector<std::size_t> prefixes_;  // Lengths of the prefixes that are keys.
  std::vector<std::uint32_t> substring_literals_;
  SubstringScanner substrings_;
};

}  // namespace schoolwatch::matchers
