#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "core/calendar.h"
#include "core/result.h"

namespace schoolwatch::config {

// One entry of a calendar, with its days; both included.
struct CalendarEvent {
  std::string title;
  core::DayRange days;
  bool repeats = false;  // By a rule, of which `days` is the first time.
};

inline constexpr std::size_t kMaxCalendarBytes = 1u << 20;
inline constexpr std::size_t kMaxCalendarEvents = 2000;

// Reads an .ics file's bytes. Times count by the day that is written there. kBadInput: no calendar,
// or too large. Entries without a day are left out.
core::Result<std::vector<CalendarEvent>> ReadCalendar(std::string_view bytes);

// What a school's calendar says of its days, by the titles: "Half-term", "INSET day", "Autumn
// term", "Term begins" with "Term ends", "Bank holiday", "Christmas holiday", "School closed". What
// is none of these is passed over. Adds to `calendar`.
void TakeSchoolDays(std::vector<CalendarEvent> events, core::SchoolCalendar& calendar);

// Reads the calendar's files, relative to `folder`, into it. What is wrong goes into `problems`, at
// `where`; a file that says nothing of terms or holidays too, as a warning.
void TakeCalendarFiles(const std::filesystem::path& folder, const Location& where,
                       core::SchoolCalendar& calendar, Diagnostics& problems);

}  // namespace schoolwatch::config
