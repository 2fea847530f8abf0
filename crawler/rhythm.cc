#include "crawler/rhythm.h"

#include <algorithm>
#include <cstdint>

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;

// Nobody waits longer; it bounds the walk below.
constexpr milliseconds kMost = std::chrono::days(62);

double FactorOf(core::SchoolPeriod period, const config::Rhythm& rhythm) {
  switch (period) {
    case core::SchoolPeriod::kDay:
      return rhythm.day;
    case core::SchoolPeriod::kEvening:
      return rhythm.evening;
    case core::SchoolPeriod::kNight:
      return rhythm.night;
    case core::SchoolPeriod::kWeekend:
      return rhythm.weekend;
    case core::SchoolPeriod::kHoliday:
      return rhythm.holiday;
  }
  return 1;
}

milliseconds Scaled(milliseconds wait, double factor) {
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(wait.count()) * factor));
}

}  // namespace

core::Timestamp StretchedEnd(core::Timestamp from, milliseconds wait,
                             const core::SchoolCalendar& calendar, const config::Rhythm& rhythm) {
  const core::Timestamp latest = from + kMost;
  core::Timestamp at = from;
  wait = std::clamp(wait, milliseconds(0), kMost);
  while (at < latest) {
    const double factor = std::max(FactorOf(core::PeriodAt(calendar, at), rhythm), 0.01);
    const core::Timestamp next = core::NextPeriodStart(calendar, at);
    const core::Timestamp end = at + Scaled(wait, factor);
    if (end <= next) {
      return std::min(end, latest);
    }
    wait -= Scaled(next - at, 1 / factor);
    at = next;
  }
  return latest;
}

}  // namespace schoolwatch::crawler
