#include "config/calendar_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <map>
#include <string>
#include <utility>

#include "config/bank_holidays.h"
#include "config/settings.h"
#include "core/working_time.h"
#include "tests/config/temporary_folder.h"

namespace schoolwatch::config {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::chrono::year_month_day Day(std::string_view text) { return core::ParseDay(text).value(); }

core::DayRange Days(std::string_view from, std::string_view to) { return {Day(from), Day(to)}; }

// One entry, over whole days; both included.
core::SchoolCalendar Take(const std::string& title, std::string_view from, std::string_view to) {
  core::SchoolCalendar calendar;
  TakeSchoolDays({{.title = title, .days = Days(from, to)}}, calendar);
  return calendar;
}

TEST(CalendarFileTest, ReadsASchoolsTermDates) {
  core::SchoolCalendar calendar;
  calendar.files = {"quillbrook.ics"};
  Diagnostics problems;
  TakeCalendarFiles(SW_SOURCE_DIR "/tests/data/calendars", {}, calendar, problems);
  EXPECT_EQ(problems.ToText(), "");
  EXPECT_THAT(calendar.terms,
              ElementsAre(Days("2026-09-02", "2026-12-18"), Days("2027-01-04", "2027-03-25")));
  EXPECT_THAT(calendar.half_terms, ElementsAre(Days("2026-10-26", "2026-10-30")));
  EXPECT_THAT(calendar.inset_days, ElementsAre(Day("2026-11-27")));
  EXPECT_THAT(calendar.bank_holidays, ElementsAre(Day("2027-05-03")));
}

struct TitleRow {
  const char* name;
  const char* title;
  const char* from;
  const char* to;
  const char* taken;  // "term", "off", "inset", "bank" or "".
};

class TitleTest : public testing::TestWithParam<TitleRow> {};

TEST_P(TitleTest, SaysWhatADayIs) {
  const TitleRow& row = GetParam();
  const core::SchoolCalendar calendar = Take(row.title, row.from, row.to);
  const std::string taken = !calendar.terms.empty()           ? "term"
                            : !calendar.half_terms.empty()    ? "off"
                            : !calendar.inset_days.empty()    ? "inset"
                            : !calendar.bank_holidays.empty() ? "bank"
                                                              : "";
  EXPECT_EQ(taken, row.taken);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, TitleTest,
    testing::Values(TitleRow{"Term", "Spring Term", "2027-01-04", "2027-03-25", "term"},
                    TitleRow{"HalfTerm", "October Half Term", "2026-10-26", "2026-10-30", "off"},
                    TitleRow{"HalfTermBegins", "Half-term begins", "2026-10-26", "2026-10-26", ""},
                    TitleRow{"HalfOfATerm", "Autumn term 1", "2026-09-02", "2026-10-23", "term"},
                    TitleRow{"MidTermBreak", "Mid-Term Break", "2026-10-26", "2026-10-30", "off"},
                    TitleRow{"Holiday", "Christmas Holidays", "2026-12-21", "2027-01-01", "off"},
                    TitleRow{"Closed", "School closed to all", "2026-11-05", "2026-11-05", "off"},
                    TitleRow{"Inset", "INSET DAY", "2026-11-27", "2026-11-27", "inset"},
                    TitleRow{"InService", "In-service day", "2026-11-16", "2026-11-17", "inset"},
                    TitleRow{"Training", "Staff training day", "2026-11-27", "2026-11-27", "inset"},
                    TitleRow{"BankHoliday", "Spring bank holiday", "2027-05-31", "2027-05-31",
                             "bank"},
                    TitleRow{"Concert", "End of term concert", "2026-12-17", "2026-12-17", ""},
                    TitleRow{"Meeting", "Governors' meeting", "2026-11-18", "2026-11-18", ""},
                    TitleRow{"Insetting", "Insetting of windows", "2026-11-18", "2026-11-18", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CalendarFileTest, ATermGoesFromItsFirstBeginningToItsLastEnd) {
  const auto on = [](const char* title, const char* day) {
    return CalendarEvent{.title = title, .days = Days(day, day)};
  };
  core::SchoolCalendar calendar;
  TakeSchoolDays({on("Term 3 starts", "2027-01-04"), on("End of term concert", "2026-12-10"),
                  on("Autumn term ends", "2026-12-18"), on("Term 2 starts", "2026-11-02"),
                  on("Autumn term starts", "2026-09-02")},
                 calendar);
  EXPECT_THAT(calendar.terms, ElementsAre(Days("2026-09-02", "2026-12-18")));
}

TEST(CalendarFileTest, WhatIsNoCalendarIsRefused) {
  EXPECT_FALSE(ReadCalendar("").has_value());
  EXPECT_FALSE(ReadCalendar("<html>Term dates</html>").has_value());
  EXPECT_FALSE(ReadCalendar(std::string(kMaxCalendarBytes + 1, ' ')).has_value());
}

TEST(CalendarFileTest, SaysWhichFileIsWrongAndWhatOneDoesNotTell) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "fair.ics")
      << "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261203\r\n"
         "RRULE:FREQ=YEARLY\r\nSUMMARY:Christmas fair\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  core::SchoolCalendar calendar;
  calendar.files = {"missing.ics", "fair.ics"};
  Diagnostics problems;
  TakeCalendarFiles(folder.path(), {"schoolwatch.yaml", 3, 4}, calendar, problems);
  EXPECT_THAT(problems.ToText(), HasSubstr("schoolwatch.yaml:3:4: 'calendar.files' names "
                                           "'missing.ics'"));
  EXPECT_THAT(problems.WarningsToText(), HasSubstr("no title that tells of terms"));
  EXPECT_THAT(problems.WarningsToText(), HasSubstr("'Christmas fair' repeats"));
}

// --- Bank holidays ---

core::SchoolCalendar With(const char* whose, const std::filesystem::path& config_dir = "/nowhere",
                          std::string_view nation = "england") {
  core::SchoolCalendar calendar;
  calendar.bank_holidays_of = whose;
  Diagnostics problems;
  AddBankHolidays(SW_SOURCE_DIR "/config", config_dir, nation, calendar, problems);
  EXPECT_EQ(problems.ToText(), "");
  return calendar;
}

TEST(BankHolidaysTest, EachSchoolHasItsNations) {
  Settings settings;
  for (const auto& [key, nation] :
       {std::pair("millbank", "wales"), std::pair("weir", "england"),
        std::pair("glenmill", "scotland"), std::pair("lough", "northern-ireland")}) {
    core::School& school = settings.schools.emplace_back();
    school.key = key;
    school.nation = nation;
  }
  settings.calendar.bank_holidays = {Day("2026-07-01")};  // From an .ics file.
  Diagnostics problems;
  AddBankHolidays(SW_SOURCE_DIR "/config", "/nowhere", settings, problems);
  EXPECT_EQ(problems.ToText(), "");
  EXPECT_EQ(settings.other_calendars.size(), 2u) << "England's are those of Wales";
  const auto days = [&](const char* school) { return CalendarOf(settings, school).bank_holidays; };
  const auto st_andrew = Day("2026-11-30");
  const auto st_patrick = Day("2026-03-17");
  const auto easter_monday = Day("2027-03-29");
  EXPECT_THAT(days("glenmill"), AllOf(Contains(st_andrew), Not(Contains(easter_monday))));
  EXPECT_THAT(days("lough"), AllOf(Contains(st_patrick), Contains(easter_monday)));
  for (const char* const school : {"millbank", "weir", "nobody's"}) {
    EXPECT_THAT(days(school), AllOf(Contains(easter_monday), Not(Contains(st_andrew)))) << school;
  }
  for (const char* const school : {"millbank", "glenmill", "lough"}) {
    EXPECT_THAT(days(school), Contains(Day("2026-07-01"))) << school;
  }

  settings.other_calendars.clear();
  settings.calendar = {};
  settings.calendar.bank_holidays_of = "scotland";
  AddBankHolidays(SW_SOURCE_DIR "/config", "/nowhere", settings, problems);
  EXPECT_TRUE(settings.other_calendars.empty()) << "one that is named is everybody's";
  EXPECT_THAT(days("weir"), Contains(st_andrew));
}

TEST(BankHolidaysTest, EachNationHasItsOwn) {
  const auto england = With("england-and-wales").bank_holidays;
  const auto scotland = With("scotland").bank_holidays;
  const auto ireland = With("northern-ireland").bank_holidays;
  EXPECT_THAT(england, Contains(Day("2027-03-29")));  // Easter Monday.
  EXPECT_THAT(scotland, Not(Contains(Day("2027-03-29"))));
  EXPECT_THAT(ireland, Contains(Day("2027-03-29")));
  EXPECT_THAT(scotland, Contains(Day("2026-11-30")));  // St Andrew.
  EXPECT_THAT(england, Not(Contains(Day("2026-11-30"))));
  EXPECT_THAT(ireland, Contains(Day("2026-07-13")));   // The twelfth is a Sunday.
  EXPECT_THAT(scotland, Contains(Day("2027-01-04")));  // For the second, a Saturday.
  EXPECT_THAT(england, Not(Contains(Day("2027-01-04"))));
  EXPECT_THAT(With("none").bank_holidays, IsEmpty());
}

TEST(BankHolidaysTest, ByNationTheyFollowTheSchool) {
  EXPECT_EQ(With("by nation", "/nowhere", "wales").bank_holidays,
            With("england-and-wales").bank_holidays);
  EXPECT_EQ(With("by nation", "/nowhere", "scotland").bank_holidays,
            With("scotland").bank_holidays);
  EXPECT_EQ(With("by nation", "/nowhere", "northern-ireland").bank_holidays,
            With("northern-ireland").bank_holidays);
}

TEST(BankHolidaysTest, EveryYearHasItsNumberAndAllAreWeekdays) {
  const std::pair<const char*, std::size_t> nations[] = {
      {"england-and-wales", 8}, {"scotland", 9}, {"northern-ireland", 10}};
  for (const auto& [whose, count] : nations) {
    std::map<std::chrono::year, std::size_t> years;
    for (const auto& day : With(whose).bank_holidays) {
      const std::chrono::weekday weekday{std::chrono::sys_days(day)};
      EXPECT_TRUE(weekday != std::chrono::Saturday && weekday != std::chrono::Sunday)
          << whose << " " << core::FormatDay(day);
      ++years[day.year()];
    }
    EXPECT_EQ(years.size(), 6U) << whose;
    for (const auto& [year, number] : years) {
      const bool once = std::string_view(whose) == "scotland" && year == std::chrono::year(2026);
      EXPECT_EQ(number, count + (once ? 1 : 0))  // The football World Cup.
          << whose << " " << static_cast<int>(year);
    }
  }
}

TEST(BankHolidaysTest, AListBesideTheConfigurationCountsInstead) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "bank-holidays.yaml") << "scotland: [2026-06-15]\n";
  EXPECT_THAT(With("scotland", folder.path()).bank_holidays, ElementsAre(Day("2026-06-15")));
  EXPECT_THAT(With("england-and-wales", folder.path()).bank_holidays, Contains(Day("2026-12-25")));
}

}  // namespace
}  // namespace schoolwatch::config
