#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/time.h"

namespace schoolwatch::crawler {

enum class DayMonthOrder { kDayFirst, kMonthFirst };

// What a date without all its parts is to be taken for.
struct DateContext {
  DayMonthOrder order = DayMonthOrder::kDayFirst;
  // A clock time without a zone: in pages for people it is London's, in feeds and machine-readable
  // attributes UTC.
  enum class Zone { kUtc, kLondon } zone = Zone::kLondon;
  // "yesterday", "2 hours ago" and dates without a year count from here; without it they are
  // recognised but give no time.
  std::optional<core::Timestamp> reference;
  // Read "03-12-31" as ISO 8601's short form, as feeds mean it.
  bool iso_short_year = false;
};

enum class DatePrecision { kYear, kMonth, kDay, kSecond };

// A date found in a text.
struct FoundDate {
  std::size_t start = 0;  // Bytes of the text it takes.
  std::size_t end = 0;
  std::optional<core::Timestamp> time;
  DatePrecision precision = DatePrecision::kDay;
  bool relative = false;  // "2 hours ago".
};

// Finds the first date in `text`: RFC 822 and 2822 (obsolete zones, two-digit years, no seconds, a
// wrong weekday), RFC 3339, ISO 8601 and W3CDTF in their partial forms, asctime, "20 November 2026,
// 18:02", "Nov 20, 2026 at 6:02 PM", 20/11/2026, "yesterday 18:02", "2 hours ago"; month names of a
// dozen languages. A bare clock time is no date. Days that do not exist are none either.
std::optional<FoundDate> FindDate(std::string_view text, const DateContext& context);

// A machine's date (feed elements, datetime attributes, JSON): as FindDate in UTC, and epoch
// seconds, milliseconds or microseconds besides.
std::optional<core::Timestamp> ParseMachineDate(std::string_view text);

// Which order the numeric dates among `texts` are in, where one of them tells (13 or more cannot be
// a month); nothing where none does.
std::optional<DayMonthOrder> GuessDayMonthOrder(std::span<const std::string> texts);

// London's wall clock as UTC. The hour that happens twice in autumn is taken for the first one.
core::Timestamp LondonToUtc(std::chrono::local_time<std::chrono::milliseconds> local);

}  // namespace schoolwatch::crawler
