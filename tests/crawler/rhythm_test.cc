#include "crawler/rhythm.h"

#include <gtest/gtest.h>

#include <string>

namespace schoolwatch::crawler {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

core::Timestamp At(std::string_view text) { return core::ParseRfc3339(text).value(); }

core::SchoolCalendar Quillbrook() {
  core::SchoolCalendar calendar;
  calendar.terms = {{*core::ParseDay("2026-09-02"), *core::ParseDay("2026-12-18")},
                    {*core::ParseDay("2027-01-04"), *core::ParseDay("2027-03-26")}};
  return calendar;
}

struct RhythmRow {
  const char* name;
  const char* from;
  minutes wait;
  const char* end;
};

class RhythmTest : public testing::TestWithParam<RhythmRow> {};

TEST_P(RhythmTest, StretchesTheWaitByWhatItPassesThrough) {
  const RhythmRow& row = GetParam();
  EXPECT_EQ(core::FormatRfc3339(StretchedEnd(At(row.from), row.wait, Quillbrook(), {})), row.end);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RhythmTest,
    testing::Values(
        RhythmRow{"ByDay", "2026-11-20T10:00:00Z", minutes(30), "2026-11-20T10:30:00Z"},
        RhythmRow{"Evening", "2026-11-20T20:00:00Z", minutes(30), "2026-11-20T20:30:00Z"},
        RhythmRow{"AtNight", "2026-11-20T01:00:00Z", minutes(30), "2026-11-20T02:00:00Z"},
        RhythmRow{"IntoTheNight", "2026-11-20T22:45:00Z", minutes(30), "2026-11-20T23:30:00Z"},
        RhythmRow{"OutOfTheNight", "2026-11-20T05:30:00Z", minutes(30), "2026-11-20T06:15:00Z"},
        RhythmRow{"OverTheNight", "2026-11-19T22:00:00Z", minutes(300), "2026-11-20T06:30:00Z"},
        RhythmRow{"Weekend", "2026-11-21T10:00:00Z", minutes(30), "2026-11-21T10:30:00Z"},
        RhythmRow{"Holiday", "2026-12-28T10:00:00Z", minutes(30), "2026-12-28T11:00:00Z"},
        RhythmRow{"HolidayWeekend", "2026-12-26T10:00:00Z", minutes(30), "2026-12-26T11:00:00Z"},
        // Clocks go back: the night lasts eight hours, and four of waiting fill it.
        RhythmRow{"LongNight", "2026-10-24T22:00:00Z", minutes(240), "2026-10-25T06:00:00Z"},
        // Forward: it lasts six.
        RhythmRow{"ShortNight", "2027-03-27T23:00:00Z", minutes(180), "2027-03-28T05:00:00Z"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RhythmTest, AFactorBelowOneShortens) {
  config::Rhythm rhythm;
  rhythm.evening = 0.5;
  EXPECT_EQ(StretchedEnd(At("2026-11-20T18:00:00Z"), minutes(30), Quillbrook(), rhythm),
            At("2026-11-20T18:15:00Z"));
}

TEST(RhythmTest, AnAbsurdWaitEnds) {
  const core::Timestamp from = At("2026-11-20T18:00:00Z");
  EXPECT_LE(StretchedEnd(from, hours(24 * 365 * 100), Quillbrook(), {}), from + hours(24 * 62));
  EXPECT_EQ(StretchedEnd(from, hours(-5), Quillbrook(), {}), from);
}

}  // namespace
}  // namespace schoolwatch::crawler
