#pragma once

#include <optional>

#include "crawler/readers/date_tokens.h"
#include "crawler/readers/dates.h"

namespace schoolwatch::crawler {

struct CalendarDay {
  int year = 0;  // 0: not said.
  unsigned month = 0;
  unsigned day = 0;
  DatePrecision precision = DatePrecision::kDay;
};

// 2026 of 2026 and 26; 1999 of 99.
int FullYear(int value, std::size_t digits);
// Whether there is such a day; the year may be 0, not known.
bool IsRealDay(int year, unsigned month, unsigned day);
// Reads a day in any of its forms from the cursor and moves it on, or leaves it where it is.
std::optional<CalendarDay> TakeDay(DateCursor& cursor, const DateContext& context);

}  // namespace schoolwatch::crawler
