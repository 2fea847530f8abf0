#include "core/working_time.h"

#include <algorithm>

namespace schoolwatch::core {
namespace {

namespace chr = std::chrono;

constexpr int kLongestBreak = 366;  // Days; it bounds the walks below.

bool IsWeekend(chr::sys_days day) {
  const chr::weekday weekday(day);
  return weekday == chr::Saturday || weekday == chr::Sunday;
}

}  // namespace

bool IsWorkingDay(const SchoolCalendar& calendar, chr::year_month_day day) {
  const auto holds_day = [&](const auto& days) {
    return std::ranges::find(days, day) != days.end();
  };
  if (IsWeekend(day) || holds_day(calendar.bank_holidays)) {
    return false;
  }
  return holds_day(calendar.inset_days) || !IsHoliday(calendar, day);
}

chr::year_month_day NextWorkingDay(const SchoolCalendar& calendar, chr::year_month_day day) {
  chr::sys_days next = chr::sys_days(day) + chr::days(1);
  for (int i = 0; i < kLongestBreak; ++i, next += chr::days(1)) {
    if (IsWorkingDay(calendar, next)) {
      return next;
    }
  }
  next = chr::sys_days(day) + chr::days(1);
  while (IsWeekend(next)) {
    next += chr::days(1);
  }
  return next;
}

bool IsWorkingTime(const SchoolCalendar& calendar, Timestamp time) {
  const LocalTime local = LocalTimeAt(calendar, time);
  return local.time >= calendar.work_from && local.time < calendar.work_to &&
         IsWorkingDay(calendar, local.day);
}

Timestamp AfterWorkingTime(const SchoolCalendar& calendar, Timestamp from, chr::milliseconds work) {
  work = std::max(work, chr::milliseconds(0));
  chr::year_month_day day = LocalTimeAt(calendar, from).day;
  if (!IsWorkingDay(calendar, day)) {
    day = NextWorkingDay(calendar, day);
  }
  for (int i = 0; i < kLongestBreak; ++i, day = NextWorkingDay(calendar, day)) {
    // By moments and not by what clocks show, so that a day whose clocks change is as long as it
    // is.
    const Timestamp begin = std::max(from, MomentOf(calendar, day, calendar.work_from));
    const Timestamp end = MomentOf(calendar, day, calendar.work_to);
    if (begin + work <= end) {
      return begin + work;
    }
    work -= std::max(end - begin, chr::milliseconds(0));
  }
  return MomentOf(calendar, day, calendar.work_to);
}

chr::year_month_day RollUpDay(const SchoolCalendar& calendar, chr::year_month_day day,
                              chr::weekday wanted) {
  // Weeks begin on Mondays.
  const chr::sys_days monday =
      chr::sys_days(day) - (chr::weekday(chr::sys_days(day)) - chr::Monday);
  const chr::sys_days at = monday + (wanted - chr::Monday);
  for (chr::sys_days one = at; one >= monday; one -= chr::days(1)) {
    if (IsWorkingDay(calendar, one)) {
      return one;
    }
  }
  for (chr::sys_days one = at; one < monday + chr::days(7); one += chr::days(1)) {
    if (IsWorkingDay(calendar, one)) {
      return one;
    }
  }
  return at;
}

}  // namespace schoolwatch::core
