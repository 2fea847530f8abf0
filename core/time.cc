#include "core/time.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>

namespace schoolwatch::core {
namespace {

// Reads exactly `digits` decimal digits from the front of `text`.
std::optional<int> TakeNumber(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) {
    return std::nullopt;
  }
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') {
      return std::nullopt;
    }
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool Take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string FormatRfc3339(Timestamp time) {
  namespace chr = std::chrono;
  const auto day = chr::floor<chr::days>(time);
  const chr::year_month_day date{day};
  const chr::hh_mm_ss clock{time - day};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) {
    text += fmt::format(".{:03}", clock.subseconds().count());
  }
  return text + "Z";
}

Result<Timestamp> ParseRfc3339(std::string_view text) {
  namespace chr = std::chrono;
  const auto bad = [whole = text] {
    return Fail(ErrorKind::kBadInput,
                fmt::format("'{}' is not an RFC 3339 time such as 2026-11-20T18:02:11Z",
                            whole.substr(0, 40)));
  };
  const auto year = TakeNumber(text, 4);
  if (!year || !Take(text, "-")) {
    return bad();
  }
  const auto month = TakeNumber(text, 2);
  if (!month || !Take(text, "-")) {
    return bad();
  }
  const auto day = TakeNumber(text, 2);
  if (!day || !Take(text, "Tt ")) {
    return bad();
  }
  const auto hour = TakeNumber(text, 2);
  if (!hour || !Take(text, ":")) {
    return bad();
  }
  const auto minute = TakeNumber(text, 2);
  if (!minute || !Take(text, ":")) {
    return bad();
  }
  const auto second = TakeNumber(text, 2);
  if (!second) {
    return bad();
  }
  int millis = 0;
  if (Take(text, ".")) {
    int scale = 100;
    bool any = false;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      millis += (text.front() - '0') * scale;
      scale /= 10;
      any = true;
      text.remove_prefix(1);
    }
    if (!any) {
      return bad();
    }
  }
  chr::minutes offset{0};
  if (!Take(text, "Zz")) {
    const bool west = !text.empty() && text.front() == '-';
    if (!Take(text, "+-")) {
      return bad();
    }
    const auto offset_hours = TakeNumber(text, 2);
    if (!offset_hours || !Take(text, ":")) {
      return bad();
    }
    const auto offset_minutes = TakeNumber(text, 2);
    if (!offset_minutes || *offset_hours > 23 || *offset_minutes > 59) {
      return bad();
    }
    offset = chr::hours{*offset_hours} + chr::minutes{*offset_minutes};
    if (west) {
      offset = -offset;
    }
  }
  const chr::year_month_day date{chr::year{*year}, chr::month{static_cast<unsigned>(*month)},
                                 chr::day{static_cast<unsigned>(*day)}};
  // 60 is a leap second (section 5.7): read as the last second of the minute's next one.
  if (!text.empty() || !date.ok() || *hour > 23 || *minute > 59 || *second > 60) {
    return bad();
  }
  return Timestamp{chr::sys_days{date} + chr::hours{*hour} + chr::minutes{*minute} +
                   chr::seconds{*second} + chr::milliseconds{millis} - offset};
}

}  // namespace schoolwatch::core
