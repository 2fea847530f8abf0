#include "storage/key_filter.h"

#include <algorithm>

#include "core/hash.h"

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kBitsPerKey = 12;
constexpr std::size_t kBlockBits = 512;
constexpr std::size_t kMostBlocks = (64U << 20) / (kBlockBits / 8);

// Where a key's bits are: a block by the upper half of its hash, six bits in it by nine bits each
// of the hash stirred once more.
struct Place {
  std::size_t block;
  std::uint64_t bits;
};

Place PlaceOf(std::string_view key, std::size_t blocks) {
  const std::uint64_t hash = core::Hash64(key);
  return {((hash >> 32) * blocks) >> 32, hash * 0x9E37'79B9'7F4A'7C15U};
}

template <class Visit>
bool ForBits(std::uint64_t bits, Visit visit) {
  for (int probe = 0; probe < 6; ++probe, bits >>= 9) {
    const std::size_t bit = bits % kBlockBits;
    if (!visit(bit / 64, std::uint64_t{1} << (bit % 64))) {
      return false;
    }
  }
  return true;
}

}  // namespace

KeyFilter::KeyFilter(std::size_t keys)
    : blocks_(std::clamp<std::size_t>(keys * kBitsPerKey / kBlockBits, 1, kMostBlocks)) {}

// Relaxed: what orders an Add before a question orders its bits, too.
void KeyFilter::Add(std::string_view key) {
  const Place place = PlaceOf(key, blocks_.size());
  Block& block = blocks_[place.block];
  ForBits(place.bits, [&block](std::size_t word, std::uint64_t bit) {
    block.words[word].fetch_or(bit, std::memory_order_relaxed);
    return true;
  });
}

bool KeyFilter::MayHold(std::string_view key) const {
  const Place place = PlaceOf(key, blocks_.size());
  const Block& block = blocks_[place.block];
  return ForBits(place.bits, [&block](std::size_t word, std::uint64_t bit) {
    return (block.words[word].load(std::memory_order_relaxed) & bit) != 0;
  });
}

}  // namespace schoolwatch::storage
