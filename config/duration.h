#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::config {

// Reads "30 min", "10 s", "7 days", "2 h", "500 ms", "1 week": a whole number and a unit, with or
// without a space. kBadInput, with what would be right; a number alone is refused, since nobody
// remembers which unit was meant.
core::Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

// The same form, in the largest unit of which there are at least two: "90 s", "60 s", "30 min",
// "24 h", "7 days".
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace schoolwatch::config
