#include "crawler/readers/dates.h"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include "crawler/readers/date_words.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

namespace chr = std::chrono;

struct Token {
  enum class Kind { kNumber, kWord, kPunctuation } kind = Kind::kPunctuation;
  std::string_view text;
  std::size_t start = 0;
  int value = 0;  // Of a number.
  bool space_before = false;
  std::size_t digits() const { return text.size(); }
};

// Text is cut after this many tokens: no date is that far in, and hostile text is endless.
constexpr std::size_t kMaxTokens = 400;

std::vector<Token> Tokenize(std::string_view text) {
  std::vector<Token> tokens;
  bool space = false;
  std::size_t i = 0;
  while (i < text.size() && tokens.size() < kMaxTokens) {
    if (const std::size_t length = SpaceLength(text, i); length != 0) {
      space = true;
      i += length;
      continue;
    }
    Token token;
    token.start = i;
    token.space_before = std::exchange(space, false);
    if (IsAsciiDigit(text[i])) {
      token.kind = Token::Kind::kNumber;
      while (i < text.size() && IsAsciiDigit(text[i])) {
        token.value = std::min(token.value * 10 + (text[i] - '0'), 100'000'000);
        ++i;
      }
    } else if (IsAsciiAlpha(text[i]) || static_cast<unsigned char>(text[i]) >= 0x80) {
      token.kind = Token::Kind::kWord;
      while (i < text.size() &&
             (IsAsciiAlpha(text[i]) ||
              (static_cast<unsigned char>(text[i]) >= 0x80 && SpaceLength(text, i) == 0))) {
        ++i;
      }
    } else {
      ++i;
    }
    token.text = text.substr(token.start, i - token.start);
    tokens.push_back(token);
  }
  return tokens;
}

struct Clock {
  int hour = 0;
  int minute = 0;
  int second = 0;
  int milli = 0;
};

struct Day {
  int year = 0;  // 0: not said.
  unsigned month = 0;
  unsigned day = 0;
  DatePrecision precision = DatePrecision::kDay;
};

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

// Reads from a position in the tokens onwards; each Take… leaves the position alone when it fails.
class Matcher {
 public:
  Matcher(const std::vector<Token>& tokens, const DateContext& context)
      : tokens_(tokens), context_(context) {}

  std::optional<FoundDate> MatchAt(std::size_t at) {
    at_ = at;
    if (auto relative = TakeRelative()) {
      return relative;
    }
    at_ = at;
    TakeWeekday();
    std::optional<Clock> clock;
    std::optional<int> offset;
    const std::size_t before_clock = at_;
    if ((clock = TakeClock())) {
      offset = TakeZone();
      SkipJoiners();
      TakeWeekday();
    }
    auto day = TakeDay();
    if (!day && clock) {
      clock.reset();
      offset.reset();
      at_ = before_clock;
      day = TakeDay();
    }
    if (!day) {
      return std::nullopt;
    }
    std::size_t end = at_;
    if (!clock && day->precision == DatePrecision::kDay) {
      SkipJoiners();
      if ((clock = TakeClock())) {
        end = at_;
        if ((offset = TakeZone())) {
          end = at_;
        }
        if (day->year == 0 && TakeTrailingYear(*day)) {
          end = at_;
        }
      }
    }
    if (clock && clock->hour < 0) {
      return std::nullopt;  // 25:14 or the like: the whole is nonsense.
    }
    return Finish(tokens_[at].start, end, *day, clock, offset);
  }

 private:
  const Token* Peek(std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? &tokens_[at_ + ahead] : nullptr;
  }
  bool IsPunctuation(std::size_t ahead, std::string_view any_of) const {
    const Token* token = Peek(ahead);
    return token != nullptr && token->kind == Token::Kind::kPunctuation &&
           any_of.find(token->text[0]) != std::string_view::npos;
  }
  const Token* Number(std::size_t ahead, std::size_t min_digits, std::size_t max_digits) const {
    const Token* token = Peek(ahead);
    return token != nullptr && token->kind == Token::Kind::kNumber &&
                   token->digits() >= min_digits && token->digits() <= max_digits
               ? token
               : nullptr;
  }
  bool IsWord(std::size_t ahead, std::initializer_list<std::string_view> words) const {
    const Token* token = Peek(ahead);
    return token != nullptr && token->kind == Token::Kind::kWord &&
           std::any_of(words.begin(), words.end(),
                       [&](std::string_view w) { return EqualsIgnoreCase(w, token->text); });
  }

  void TakeWeekday() {
    const Token* token = Peek();
    if (token == nullptr || token->kind != Token::Kind::kWord || !IsWeekday(token->text)) {
      return;
    }
    ++at_;
    while (IsPunctuation(0, ".,") || IsWord(0, {"the", "den", "der", "le"})) {
      ++at_;
    }
  }

  // What may stand between a day and a time.
  void SkipJoiners() {
    for (int i = 0; i < 3; ++i) {
      if (IsPunctuation(0, ",-|@.;(") ||
          IsWord(0, {"at", "on", "um", "à",  "a",  "alle", "ore", "kl", "klo", "T", "–",
                     "—",  "·",  "•",  "às", "om", "las",  "la",  "»",  "«",   "›"})) {
        ++at_;
      }
    }
  }

  std::optional<Clock> TakeClock() {
    const Token* hour = Number(0, 1, 2);
    if (hour == nullptr) {
      return TakePackedClock();
    }
    Clock clock;
    clock.hour = hour->value;
    std::size_t used = 1;
    bool real = false;
    const bool letter_h = IsWord(1, {"h"}) && !Peek(1)->space_before;
    const Token* minute = Number(2, 2, 2);
    const bool dotted = IsPunctuation(1, ".") && minute != nullptr && !Peek(1)->space_before;
    if ((IsPunctuation(1, ":") || letter_h || dotted) && minute != nullptr &&
        !minute->space_before) {
      clock.minute = minute->value;
      used = 3;
      real = !dotted;
      if (IsPunctuation(3, ":") && Number(4, 1, 2) != nullptr) {
        clock.second = Peek(4)->value;
        used = 5;
        if (IsPunctuation(5, ".,") && Number(6, 1, 12) != nullptr && !Peek(6)->space_before) {
          int scale = 100;
          for (const char c : Peek(6)->text.substr(0, 3)) {
            clock.milli += (c - '0') * scale;
            scale /= 10;
          }
          used = 7;
        }
      }
    } else if (letter_h && minute == nullptr) {
      used = 2;
      real = true;
    }
    std::size_t half = used;
    if (const Token* mark = Peek(half); mark != nullptr && mark->kind == Token::Kind::kWord) {
      const char first = ToAsciiLower(mark->text[0]);
      const bool dotted_mark =
          mark->text.size() == 1 && IsPunctuation(half + 1, ".") && IsWord(half + 2, {"m"});
      if ((first == 'a' || first == 'p') && (dotted_mark || IsWord(half, {"am", "pm", "a", "p"})) &&
          (mark->text.size() == 2 || dotted_mark || !mark->space_before)) {
        if (clock.hour < 1 || clock.hour > 12) {
          if (clock.hour > 23) {
            return std::nullopt;
          }
        } else {
          clock.hour = clock.hour % 12 + (first == 'p' ? 12 : 0);
        }
        half += dotted_mark ? (IsPunctuation(half + 3, ".") ? 4u : 3u) : 1u;
        used = half;
        real = true;
      }
    }
    if (IsWord(used, {"uhr"})) {
      ++used;
      real = true;
    }
    if (!real) {
      return std::nullopt;
    }
    if (clock.hour == 24 && clock.minute == 0 && clock.second == 0) {
      // ISO 8601's end of the day; Finish adds it up.
    } else if (clock.hour > 23 || clock.minute > 59 || clock.second > 60) {
      clock.hour = -1;
    }
    at_ += used;
    return clock;
  }

  // "T101455" after a packed day.
  std::optional<Clock> TakePackedClock() {
    const Token* digits = Number(0, 4, 6);
    if (digits == nullptr || at_ == 0 || digits->digits() == 5 ||
        !(EqualsIgnoreCase(tokens_[at_ - 1].text, "T"))) {
      return std::nullopt;
    }
    Clock clock;
    const int packed = digits->digits() == 4 ? digits->value * 100 : digits->value;
    clock.hour = packed / 10'000;
    clock.minute = packed / 100 % 100;
    clock.second = packed % 100;
    if (clock.hour > 23 || clock.minute > 59 || clock.second > 60) {
      clock.hour = -1;
    }
    ++at_;
    return clock;
  }

  // Minutes east of UTC.
  std::optional<int> TakeZone() {
    const std::size_t before = at_;
    if (IsPunctuation(0, "(") && Peek(1) != nullptr && Peek(1)->kind == Token::Kind::kWord) {
      ++at_;
    }
    std::optional<int> named;
    if (const Token* word = Peek(); word != nullptr && word->kind == Token::Kind::kWord) {
      named = ZoneMinutes(word->text);
      if (!named) {
        at_ = before;
        return std::nullopt;
      }
      ++at_;
    }
    // "GMT+01:00" and "+0100"; the sign must touch its digits.
    if (IsPunctuation(0, "+-") && Number(1, 1, 4) != nullptr && !Peek(1)->space_before) {
      const bool west = Peek()->text == "-";
      const Token* digits = Peek(1);
      int minutes = 0;
      std::size_t used = 2;
      if (digits->digits() >= 3) {
        minutes = digits->value / 100 * 60 + digits->value % 100;
      } else {
        minutes = digits->value * 60;
        if (IsPunctuation(2, ":")) {
          if (Number(3, 2, 2) == nullptr) {
            at_ = before;
            return std::nullopt;
          }
          minutes += Peek(3)->value;
          used = 4;
        }
      }
      if (minutes <= 24 * 60) {
        at_ += used;
        return west ? -minutes : minutes;
      }
    }
    if (!named) {
      at_ = before;
    }
    return named;
  }

  bool TakeTrailingYear(Day& day) {
    const Token* year = Number(0, 4, 4);
    if (year == nullptr || year->value < 1900 || year->value > 2100) {
      return false;
    }
    day.year = year->value;
    ++at_;
    return true;
  }

  unsigned MonthAt(std::size_t ahead) const {
    const Token* token = Peek(ahead);
    return token != nullptr && token->kind == Token::Kind::kWord ? MonthOfWord(token->text) : 0;
  }

  std::optional<Day> TakeDay() {
    if (auto day = TakeIsoDay()) {
      return day;
    }
    if (auto day = TakeNumericDay()) {
      return day;
    }
    if (auto day = TakeDayMonth()) {
      return day;
    }
    return TakeMonthDay();
  }

  // 2026-11-20, 2026/11/20, 20261120, 2026-335, 2026-W47-5, 2026-11, 2026년 11월 20일.
  std::optional<Day> TakeIsoDay() {
    if (const Token* packed = Number(0, 8, 8); packed != nullptr) {
      const Day day{packed->value / 10'000, static_cast<unsigned>(packed->value / 100 % 100),
                    static_cast<unsigned>(packed->value % 100)};
      if (day.year >= 1970 && IsRealDay(day.year, day.month, day.day)) {
        ++at_;
        return day;
      }
      return std::nullopt;
    }
    const Token* year = Number(0, 4, 4);
    const bool short_year = year == nullptr && context_.iso_short_year &&
                            Number(0, 2, 2) != nullptr && IsPunctuation(1, "-");
    if (short_year) {
      year = Number(0, 2, 2);
    }
    if (year == nullptr) {
      return std::nullopt;
    }
    const int full = FullYear(year->value, year->digits());
    if (full < 1900 || full > 2100) {
      return std::nullopt;
    }
    // The year's, month's and day's signs of Chinese, Japanese and Korean.
    const bool cjk = IsWord(1, {"年", "년"});
    if (!cjk && !IsPunctuation(1, "-/.")) {
      return std::nullopt;
    }
    if (IsPunctuation(1, "-")) {
      if (const Token* ordinal = Number(2, 3, 3); ordinal != nullptr && ordinal->value >= 1) {
        const chr::year_month_day date{chr::sys_days{chr::year{full} / 1 / 1} +
                                       chr::days{ordinal->value - 1}};
        if (static_cast<int>(date.year()) == full) {
          at_ += 3;
          return Day{full, static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day())};
        }
        return std::nullopt;
      }
      if (IsWord(2, {"W"}) && Number(3, 2, 2) != nullptr) {
        return TakeIsoWeek(full);
      }
    }
    unsigned month = 0;
    if (const Token* number = Number(2, 1, 2); number != nullptr) {
      month = static_cast<unsigned>(number->value);
    } else if (IsPunctuation(1, "-")) {
      month = MonthAt(2);
    }
    if (month < 1 || month > 12) {
      return std::nullopt;
    }
    const std::size_t separator = 3;
    const bool again =
        cjk ? IsWord(separator, {"月", "월"})
            : IsPunctuation(separator, Peek(1)->text) || IsPunctuation(separator, "-");
    if (again && Number(4, 1, 2) != nullptr) {
      const auto day = static_cast<unsigned>(Peek(4)->value);
      if (IsRealDay(full, month, day)) {
        at_ += IsWord(5, {"日", "일"}) ? 6u : 5u;
        return Day{full, month, day};
      }
      return std::nullopt;
    }
    if (short_year || again || !IsPunctuation(1, "-") || Number(2, 2, 2) == nullptr) {
      return std::nullopt;
    }
    at_ += 3;
    return Day{full, month, 1, DatePrecision::kMonth};
  }

  std::optional<Day> TakeIsoWeek(int year) {
    const int week = Peek(3)->value;
    int weekday = 1;
    std::size_t used = 4;
    if (IsPunctuation(4, "-") && Number(5, 1, 1) != nullptr) {
      weekday = Peek(5)->value;
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
    at_ += used;
    return Day{static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
               static_cast<unsigned>(date.day())};
  }

  // 20/11/2026, 20.11.26, 11-20-2026.
  std::optional<Day> TakeNumericDay() {
    const Token* first = Number(0, 1, 2);
    const Token* second = Number(2, 1, 2);
    if (first == nullptr || second == nullptr || !IsPunctuation(1, "/.-") ||
        !IsPunctuation(3, Peek(1)->text)) {
      return std::nullopt;
    }
    const Token* year = Number(4, 4, 4);
    if (year == nullptr) {
      year = Number(4, 2, 2);
    }
    // More of the same sign follows in version numbers and addresses.
    if (year == nullptr ||
        (IsPunctuation(5, Peek(1)->text) && Number(6, 1, 9) != nullptr && !Peek(6)->space_before)) {
      return std::nullopt;
    }
    bool month_first = context_.order == DayMonthOrder::kMonthFirst && Peek(1)->text != ".";
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
    at_ += 5;
    return Day{full, month, day};
  }

  // 20 November 2026, 20. Nov. 26, 20th of November, 20-Nov-2026.
  std::optional<Day> TakeDayMonth() {
    const Token* number = Number(0, 1, 2);
    if (number == nullptr) {
      return std::nullopt;
    }
    std::size_t ahead = 1;
    if (IsWord(ahead, {"st", "nd", "rd", "th", "er", "º", "ª"}) && !Peek(ahead)->space_before) {
      ++ahead;
    }
    while (IsPunctuation(ahead, ".-/,") || IsWord(ahead, {"of", "de", "di"})) {
      ++ahead;
      if (ahead > 5) {
        return std::nullopt;
      }
    }
    const unsigned month = MonthAt(ahead);
    if (month == 0) {
      return std::nullopt;
    }
    const std::string_view name = Peek(ahead)->text;
    ++ahead;
    const std::size_t after_month = ahead;
    while (IsPunctuation(ahead, ".-/,") || IsWord(ahead, {"de", "del", "of"})) {
      ++ahead;
      if (ahead > after_month + 3) {
        break;
      }
    }
    const auto day = static_cast<unsigned>(number->value);
    return FinishNamed(month, day, name, ahead, after_month);
  }

  // November 20, 2026; Nov 20th '26.
  std::optional<Day> TakeMonthDay() {
    const unsigned month = MonthAt(0);
    if (month == 0) {
      return std::nullopt;
    }
    const std::string_view name = Peek()->text;
    std::size_t ahead = 1;
    while (ahead < 3 && IsPunctuation(ahead, ".-")) {
      ++ahead;
    }
    const Token* number = Number(ahead, 1, 2);
    if (number == nullptr) {
      // "November 2026" says when somebody joined, not when a post was made.
      const Token* year = Number(ahead, 4, 4);
      // Behind a day that this month does not have it is the rest of no date.
      const bool after_day = at_ > 0 && tokens_[at_ - 1].kind == Token::Kind::kNumber;
      if (year == nullptr || year->value < 1970 || year->value > 2100 || after_day) {
        return std::nullopt;
      }
      at_ += ahead + 1;
      return Day{year->value, month, 1, DatePrecision::kMonth};
    }
    ++ahead;
    if (IsWord(ahead, {"st", "nd", "rd", "th"}) && !Peek(ahead)->space_before) {
      ++ahead;
    }
    const std::size_t after_day = ahead;
    while (ahead < after_day + 2 && IsPunctuation(ahead, ",.-")) {
      ++ahead;
    }
    // "Nov 20 18:02 2026" and "Nov 20, 18:02" have no year here.
    return FinishNamed(month, static_cast<unsigned>(number->value), name, ahead, after_day);
  }

  std::optional<Day> FinishNamed(unsigned month, unsigned day, std::string_view name,
                                 std::size_t year_at, std::size_t bare_end) {
    if (IsPunctuation(year_at, "'")) {
      ++year_at;
    }
    int year = 0;
    std::size_t used = bare_end;
    const auto clock_follows = [&] {
      return IsPunctuation(year_at + 1, ":") || IsWord(year_at + 1, {"h", "am", "pm", "uhr"});
    };
    if (const Token* token = Number(year_at, 4, 4);
        token != nullptr && token->value >= 1900 && token->value <= 2100) {
      year = token->value;
      used = year_at + 1;
    } else if (Number(year_at, 2, 2) != nullptr && !clock_follows()) {
      year = FullYear(Peek(year_at)->value, 2);
      used = year_at + 1;
    }
    if (!IsRealDay(year, month, day)) {
      return std::nullopt;
    }
    // "may 5" and "out 3" are words in a sentence; a month's name without a year has a capital.
    if (year == 0 && name[0] >= 'a' && name[0] <= 'z') {
      return std::nullopt;
    }
    at_ += used;
    return Day{year, month, day};
  }

  // "2 hours ago", "yesterday, 18:02", "just now".
  std::optional<FoundDate> TakeRelative() {
    const std::size_t start = tokens_[at_].start;
    int days_back = -1;
    if (IsWord(0, {"today", "heute", "aujourd", "hoy", "oggi", "vandaag"})) {
      days_back = 0;
    } else if (IsWord(0, {"yesterday", "gestern", "hier", "ayer", "ieri", "gisteren"})) {
      days_back = 1;
    }
    if (days_back >= 0) {
      return TakeRelativeDay(start, days_back);
    }
    if (IsWord(0, {"just"}) && IsWord(1, {"now"})) {
      at_ += 2;
      return FoundDate{start, EndOf(at_), context_.reference, DatePrecision::kSecond, true};
    }
    return TakeAgo(start);
  }

  std::optional<FoundDate> TakeRelativeDay(std::size_t start, int days_back) {
    ++at_;
    std::size_t end = at_;
    SkipJoiners();
    const auto clock = TakeClock();
    if (!clock && !Alone(end)) {
      return std::nullopt;  // "yesterday" in a sentence is no stamp.
    }
    if (clock) {
      end = at_;
    }
    FoundDate found{start, EndOf(end), std::nullopt,
                    clock ? DatePrecision::kSecond : DatePrecision::kDay, true};
    if (context_.reference && (!clock || clock->hour >= 0)) {
      const auto today = chr::floor<chr::days>(*context_.reference);
      const chr::year_month_day date{today - chr::days{days_back}};
      const Day day{static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                    static_cast<unsigned>(date.day())};
      found.time = Finish(start, end, day, clock, std::nullopt)->time;
    }
    return found;
  }

  std::optional<FoundDate> TakeAgo(std::size_t start) {
    int amount = 0;
    std::size_t ahead = 1;
    if (const Token* number = Number(0, 1, 3); number != nullptr) {
      amount = number->value;
    } else if (IsWord(0, {"a", "an", "one"})) {
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
      const auto* const unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                            [&](const Unit& u) { return IsWord(ahead, u.words); });
      if (unit == std::end(kUnits)) {
        return std::nullopt;
      }
      back += unit->length * amount;
      ++ahead;
      // "1 hour, 5 minutes ago".
      std::size_t next = ahead;
      if (IsPunctuation(next, ",") || IsWord(next, {"and"})) {
        ++next;
      }
      if (part == 1 || Number(next, 1, 2) == nullptr) {
        break;
      }
      amount = Peek(next)->value;
      ahead = next + 1;
    }
    if (!IsWord(ahead, {"ago"})) {
      return std::nullopt;
    }
    at_ += ahead + 1;
    FoundDate found{start, EndOf(at_), std::nullopt, DatePrecision::kSecond, true};
    if (context_.reference) {
      found.time = *context_.reference - back;
    }
    return found;
  }

  bool Alone(std::size_t end) const { return tokens_.size() <= end + 1 && at_ <= 2; }

  std::size_t EndOf(std::size_t token) const {
    const Token& last = tokens_[token - 1];
    return last.start + last.text.size();
  }

  std::optional<FoundDate> Finish(std::size_t start, std::size_t end, Day day,
                                  const std::optional<Clock>& clock,
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

  const std::vector<Token>& tokens_;
  const DateContext& context_;
  std::size_t at_ = 0;
};

// Cheap: most text holds no date, and every text node of a page is asked.
bool MayHoldDate(std::string_view text) {
  return std::any_of(text.begin(), text.end(), IsAsciiDigit) || ContainsIgnoreCase(text, "day") ||
         ContainsIgnoreCase(text, "ago") || ContainsIgnoreCase(text, "now") ||
         ContainsIgnoreCase(text, "gestern") || ContainsIgnoreCase(text, "heute") ||
         ContainsIgnoreCase(text, "hier") || ContainsIgnoreCase(text, "ayer");
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
  if (whole.size() < 9 || whole.size() > 13 ||
      !std::all_of(whole.begin(), whole.end(), IsAsciiDigit)) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  for (const char c : whole) {
    value = value * 10 + (c - '0');
  }
  return core::Timestamp{whole.size() >= 12 ? chr::milliseconds{value}
                                            : chr::milliseconds{value * 1'000}};
}

}  // namespace

std::optional<FoundDate> FindDate(std::string_view text, const DateContext& context) {
  if (!MayHoldDate(text)) {
    return std::nullopt;
  }
  const std::vector<Token> tokens = Tokenize(text);
  Matcher matcher(tokens, context);
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (tokens[at].kind == Token::Kind::kPunctuation) {
      continue;
    }
    // A number glued to what stands before it ("v1.2.3", "post10", "192.168.1.1") begins no date.
    if (at > 0 && !tokens[at].space_before && tokens[at].kind == Token::Kind::kNumber) {
      const Token& before = tokens[at - 1];
      const bool glued_to_word = before.kind == Token::Kind::kWord && !IsWeekday(before.text);
      const bool glued_to_number =
          before.kind == Token::Kind::kPunctuation && at > 1 &&
          std::string_view("./-").find(before.text[0]) != std::string_view::npos &&
          tokens[at - 2].kind == Token::Kind::kNumber;
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
    const std::vector<Token> tokens = Tokenize(text);
    for (std::size_t i = 0; i + 4 < tokens.size(); ++i) {
      const auto number = [&](std::size_t at) {
        return tokens[at].kind == Token::Kind::kNumber && tokens[at].digits() <= 2;
      };
      const bool separated = (tokens[i + 1].text == "/" || tokens[i + 1].text == "-") &&
                             tokens[i + 3].text == tokens[i + 1].text;
      if (number(i) && number(i + 2) && separated && tokens[i + 4].kind == Token::Kind::kNumber) {
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
