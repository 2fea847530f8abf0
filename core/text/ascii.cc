#include "core/text/ascii.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "core/text/byte_block.h"

namespace schoolwatch::core {
namespace {

constexpr std::uint64_t kTopBits = 0x8080808080808080ULL;
constexpr std::uint64_t Repeat(unsigned char byte) { return byte * 0x0101010101010101ULL; }

std::uint64_t Load(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

// Of each byte below 0x80, whether it is a capital letter, as its top bit.
std::uint64_t LowerWord(std::uint64_t word) {
  const std::uint64_t low = word & ~kTopBits;
  const std::uint64_t from_a = low + Repeat(0x80 - 'A');
  const std::uint64_t past_z = low + Repeat(0x80 - 'Z' - 1);
  const std::uint64_t is_capital = from_a & ~past_z & ~word & kTopBits;
  return word | (is_capital >> 2);  // 0x80 >> 2 is the bit that makes it small.
}

}  // namespace

std::size_t SizeOfAsciiPrefix(std::string_view text) {
  std::size_t at = 0;
  // One question of a block; which byte it was is asked below.
  for (; at + ByteBlock::kSize <= text.size(); at += ByteBlock::kSize) {
    std::uint64_t all = 0;
    for (std::size_t word = 0; word < ByteBlock::kSize; word += sizeof(std::uint64_t)) {
      all |= Load(text.data() + at + word);
    }
    if ((all & kTopBits) != 0) {
      return at +
             static_cast<std::size_t>(std::countr_zero(ByteBlock(text.data() + at).NotAscii()));
    }
  }
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    if ((Load(text.data() + at) & kTopBits) != 0) {
      break;
    }
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) {
    ++at;
  }
  return at;
}

void LowerAscii(std::span<char> text) {
  std::size_t at = 0;
  for (; at + ByteBlock::kSize <= text.size(); at += ByteBlock::kSize) {
    // Eight words: a count that is known is what the compiler makes vectors of.
    for (std::size_t word = 0; word < ByteBlock::kSize; word += sizeof(std::uint64_t)) {
      const std::uint64_t lower = LowerWord(Load(text.data() + at + word));
      std::memcpy(text.data() + at + word, &lower, sizeof(lower));
    }
  }
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t lower = LowerWord(Load(text.data() + at));
    std::memcpy(text.data() + at, &lower, sizeof(lower));
  }
  for (; at < text.size(); ++at) {
    char& c = text[at];
    c = static_cast<char>(c + (c >= 'A' && c <= 'Z' ? 'a' - 'A' : 0));
  }
}

}  // namespace schoolwatch::core
