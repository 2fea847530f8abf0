#include "crawler/readers/dates.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include "crawler/readers/date_clock.h"
#include "crawler/readers/date_days.h"
#include "crawler/readers/date_tokens.h"
#include "crawler/readers/date_words.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

namespace chr = std::chrono;

// Reads from a position in the tokens onwards; each Take… leaves the position alone when it fails.
class Matcher {
 public:
  Matcher(const std::vector<DateToken>& tokens, const DateContext& context)
      : cursor_{tokens}, context_(context) {}

  std::optional<FoundDate> MatchAt(std::size_t at) {
    cursor_.at = at;
    if (auto relative = TakeRelative()) {
      return relative;
    }
    cursor_.at = at;
    TakeWeekday();
    std::optional<WallClock> clock;
    std::optional<int> offset;
    const std::size_t before_clock = cursor_.at;
    if ((clock = TakeClock(cursor_))) {
      offset = TakeZone(cursor_);
      SkipJoiners();
      TakeWeekday();
    }
    auto day = TakeDay(cursor_, context_);
    if (!day && clock) {
      clock.reset();
      offset.reset();
      cursor_.at = before_clock;
      day = TakeDay(cursor_, context_);
    }
    if (!day) {
      return std::nullopt;
    }
    std::size_t end = cursor_.at;
    if (!clock && day->precision == DatePrecision::kDay) {
      SkipJoiners();
      if ((clock = TakeClock(cursor_))) {
        end = cursor_.at;
        if ((offset = TakeZone(cursor_))) {
          end = cursor_.at;
        }
        if (day->year == 0 && TakeTrailingYear(*day)) {
          end = cursor_.at;
        }
      }
    }
    if (clock && clock->hour < 0) {
      return std::nullopt;  // 25:14 or the like: the whole is nonsense.
    }
    return Finish(cursor_.tokens[at].start, end, *day, clock, offset);
  }

 private:
  void TakeWeekday() {
    const DateToken* token = cursor_.Peek();
    if (token == nullptr || token->kind != DateToken::Kind::kWord || !IsWeekday(token->text)) {
      return;
    }
    ++cursor_.at;
    while (cursor_.IsPunctuation(0, ".,") || cursor_.IsWord(0, {"the", "den", "der", "le"})) {
      ++cursor_.at;
    }
  }

  // What may stand between a day and a time.
  void SkipJoiners() {
    for (int i = 0; i < 3; ++i) {
      if (cursor_.IsPunctuation(0, ",-|@.;(") ||
          cursor_.IsWord(0, {"at", "on", "um", "à",  "a",  "alle", "ore", "kl", "klo", "T", "–",
                             "—",  "·",  "•",  "às", "om", "las",  "la",  "»",  "«",   "›"})) {
        ++cursor_.at;
      }
    }
  }

  bool TakeTrailingYear(CalendarDay& day) {
    const DateToken* year = cursor_.Number(0, 4, 4);
    if (year == nullptr || year->value < 1900 || year->value > 2100) {
      return false;
    }
    day.year = year->value;
    ++cursor_.at;
    return true;
  }

  // "2 hours ago", "yesterday, 18:02", "just now".
  std::optional<FoundDate> TakeRelative() {
    const std::size_t start = cursor_.tokens[cursor_.at].start;
    int days_back = -1;
    if (cursor_.IsWord(0, {"today", "heute", "aujourd", "hoy", "oggi", "vandaag"})) {
      days_back = 0;
    } else if (cursor_.IsWord(0, {"yesterday", "gestern", "hier", "ayer", "ieri", "gisteren"})) {
      days_back = 1;
    }
    if (days_back >= 0) {
      return TakeRelativeDay(start, days_back);
    }
    if (cursor_.IsWord(0, {"just"}) && cursor_.IsWord(1, {"now"})) {
      cursor_.at += 2;
      return FoundDate{start, EndOf(cursor_.at), context_.reference, DatePrecision::kSecond, true};
    }
    return TakeAgo(start);
  }

  std::optional<FoundDate> TakeRelativeDay(std::size_t start, int days_back) {
    ++cursor_.at;
    std::size_t end = cursor_.at;
    SkipJoiners();
    const auto clock = TakeClock(cursor_);
    if (!clock && !Alone(end)) {
      return std::nullopt;  // "yesterday" in a sentence is no stamp.
    }
    if (clock) {
      end = cursor_.at;
    }
    FoundDate found{start, EndOf(end), std::nullopt,
                    clock ? DatePrecision::kSecond : DatePrecision::kDay, true};
    if (context_.reference && (!clock || clock->hour >= 0)) {
      const auto today = chr::floor<chr::days>(*context_.reference);
      const chr::year_month_day date{today - chr::days{days_back}};
      const CalendarDay day{static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                            static_cast<unsigned>(date.day())};
      found.time = Finish(start, end, day, clock, std::nullopt)->time;
    }
    return found;
  }

  std::optional<FoundDate> TakeAgo(std::size_t start) {
    int amount = 0;
    std::size_t ahead = 1;
    if (const DateToken* number = cursor_.Number(0, 1, 3); number != nullptr) {
      amount = number->value;
    } else if (cursor_.IsWord(0, {"a", "an", "one"})) {
      amount = 1;
    } else {
      return std::nullopt;
    }
    struct Unit {
      std::initializer_list<std::string_view> words;
      chr::milliseconds length;
    };
    static const Unit kUnits[] = {
        {{"second", "seconds", "sec", "secs", "s"}, chr::seconds{1}},
        {{"minute", "minutes", "min", "mins", "m"}, chr::minutes{1}},
        {{"hour", "hours", "hr", "hrs", "h"}, chr::hours{1}},
        {{"day", "days", "d"}, chr::days{1}},
        {{"week", "weeks", "wk", "wks", "w"}, chr::weeks{1}},
        {{"month", "months", "mo", "mos"}, chr::days{30}},
        {{"year", "years", "yr", "yrs", "y"}, chr::days{365}},
    };
    chr::milliseconds back{0};
    for (int part = 0; part < 2; ++part) {
      const auto* const unit =
          std::find_if(std::begin(kUnits), std::end(kUnits),
                       [&](const Unit& u) { return cursor_.IsWord(ahead, u.words); });
      if (unit == std::end(kUnits)) {
        return std::nullopt;
      }
      back += unit->length * amount;
      ++ahead;
      // "1 hour, 5 minutes ago".
      std::size_t next = ahead;
      if (cursor_.IsPunctuation(next, ",") || cursor_.IsWord(next, {"and"})) {
        ++next;
      }
      if (part == 1 || cursor_.Number(next, 1, 2) == nullptr) {
        break;
      }
      amount = cursor_.Peek(next)->value;
      ahead = next + 1;
    }
    if (!cursor_.IsWord(ahead, {"ago"})) {
      return std::nullopt;
    }
    cursor_.at += ahead + 1;
    FoundDate found{start, EndOf(cursor_.at), std::nullopt, DatePrecision::kSecond, true};
    if (context_.reference) {
      found.time = *context_.reference - back;
    }
    return found;
  }

  bool Alone(std::size_t end) const { return cursor_.tokens.size() <= end + 1 && cursor_.at <= 2; }

  std::size_t EndOf(std::size_t token) const {
    const DateToken& last = cursor_.tokens[token - 1];
    return last.start + last.text.size();
  }

  std::optional<FoundDate> Finish(std::size_t start, std::size_t end, CalendarDay day,
                                  const std::optional<WallClock>& clock,
                                  std::optional<int> offset) const {
    FoundDate found{start, EndOf(end), std::nullopt, day.precision, false};
    if (clock) {
      found.precision = DatePrecision::kSecond;
    }
    bool guessed_year = false;
    if (day.year == 0) {
      if (!context_.reference) {
        return found;
      }
      const chr::year_month_day today{chr::floor<chr::days>(*context_.reference)};
      day.year = static_cast<int>(today.year());
      guessed_year = true;
    }
    const chr::year_month_day date{chr::year{day.year}, chr::month{day.month}, chr::day{day.day}};
    if (!date.ok()) {
      return found;
    }
    chr::milliseconds time{0};
    if (clock) {
      time = chr::hours{clock->hour} + chr::minutes{clock->minute} + chr::seconds{clock->second} +
             chr::milliseconds{clock->milli};
    }
    const auto wall = chr::sys_days{date} + time;
    if (offset) {
      found.time = wall - chr::minutes{*offset};
    } else if (context_.zone == DateContext::Zone::kLondon) {
      found.time = LondonToUtc(chr::local_time<chr::milliseconds>{wall.time_since_epoch()});
    } else {
      found.time = wall;
    }
    // A day without a year is the last such day, not one to come.
    if (guessed_year && *found.time > *context_.reference + chr::days{2}) {
      day.year -= 1;
      return Finish(start, end, day, clock, offset);
    }
    return found;
  }

  DateCursor cursor_;
  const DateContext& context_;
};

// Cheap: most text holds no date, and every text node of a page is asked.
bool MayHoldDate(std::string_view text) {
  static constexpr PartList kWords(std::to_array<std::string_view>(
      {"day",   "Day",  "DAY",     "ago",     "Ago",     "AGO",   "now",
       "Now",   "NOW",  "gestern", "Gestern", "GESTERN", "heute", "Heute",
       "HEUTE", "hier", "Hier",    "HIER",    "ayer",    "Ayer",  "AYER"}));
  return std::any_of(text.begin(), text.end(), IsAsciiDigit) || kWords.IsIn(text);
}

// ISO 8601's forms that no person writes: "-0312" is March of a year 03 of the century.
std::optional<core::Timestamp> ParseTruncatedIso(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (IsAsciiDigit(c)) {
      digits += c;
    } else if (c != '-') {
      return std::nullopt;
    }
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    int value = 0;
    for (const char c : digits.substr(at, size)) {
      value = value * 10 + (c - '0');
    }
    return value;
  };
  int year = 0;
  int month = 1;
  int day = 1;
  if (text.starts_with("--")) {
    return std::nullopt;  // Without a year: no moment.
  }
  const bool dash = text.starts_with("-");
  if (digits.size() == 4 && !dash) {
    year = number(0, 4);
  } else if (dash && (digits.size() == 2 || digits.size() == 4)) {
    year = FullYear(number(0, 2), 2);
    month = digits.size() == 4 ? number(2, 2) : 1;
  } else if (digits.size() == 6 && !dash && text.size() == 6) {
    year = FullYear(number(0, 2), 2);
    month = number(2, 2);
    day = number(4, 2);
  } else if (digits.size() == 7 && text.size() == 7) {
    year = number(0, 4);
    const chr::year_month_day date{chr::sys_days{chr::year{year} / 1 / 1} +
                                   chr::days{number(4, 3) - 1}};
    month = static_cast<int>(static_cast<unsigned>(date.month()));
    day = static_cast<int>(static_cast<unsigned>(date.day()));
  } else {
    return std::nullopt;
  }
  if (month < 1 || day < 1 || year < 1900 || year > 2100 ||
      !IsRealDay(year, static_cast<unsigned>(month), static_cast<unsigned>(day))) {
    return std::nullopt;
  }
  return chr::sys_days{chr::year{year} / month / day};
}

std::optional<core::Timestamp> ParseEpoch(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (whole.size() < 9 || whole.size() > 16 || whole.size() == 14 ||
      !std::all_of(whole.begin(), whole.end(), IsAsciiDigit)) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  for (const char c : whole) {
    value = value * 10 + (c - '0');
  }
  if (whole.size() >= 15) {
    return core::Timestamp{chr::milliseconds{value / 1'000}};
  }
  return core::Timestamp{whole.size() >= 12 ? chr::milliseconds{value}
                                            : chr::milliseconds{value * 1'000}};
}

}  // namespace

std::optional<FoundDate> FindDate(std::string_view text, const DateContext& context) {
  if (!MayHoldDate(text)) {
    return std::nullopt;
  }
  const std::vector<DateToken> tokens = TokenizeForDates(text);
  Matcher matcher(tokens, context);
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (tokens[at].kind == DateToken::Kind::kPunctuation ||
        (tokens[at].kind == DateToken::Kind::kWord && !MayBeginDate(tokens[at].text))) {
      continue;
    }
    // A number glued to what stands before it ("v1.2.3", "post10", "192.168.1.1") begins no date.
    if (at > 0 && !tokens[at].space_before && tokens[at].kind == DateToken::Kind::kNumber) {
      const DateToken& before = tokens[at - 1];
      const bool glued_to_word = before.kind == DateToken::Kind::kWord && !IsWeekday(before.text);
      const bool glued_to_number =
          before.kind == DateToken::Kind::kPunctuation && at > 1 &&
          std::string_view("./-").find(before.text[0]) != std::string_view::npos &&
          tokens[at - 2].kind == DateToken::Kind::kNumber;
      if (glued_to_word || glued_to_number) {
        continue;
      }
    }
    if (auto found = matcher.MatchAt(at)) {
      return found;
    }
  }
  return std::nullopt;
}

std::optional<core::Timestamp> ParseMachineDate(std::string_view text) {
  text = Trim(text);
  if (text.empty() || text.size() > 200) {
    return std::nullopt;
  }
  if (auto epoch = ParseEpoch(text)) {
    return epoch;
  }
  DateContext context;
  context.zone = DateContext::Zone::kUtc;
  context.iso_short_year = true;
  if (const auto found = FindDate(text, context)) {
    return found->time;
  }
  return ParseTruncatedIso(text);
}

std::optional<DayMonthOrder> GuessDayMonthOrder(std::span<const std::string> texts) {
  for (const std::string& text : texts) {
    const std::vector<DateToken> tokens = TokenizeForDates(text);
    for (std::size_t i = 0; i + 4 < tokens.size(); ++i) {
      const auto number = [&](std::size_t at) {
        return tokens[at].kind == DateToken::Kind::kNumber && tokens[at].digits() <= 2;
      };
      const bool separated = (tokens[i + 1].text == "/" || tokens[i + 1].text == "-") &&
                             tokens[i + 3].text == tokens[i + 1].text;
      if (number(i) && number(i + 2) && separated &&
          tokens[i + 4].kind == DateToken::Kind::kNumber) {
        if (tokens[i].value > 12 && tokens[i + 2].value <= 12) {
          return DayMonthOrder::kDayFirst;
        }
        if (tokens[i + 2].value > 12 && tokens[i].value <= 12) {
          return DayMonthOrder::kMonthFirst;
        }
      }
    }
  }
  return std::nullopt;
}

core::Timestamp LondonToUtc(chr::local_time<chr::milliseconds> local) {
  // A machine without time-zone data still reads pages: an hour wrong in summer, at most.
  static const ::date::time_zone* const london = []() -> const ::date::time_zone* {
    try {
      return ::date::locate_zone("Europe/London");
    } catch (const std::exception&) {
      return nullptr;
    }
  }();
  if (london == nullptr) {
    return core::Timestamp{local.time_since_epoch()};
  }
  return london->to_sys(::date::local_time<chr::milliseconds>{local.time_since_epoch()},
                        ::date::choose::earliest);
}

}  // namespace schoolwatch::crawler
