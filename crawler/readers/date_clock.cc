#include "crawler/readers/date_clock.h"

#include "crawler/readers/date_words.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// "T101455" after a packed day.
std::optional<WallClock> TakePackedClock(DateCursor& cursor) {
  const DateToken* digits = cursor.Number(0, 4, 6);
  if (digits == nullptr || cursor.at == 0 || digits->digits() == 5 ||
      !(EqualsIgnoreCase(cursor.Before().text, "T"))) {
    return std::nullopt;
  }
  WallClock clock;
  const int packed = digits->digits() == 4 ? digits->value * 100 : digits->value;
  clock.hour = packed / 10'000;
  clock.minute = packed / 100 % 100;
  clock.second = packed % 100;
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 60) {
    clock.hour = -1;
  }
  ++cursor.at;
  return clock;
}

}  // namespace

std::optional<WallClock> TakeClock(DateCursor& cursor) {
  const DateToken* hour = cursor.Number(0, 1, 2);
  if (hour == nullptr) {
    return TakePackedClock(cursor);
  }
  WallClock clock;
  clock.hour = hour->value;
  std::size_t used = 1;
  bool real = false;
  const bool letter_h = cursor.IsWord(1, {"h"}) && !cursor.Peek(1)->space_before;
  const DateToken* minute = cursor.Number(2, 2, 2);
  const bool dotted =
      cursor.IsPunctuation(1, ".") && minute != nullptr && !cursor.Peek(1)->space_before;
  if ((cursor.IsPunctuation(1, ":") || letter_h || dotted) && minute != nullptr &&
      !minute->space_before) {
    clock.minute = minute->value;
    used = 3;
    real = !dotted;
    if (cursor.IsPunctuation(3, ":") && cursor.Number(4, 1, 2) != nullptr) {
      clock.second = cursor.Peek(4)->value;
      used = 5;
      if (cursor.IsPunctuation(5, ".,") && cursor.Number(6, 1, 12) != nullptr &&
          !cursor.Peek(6)->space_before) {
        int scale = 100;
        for (const char c : cursor.Peek(6)->text.substr(0, 3)) {
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
  if (const DateToken* mark = cursor.Peek(half);
      mark != nullptr && mark->kind == DateToken::Kind::kWord) {
    const char first = ToAsciiLower(mark->text[0]);
    const bool dotted_mark = mark->text.size() == 1 && cursor.IsPunctuation(half + 1, ".") &&
                             cursor.IsWord(half + 2, {"m"});
    if ((first == 'a' || first == 'p') &&
        (dotted_mark || cursor.IsWord(half, {"am", "pm", "a", "p"})) &&
        (mark->text.size() == 2 || dotted_mark || !mark->space_before)) {
      if (clock.hour < 1 || clock.hour > 12) {
        if (clock.hour > 23) {
          return std::nullopt;
        }
      } else {
        clock.hour = clock.hour % 12 + (first == 'p' ? 12 : 0);
      }
      half += dotted_mark ? (cursor.IsPunctuation(half + 3, ".") ? 4u : 3u) : 1u;
      used = half;
      real = true;
    }
  }
  if (cursor.IsWord(used, {"uhr"})) {
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
  cursor.at += used;
  return clock;
}

std::optional<int> TakeZone(DateCursor& cursor) {
  const std::size_t before = cursor.at;
  if (cursor.IsPunctuation(0, "(") && cursor.Peek(1) != nullptr &&
      cursor.Peek(1)->kind == DateToken::Kind::kWord) {
    ++cursor.at;
  }
  std::optional<int> named;
  if (const DateToken* word = cursor.Peek();
      word != nullptr && word->kind == DateToken::Kind::kWord) {
    named = ZoneMinutes(word->text);
    if (!named) {
      cursor.at = before;
      return std::nullopt;
    }
    ++cursor.at;
  }
  // "GMT+01:00" and "+0100"; the sign must touch its digits.
  if (cursor.IsPunctuation(0, "+-") && cursor.Number(1, 1, 4) != nullptr &&
      !cursor.Peek(1)->space_before) {
    const bool west = cursor.Peek()->text == "-";
    const DateToken* digits = cursor.Peek(1);
    int minutes = 0;
    std::size_t used = 2;
    if (digits->digits() >= 3) {
      minutes = digits->value / 100 * 60 + digits->value % 100;
    } else {
      minutes = digits->value * 60;
      if (cursor.IsPunctuation(2, ":")) {
        if (cursor.Number(3, 2, 2) == nullptr) {
          cursor.at = before;
          return std::nullopt;
        }
        minutes += cursor.Peek(3)->value;
        used = 4;
      }
    }
    if (minutes <= 24 * 60) {
      cursor.at += used;
      return west ? -minutes : minutes;
    }
  }
  if (!named) {
    cursor.at = before;
  }
  return named;
}

}  // namespace schoolwatch::crawler
