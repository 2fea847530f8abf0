#include "core/working_time.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace schoolwatch::core {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Timestamp At(std::string_view text) { return ParseRfc3339(text).value(); }
std::chrono::year_month_day Day(std::string_view text) { return ParseDay(text).value(); }

SchoolCalendar Quillbrook() {
  SchoolCalendar calendar;
  calendar.terms = {{Day("2026-09-02"), Day("2026-12-18")}, {Day("2027-01-04"), Day("2027-03-25")}};
  calendar.half_terms = {{Day("2026-10-26"), Day("2026-10-30")}};
  calendar.inset_days = {Day("2026-11-27")};
  calendar.bank_holidays = {Day("2026-12-25"), Day("2026-12-28"), Day("2027-01-04")};
  return calendar;
}

struct DayRow {
  const char* name;
  const char* day;
  bool works;
};

class WorkingDayTest : public testing::TestWithParam<DayRow> {};

TEST_P(WorkingDayTest, IsOneOnWhichSomebodyIsThere) {
  EXPECT_EQ(IsWorkingDay(Quillbrook(), Day(GetParam().day)), GetParam().works);
}

INSTANTIATE_TEST_SUITE_P(Rows, WorkingDayTest,
                         testing::Values(DayRow{"Tuesday", "2026-11-17", true},
                                         DayRow{"Saturday", "2026-11-21", false},
                                         DayRow{"HalfTerm", "2026-10-28", false},
                                         DayRow{"InsetDay", "2026-11-27", true},
                                         DayRow{"BetweenTerms", "2026-12-22", false},
                                         DayRow{"BankHoliday", "2026-12-25", false},
                                         DayRow{"BankHolidayInTerm", "2027-01-04", false}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(WorkingTimeTest, TheNextDayIsPastHolidays) {
  EXPECT_EQ(NextWorkingDay(Quillbrook(), Day("2026-10-23")), Day("2026-11-02"));
  EXPECT_EQ(NextWorkingDay(Quillbrook(), Day("2026-12-18")), Day("2027-01-05"));
}

TEST(WorkingTimeTest, ACalendarOfNothingButHolidaysEndsSomewhere) {
  SchoolCalendar calendar;
  calendar.half_terms = {{Day("2026-01-01"), Day("2036-01-01")}};
  EXPECT_EQ(NextWorkingDay(calendar, Day("2026-11-20")), Day("2026-11-23"));
  EXPECT_GT(AfterWorkingTime(calendar, At("2026-11-20T12:00:00Z"), hours(4)),
            At("2026-11-20T12:00:00Z"));
}

struct WorkRow {
  const char* name;
  const char* from;
  minutes work;
  const char* done;
};

class AfterWorkingTimeTest : public testing::TestWithParam<WorkRow> {};

TEST_P(AfterWorkingTimeTest, CountsWorkingHoursAlone) {
  const WorkRow& row = GetParam();
  EXPECT_EQ(FormatRfc3339(AfterWorkingTime(Quillbrook(), At(row.from), row.work)),
            FormatRfc3339(At(row.done)));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, AfterWorkingTimeTest,
    testing::Values(
        WorkRow{"WithinADay", "2026-11-17T09:00:00Z", hours(4), "2026-11-17T13:00:00Z"},
        WorkRow{"ToTheNextDay", "2026-11-17T15:00:00Z", hours(4), "2026-11-18T10:00:00Z"},
        WorkRow{"FromTheEvening", "2026-11-17T20:00:00Z", hours(4), "2026-11-18T12:00:00Z"},
        WorkRow{"EndingWithTheDay", "2026-11-17T13:00:00Z", hours(4), "2026-11-17T17:00:00Z"},
        WorkRow{"OverAWeekend", "2026-11-20T15:00:00Z", hours(4), "2026-11-23T10:00:00Z"},
        // Half past four in summer time; ten days later the clocks have gone back.
        WorkRow{"FridayHalfPastFourBeforeHalfTerm", "2026-10-23T15:30:00Z", hours(4),
                "2026-11-02T11:30:00Z"},
        WorkRow{"TwoStepsBeforeHalfTerm", "2026-10-23T15:30:00Z", hours(8), "2026-11-02T15:30:00Z"},
        WorkRow{"LongerThanADay", "2026-11-17T08:00:00Z", hours(20), "2026-11-19T10:00:00Z"},
        WorkRow{"Nothing", "2026-11-21T08:00:00Z", minutes(0), "2026-11-23T08:00:00Z"}),
    [](const auto& row) { return std::string(row.param.name); });

struct RollUpRow {
  const char* name;
  const char* day;
  std::chrono::weekday wanted;
  const char* at;
};

class RollUpTest : public testing::TestWithParam<RollUpRow> {};

TEST_P(RollUpTest, EveryWeekHasOne) {
  EXPECT_EQ(FormatDay(RollUpDay(Quillbrook(), Day(GetParam().day), GetParam().wanted)),
            GetParam().at);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RollUpTest,
    testing::Values(RollUpRow{"AsWanted", "2026-11-16", std::chrono::Friday, "2026-11-20"},
                    RollUpRow{"OnSunday", "2026-11-22", std::chrono::Friday, "2026-11-20"},
                    RollUpRow{"LastDayBefore", "2026-12-21", std::chrono::Friday, "2026-12-25"},
                    RollUpRow{"FirstDayAfter", "2027-01-06", std::chrono::Monday, "2027-01-05"},
                    RollUpRow{"InHalfTerm", "2026-10-28", std::chrono::Friday, "2026-10-30"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::core
