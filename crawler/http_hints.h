#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "core/time.h"
#include "net/fetcher.h"

namespace schoolwatch::crawler {

// What servers say about when to come again.

// An HTTP date (RFC 9110, section 5.6.7) in its three forms: "Sun, 06 Nov 1994 08:49:37 GMT",
// "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994". nullopt for anything else. A
// two-digit year that would lie more than 50 years ahead of `now` is of the century before.
std::optional<core::Timestamp> ParseHttpDate(std::string_view text, core::Timestamp now);

// Retry-After (RFC 9110, section 10.2.3), seconds or a date, as the time to wait from `now`; a date
// in the past means now. nullopt where there is none that can be understood. At most a year.
std::optional<std::chrono::milliseconds> FindRetryAfter(const net::Headers& headers,
                                                        core::Timestamp now);

// For how long the answer says that it stays fresh (Cache-Control's max-age less Age, else
// Expires); zero where it says nothing or that it does not. At most a year.
std::chrono::milliseconds FreshFor(const net::Headers& headers, core::Timestamp now);

}  // namespace schoolwatch::crawler
