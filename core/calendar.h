#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace schoolwatch::core {

// Days from one to another, both included.
struct DayRange {
  std::chrono::year_month_day from;
  std::chrono::year_month_day to;
  bool operator==(const DayRange&) const = default;
};

// The school's own time: when it sleeps, and when there is school. Days and times of day are those
// of its clocks.
struct SchoolCalendar {
  std::string time_zone = "Europe/London";
  std::vector<DayRange> terms;       // None: which days are holidays is not known.
  std::vector<DayRange> half_terms;  // Holidays inside them.
  std::vector<std::chrono::year_month_day> inset_days;  // Staff are there, pupils are not.
  std::chrono::minutes evening_from = std::chrono::hours(17);
  std::chrono::minutes night_from = std::chrono::hours(23);
  std::chrono::minutes night_to = std::chrono::hours(6);
  // Whose bank holidays count: "england-and-wales", "scotland", "northern-ireland", "none", or "by
  // nation" of each school.
  std::string bank_holidays_of = "by nation";
  std::vector<std::chrono::year_month_day> bank_holidays;  // From what is shipped.
  std::chrono::minutes work_from = std::chrono::hours(8);  // When somebody reads mail.
  std::chrono::minutes work_to = std::chrono::hours(17);
  std::vector<std::string> files;  // .ics files that terms and holidays were read from.
  bool operator==(const SchoolCalendar&) const = default;
};

// What it is at a school. The first that fits counts: night, holiday, weekend, evening, else day.
enum class SchoolPeriod { kDay, kEvening, kNight, kWeekend, kHoliday };
SchoolPeriod PeriodAt(const SchoolCalendar& calendar, Timestamp time);

// A moment after `time`, a day later at most, until which the period cannot change.
Timestamp NextPeriodStart(const SchoolCalendar& calendar, Timestamp time);

// Half-terms, inset days, bank holidays and what lies between terms. Before the first term, and
// from seven weeks after the last one, nothing is known and no day is a holiday: a calendar that
// nobody renewed must not slow the watch for ever.
bool IsHoliday(const SchoolCalendar& calendar, std::chrono::year_month_day day);

// What clocks at the school show.
struct LocalTime {
  std::chrono::year_month_day day;
  std::chrono::milliseconds time{0};  // Since midnight.
};
LocalTime LocalTimeAt(const SchoolCalendar& calendar, Timestamp time);
// The moment when they show it. A time that happens twice is the first one; one that is left out is
// when the clocks change.
Timestamp MomentOf(const SchoolCalendar& calendar, std::chrono::year_month_day day,
                   std::chrono::minutes time);

// Whether the zone database knows the name.
bool IsTimeZone(std::string_view name);

// "2026-11-20" and "23:00"; nullopt for anything else, days that do not exist included.
std::optional<std::chrono::year_month_day> ParseDay(std::string_view text);
std::optional<std::chrono::minutes> ParseTimeOfDay(std::string_view text);
std::string FormatDay(std::chrono::year_month_day day);
std::string FormatTimeOfDay(std::chrono::minutes time);

}  // namespace schoolwatch::core
