#pragma once

#include <chrono>

#include "config/settings.h"
#include "core/calendar.h"
#include "core/time.h"

namespace schoolwatch::crawler {

// When a wait that begins at `from` is over, if each minute of it counts for less in periods that
// stretch waits, and for more in those that shorten them: two hours at factor 2 are one hour of
// waiting. So a wait that begins before the night and one that ends in it get their share. Pure.
core::Timestamp StretchedEnd(core::Timestamp from, std::chrono::milliseconds wait,
                             const core::SchoolCalendar& calendar, const config::Rhythm& rhythm);

}  // namespace schoolwatch::crawler
