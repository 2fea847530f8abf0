#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::core {

// A moment in UTC. Milliseconds are enough to order posts; platforms that give more are truncated.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

// RFC 3339 in UTC, "2026-11-20T18:02:11Z"; milliseconds are shown only when there are some.
std::string FormatRfc3339(Timestamp time);

// Reads RFC 3339 (section 5.6) with `Z` or a numeric offset, any number of fraction digits, and a
// lower-case or missing "T" (a space). kBadInput for anything else, dates that do not exist
// included. Looser dialects are crawler/readers/dates.h's.
Result<Timestamp> ParseRfc3339(std::string_view text);

}  // namespace schoolwatch::core
