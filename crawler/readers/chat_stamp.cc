#include "crawler/readers/chat_stamp.h"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <exception>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// Marks of writing direction, which the app strews in: U+200E, U+200F, U+202A to U+202E, U+2066 to
// U+2069. Byte order marks count too.
bool IsDirectionMark(std::string_view at) {
  if (at.size() < 3) {
    return false;
  }
  const auto second = static_cast<unsigned char>(at[1]);
  const auto third = static_cast<unsigned char>(at[2]);
  if (at[0] == '\xE2') {
    return (second == 0x80 &&
            (third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE))) ||
           (second == 0x81 && third >= 0xA6 && third <= 0xA9);
  }
  return at[0] == '\xEF' && second == 0xBB && third == 0xBF;
}

// Reads along a line.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  std::string_view rest() const { return text_.substr(at_); }
  bool Take(char c) {
    const bool there = at_ < text_.size() && text_[at_] == c;
    at_ += there ? 1u : 0u;
    return there;
  }
  bool TakeWord(std::string_view word) {
    const bool there = StartsWithIgnoreCase(rest(), word);
    at_ += there ? word.size() : 0;
    return there;
  }
  bool SkipSpaces() {
    const std::size_t before = at_;
    while (Take(' ')) {
    }
    return at_ > before;
  }
  // Up to `most` digits; how many there were.
  std::size_t Number(std::size_t most, std::uint16_t& number) {
    std::size_t digits = 0;
    std::uint32_t value = 0;
    while (at_ < text_.size() && IsAsciiDigit(text_[at_]) && digits <= most) {
      value = value * 10 + static_cast<std::uint32_t>(text_[at_++] - '0');
      ++digits;
    }
    number = static_cast<std::uint16_t>(value);
    return digits > most ? 0 : digits;
  }
  char Separator(std::string_view any_of) {
    if (at_ < text_.size() && any_of.find(text_[at_]) != std::string_view::npos) {
      return text_[at_++];
    }
    return '\0';
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

enum class DayHalf { kNone, kMorning, kAfternoon };

// "AM", "pm", "a. m.", "p.m."
DayHalf TakeDayHalf(Cursor& cursor) {
  const Cursor before = cursor;
  cursor.SkipSpaces();
  const bool morning = cursor.TakeWord("a");
  if (!morning && !cursor.TakeWord("p")) {
    cursor = before;
    return DayHalf::kNone;
  }
  cursor.Take('.');
  cursor.SkipSpaces();
  if (!cursor.TakeWord("m")) {
    cursor = before;
    return DayHalf::kNone;
  }
  cursor.Take('.');
  return morning ? DayHalf::kMorning : DayHalf::kAfternoon;
}

bool TakeDate(Cursor& cursor, ChatStamp& stamp) {
  const std::size_t first = cursor.Number(4, stamp.first);
  const char separator = cursor.Separator("./-");
  const std::size_t second = separator == '\0' ? 0 : cursor.Number(2, stamp.second);
  if (first == 0 || second == 0 || !cursor.Take(separator)) {
    return false;
  }
  const std::size_t third = cursor.Number(4, stamp.third);
  stamp.year_first = first == 4;
  return stamp.year_first ? third == 1 || third == 2 : first <= 2 && (third == 2 || third == 4);
}

bool TakeTime(Cursor& cursor, ChatStamp& stamp, bool& has_seconds) {
  std::uint16_t hour = 0;
  std::uint16_t minute = 0;
  std::uint16_t second = 0;
  if (cursor.Number(2, hour) == 0 || cursor.Separator(":.") == '\0' ||
      cursor.Number(2, minute) != 2) {
    return false;
  }
  Cursor behind = cursor;
  if (behind.Separator(":.") != '\0' && behind.Number(2, second) == 2) {
    cursor = behind;
    has_seconds = true;
  } else {
    second = 0;
  }
  const DayHalf half = TakeDayHalf(cursor);
  if (half != DayHalf::kNone) {
    if (hour == 0 || hour > 12) {
      return false;
    }
    hour = static_cast<std::uint16_t>(hour % 12 + (half == DayHalf::kAfternoon ? 12 : 0));
  }
  if (hour > 23 || minute > 59 || second > 59) {
    return false;
  }
  stamp.hour = static_cast<std::uint8_t>(hour);
  stamp.minute = static_cast<std::uint8_t>(minute);
  stamp.second_of_minute = static_cast<std::uint8_t>(second);
  return true;
}

}  // namespace

std::string_view PlainChatLine(std::string_view line, std::string& buffer) {
  const auto is_ours = [](char c) { return c == '\xE2' || c == '\xC2' || c == '\xEF'; };
  if (std::ranges::none_of(line, is_ours)) {
    return line;
  }
  buffer.clear();
  for (std::size_t i = 0; i < line.size();) {
    if (const std::string_view rest = line.substr(i); !is_ours(line[i])) {
      buffer += line[i++];
    } else if (IsDirectionMark(rest)) {
      i += 3;
    } else if (rest.starts_with("\xC2\xA0")) {
      buffer += ' ';
      i += 2;
    } else if (rest.starts_with("\xE2\x80\xAF")) {
      buffer += ' ';
      i += 3;
    } else {
      buffer += line[i++];
    }
  }
  return buffer;
}

std::optional<StampedChatLine> FindChatStamp(std::string_view line) {
  if (line.size() < 12 || (line[0] != '[' && !IsAsciiDigit(line[0]))) {
    return std::nullopt;
  }
  Cursor cursor(line);
  StampedChatLine found;
  const bool brackets = cursor.Take('[');
  if (!TakeDate(cursor, found.stamp)) {
    return std::nullopt;
  }
  const bool comma = cursor.Take(',');
  bool has_seconds = false;
  if ((!cursor.SkipSpaces() && !comma) || !TakeTime(cursor, found.stamp, has_seconds)) {
    return std::nullopt;
  }
  if (brackets) {
    if (!cursor.Take(']') || !cursor.Take(' ')) {
      return std::nullopt;
    }
  } else if (!cursor.TakeWord(" - ") && !cursor.TakeWord(" \xE2\x80\x93 ") &&
             !(has_seconds && cursor.TakeWord(": "))) {
    return std::nullopt;
  }
  found.rest = cursor.rest();
  return found;
}

int FullChatYear(std::uint16_t year) { return year < 100 ? 2000 + year : year; }

std::optional<core::Timestamp> TimeOfStamp(const ChatStamp& stamp, DayMonthOrder order,
                                           std::string_view zone) {
  namespace chrono = std::chrono;
  const bool day_first = order == DayMonthOrder::kDayFirst;
  const int year = FullChatYear(stamp.year_first ? stamp.first : stamp.third);
  const unsigned month = stamp.year_first ? stamp.second : day_first ? stamp.second : stamp.first;
  const unsigned day = stamp.year_first ? stamp.third : day_first ? stamp.first : stamp.second;
  const date::year_month_day date{date::year(year), date::month(month), date::day(day)};
  if (!date.ok() || year < 2009 || year > 2200) {  // WhatsApp is no older.
    return std::nullopt;
  }
  const auto local = date::local_days(date) + chrono::hours(stamp.hour) +
                     chrono::minutes(stamp.minute) + chrono::seconds(stamp.second_of_minute);
  try {
    const auto utc = date::locate_zone(std::string(zone))->to_sys(local, date::choose::earliest);
    return core::Timestamp(chrono::duration_cast<chrono::milliseconds>(utc.time_since_epoch()));
  } catch (const std::exception&) {
    return core::Timestamp(chrono::duration_cast<chrono::milliseconds>(local.time_since_epoch()));
  }
}

std::string StampText(const ChatStamp& stamp) {
  std::string text;
  for (const unsigned part :
       {unsigned{stamp.first}, unsigned{stamp.second}, unsigned{stamp.third}, unsigned{stamp.hour},
        unsigned{stamp.minute}, unsigned{stamp.second_of_minute}}) {
    text += (text.empty() ? "" : " ") + std::to_string(part);
  }
  return text;
}

}  // namespace schoolwatch::crawler
