#pragma once

#include <optional>
#include <string_view>

#include "matchers/pattern_parts.h"

namespace schoolwatch::matchers {

// What reading a pattern of RE2's syntax gives.
struct PatternReading {
  std::optional<Part> part;     // None: something in it is not understood.
  bool is_well_formed = false;  // RE2 accepts it beyond doubt; false says nothing.
  // Where the part is exact: what it matches is just its items, where their edges are those of a
  // word. False says nothing.
  bool is_just_items = false;
};
PatternReading ReadPattern(std::string_view pattern);

}  // namespace schoolwatch::matchers
