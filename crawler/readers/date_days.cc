#include "crawler/readers/date_days.h"

#include <chrono>
#include <string_view>

#include "crawler/readers/date_words.h"

namespace schoolwatch::crawler {
namespace {

namespace chr = std::chrono;

unsigned MonthAt(const DateCursor& cursor, std::size_t ahead) {
  const DateToken* token = cursor.Peek(ahead);
  return token != nullptr && token->kind == DateToken::Kind::kWord ? MonthOfWord(token->text) : 0;
}

std::optional<CalendarDay> TakeIsoWeek(DateCursor& cursor, int year) {
  const int week = cursor.Peek(3)->value;
  int weekday = 1;
  std::size_t used = 4;
  if (cursor.IsPunctuation(4, "-") && cursor.Number(5, 1, 1) != nullptr) {
    weekday = cursor.Peek(5)->value;
    used = 6;
  }
  if (week < 1 || week > 53 || weekday < 1 || weekday > 7) {
    return std::nullopt;
  }
  // Week 1 holds the 4th of January (ISO 8601, 2.2.10).
  const chr::sys_days fourth{chr::year{year} / 1 / 4};
  const auto iso = chr::weekday{fourth}.iso_encoding();
  const chr::year_month_day date{fourth - chr::days{iso - 1} + chr::weeks{week - 1} +
                                 chr::days{weekday - 1}};
  cursor.at += used;
  return CalendarDay{static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day())};
}

// 2026-11-20, 2026/11/20, 20261120, 2026-335, 2026-W47-5, 2026-11, 2026년 11월 20일.
std::optional<CalendarDay> TakeIsoDay(DateCursor& cursor, const DateContext& context) {
  if (const DateToken* packed = cursor.Number(0, 8, 8); packed != nullptr) {
    const CalendarDay day{packed->value / 10'000, static_cast<unsigned>(packed->value / 100 % 100),
                          static_cast<unsigned>(packed->value % 100)};
    if (day.year >= 1970 && IsRealDay(day.year, day.month, day.day)) {
      ++cursor.at;
      return day;
    }
    return std::nullopt;
  }
  const DateToken* year = cursor.Number(0, 4, 4);
  const bool short_year = year == nullptr && context.iso_short_year &&
                          cursor.Number(0, 2, 2) != nullptr && cursor.IsPunctuation(1, "-");
  if (short_year) {
    year = cursor.Number(0, 2, 2);
  }
  if (year == nullptr) {
    return std::nullopt;
  }
  const int full = FullYear(year->value, year->digits());
  if (full < 1900 || full > 2100) {
    return std::nullopt;
  }
  // The year's, month's and day's signs of Chinese, Japanese and Korean.
  const bool cjk = cursor.IsWord(1, {"年", "년"});
  if (!cjk && !cursor.IsPunctuation(1, "-/.")) {
    return std::nullopt;
  }
  if (cursor.IsPunctuation(1, "-")) {
    if (const DateToken* ordinal = cursor.Number(2, 3, 3);
        ordinal != nullptr && ordinal->value >= 1) {
      const chr::year_month_day date{chr::sys_days{chr::year{full} / 1 / 1} +
                                     chr::days{ordinal->value - 1}};
      if (static_cast<int>(date.year()) == full) {
        cursor.at += 3;
        return CalendarDay{full, static_cast<unsigned>(date.month()),
                           static_cast<unsigned>(date.day())};
      }
      return std::nullopt;
    }
    if (cursor.IsWord(2, {"W"}) && cursor.Number(3, 2, 2) != nullptr) {
      return TakeIsoWeek(cursor, full);
    }
  }
  unsigned month = 0;
  if (const DateToken* number = cursor.Number(2, 1, 2); number != nullptr) {
    month = static_cast<unsigned>(number->value);
  } else if (cursor.IsPunctuation(1, "-")) {
    month = MonthAt(cursor, 2);
  }
  if (month < 1 || month > 12) {
    return std::nullopt;
  }
  const std::size_t separator = 3;
  const bool again = cjk ? cursor.IsWord(separator, {"月", "월"})
                         : cursor.IsPunctuation(separator, cursor.Peek(1)->text) ||
                               cursor.IsPunctuation(separator, "-");
  if (again && cursor.Number(4, 1, 2) != nullptr) {
    const auto day = static_cast<unsigned>(cursor.Peek(4)->value);
    if (IsRealDay(full, month, day)) {
      cursor.at += cursor.IsWord(5, {"日", "일"}) ? 6u : 5u;
      return CalendarDay{full, month, day};
    }
    return std::nullopt;
  }
  if (short_year || again || !cursor.IsPunctuation(1, "-") || cursor.Number(2, 2, 2) == nullptr) {
    return std::nullopt;
  }
  cursor.at += 3;
  return CalendarDay{full, month, 1, DatePrecision::kMonth};
}

// 20/11/2026, 20.11.26, 11-20-2026.
std::optional<CalendarDay> TakeNumericDay(DateCursor& cursor, const DateContext& context) {
  const DateToken* first = cursor.Number(0, 1, 2);
  const DateToken* second = cursor.Number(2, 1, 2);
  if (first == nullptr || second == nullptr || !cursor.IsPunctuation(1, "/.-") ||
      !cursor.IsPunctuation(3, cursor.Peek(1)->text)) {
    return std::nullopt;
  }
  const DateToken* year = cursor.Number(4, 4, 4);
  if (year == nullptr) {
    year = cursor.Number(4, 2, 2);
  }
  // More of the same sign follows in version numbers and addresses.
  if (year == nullptr || (cursor.IsPunctuation(5, cursor.Peek(1)->text) &&
                          cursor.Number(6, 1, 9) != nullptr && !cursor.Peek(6)->space_before)) {
    return std::nullopt;
  }
  bool month_first = context.order == DayMonthOrder::kMonthFirst && cursor.Peek(1)->text != ".";
  if (first->value > 12) {
    month_first = false;
  } else if (second->value > 12) {
    month_first = true;
  }
  const auto day = static_cast<unsigned>(month_first ? second->value : first->value);
  const auto month = static_cast<unsigned>(month_first ? first->value : second->value);
  const int full = FullYear(year->value, year->digits());
  if (month < 1 || month > 12 || full < 1970 || !IsRealDay(full, month, day)) {
    return std::nullopt;
  }
  cursor.at += 5;
  return CalendarDay{full, month, day};
}

std::optional<CalendarDay> FinishNamed(DateCursor& cursor, unsigned month, unsigned day,
                                       std::string_view name, std::size_t year_at,
                                       std::size_t bare_end) {
  if (cursor.IsPunctuation(year_at, "'")) {
    ++year_at;
  }
  int year = 0;
  std::size_t used = bare_end;
  const auto clock_follows = [&] {
    return cursor.IsPunctuation(year_at + 1, ":") ||
           cursor.IsWord(year_at + 1, {"h", "am", "pm", "uhr"});
  };
  if (const DateToken* token = cursor.Number(year_at, 4, 4);
      token != nullptr && token->value >= 1900 && token->value <= 2100) {
    year = token->value;
    used = year_at + 1;
  } else if (cursor.Number(year_at, 2, 2) != nullptr && !clock_follows()) {
    year = FullYear(cursor.Peek(year_at)->value, 2);
    used = year_at + 1;
  }
  if (!IsRealDay(year, month, day)) {
    return std::nullopt;
  }
  // "may 5" and "out 3" are words in a sentence; a month's name without a year has a capital.
  if (year == 0 && name[0] >= 'a' && name[0] <= 'z') {
    return std::nullopt;
  }
  cursor.at += used;
  return CalendarDay{year, month, day};
}

// 20 November 2026, 20. Nov. 26, 20th of November, 20-Nov-2026.
std::optional<CalendarDay> TakeDayMonth(DateCursor& cursor) {
  const DateToken* number = cursor.Number(0, 1, 2);
  if (number == nullptr) {
    return std::nullopt;
  }
  std::size_t ahead = 1;
  if (cursor.IsWord(ahead, {"st", "nd", "rd", "th", "er", "º", "ª"}) &&
      !cursor.Peek(ahead)->space_before) {
    ++ahead;
  }
  while (cursor.IsPunctuation(ahead, ".-/,") || cursor.IsWord(ahead, {"of", "de", "di"})) {
    ++ahead;
    if (ahead > 5) {
      return std::nullopt;
    }
  }
  const unsigned month = MonthAt(cursor, ahead);
  if (month == 0) {
    return std::nullopt;
  }
  const std::string_view name = cursor.Peek(ahead)->text;
  ++ahead;
  const std::size_t after_month = ahead;
  while (cursor.IsPunctuation(ahead, ".-/,") || cursor.IsWord(ahead, {"de", "del", "of"})) {
    ++ahead;
    if (ahead > after_month + 3) {
      break;
    }
  }
  const auto day = static_cast<unsigned>(number->value);
  return FinishNamed(cursor, month, day, name, ahead, after_month);
}

// November 20, 2026; Nov 20th '26.
std::optional<CalendarDay> TakeMonthDay(DateCursor& cursor) {
  const unsigned month = MonthAt(cursor, 0);
  if (month == 0) {
    return std::nullopt;
  }
  const std::string_view name = cursor.Peek()->text;
  std::size_t ahead = 1;
  while (ahead < 3 && cursor.IsPunctuation(ahead, ".-")) {
    ++ahead;
  }
  const DateToken* number = cursor.Number(ahead, 1, 2);
  if (number == nullptr) {
    // "November 2026" says when somebody joined, not when a post was made.
    const DateToken* year = cursor.Number(ahead, 4, 4);
    // Behind a day that this month does not have it is the rest of no date.
    const bool after_day = cursor.at > 0 && cursor.Before().kind == DateToken::Kind::kNumber;
    if (year == nullptr || year->value < 1970 || year->value > 2100 || after_day) {
      return std::nullopt;
    }
    cursor.at += ahead + 1;
    return CalendarDay{year->value, month, 1, DatePrecision::kMonth};
  }
  ++ahead;
  if (cursor.IsWord(ahead, {"st", "nd", "rd", "th"}) && !cursor.Peek(ahead)->space_before) {
    ++ahead;
  }
  const std::size_t after_day = ahead;
  while (ahead < after_day + 2 && cursor.IsPunctuation(ahead, ",.-")) {
    ++ahead;
  }
  // "Nov 20 18:02 2026" and "Nov 20, 18:02" have no year here.
  return FinishNamed(cursor, month, static_cast<unsigned>(number->value), name, ahead, after_day);
}

}  // namespace

int FullYear(int value, std::size_t digits) {
  if (digits >= 3) {
    return value;
  }
  return value < 70 ? 2000 + value : 1900 + value;
}

bool IsRealDay(int year, unsigned month, unsigned day) {
  // A day without a year may be the 29th of February.
  return chr::year_month_day{chr::year{year == 0 ? 2000 : year}, chr::month{month}, chr::day{day}}
             .ok() &&
         (year == 0 || (year >= 1900 && year <= 2100));
}

std::optional<CalendarDay> TakeDay(DateCursor& cursor, const DateContext& context) {
  if (auto day = TakeIsoDay(cursor, context)) {
    return day;
  }
  if (auto day = TakeNumericDay(cursor, context)) {
    return day;
  }
  if (auto day = TakeDayMonth(cursor)) {
    return day;
  }
  return TakeMonthDay(cursor);
}

}  // namespace schoolwatch::crawler
