#include "crawler/readers/dates.h"

#include <gtest/gtest.h>

namespace schoolwatch::crawler {
namespace {

std::string Show(const std::optional<core::Timestamp>& time) {
  return time ? core::FormatRfc3339(*time) : "none";
}

struct DateCase {
  std::string name, text, utc;
};

class MachineDateTest : public testing::TestWithParam<DateCase> {};
TEST_P(MachineDateTest, IsRead) {
  EXPECT_EQ(Show(ParseMachineDate(GetParam().text)), GetParam().utc);
}
INSTANTIATE_TEST_SUITE_P(
    Feeds, MachineDateTest,
    testing::Values(
        DateCase{"Rfc822", "Fri, 20 Nov 2026 18:02:11 GMT", "2026-11-20T18:02:11Z"},
        DateCase{"WithoutWeekdayOrSeconds", "20 Nov 2026 18:02 +0100", "2026-11-20T17:02:00Z"},
        DateCase{"WrongWeekday", "Mon, 20 Nov 2026 18:02:11 GMT", "2026-11-20T18:02:11Z"},
        DateCase{"TwoDigitYear", "Fri, 20 Nov 26 18:02:11 EST", "2026-11-20T23:02:11Z"},
        DateCase{"BritishSummer", "Sat, 20 Jun 2026 18:02:11 BST", "2026-06-20T17:02:11Z"},
        DateCase{"IrishSummer", "Sat, 20 Jun 2026 18:02:11 IST", "2026-06-20T17:02:11Z"},
        DateCase{"LongMonth", "Fri, 20 November 2026 18:02:11 UT", "2026-11-20T18:02:11Z"},
        DateCase{"Asctime", "Fri Nov 20 18:02:11 2026", "2026-11-20T18:02:11Z"},
        DateCase{"AsctimeWithZone", "Fri Nov 20 18:02:11 +0000 2026", "2026-11-20T18:02:11Z"},
        DateCase{"Rfc3339", "2026-11-20T18:02:11.5-08:00", "2026-11-21T02:02:11.500Z"},
        DateCase{"NoColonInZone", "2026-11-20T18:02:11+0000", "2026-11-20T18:02:11Z"},
        DateCase{"NoZoneIsUtc", "2026-11-20 18:02", "2026-11-20T18:02:00Z"},
        DateCase{"DayOnly", "2026-11-20", "2026-11-20T00:00:00Z"},
        DateCase{"MonthOnly", "2026-11", "2026-11-01T00:00:00Z"},
        DateCase{"YearOnly", "2026", "2026-01-01T00:00:00Z"},
        DateCase{"Packed", "20261120T180211Z", "2026-11-20T18:02:11Z"},
        DateCase{"Ordinal", "2026-324", "2026-11-20T00:00:00Z"},
        DateCase{"Week", "2026-W47-5", "2026-11-20T00:00:00Z"},
        DateCase{"ShortIso", "26-11-20", "2026-11-20T00:00:00Z"},
        DateCase{"EpochSeconds", "1795197731", "2026-11-20T18:02:11Z"},
        DateCase{"EpochMilliseconds", "1795197731123", "2026-11-20T18:02:11.123Z"},
        DateCase{"EpochWithFraction", "1795197731.0", "2026-11-20T18:02:11Z"},
        DateCase{"LeapDay", "29 Feb 2028", "2028-02-29T00:00:00Z"},
        DateCase{"NoSuchDay", "29 Feb 2026 10:00", "none"},
        DateCase{"NoSuchHour", "2026-11-20T25:14:55Z", "none"},
        DateCase{"BrokenZoneIsNoZone", "2026-11-20T09:00:00", "2026-11-20T09:00:00Z"},
        DateCase{"Words", "soon", "none"}, DateCase{"Empty", "", "none"},
        DateCase{"Endless", std::string(500, '1'), "none"}),
    [](const auto& row) { return row.param.name; });

class PageDateTest : public testing::TestWithParam<DateCase> {};
TEST_P(PageDateTest, IsFoundInTheText) {
  DateContext context;
  context.reference = *core::ParseRfc3339("2026-11-20T18:00:00Z");
  const auto found = FindDate(GetParam().text, context);
  EXPECT_EQ(Show(found ? found->time : std::nullopt), GetParam().utc);
}
INSTANTIATE_TEST_SUITE_P(
    Pages, PageDateTest,
    testing::Values(DateCase{"British", "20 November 2026, 18:02", "2026-11-20T18:02:00Z"},
                    DateCase{"SummerIsLondons", "20 June 2026, 18:02", "2026-06-20T17:02:00Z"},
                    DateCase{"American", "Nov 20, 2026 at 6:02 PM", "2026-11-20T18:02:00Z"},
                    DateCase{"DayFirst", "posted 05/11/2026 09:15", "2026-11-05T09:15:00Z"},
                    DateCase{"ThirteenthIsADay", "11/20/2026", "2026-11-20T00:00:00Z"},
                    DateCase{"Ordinals", "on the 20th of November 2026", "2026-11-20T00:00:00Z"},
                    DateCase{"TimeFirst", "18:02, Fri 20 Nov 2026", "2026-11-20T18:02:00Z"},
                    DateCase{"HalfPastWithDots", "20 Nov 2026 6.30pm", "2026-11-20T18:30:00Z"},
                    DateCase{"German", "20. November 2026 um 18:02", "2026-11-20T18:02:00Z"},
                    DateCase{"French", "20/11/2026, 18h02", "2026-11-20T18:02:00Z"},
                    DateCase{"HoursAgo", "2 hours ago", "2026-11-20T16:00:00Z"},
                    DateCase{"AnHourAndMinutes", "1 hour, 5 minutes ago", "2026-11-20T16:55:00Z"},
                    DateCase{"JustNow", "just now", "2026-11-20T18:00:00Z"},
                    DateCase{"Yesterday", "Yesterday, 18:02", "2026-11-19T18:02:00Z"},
                    DateCase{"NoYearIsTheLast", "Sunday 6th December", "2025-12-06T00:00:00Z"},
                    DateCase{"Version", "version 1.2.3 of 10.0.0.1", "none"},
                    DateCase{"ClockAlone", "at 18:02", "none"},
                    DateCase{"YesterdayInASentence", "Yesterday we went to the park", "none"},
                    DateCase{"MayInASentence", "you may 5 times", "none"}),
    [](const auto& row) { return row.param.name; });

TEST(DatesTest, RelativeDatesWithoutAReferenceAreRecognisedButGiveNoTime) {
  const auto found = FindDate("2 hours ago", {});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->relative);
  EXPECT_FALSE(found->time);
}

TEST(DatesTest, TellsWhichBytesTheDateTakes) {
  const std::string text = "by Dana on 20 Nov 2026 18:02 (edited)";
  const auto found = FindDate(text, {});
  ASSERT_TRUE(found);
  EXPECT_EQ(text.substr(found->start, found->end - found->start), "20 Nov 2026 18:02");
}

TEST(DatesTest, OneDateTellsTheOrderOfAll) {
  const std::vector<std::string> american = {"10-04-2017", "10-31-2017"};
  const std::vector<std::string> british = {"10/04/2017", "31/10/2017"};
  const std::vector<std::string> either = {"10/04/2017"};
  EXPECT_EQ(GuessDayMonthOrder(american), DayMonthOrder::kMonthFirst);
  EXPECT_EQ(GuessDayMonthOrder(british), DayMonthOrder::kDayFirst);
  EXPECT_EQ(GuessDayMonthOrder(either), std::nullopt);
}

TEST(DatesTest, TheHourThatHappensTwiceIsTheFirst) {
  EXPECT_EQ(Show(FindDate("25 October 2026, 01:30", {})->time), "2026-10-25T00:30:00Z");
}

}  // namespace
}  // namespace schoolwatch::crawler
