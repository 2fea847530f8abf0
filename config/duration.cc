#include "config/duration.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <system_error>

namespace schoolwatch::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kWeek = 7 * kDay;
constexpr std::int64_t kLongest = 100 * 366 * kDay;

constexpr Unit kUnits[] = {
    {"ms", 1},           {"s", kSecond},       {"sec", kSecond},
    {"second", kSecond}, {"seconds", kSecond}, {"min", kMinute},
    {"minute", kMinute}, {"minutes", kMinute}, {"h", kHour},
    {"hour", kHour},     {"hours", kHour},     {"d", kDay},
    {"day", kDay},       {"days", kDay},       {"week", kWeek},
    {"weeks", kWeek},
};

}  // namespace

core::Result<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  using core::ErrorKind;
  using core::Fail;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc::result_out_of_range) {
    return Fail(ErrorKind::kBadInput, "longer than 100 years");
  }
  if (error != std::errc() || count < 0) {
    return Fail(ErrorKind::kBadInput,
                "must be a whole number and a unit, such as '30 min', '10 s', '2 h' or '7 days'");
  }
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  while (unit.starts_with(' ')) {
    unit.remove_prefix(1);
  }
  if (unit.empty()) {
    return Fail(ErrorKind::kBadInput,
                fmt::format("the unit is missing: write '{} s', '{} min', '{} h' or '{} days'",
                            count, count, count, count));
  }
  for (const Unit& one : kUnits) {
    if (one.name == unit) {
      if (count > kLongest / one.milliseconds) {
        return Fail(ErrorKind::kBadInput, "longer than 100 years");
      }
      return std::chrono::milliseconds(count * one.milliseconds);
    }
  }
  return Fail(ErrorKind::kBadInput,
              "the unit must be one of ms, s, min, h, days, weeks, after a whole number");
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  const std::int64_t count = duration.count();
  struct Shown {
    std::string_view name;
    std::int64_t milliseconds;
  };
  // One day is shown as 24 h and one minute as 60 s: limits read better so.
  for (const auto& [name, size] : {Shown{"days", kDay}, Shown{"h", kHour}, Shown{"min", kMinute}}) {
    if (count % size == 0 && count / size >= 2) {
      return fmt::format("{} {}", count / size, name);
    }
  }
  if (count % kSecond == 0) {
    return fmt::format("{} s", count / kSecond);
  }
  return fmt::format("{} ms", count);
}

}  // namespace schoolwatch::config
