#pragma once

#include <optional>

#include "crawler/readers/date_tokens.h"

namespace schoolwatch::crawler {

struct WallClock {
  int hour = 0;  // -1: there is a time, but no such (25:14).
  int minute = 0;
  int second = 0;
  int milli = 0;
};

// Each reads from the cursor and moves it on, or leaves it where it is.

// 18:02:11.5, 6.02 pm, 19h46, 18:02 Uhr; 101455 behind a "T".
std::optional<WallClock> TakeClock(DateCursor& cursor);
// Minutes east of UTC: "Z", "+0100", "GMT+1", "BST".
std::optional<int> TakeZone(DateCursor& cursor);

}  // namespace schoolwatch::crawler
