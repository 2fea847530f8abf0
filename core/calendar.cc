#include "core/calendar.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace schoolwatch::core {
namespace {

namespace chr = std::chrono;

constexpr chr::days kAfterLastTerm{49};

// Null where the database does not know it; then times are taken as UTC.
const date::time_zone* FindZone(std::string_view name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

// What clocks at the school show, as if it were UTC.
struct WallTime {
  chr::sys_days day;
  chr::milliseconds time;
};

WallTime ToWall(const date::time_zone* zone, Timestamp time) {
  if (zone != nullptr) {
    time += zone->get_info(chr::floor<chr::seconds>(time)).offset;
  }
  const auto day = chr::floor<chr::days>(time);
  return {day, time - day};
}

// A time that happens twice is the first one; one that is left out is when the clocks change.
Timestamp FromWall(const date::time_zone* zone, chr::sys_days day, chr::minutes time) {
  const Timestamp wall = day + time;
  if (zone == nullptr) {
    return wall;
  }
  return zone->to_sys(date::local_time<chr::milliseconds>(wall.time_since_epoch()),
                      date::choose::earliest);
}

bool IsWithin(const DayRange& range, chr::year_month_day day) {
  return range.from <= day && day <= range.to;
}

bool IsNight(const SchoolCalendar& calendar, chr::milliseconds time) {
  const bool after = time >= calendar.night_from;
  const bool before = time < calendar.night_to;
  return calendar.night_from <= calendar.night_to ? after && before : after || before;
}

std::optional<int> ParseDigits(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    number = number * 10 + (c - '0');
  }
  return text.empty() ? std::nullopt : std::optional(number);
}

}  // namespace

bool IsHoliday(const SchoolCalendar& calendar, chr::year_month_day day) {
  const auto holds_day = [&](const DayRange& range) { return IsWithin(range, day); };
  if (std::ranges::any_of(calendar.half_terms, holds_day) ||
      std::ranges::find(calendar.inset_days, day) != calendar.inset_days.end() ||
      std::ranges::find(calendar.bank_holidays, day) != calendar.bank_holidays.end()) {
    return true;
  }
  if (calendar.terms.empty() || std::ranges::any_of(calendar.terms, holds_day)) {
    return false;
  }
  const auto first = std::ranges::min_element(calendar.terms, {}, &DayRange::from);
  const auto last = std::ranges::max_element(calendar.terms, {}, &DayRange::to);
  return day > first->from && chr::sys_days(day) <= chr::sys_days(last->to) + kAfterLastTerm;
}

SchoolPeriod PeriodAt(const SchoolCalendar& calendar, Timestamp time) {
  const WallTime wall = ToWall(FindZone(calendar.time_zone), time);
  if (IsNight(calendar, wall.time)) {
    return SchoolPeriod::kNight;
  }
  if (IsHoliday(calendar, wall.day)) {
    return SchoolPeriod::kHoliday;
  }
  const chr::weekday weekday(wall.day);
  if (weekday == chr::Saturday || weekday == chr::Sunday) {
    return SchoolPeriod::kWeekend;
  }
  return wall.time >= calendar.evening_from ? SchoolPeriod::kEvening : SchoolPeriod::kDay;
}

Timestamp NextPeriodStart(const SchoolCalendar& calendar, Timestamp time) {
  const date::time_zone* const zone = FindZone(calendar.time_zone);
  const chr::sys_days today = ToWall(zone, time).day;
  Timestamp next = time + chr::days(1);
  for (const chr::sys_days day : {today, today + chr::days(1)}) {
    for (const chr::minutes at :
         {chr::minutes(0), calendar.evening_from, calendar.night_from, calendar.night_to}) {
      if (const Timestamp start = FromWall(zone, day, at); start > time) {
        next = std::min(next, start);
      }
    }
  }
  return next;
}

LocalTime LocalTimeAt(const SchoolCalendar& calendar, Timestamp time) {
  const WallTime wall = ToWall(FindZone(calendar.time_zone), time);
  return {.day = wall.day, .time = wall.time};
}

Timestamp MomentOf(const SchoolCalendar& calendar, chr::year_month_day day, chr::minutes time) {
  return FromWall(FindZone(calendar.time_zone), day, time);
}

bool IsTimeZone(std::string_view name) { return FindZone(name) != nullptr; }

std::optional<chr::year_month_day> ParseDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return std::nullopt;
  }
  const auto year = ParseDigits(text.substr(0, 4));
  const auto month = ParseDigits(text.substr(5, 2));
  const auto day = ParseDigits(text.substr(8, 2));
  if (!year || !month || !day) {
    return std::nullopt;
  }
  const chr::year_month_day date{chr::year(*year), chr::month(static_cast<unsigned>(*month)),
                                 chr::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional(date) : std::nullopt;
}

std::optional<chr::minutes> ParseTimeOfDay(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') {
    return std::nullopt;
  }
  const auto hour = ParseDigits(text.substr(0, 2));
  const auto minute = ParseDigits(text.substr(3));
  if (!hour || !minute || *hour > 23 || *minute > 59) {
    return std::nullopt;
  }
  return chr::minutes(*hour * 60 + *minute);
}

std::string FormatDay(chr::year_month_day day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::string FormatTimeOfDay(chr::minutes time) {
  return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

}  // namespace schoolwatch::core
