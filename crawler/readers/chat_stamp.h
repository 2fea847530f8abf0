#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"
#include "crawler/readers/dates.h"

// What stands before each message of an exported chat: the day and the time, in every shape that
// the app's phones write.
namespace schoolwatch::crawler {

// What stands before a message, as it was written.
struct ChatStamp {
  std::uint16_t first = 0;   // Day, month or year…
  std::uint16_t second = 0;  // …month or day…
  std::uint16_t third = 0;   // …year or day.
  bool year_first = false;
  std::uint8_t hour = 0;
  std::uint8_t minute = 0;
  std::uint8_t second_of_minute = 0;
  bool operator==(const ChatStamp&) const = default;
};

// A line that begins with a stamp, and what stands behind it.
struct StampedChatLine {
  ChatStamp stamp;
  std::string_view rest;
};

// The line without marks of writing direction and byte order, and with plain spaces. `buffer` holds
// it where anything changed.
std::string_view PlainChatLine(std::string_view line, std::string& buffer);

// `line` is plain. nullopt: it begins with no stamp.
std::optional<StampedChatLine> FindChatStamp(std::string_view line);

// Two digits are of this century.
int FullChatYear(std::uint16_t year);

// The moment of a stamp by the clocks of `zone`; the hour that happens twice counts as the first.
// nullopt: there is no such day or time. An unknown zone counts as UTC.
std::optional<core::Timestamp> TimeOfStamp(const ChatStamp& stamp, DayMonthOrder order,
                                           std::string_view zone);

// "17/11/2026 20:03" in a fixed form, for what a message is known by.
std::string StampText(const ChatStamp& stamp);

}  // namespace schoolwatch::crawler
