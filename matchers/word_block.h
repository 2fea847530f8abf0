#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/text/byte_block.h"
#include "matchers/word_hash.h"

namespace schoolwatch::matchers {

// What sixty-four bytes of a text hold, bit i for byte i.
struct WordBlock {
  // A block is read with the bytes behind it, so that a word may be loaded sixteen bytes at a time
  // wherever it starts.
  static constexpr std::size_t kReadAhead = core::ByteBlock::kSize + 16;

  std::uint64_t word = 0;       // ASCII letters and figures.
  std::uint64_t quotes = 0;     // Apostrophes inside a word, which are no part of it.
  std::uint64_t ampersand = 0;  // A word of its own: "and".
  std::uint64_t space = 0;      // What never stands inside a token that is unmasked as one.
  // Where the views of a text may differ from its lower-cased bytes, or from each other. May say
  // too much, never too little, of all that ends before `end`.
  std::uint64_t odd = 0;
  std::size_t end = 0;  // Behind the last byte that no such thing reaches across; 0: there is none.
};

// Looks at the block at `bytes`, behind a byte that no word reaches across.
WordBlock LookAtWords(const char* bytes);

// Bits below `bit`.
constexpr std::uint64_t Below(std::size_t bit) {
  return bit >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bit) - 1;
}

// The hash of the ASCII word of `size` bytes at `bytes` in skeleton spelling: small letters, "i"
// for "l", one letter of equal ones. Fifteen bytes behind the word may be read.
struct HashedWord {
  std::uint64_t hash = 0;
  std::uint64_t front = 0;                 // Of its first eight letters.
  WordLength length = WordLength::kShort;  // In that spelling.
};
HashedWord HashLongWord(const char* bytes, std::size_t size);

// Of bytes below 0x80, those that are zero, as their top bits.
constexpr std::uint64_t ZeroBytes(std::uint64_t word) {
  return ~(word + 0x7F7F7F7F7F7F7F7FULL) & 0x8080808080808080ULL;
}

// `bytes` as the little end first, small letters and "i" for "l"; `used` has the bits that count.
inline std::uint64_t LoadPlain(const char* bytes, std::uint64_t used) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  if constexpr (std::endian::native == std::endian::big) {
    word = __builtin_bswap64(word);
  }
  word = (word | 0x2020202020202020ULL) & used;  // Figures have the bit already.
  static_assert(('l' ^ 'i') == 0b101);
  const std::uint64_t is_l = ZeroBytes(word ^ 0x6C6C6C6C6C6C6C6CULL);
  return word ^ (is_l >> 7 | is_l >> 5);
}

// By the size of a word, the bits of a register that it uses.
inline constexpr std::array<std::uint64_t, 9> kUsedBits = [] {
  std::array<std::uint64_t, 9> used{};
  for (std::size_t size = 1; size < used.size(); ++size) {
    used[size] = ~std::uint64_t{0} >> (64 - 8 * size);
  }
  return used;
}();

inline HashedWord HashAsciiWord(const char* bytes, std::size_t size) {
  if (size > 8) {
    return HashLongWord(bytes, size);
  }
  const std::uint64_t used = kUsedBits[size];
  std::uint64_t word = LoadPlain(bytes, used);
  // Bytes that the next one repeats. Without a branch the first of them goes: many words have one,
  // few have more.
  std::uint64_t twice = ZeroBytes(word ^ (word >> 8)) & (used >> 8);
  while (true) {
    const std::uint64_t kept = twice ^ (twice - 1);  // Up to the first; all where there is none.
    word = (word & kept) | ((word >> 8) & ~kept);
    if ((twice & (twice - 1)) == 0) [[likely]] {
      const std::uint64_t hash = WordHash::OfShort(word);
      return {hash, hash};
    }
    twice = ((twice & (twice - 1)) >> 8);
  }
}

}  // namespace schoolwatch::matchers
