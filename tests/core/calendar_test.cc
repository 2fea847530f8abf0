#include "core/calendar.h"

#include <gtest/gtest.h>

#include <string>

namespace schoolwatch::core {
namespace {

Timestamp At(std::string_view text) { return ParseRfc3339(text).value(); }

DayRange Days(std::string_view from, std::string_view to) {
  return {*ParseDay(from), *ParseDay(to)};
}

SchoolCalendar Quillbrook() {
  SchoolCalendar calendar;
  calendar.terms = {Days("2026-09-02", "2026-12-18"), Days("2027-01-04", "2027-03-26")};
  calendar.half_terms = {Days("2026-10-26", "2026-10-30")};
  calendar.inset_days = {*ParseDay("2026-11-27")};
  return calendar;
}

struct PeriodRow {
  const char* name;
  const char* time;
  SchoolPeriod period;
};

class PeriodTest : public testing::TestWithParam<PeriodRow> {};

TEST_P(PeriodTest, IsWhatTheSchoolsClocksSay) {
  EXPECT_EQ(PeriodAt(Quillbrook(), At(GetParam().time)), GetParam().period);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PeriodTest,
    testing::Values(
        PeriodRow{"Lesson", "2026-11-20T10:00:00Z", SchoolPeriod::kDay},
        PeriodRow{"AfterSchool", "2026-11-20T17:00:00Z", SchoolPeriod::kEvening},
        PeriodRow{"SummerTimeEvening", "2026-09-04T16:00:00Z", SchoolPeriod::kEvening},
        PeriodRow{"NightBegins", "2026-11-20T23:00:00Z", SchoolPeriod::kNight},
        PeriodRow{"NightEnds", "2026-11-20T06:00:00Z", SchoolPeriod::kDay},
        PeriodRow{"SummerNightEndsAnHourSooner", "2026-09-04T05:00:00Z", SchoolPeriod::kDay},
        PeriodRow{"Saturday", "2026-11-21T12:00:00Z", SchoolPeriod::kWeekend},
        PeriodRow{"SaturdayNight", "2026-11-21T23:30:00Z", SchoolPeriod::kNight},
        PeriodRow{"HalfTerm", "2026-10-28T12:00:00Z", SchoolPeriod::kHoliday},
        PeriodRow{"HalfTermEvening", "2026-10-28T19:00:00Z", SchoolPeriod::kHoliday},
        PeriodRow{"InsetDay", "2026-11-27T12:00:00Z", SchoolPeriod::kHoliday},
        PeriodRow{"Christmas", "2026-12-25T12:00:00Z", SchoolPeriod::kHoliday},
        PeriodRow{"LastDayOfTerm", "2026-12-18T12:00:00Z", SchoolPeriod::kDay},
        PeriodRow{"Easter", "2027-04-06T12:00:00Z", SchoolPeriod::kHoliday},
        PeriodRow{"BeforeAllThatIsKnown", "2026-08-20T12:00:00Z", SchoolPeriod::kDay},
        PeriodRow{"LongAfterAllThatIsKnown", "2027-06-08T12:00:00Z", SchoolPeriod::kDay}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CalendarTest, WithoutTermsNoDayIsAHoliday) {
  EXPECT_EQ(PeriodAt({}, At("2026-12-25T12:00:00Z")), SchoolPeriod::kDay);
}

TEST(CalendarTest, ANightMayEndTheSameDay) {
  SchoolCalendar calendar;
  calendar.night_from = std::chrono::hours(1);
  calendar.night_to = std::chrono::hours(5);
  EXPECT_EQ(PeriodAt(calendar, At("2026-11-20T00:30:00Z")), SchoolPeriod::kDay);
  EXPECT_EQ(PeriodAt(calendar, At("2026-11-20T03:00:00Z")), SchoolPeriod::kNight);
}

TEST(CalendarTest, AnotherZoneHasItsOwnNight) {
  SchoolCalendar calendar;
  calendar.time_zone = "Asia/Dubai";
  EXPECT_EQ(PeriodAt(calendar, At("2026-11-20T19:30:00Z")), SchoolPeriod::kNight);
}

TEST(CalendarTest, PeriodsStartAtTheSchoolsTimes) {
  const SchoolCalendar calendar = Quillbrook();
  EXPECT_EQ(NextPeriodStart(calendar, At("2026-11-20T10:00:00Z")), At("2026-11-20T17:00:00Z"));
  EXPECT_EQ(NextPeriodStart(calendar, At("2026-11-20T17:00:00Z")), At("2026-11-20T23:00:00Z"));
  EXPECT_EQ(NextPeriodStart(calendar, At("2026-11-20T23:30:00Z")), At("2026-11-21T00:00:00Z"));
  EXPECT_EQ(NextPeriodStart(calendar, At("2026-11-21T00:00:00Z")), At("2026-11-21T06:00:00Z"));
}

TEST(CalendarTest, TheNightOfTheClocksIsAnHourLongerOrShorter) {
  const SchoolCalendar calendar;
  // 25 October 2026: the clocks go back, 02:00 BST is 01:00 GMT.
  EXPECT_EQ(NextPeriodStart(calendar, At("2026-10-24T22:30:00Z")), At("2026-10-24T23:00:00Z"));
  EXPECT_EQ(NextPeriodStart(calendar, At("2026-10-24T23:00:00Z")), At("2026-10-25T06:00:00Z"));
  // 28 March 2027: forward.
  EXPECT_EQ(NextPeriodStart(calendar, At("2027-03-28T00:00:00Z")), At("2027-03-28T05:00:00Z"));
}

TEST(CalendarTest, ATimeThatTheClocksLeaveOutIsWhenTheyChange) {
  SchoolCalendar calendar;
  calendar.night_to = std::chrono::minutes(90);
  EXPECT_EQ(NextPeriodStart(calendar, At("2027-03-28T00:30:00Z")), At("2027-03-28T01:00:00Z"));
  EXPECT_EQ(PeriodAt(calendar, At("2027-03-28T01:00:00Z")), SchoolPeriod::kWeekend);
}

TEST(CalendarTest, AZoneThatNobodyKnowsIsTakenAsUtc) {
  SchoolCalendar calendar;
  calendar.time_zone = "Europe/Quillbrook";
  EXPECT_FALSE(IsTimeZone(calendar.time_zone));
  EXPECT_TRUE(IsTimeZone("Europe/London"));
  EXPECT_EQ(PeriodAt(calendar, At("2026-09-04T05:30:00Z")), SchoolPeriod::kNight);
}

TEST(CalendarTest, DaysAndTimesAreReadStrictly) {
  EXPECT_EQ(FormatDay(*ParseDay("2028-02-29")), "2028-02-29");
  for (const char* bad : {"", "2026-02-29", "2026-11-31", "2026-1-1", "20261120", "2026/11/20",
                          "2026-11-20 ", "x026-11-20"}) {
    EXPECT_FALSE(ParseDay(bad).has_value()) << bad;
  }
  EXPECT_EQ(FormatTimeOfDay(*ParseTimeOfDay("06:05")), "06:05");
  for (const char* bad : {"", "6:00", "24:00", "06:60", "06.00", "06:00:00", "aa:bb"}) {
    EXPECT_FALSE(ParseTimeOfDay(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace schoolwatch::core
