#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/url.h"

namespace schoolwatch::crawler {

// Where an address stops being one that a person would have made.
struct TrapLimits {
  std::size_t max_bytes = 2000;
  std::size_t max_segments = 20;    // Of the path.
  std::size_t max_repeats = 2;      // Of the same segments in a row.
  std::size_t max_parameters = 20;  // Of the query.
  std::size_t max_query_bytes = 1000;
  std::size_t max_same_parameter = 3;  // Of one name, but for "name[]".
};

// Says in words why a link looks like one of endlessly many ("the same folders repeat: /a/b"), or
// nothing. Meant for links found in pages, not for addresses that a person configured. Calendars
// are known by a word for one together with a date; session ids by where they stand, and only
// those that CanonicalKey does not know: the others make no new address.
std::optional<std::string> FindTrap(const core::HttpUrl& url, const TrapLimits& limits = {});

}  // namespace schoolwatch::crawler
