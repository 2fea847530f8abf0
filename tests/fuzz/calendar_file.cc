// A calendar is made by whatever program a school uses. Whatever comes of it, every day that is
// taken exists, ranges run forwards, and nothing grows past the limits.

#include "config/calendar_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "core/working_time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Exactly as large as the input, so that the sanitizer sees one byte too many.
  const std::unique_ptr<char[]> copy(new char[size]);
  for (std::size_t i = 0; i < size; ++i) {
    copy[i] = static_cast<char>(data[i]);
  }
  auto events = schoolwatch::config::ReadCalendar({copy.get(), size});
  if (!events) {
    return 0;
  }
  if (events->size() > schoolwatch::config::kMaxCalendarEvents) {
    std::abort();
  }
  for (const auto& event : *events) {
    if (!event.days.from.ok() || !event.days.to.ok() || event.days.to < event.days.from) {
      std::abort();
    }
  }
  schoolwatch::core::SchoolCalendar calendar;
  schoolwatch::config::TakeSchoolDays(*std::move(events), calendar);
  for (const auto& range : calendar.terms) {
    if (range.to < range.from) {
      std::abort();
    }
  }
  const auto day = std::chrono::year(2026) / 11 / 20;
  if (schoolwatch::core::NextWorkingDay(calendar, day) <= day) {
    std::abort();
  }
  return 0;
}
