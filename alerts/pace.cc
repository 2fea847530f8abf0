#include "alerts/pace.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>

namespace schoolwatch::alerts {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kHoursOfADay = 24;
constexpr std::size_t kMostKept = 20'000;  // Numbers that a kept line may hold.

std::int64_t Count(core::Timestamp time) { return time.time_since_epoch().count(); }

// The number at the front of `text`, taken from it; nullopt where there is none.
std::optional<std::int64_t> TakeNumber(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

}  // namespace

// "M M M/H:N H:N": the moments of the last minute, then how many in each hour.
SendingPace::SendingPace(config::SendingLimits limits, std::string_view kept) : limits_(limits) {
  for (std::size_t i = 0; i < kMostKept; ++i) {
    const auto moment = TakeNumber(kept);
    if (!moment) {
      break;
    }
    minute_.push_back(*moment);
    kept.remove_prefix(kept.starts_with(' ') ? 1 : 0);
  }
  std::ranges::sort(minute_);
  kept.remove_prefix(kept.starts_with('/') ? 1 : 0);
  for (std::size_t i = 0; i < kMostKept; ++i) {
    const auto hour = TakeNumber(kept);
    if (!hour || !kept.starts_with(':')) {
      break;
    }
    kept.remove_prefix(1);
    const auto sent = TakeNumber(kept);
    if (!sent || *sent > INT32_MAX) {
      break;
    }
    day_[*hour] = static_cast<std::uint32_t>(*sent);
    kept.remove_prefix(kept.starts_with(' ') ? 1 : 0);
  }
}

void SendingPace::Forget(core::Timestamp now) {
  const std::int64_t time = Count(now);
  // They are in order, but for a clock that was set back: what is later than now then goes, too.
  const auto first = std::ranges::upper_bound(minute_, time - kMinute);
  minute_.erase(minute_.begin(), first);
  while (!minute_.empty() && minute_.back() > time) {
    minute_.pop_back();
  }
  const std::int64_t hour = time / kHour;
  std::erase_if(day_, [hour](const auto& one) {
    return one.first < hour - kHoursOfADay || one.first > hour;
  });
}

bool SendingPace::MaySend(core::Timestamp now) {
  Forget(now);
  std::uint64_t today = 0;
  for (const auto& [hour, sent] : day_) {
    today += sent;
  }
  return minute_.size() < limits_.per_minute && today < limits_.per_day;
}

void SendingPace::Sent(core::Timestamp now) {
  Forget(now);
  minute_.push_back(Count(now));
  ++day_[Count(now) / kHour];
}

std::string SendingPace::Keep(core::Timestamp now) {
  Forget(now);
  std::string line;
  for (const std::int64_t sent : minute_) {
    line += (line.empty() ? "" : " ") + std::to_string(sent);
  }
  line += "/";
  for (const auto& [hour, sent] : day_) {
    line += (line.ends_with('/') ? "" : " ") + std::to_string(hour) + ":" + std::to_string(sent);
  }
  return line;
}

}  // namespace schoolwatch::alerts
