#include "crawler/readers/feed_rhythm.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kYear = std::chrono::days(365);

std::optional<int> NumberIn(XmlElement element) {
  const std::string text(Trim(element.Content()));
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 0
             ? std::optional(number)
             : std::nullopt;
}

std::optional<milliseconds> PeriodIn(XmlElement element) {
  constexpr std::array<std::pair<std::string_view, milliseconds>, 5> kPeriods{{
      {"hourly", std::chrono::hours(1)},
      {"daily", std::chrono::days(1)},
      {"weekly", std::chrono::days(7)},
      {"monthly", std::chrono::days(30)},
      {"yearly", kYear},
  }};
  const std::string content = element.Content();
  const std::string_view word = Trim(content);
  for (const auto& [name, period] : kPeriods) {
    if (EqualsIgnoreCase(word, name)) {
      return period;
    }
  }
  return std::nullopt;
}

std::optional<unsigned> WeekdayIn(XmlElement element) {
  constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                     "Thursday", "Friday", "Saturday"};
  const std::string content = element.Content();
  const auto* const found = std::ranges::find_if(
      kDays, [&](std::string_view day) { return EqualsIgnoreCase(Trim(content), day); });
  return found == kDays.end() ? std::nullopt
                              : std::optional(static_cast<unsigned>(found - kDays.begin()));
}

}  // namespace

core::FeedHints ReadFeedHints(XmlElement channel) {
  core::FeedHints hints;
  milliseconds ttl{0};
  std::optional<milliseconds> period;
  int frequency = 1;
  for (XmlElement node = channel.FirstChild(); node; node = node.Next()) {
    const std::string name = node.Name();
    if (name == "ttl") {
      constexpr int kYearMinutes = 365 * 24 * 60;
      ttl = std::chrono::minutes(std::min(NumberIn(node).value_or(0), kYearMinutes));
    } else if (name == "sy:updatePeriod") {
      period = PeriodIn(node);
    } else if (name == "sy:updateFrequency") {
      frequency = std::max(NumberIn(node).value_or(1), 1);
    } else if (name == "skipHours") {
      for (XmlElement hour = node.FirstChild(); hour; hour = hour.Next()) {
        // Midnight is 0 in RSS 2.0 and 24 in 0.92.
        if (const auto number = NumberIn(hour); number && *number <= 24) {
          hints.skip_hours |= 1u << static_cast<unsigned>(*number % 24);
        }
      }
    } else if (name == "skipDays") {
      for (XmlElement day = node.FirstChild(); day; day = day.Next()) {
        if (const auto number = WeekdayIn(day)) {
          hints.skip_days |= 1u << *number;
        }
      }
    }
  }
  hints.wait = std::max(ttl, period.value_or(milliseconds(0)) / frequency);
  return hints;
}

}  // namespace schoolwatch::crawler
