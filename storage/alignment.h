#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/fingerprint.h"

namespace schoolwatch::storage {

// What laying two texts' words side by side shows.
struct Alignment {
  std::size_t matched = 0;   // Words in common, "to" and "for" left out.
  std::size_t added = 0;     // Words before or behind that only one text has.
  std::size_t inserted = 0;  // Words in the middle that only one text has.
  std::size_t replaced = 0;  // Places where either text has other words.
  bool is_cut = false;       // The shorter ends where somebody cut it, and the longer goes on.
  // A fact that differs: "a name", "a number", "a day", "a negation"; empty where none does.
  std::string_view conflict;
};

// Costs the product of the lengths; MakeFingerprint leaves out `sequence` where that is too much.
Alignment Align(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b);

}  // namespace schoolwatch::storage
