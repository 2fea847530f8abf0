// The tables of what says when and where to look: calendar, rhythm and scope.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "config/checks.h"
#include "config/settings_schema.h"

namespace schoolwatch::config {
namespace {

using core::DayRange;
using core::SchoolCalendar;

Schema<DayRange> RangeSchema() {
  return Schema<DayRange>("Days", "Days from one to another, both included.")
      .Field("from", &DayRange::from, Day(),
             {.help = "The first day.", .required = true, .example = "2026-09-02"})
      .Field("to", &DayRange::to, Day(),
             {.help = "The last day.", .required = true, .example = "2026-12-18"})
      .Check([](const DayRange& range, const Section& section, Diagnostics& problems) {
        if (range.from.ok() && range.to.ok() && range.to < range.from) {
          problems.Add(section.where(),
                       fmt::format("'to' is {}, which is before 'from', {}",
                                   core::FormatDay(range.to), core::FormatDay(range.from)));
        }
      });
}

core::Result<void> CheckZone(const std::string& zone) {
  if (!core::IsTimeZone(zone)) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "there is no such time zone; Europe/London is the United Kingdom's");
  }
  return {};
}

Value<double> Factor() { return Number(0.25, 24); }

}  // namespace

Value<std::chrono::year_month_day> Day() {
  spec::Value value = Text({.max_bytes = 20}).spec();
  value.words = "a day such as 2026-11-20";
  value.format = "date";
  value.set = [](void* out, const spec::Scalar& scalar) {
    // What is no day becomes one that does not exist, for the check below.
    *static_cast<std::chrono::year_month_day*>(out) =
        core::ParseDay(std::get<std::string>(scalar)).value_or(std::chrono::year_month_day{});
  };
  value.get = [](const void* in) {
    const auto& day = *static_cast<const std::chrono::year_month_day*>(in);
    return day.ok() ? spec::Scalar(core::FormatDay(day)) : spec::Scalar();
  };
  return Value<std::chrono::year_month_day>(std::move(value))
      .Check([](const std::chrono::year_month_day& day) -> core::Result<void> {
        if (!day.ok()) {
          return core::Fail(core::ErrorKind::kBadInput, "must be a day such as 2026-11-20");
        }
        return {};
      });
}

Value<std::chrono::minutes> TimeOfDay() {
  static constexpr std::chrono::minutes kNone{-1};
  spec::Value value = Text({.max_bytes = 20}).spec();
  value.words = "a time of day such as 23:00";
  value.set = [](void* out, const spec::Scalar& scalar) {
    *static_cast<std::chrono::minutes*>(out) =
        core::ParseTimeOfDay(std::get<std::string>(scalar)).value_or(kNone);
  };
  value.get = [](const void* in) {
    return spec::Scalar(core::FormatTimeOfDay(*static_cast<const std::chrono::minutes*>(in)));
  };
  return Value<std::chrono::minutes>(std::move(value))
      .Check([](const std::chrono::minutes& time) -> core::Result<void> {
        if (time < std::chrono::minutes(0)) {
          return core::Fail(core::ErrorKind::kBadInput, "must be a time of day such as 23:00");
        }
        return {};
      });
}

const Schema<SchoolCalendar>& CalendarSchema() {
  static const Schema<SchoolCalendar> kSchema =
      Schema<SchoolCalendar>("Calendar", "Terms, holidays and nights, by the school's own clocks.")
          .Field("time_zone", &SchoolCalendar::time_zone,
                 Text({.max_bytes = 64}).Check(CheckZone).Words("the name of a time zone"),
                 {.help = "Whose clocks these are."})
          .Field("terms", &SchoolCalendar::terms,
                 ListOf(RangeSchema(), {.max_items = 60, .noun = "term"}),
                 {.help = "First and last day of each term. What lies between two terms is "
                          "holiday. Without any, no day counts as a holiday.",
                  .example = "[{from: 2026-09-02, to: 2026-12-18}]"})
          .Field("half_terms", &SchoolCalendar::half_terms,
                 ListOf(RangeSchema(), {.max_items = 60, .noun = "half-term"}),
                 {.help = "Holidays inside a term.",
                  .example = "[{from: 2026-10-26, to: 2026-10-30}]"})
          .Field("inset_days", &SchoolCalendar::inset_days,
                 ListOf(Day(), {.max_items = 200, .noun = "day"}),
                 {.help = "Days on which staff are there and pupils are not.",
                  .example = "[2026-11-27]"})
          .Field("evening_from", &SchoolCalendar::evening_from, TimeOfDay(),
                 {.help = "When a school day's evening begins."})
          .Field("night_from", &SchoolCalendar::night_from, TimeOfDay(),
                 {.help = "When the night begins."})
          .Field("night_to", &SchoolCalendar::night_to, TimeOfDay(), {.help = "When it ends."})
          .Field("bank_holidays", &SchoolCalendar::bank_holidays_of,
                 OneOf({"by nation", "england-and-wales", "scotland", "northern-ireland", "none"}),
                 {.help = "Whose bank holidays are holidays here; by nation: each school's "
                          "own. The days stand in bank-holidays.yaml, the shipped one or one "
                          "beside this file."})
          .Field("work_from", &SchoolCalendar::work_from, TimeOfDay(),
                 {.help = "When somebody begins to read mail on a working day."})
          .Field("work_to", &SchoolCalendar::work_to, TimeOfDay(),
                 {.help = "And when nobody does any more."})
          .Field("files", &SchoolCalendar::files,
                 ListOf(Text({.max_bytes = 500}), {.max_items = 20, .noun = "file"}),
                 {.help = "Calendars as .ics files, relative to this one: terms, half-terms, "
                          "holidays and inset days are taken by their titles and added to those "
                          "above.",
                  .example = "[term-dates.ics]"})
          .Check([](const SchoolCalendar& calendar, const Section& section, Diagnostics& problems) {
            if (calendar.work_to <= calendar.work_from) {
              problems.Add(section.where(),
                           fmt::format("'work_to' is {}, which is not after 'work_from', {}",
                                       core::FormatTimeOfDay(calendar.work_to),
                                       core::FormatTimeOfDay(calendar.work_from)));
            }
          });
  return kSchema;
}

const Schema<Rhythm>& RhythmSchema() {
  static const Schema<Rhythm> kSchema =
      Schema<Rhythm>("Rhythm", "By how much waits are stretched; less than 1 shortens them.")
          .Field("day", &Rhythm::day, Factor(), {.help = "In term, before the evening."})
          .Field("evening", &Rhythm::evening, Factor(), {.help = "In term, in the evening."})
          .Field("night", &Rhythm::night, Factor(), {.help = "At night, on every day."})
          .Field("weekend", &Rhythm::weekend, Factor(), {.help = "On Saturdays and Sundays."})
          .Field("holiday", &Rhythm::holiday, Factor(),
                 {.help = "Between terms, in half-terms, on bank holidays and inset days."});
  return kSchema;
}

const Schema<SiteScope>& ScopeSchema() {
  static const Schema<SiteScope> kSchema =
      Schema<SiteScope>("Scope", "Which part of a site `follow: site` walks.")
          .Field(
              "hosts", &SiteScope::hosts,
              ListOf(
                  Text({.max_bytes = 253}).Check(CheckHost).Words("a host name").Format("hostname"),
                  {.max_items = 50, .one_or_more = true}),
              {.help = "Hosts that belong to it beside that of `url`.",
               .example = "[news.quillbrook-academy.example]"})
          .Field("path", &SiteScope::path,
                 Text({.max_bytes = 500}).Check([](const std::string& path) -> core::Result<void> {
                   if (!path.starts_with('/')) {
                     return core::Fail(core::ErrorKind::kBadInput, "must begin with '/'");
                   }
                   return {};
                 }),
                 {.help = "Pages whose path does not begin with it are not read.",
                  .example = "/news/"})
          .Field("depth", &SiteScope::depth, Whole<int>(1, 10),
                 {.help = "How many links away from `url` pages are read."});
  return kSchema;
}

}  // namespace schoolwatch::config
