#include "crawler/platforms/budget.h"

#include <date/tz.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <exception>
#include <limits>
#include <optional>

#include "crawler/http_hints.h"

namespace schoolwatch::crawler {
namespace {

using core::Timestamp;
using std::chrono::seconds;

// Null: taken for UTC.
const date::time_zone* FindZone(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

// Midnight of a day at the place. Where the clock leaves midnight out, or has it twice: the first
// moment of the day.
Timestamp MidnightOf(date::local_days day, const date::time_zone* zone) {
  if (zone == nullptr) {
    return Timestamp(day.time_since_epoch());
  }
  const date::local_info info = zone->get_info(date::local_seconds(day));
  if (info.result == date::local_info::nonexistent) {
    return info.second.begin;
  }
  return date::sys_seconds(date::local_seconds(day).time_since_epoch() - info.first.offset);
}

date::local_days DayOf(Timestamp time, const date::time_zone* zone) {
  seconds since = std::chrono::floor<seconds>(time).time_since_epoch();
  if (zone != nullptr) {
    since += zone->get_info(std::chrono::floor<seconds>(time)).offset;
  }
  return date::local_days(std::chrono::floor<date::days>(since));
}

// Of the period that `now` lies in, for one that begins at `now` if it is no calendar's.
Timestamp PeriodBegin(const BudgetSpec& spec, Timestamp now) {
  if (!spec.calendar_day && !spec.calendar_month) {
    return now;
  }
  const date::time_zone* const zone = FindZone(spec.time_zone);
  date::local_days day = DayOf(now, zone);
  if (spec.calendar_month) {
    const date::year_month_day date{day};
    day = date::local_days(date.year() / date.month() / 1);
  }
  return MidnightOf(day, zone);
}

std::uint64_t Sum(std::uint64_t a, std::uint64_t b) {
  return a > std::numeric_limits<std::uint64_t>::max() - b
             ? std::numeric_limits<std::uint64_t>::max()
             : a + b;
}

// "12", also with a fraction or more behind it: "12.5", "12, 100;window=60".
std::optional<std::uint64_t> ReadNumber(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  text.remove_prefix(std::min(first, text.size()));
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end != text.data() ? std::optional(number) : std::nullopt;
}

// Seconds from now, seconds since 1970, or a date in either form.
std::optional<Timestamp> ReadReset(std::string_view text, Timestamp now) {
  if (const auto date = core::ParseRfc3339(text)) {
    return *date;
  }
  if (const auto date = ParseHttpDate(text, now)) {
    return *date;
  }
  const std::optional<std::uint64_t> number = ReadNumber(text);
  constexpr std::uint64_t kYear = 366 * 86'400;
  if (!number) {
    return std::nullopt;
  }
  if (*number <= kYear) {
    return now + seconds(static_cast<std::int64_t>(*number));
  }
  constexpr std::uint64_t kFarFuture = 32'503'680'000;  // The year 3000.
  return *number < kFarFuture
             ? std::optional(Timestamp(seconds(static_cast<std::int64_t>(*number))))
             : std::nullopt;
}

}  // namespace

std::string BudgetKey(std::string_view platform, std::string_view account, const BudgetSpec& spec) {
  const std::string period = spec.calendar_month ? "month"
                             : spec.calendar_day ? "day"
                                                 : std::to_string(spec.within.count()) + "s";
  return std::string(platform) + "/" + std::string(account) + "/" + spec.what + "-" + period;
}

Timestamp PeriodEnd(const BudgetSpec& spec, Timestamp began) {
  if (!spec.calendar_day && !spec.calendar_month) {
    return began + spec.within;
  }
  const date::time_zone* const zone = FindZone(spec.time_zone);
  const date::local_days day = DayOf(began, zone);
  if (spec.calendar_day) {
    return MidnightOf(day + date::days(1), zone);
  }
  const date::year_month_day date{day};
  return MidnightOf(
      date::local_days((date::year_month(date.year(), date.month()) + date::months(1)) / 1), zone);
}

core::PlatformSpending AtTime(core::PlatformSpending use, const BudgetSpec& spec, Timestamp now) {
  const bool is_new = use.period_began == Timestamp{};
  if (is_new || now >= PeriodEnd(spec, use.period_began)) {
    use.period_began = PeriodBegin(spec, now);
    use.used = 0;
  }
  return use;
}

core::PlatformSpending AfterCrash(core::PlatformSpending use) {
  use.used = Sum(use.used, use.reserved);
  use.reserved = 0;
  return use;
}

bool HasRoom(const core::PlatformSpending& use, std::uint64_t most, std::uint64_t amount) {
  const std::uint64_t taken = Sum(use.used, use.reserved);
  return taken < most && amount <= most - taken;
}

core::PlatformSpending Reserve(core::PlatformSpending use, std::uint64_t amount) {
  use.reserved = Sum(use.reserved, amount);
  return use;
}

core::PlatformSpending Settle(core::PlatformSpending use, std::uint64_t amount,
                              std::uint64_t cost) {
  use.reserved -= std::min(use.reserved, amount);
  use.used = Sum(use.used, cost);
  return use;
}

core::PlatformSpending NoteHeaders(core::PlatformSpending use, const BudgetSpec& spec,
                                   const net::Headers& headers, Timestamp now) {
  if (spec.left_header.empty() || spec.what == "money") {
    return use;
  }
  const std::optional<std::uint64_t> left = ReadNumber(net::FindHeader(headers, spec.left_header));
  if (!left || *left >= spec.most) {
    return use;
  }
  use.used = std::max(use.used, spec.most - *left);
  if (spec.reset_header.empty() || spec.calendar_day || spec.calendar_month) {
    return use;
  }
  const std::optional<Timestamp> reset =
      ReadReset(net::FindHeader(headers, spec.reset_header), now);
  // A window of theirs that ends later than one of ours could is a mistake of one of us.
  if (reset && *reset > now && *reset <= now + spec.within) {
    use.period_began = *reset - spec.within;
  }
  return use;
}

}  // namespace schoolwatch::crawler
