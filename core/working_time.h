#pragma once

#include <chrono>

#include "core/calendar.h"
#include "core/time.h"

namespace schoolwatch::core {

// Whether anybody is at work that day: Monday to Friday, no bank holiday, and in term or an inset
// day.
bool IsWorkingDay(const SchoolCalendar& calendar, std::chrono::year_month_day day);

// The first one after `day`. Looks a year ahead; where a calendar has none in it, the next day that
// is neither Saturday nor Sunday.
std::chrono::year_month_day NextWorkingDay(const SchoolCalendar& calendar,
                                           std::chrono::year_month_day day);

// Whether it is between work_from and work_to of a working day.
bool IsWorkingTime(const SchoolCalendar& calendar, Timestamp time);

// When `work` of working time has passed since `from`. What ends with a day's work ends then, and
// not when the next day's begins.
Timestamp AfterWorkingTime(const SchoolCalendar& calendar, Timestamp from,
                           std::chrono::milliseconds work);

// The day on which the week of `day` is rounded up: `wanted`, or else the last working day before
// it in that week, or else the first one after it, or else `wanted` all the same.
std::chrono::year_month_day RollUpDay(const SchoolCalendar& calendar,
                                      std::chrono::year_month_day day, std::chrono::weekday wanted);

}  // namespace schoolwatch::core
