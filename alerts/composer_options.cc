#include "alerts/composer_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace schoolwatch::alerts {
namespace {

// The one that shows less.
std::string_view Stricter(std::string_view one, std::string_view other) {
  static constexpr std::array<std::string_view, 3> kByStrictness{"masked", "snippet", "full"};
  return std::min(one, other, [](std::string_view left, std::string_view right) {
    return std::ranges::find(kByStrictness, left) < std::ranges::find(kByStrictness, right);
  });
}

// "Monday to Friday in term, 08:00 to 17:00, except bank holidays"
std::string HoursOf(const core::SchoolCalendar& calendar) {
  return fmt::format("Monday to Friday{}, {} to {}{}", calendar.terms.empty() ? "" : " in term",
                     core::FormatTimeOfDay(calendar.work_from),
                     core::FormatTimeOfDay(calendar.work_to),
                     calendar.bank_holidays_of == "none" ? "" : ", except bank holidays");
}

}  // namespace

ComposerOptions MakeComposerOptions(const config::Settings& settings,
                                    std::string templates_folder) {
  ComposerOptions options{.from = settings.alerts.from,
                          .display = settings.alerts.display,
                          .templates_folder = std::move(templates_folder),
                          .time_zone = settings.calendar.time_zone,
                          .school_hours = HoursOf(settings.calendar)};
  for (const config::Contact& contact : settings.contacts) {
    const std::string& display =
        contact.display.empty() ? settings.alerts.display : contact.display;
    const auto known = options.displays.try_emplace(contact.email, display).first;
    known->second = Stricter(known->second, display);
  }
  for (const core::School& school : settings.schools) {
    options.nations[school.key] = school.nation;
  }
  return options;
}

}  // namespace schoolwatch::alerts
