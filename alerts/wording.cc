#include "alerts/wording.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <exception>

namespace schoolwatch::alerts {
namespace {

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

class ZonedClock final : public LocalClock {
 public:
  explicit ZonedClock(const date::time_zone& zone) : zone_(zone) {}

  std::string Format(core::Timestamp time) const override {
    using std::chrono::sys_days;
    using std::chrono::year;
    // What a page claims may be any number; a calendar holds only some.
    if (time < sys_days{year{1970} / 1 / 1} || time >= sys_days{year{2200} / 1 / 1}) {
      return "an unlikely date";
    }
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const date::sys_info info = zone_.get_info(seconds);
    const auto local = seconds + info.offset;
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day ymd{day};
    const std::chrono::weekday weekday{day};
    const std::chrono::hh_mm_ss clock{local - day};
    return fmt::format(
        "{} {} {} {}, {:02}:{:02} {}", kDays[weekday.c_encoding()],
        static_cast<unsigned>(ymd.day()), kMonths[static_cast<unsigned>(ymd.month()) - 1],
        static_cast<int>(ymd.year()), clock.hours().count(), clock.minutes().count(), info.abbrev);
  }

 private:
  const date::time_zone& zone_;  // The library keeps its zones for the life of the process.
};

}  // namespace

core::Category LeadingCategory(const std::vector<core::Category>& categories) {
  for (const core::Category category : core::kCategories) {
    if (std::ranges::find(categories, category) != categories.end()) {
      return category;
    }
  }
  return core::Category::kReputational;
}

std::string_view CategoryPhrase(core::Category category) {
  switch (category) {
    case core::Category::kSafeguarding:
      return "possible safeguarding concern";
    case core::Category::kDefamatory:
      return "possible allegation of fact";
    case core::Category::kReputational:
      return "possible concern for the school's reputation";
  }
  return "possible concern";
}

std::string Capitalised(std::string_view phrase) {
  std::string title(phrase);
  if (!title.empty() && title.front() >= 'a' && title.front() <= 'z') {
    title.front() = static_cast<char>(title.front() - 'a' + 'A');
  }
  return title;
}

std::string_view PriorityWord(core::Severity severity) {
  return core::SeverityName(std::max(severity, core::Severity::kLow));
}

std::string ConfidencePhrase(double probability) {
  const std::string_view word = probability >= 0.9   ? "very likely"
                                : probability >= 0.7 ? "likely"
                                                     : "possible";
  // Never certain, and a sum that went wrong shows as the least.
  const double percent =
      std::isfinite(probability) ? std::clamp(std::round(probability * 100), 1.0, 99.0) : 1.0;
  return fmt::format("{} ({:.0f} %)", word, percent);
}

std::string CountOf(std::size_t count, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", count, count == 1 ? singular : plural);
}

std::string LaterPhrase(core::Timestamp before, core::Timestamp after) {
  using std::chrono::hours;
  using std::chrono::minutes;
  if (before > after) {
    return "";
  }
  const auto past = std::chrono::floor<minutes>(after - before);
  const auto say = [](auto count, std::string_view one, std::string_view many) {
    return CountOf(static_cast<std::size_t>(count), one, many) + " later";
  };
  if (past < minutes(1)) {
    return "within a minute";
  }
  if (past < hours(1)) {
    return say(past.count(), "minute", "minutes");
  }
  if (past < hours(48)) {
    return say(past / hours(1), "hour", "hours");
  }
  return say(past / hours(24), "day", "days");
}

core::Result<std::unique_ptr<LocalClock>> LocalClock::Make(const std::string& zone) {
  // The library throws for a zone that is not there, and for a machine without time-zone data.
  try {
    return std::make_unique<ZonedClock>(*date::locate_zone(zone));
  } catch (const std::exception& problem) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "alerts: there is no time zone '" + zone + "': " + problem.what());
  }
}

}  // namespace schoolwatch::alerts
