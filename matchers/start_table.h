#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "matchers/phrase_table.h"
#include "matchers/word_hash.h"

namespace schoolwatch::matchers {

// Which parts a word may have in the starts of phrases, as bits.
enum WordRole : std::uint64_t {
  kNoRole = 0,
  kAlone = 1,   // A phrase of one word.
  kFirst = 2,   // The first of several.
  kSecond = 4,  // The second.
};

// The words, and pairs of words, with which any of many phrases starts, by their hashes in skeleton
// spelling. Asked in steps, for a table of all starts of 24,000 schools does not stay in the cache
// beside the text: first whether a word may end a start, of its first eight letters alone (names
// written as one word are many, and begin alike), which takes a hundredth of the room; then for the
// roles of single words; then for a word that may stand alone, or a first and a second in a row.
// Immutable, thread-safe.
class StartTable {
 public:
  explicit StartTable(std::span<const Phrase> phrases);

  // Whether a word (no tag) may stand alone or second, that is, whether it may end what a phrase
  // starts with, by the hash of its first eight letters; one in thirty others is let by. First are
  // too many words of a language ("the").
  bool MayEndStart(std::uint64_t front) const {
    const std::uint64_t place = endings_[(front >> 36) & endings_mask_];
    return ((place >> (front & 63)) & (place >> (front >> 6 & 63)) & (place >> (front >> 12 & 63)) &
            1) != 0;
  }
  // The roles that a word may have; of one that is not in the table some more by chance.
  std::uint64_t RolesOf(std::uint64_t word, WordLength length) const {
    const std::uint64_t place = PlaceOf(word, length);
    return (place >> (word >> 12 & 63) & 1) | (place >> (word >> 18 & 63) & 1) << 1 |
           (place >> (word >> 24 & 63) & 1) << 2;
  }

  // Whether a phrase starts with the word, or pair of words (CombineHashes), of this hash. Three
  // bits of one place for each start, of sixteen bits a start, let one in a hundred others by to
  // the table behind them.
  bool Has(std::uint64_t start) const {
    const std::uint64_t bits = BitsOf(start);
    return (bitmap_[(start >> 32) & bitmap_mask_] & bits) == bits && IsInTable(start);
  }

 private:
  static std::uint64_t BitsOf(std::uint64_t start) {
    return std::uint64_t{1} << (start & 63) | std::uint64_t{1} << (start >> 6 & 63) |
           std::uint64_t{1} << (start >> 12 & 63);
  }
  struct WordAndRole {
    std::uint64_t word = 0;
    std::uint64_t front = 0;
    WordLength length = WordLength::kShort;
    WordRole role = kNoRole;
    auto operator<=>(const WordAndRole&) const = default;
  };
  void FillRoles(std::span<const WordAndRole> words);
  void FillEndings(std::span<const WordAndRole> words);
  void Insert(std::uint64_t start);
  bool IsInTable(std::uint64_t start) const;

  // In one place for each word, three bits for those that may end a start.
  std::vector<std::uint64_t> endings_;
  std::uint64_t endings_mask_ = 0;
  // Likewise, a bit for each of its roles.
  struct Roles {
    std::vector<std::uint64_t> places;
    std::uint64_t mask = 0;
  };
  std::uint64_t PlaceOf(std::uint64_t word, WordLength length) const {
    const Roles& roles = roles_[static_cast<std::size_t>(length)];
    return roles.places[(word >> 36) & roles.mask];
  }
  std::array<Roles, 2> roles_;  // By WordLength.
  std::vector<std::uint64_t> bitmap_;
  std::uint64_t bitmap_mask_ = 0;
  std::vector<std::uint64_t> starts_;  // Open addressing; 0: free.
  std::uint64_t starts_mask_ = 0;
};

}  // namespace schoolwatch::matchers
