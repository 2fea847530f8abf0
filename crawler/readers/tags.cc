#include "crawler/readers/tags.h"

#include <array>
#include <cstddef>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Tag::kCount)> kNames = {
    "",
#define SW_TAG(id, name, flags) name,
#include "crawler/readers/tags.inc"
#undef SW_TAG
};

constexpr std::size_t kLongest = 10;
constexpr std::size_t kSlots = 1'024;

// Small letters of ASCII for capital ones, and another byte for one that no name has ('@', '[', …).
constexpr std::uint64_t Lower(std::uint64_t bytes) {
  return bytes | (bytes & 0x4040404040404040ULL) >> 1;
}

// A name's first and last letters in one number: all of it up to eight letters.
constexpr std::uint64_t KeyOf(std::string_view name) {
  const auto byte = [name](std::size_t at) {
    return std::uint64_t{static_cast<unsigned char>(name[at])};
  };
  const std::size_t size = name.size();
  if (size < 4) {
    return Lower(byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16);
  }
  const auto four = [&](std::size_t at) {
    return byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 | byte(at + 3) << 24;
  };
  return Lower(four(0) | four(size - 4) << 32);
}

constexpr std::size_t SlotOf(std::uint64_t key) { return (key * 0x9E3779B97F4A7C15ULL) >> 54; }
static_assert(kSlots == std::size_t{1} << (64 - 54));

struct Slot {
  std::uint64_t key = 0;
  Tag tag = Tag::kUnknown;
};

// Open addressing, filled while compiling: tags are looked up for every tag of every page.
constexpr std::array<Slot, kSlots> kTable = [] {
  std::array<Slot, kSlots> table{};
  for (std::size_t i = 1; i < kNames.size(); ++i) {
    const std::uint64_t key = KeyOf(kNames[i]);
    std::size_t slot = SlotOf(key);
    while (table[slot].tag != Tag::kUnknown) {
      slot = (slot + 1) % kSlots;
    }
    table[slot] = {key, static_cast<Tag>(i)};
  }
  return table;
}();

}  // namespace

Tag TagOfName(std::string_view name) {
  if (name.empty() || name.size() > kLongest) {
    return Tag::kUnknown;
  }
  const std::uint64_t key = KeyOf(name);
  for (std::size_t slot = SlotOf(key); kTable[slot].tag != Tag::kUnknown;
       slot = (slot + 1) % kSlots) {
    const std::string_view found = TagName(kTable[slot].tag);
    if (kTable[slot].key == key && found.size() == name.size() &&
        (name.size() <= 8 || EqualsIgnoreCase(found, name))) {
      return kTable[slot].tag;
    }
  }
  return Tag::kUnknown;
}

std::string_view TagName(Tag tag) { return kNames[static_cast<std::size_t>(tag)]; }

}  // namespace schoolwatch::crawler
