#include "crawler/readers/tags.h"

#include <array>
#include <cstddef>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

struct Row {
  std::string_view name;
  std::uint16_t flags;
};

constexpr std::array kRows = {
    Row{"", kPlain},
#define SW_TAG(id, name, flags) Row{name, static_cast<std::uint16_t>(flags)},
#include "crawler/readers/tags.inc"
#undef SW_TAG
};

constexpr std::size_t kLongest = 10;
constexpr std::size_t kSlots = 1'024;

constexpr std::size_t HashOf(std::string_view name) {
  std::size_t hash = name.size();
  for (const char c : name) {
    hash = hash * 31 + static_cast<unsigned char>(ToAsciiLower(c));
  }
  return hash % kSlots;
}

// Open addressing, filled while compiling: tags are looked up for every tag of every page.
constexpr std::array<std::uint8_t, kSlots> kTable = [] {
  std::array<std::uint8_t, kSlots> table{};
  for (std::size_t i = 1; i < kRows.size(); ++i) {
    std::size_t slot = HashOf(kRows[i].name);
    while (table[slot] != 0) {
      slot = (slot + 1) % kSlots;
    }
    table[slot] = static_cast<std::uint8_t>(i);
  }
  return table;
}();

}  // namespace

Tag TagOfName(std::string_view name) {
  if (name.empty() || name.size() > kLongest) {
    return Tag::kUnknown;
  }
  for (std::size_t slot = HashOf(name); kTable[slot] != 0; slot = (slot + 1) % kSlots) {
    if (EqualsIgnoreCase(kRows[kTable[slot]].name, name)) {
      return static_cast<Tag>(kTable[slot]);
    }
  }
  return Tag::kUnknown;
}

std::string_view TagName(Tag tag) { return kRows[static_cast<std::size_t>(tag)].name; }

std::uint16_t TagFlags(Tag tag) { return kRows[static_cast<std::size_t>(tag)].flags; }

}  // namespace schoolwatch::crawler
