#include "config/calendar_file.h"

#include <fmt/format.h>
#include <libical/ical.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "config/file.h"
#include "config/section.h"

namespace schoolwatch::config {
namespace {

namespace chr = std::chrono;

struct FreeComponent {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, FreeComponent>;

constexpr std::size_t kMaxTitleBytes = 500;
constexpr chr::days kLongestEvent{400};
constexpr chr::days kShortestTerm{14};

std::optional<chr::year_month_day> DayOf(const icaltimetype& time) {
  if (icaltime_is_null_time(time) != 0 || time.year < 1970 || time.year > 2200) {
    return std::nullopt;
  }
  const chr::year_month_day day{chr::year(time.year), chr::month(static_cast<unsigned>(time.month)),
                                chr::day(static_cast<unsigned>(time.day))};
  return day.ok() ? std::optional(day) : std::nullopt;
}

std::optional<CalendarEvent> EventOf(icalcomponent* component) {
  const icaltimetype start = icalcomponent_get_dtstart(component);
  const std::optional<chr::year_month_day> from = DayOf(start);
  if (!from) {
    return std::nullopt;
  }
  CalendarEvent event;
  if (const char* title = icalcomponent_get_summary(component)) {
    event.title = std::string_view(title).substr(0, kMaxTitleBytes);
  }
  event.days = {.from = *from, .to = *from};
  const icaltimetype end = icalcomponent_get_dtend(component);
  if (const std::optional<chr::year_month_day> to = DayOf(end)) {
    // The end is the first moment that is not in it any more.
    const bool at_midnight = end.is_date != 0 || (end.hour == 0 && end.minute == 0);
    const chr::sys_days last = chr::sys_days(*to) - chr::days(at_midnight ? 1 : 0);
    if (last > chr::sys_days(*from) && last - chr::sys_days(*from) <= kLongestEvent) {
      event.days.to = last;
    }
  }
  event.repeats = icalcomponent_get_first_property(component, ICAL_RRULE_PROPERTY) != nullptr;
  return event;
}

// In lower case, with single spaces for all that is no letter or digit, and one at either end.
std::string Plain(std::string_view title) {
  std::string plain = " ";
  for (char c : title) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
    const bool shown = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
    if (shown) {
      plain += c;
    } else if (!plain.ends_with(' ')) {
      plain += ' ';
    }
  }
  return plain.ends_with(' ') ? plain : plain + ' ';
}

template <std::size_t N>
bool HasAny(const std::string& title, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return title.find(word) != std::string::npos; });
}

constexpr std::array<std::string_view, 7> kInset{
    " inset ",     " in service ",        " inservice ", " training day ",
    " staff day ", " staff development ", " baker day "};
constexpr std::array<std::string_view, 4> kHalfTerm{" half term ", " halfterm ", " mid term break ",
                                                    " midterm break "};
constexpr std::array<std::string_view, 2> kBankHoliday{" bank holiday ", " public holiday "};
constexpr std::array<std::string_view, 6> kHoliday{" holiday ", " holidays ", " closed ",
                                                   " closure ", " vacation ", " break "};
constexpr std::array<std::string_view, 2> kTerm{" term ", " semester "};
constexpr std::array<std::string_view, 9> kBegins{" begins ",  " begin ",     " starts ",
                                                  " start ",   " first day ", " opens ",
                                                  " returns ", " return ",    " back "};
constexpr std::array<std::string_view, 7> kEnds{" ends ",     " end ",    " finishes ", " finish ",
                                                " last day ", " closes ", " breaks up "};

// Days that begin and end terms, put together in their order: a term goes from the first day that
// begins one to the last that ends one, before the next begins.
class TermEnds {
 public:
  void Begin(chr::year_month_day day) { days_.emplace_back(day, true); }
  void End(chr::year_month_day day) { days_.emplace_back(day, false); }
  std::vector<core::DayRange> Pair() {
    std::ranges::sort(days_);
    std::vector<core::DayRange> terms;
    std::optional<chr::year_month_day> from;
    std::optional<chr::year_month_day> to;
    const auto close = [&] {
      if (from && to) {
        terms.push_back({.from = *from, .to = *to});
        from.reset();
      }
      to.reset();
    };
    for (const auto& [day, begins] : days_) {
      if (begins) {
        close();
        // Its second half may have its own beginning: the term goes on.
        from = from.value_or(day);
      } else if (from) {
        to = day;
      }
    }
    close();
    return terms;
  }

 private:
  std::vector<std::pair<chr::year_month_day, bool>> days_;
};

}  // namespace

core::Result<std::vector<CalendarEvent>> ReadCalendar(std::string_view bytes) {
  if (bytes.size() > kMaxCalendarBytes) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("larger than {} bytes", kMaxCalendarBytes));
  }
  // The library takes a string that ends at the first zero byte.
  const std::string text(bytes.substr(0, bytes.find('\0')));
  if (text.find("BEGIN:VCALENDAR") == std::string::npos) {
    return core::Fail(core::ErrorKind::kBadInput, "no calendar: there is no BEGIN:VCALENDAR");
  }
  const Component root(icalparser_parse_string(text.c_str()));
  if (!root) {
    return core::Fail(core::ErrorKind::kBadInput, "no calendar that can be read");
  }
  std::vector<CalendarEvent> events;
  // Several calendars in one file stand under a component of no kind.
  const auto add_from = [&](icalcomponent* calendar) {
    for (icalcomponent* one = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
         one != nullptr && events.size() < kMaxCalendarEvents;
         one = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
      if (std::optional<CalendarEvent> event = EventOf(one)) {
        events.push_back(*std::move(event));
      }
    }
  };
  add_from(root.get());
  if (icalcomponent_isa(root.get()) != ICAL_VCALENDAR_COMPONENT) {
    for (icalcomponent* one =
             icalcomponent_get_first_component(root.get(), ICAL_VCALENDAR_COMPONENT);
         one != nullptr;
         one = icalcomponent_get_next_component(root.get(), ICAL_VCALENDAR_COMPONENT)) {
      add_from(one);
    }
  }
  return events;
}

void TakeSchoolDays(std::vector<CalendarEvent> events, core::SchoolCalendar& calendar) {
  TermEnds ends;
  for (const CalendarEvent& event : events) {
    const std::string title = Plain(event.title);
    const chr::sys_days from = event.days.from;
    const chr::sys_days to = event.days.to;
    const bool half = HasAny(title, kHalfTerm);
    const bool one_day = from == to;
    if (HasAny(title, kInset)) {
      for (chr::sys_days day = from; day <= to && day - from < kShortestTerm; day += chr::days(1)) {
        calendar.inset_days.emplace_back(day);
      }
    } else if (HasAny(title, kBankHoliday)) {
      calendar.bank_holidays.emplace_back(event.days.from);
    } else if (half && (!one_day || !(HasAny(title, kBegins) || HasAny(title, kEnds)))) {
      calendar.half_terms.push_back(event.days);
    } else if (half) {
      // "Half-term begins", one day long: which days are free is not said.
    } else if (HasAny(title, kTerm) && to - from >= kShortestTerm) {
      calendar.terms.push_back(event.days);
    } else if (HasAny(title, kTerm) && one_day && HasAny(title, kBegins)) {
      ends.Begin(event.days.from);
    } else if (HasAny(title, kTerm) && one_day && HasAny(title, kEnds)) {
      ends.End(event.days.from);
    } else if (HasAny(title, kHoliday) && !HasAny(title, kBegins) && !HasAny(title, kEnds)) {
      calendar.half_terms.push_back(event.days);
    }
  }
  for (const core::DayRange& term : ends.Pair()) {
    calendar.terms.push_back(term);
  }
}

void TakeCalendarFiles(const std::filesystem::path& folder, const Location& where,
                       core::SchoolCalendar& calendar, Diagnostics& problems) {
  for (const std::string& name : calendar.files) {
    const auto add = [&](const core::Error& error) {
      problems.Add(where,
                   fmt::format("'calendar.files' names '{}': {}", ForMessage(name), error.message));
    };
    const core::Result<std::string> bytes = ReadSmallFile(folder / name, kMaxCalendarBytes);
    if (!bytes) {
      add(bytes.error());
      continue;
    }
    core::Result<std::vector<CalendarEvent>> events = ReadCalendar(*bytes);
    if (!events) {
      add(events.error());
      continue;
    }
    for (const CalendarEvent& event : *events) {
      if (event.repeats) {
        problems.Warn(where, fmt::format("calendar '{}': '{}' repeats, of which only {} is taken",
                                         ForMessage(name), ForMessage(event.title),
                                         core::FormatDay(event.days.from)));
      }
    }
    const core::SchoolCalendar before = calendar;
    TakeSchoolDays(*std::move(events), calendar);
    if (calendar == before) {
      problems.Warn(where, fmt::format("calendar '{}' has no title that tells of terms, holidays "
                                       "or inset days",
                                       ForMessage(name)));
    }
  }
}

}  // namespace schoolwatch::config
