#include "crawler/platforms/budget.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace schoolwatch::crawler {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

core::Timestamp At(std::string_view text) { return core::ParseRfc3339(text).value(); }

BudgetSpec Window(seconds within, std::uint64_t most = 100) {
  BudgetSpec spec;
  spec.most = most;
  spec.within = within;
  return spec;
}
BudgetSpec Daily(std::string zone) {
  BudgetSpec spec;
  spec.what = "units";
  spec.most = 100;
  spec.calendar_day = true;
  spec.time_zone = std::move(zone);
  return spec;
}
BudgetSpec Monthly(std::string zone = "UTC") {
  BudgetSpec spec;
  spec.what = "money";
  spec.most = 5'000'000;
  spec.calendar_month = true;
  spec.time_zone = std::move(zone);
  return spec;
}

struct Period {
  const char* name;
  BudgetSpec spec;
  const char* now;
  const char* begins;
  const char* ends;
};

class BudgetPeriod : public testing::TestWithParam<Period> {};

TEST_P(BudgetPeriod, BeginsAndEnds) {
  const Period& row = GetParam();
  const core::PlatformSpending use = AtTime({.key = "k", .used = 7}, row.spec, At(row.now));
  EXPECT_EQ(core::FormatRfc3339(use.period_began), row.begins);
  EXPECT_EQ(core::FormatRfc3339(PeriodEnd(row.spec, use.period_began)), row.ends);
  EXPECT_EQ(use.used, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BudgetPeriod,
    testing::Values(Period{"Window", Window(minutes(5)), "2026-11-20T12:00:01Z",
                           "2026-11-20T12:00:01Z", "2026-11-20T12:05:01Z"},
                    Period{"UtcDay", Daily("UTC"), "2026-11-20T12:00:01Z", "2026-11-20T00:00:00Z",
                           "2026-11-21T00:00:00Z"},
                    // YouTube's day: midnight in California, eight hours behind; seven in summer.
                    Period{"PacificDay", Daily("America/Los_Angeles"), "2026-11-20T07:59:59Z",
                           "2026-11-19T08:00:00Z", "2026-11-20T08:00:00Z"},
                    Period{"DayOf25Hours", Daily("America/Los_Angeles"), "2026-11-01T20:00:00Z",
                           "2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z"},
                    Period{"DayOf23Hours", Daily("Europe/London"), "2026-03-29T12:00:00Z",
                           "2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z"},
                    // Midnight is left out there: the day begins at one.
                    Period{"DayWithoutMidnight", Daily("Africa/Cairo"), "2026-04-24T12:00:00Z",
                           "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},
                    Period{"UnknownZone", Daily("Quillbrook/Town"), "2026-11-20T12:00:01Z",
                           "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"},
                    Period{"Month", Monthly(), "2026-11-30T23:59:59Z", "2026-11-01T00:00:00Z",
                           "2026-12-01T00:00:00Z"},
                    Period{"MonthOverTheYear", Monthly("Europe/London"), "2026-12-31T23:59:59Z",
                           "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
                    Period{"LeapMonth", Monthly(), "2028-02-29T10:00:00Z", "2028-02-01T00:00:00Z",
                           "2028-03-01T00:00:00Z"}),
    [](const testing::TestParamInfo<Period>& row) { return row.param.name; });

TEST(BudgetTest, PeriodThatGoesOnKeepsWhatWasUsed) {
  const BudgetSpec spec = Window(minutes(5));
  core::PlatformSpending use = AtTime({.key = "k"}, spec, At("2026-11-20T12:00:00Z"));
  use.used = 9;
  EXPECT_EQ(AtTime(use, spec, At("2026-11-20T12:04:59Z")), use);
  EXPECT_EQ(AtTime(use, spec, At("2026-11-20T12:05:00Z")).used, 0u);
}

TEST(BudgetTest, WhatIsOnItsWayAtTheTurnOfThePeriodStaysReserved) {
  core::PlatformSpending use = AtTime({.key = "k"}, Monthly(), At("2026-11-30T23:59:00Z"));
  use = Reserve(use, 50);
  use.used = 1'000;
  use = AtTime(use, Monthly(), At("2026-12-01T00:00:01Z"));
  EXPECT_EQ(use.used, 0u);
  EXPECT_EQ(use.reserved, 50u);
  use = Settle(use, 50, 30);
  EXPECT_EQ(use.used, 30u);
  EXPECT_EQ(use.reserved, 0u);
}

TEST(BudgetTest, ClockThatWentBackBeginsNoNewPeriod) {
  core::PlatformSpending use = AtTime({.key = "k"}, Monthly(), At("2026-12-01T00:00:01Z"));
  use.used = 9;
  EXPECT_EQ(AtTime(use, Monthly(), At("2026-11-30T23:59:00Z")), use);
}

TEST(BudgetTest, RoomIsForWhatIsUsedAndReservedTogether) {
  const core::PlatformSpending use{.key = "k", .used = 60, .reserved = 30};
  EXPECT_TRUE(HasRoom(use, 100, 10));
  EXPECT_FALSE(HasRoom(use, 100, 11));
  EXPECT_TRUE(HasRoom(use, 100, 0));
  EXPECT_FALSE(HasRoom(use, 90, 0));
  EXPECT_FALSE(HasRoom(use, 0, 0));
  EXPECT_FALSE(HasRoom(use, 100, std::numeric_limits<std::uint64_t>::max()));
  EXPECT_FALSE(HasRoom(
      {.key = "k", .used = std::numeric_limits<std::uint64_t>::max(), .reserved = 5}, 100, 1));
}

TEST(BudgetTest, WhatACrashLeftReservedCountsAsUsed) {
  const core::PlatformSpending use = AfterCrash({.key = "k", .used = 60, .reserved = 30});
  EXPECT_EQ(use.used, 90u);
  EXPECT_EQ(use.reserved, 0u);
}

// The platform's own count of what it was asked for, with crashes at any point.
TEST(BudgetTest, NoCapIsCrossedWhateverCrashes) {
  constexpr std::uint64_t kMost = 1'000;
  std::mt19937 random(7);
  const auto below = [&random](std::uint64_t n) { return random() % n; };
  for (int round = 0; round < 200; ++round) {
    core::PlatformSpending stored{.key = "k"};
    std::uint64_t billed = 0;
    core::Timestamp now = At("2026-11-01T00:00:00Z");
    while (now < At("2026-11-30T00:00:00Z")) {
      now += hours(1 + below(5));
      core::PlatformSpending use = AtTime(AfterCrash(stored), Monthly(), now);
      const std::uint64_t amount = 1 + below(200);
      if (!HasRoom(use, kMost, amount)) {
        continue;
      }
      use = Reserve(use, amount);
      if (below(10) == 0) {
        continue;  // Killed before it was written: the request did not leave.
      }
      stored = use;
      if (below(10) == 0) {
        continue;  // Killed before it left.
      }
      const std::uint64_t cost = below(amount + 1);
      billed += cost;
      if (below(5) == 0) {
        continue;  // Killed before it was settled.
      }
      stored = Settle(use, amount, cost);
    }
    EXPECT_LE(billed, kMost);
  }
}

struct Said {
  const char* name;
  const char* left;
  const char* reset;
  std::uint64_t used;
  const char* ends;
};

class BudgetHeaders : public testing::TestWithParam<Said> {};

TEST_P(BudgetHeaders, AreBelievedWhereTheySayLess) {
  BudgetSpec spec = Window(minutes(15));
  spec.left_header = "x-left";
  spec.reset_header = "x-reset";
  const core::Timestamp now = At("2026-11-20T12:10:00Z");
  core::PlatformSpending use{.key = "k", .period_began = At("2026-11-20T12:00:00Z"), .used = 40};
  use = NoteHeaders(use, spec, {{"x-left", GetParam().left}, {"x-reset", GetParam().reset}}, now);
  EXPECT_EQ(use.used, GetParam().used);
  EXPECT_EQ(core::FormatRfc3339(PeriodEnd(spec, use.period_began)), GetParam().ends);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BudgetHeaders,
    testing::Values(
        Said{"More", "90", "", 40, "2026-11-20T12:15:00Z"},
        Said{"Less", "5", "", 95, "2026-11-20T12:15:00Z"},
        Said{"Nothing", "0", "120", 100, "2026-11-20T12:12:00Z"},
        Said{"Epoch", "0", "1795177320", 100, "2026-11-20T12:22:00Z"},
        Said{"Rfc3339", "0", "2026-11-20T12:20:00.000Z", 100, "2026-11-20T12:20:00Z"},
        Said{"HttpDate", "0", "Fri, 20 Nov 2026 12:20:00 GMT", 100, "2026-11-20T12:20:00Z"},
        Said{"Past", "0", "2026-11-20T12:00:00Z", 100, "2026-11-20T12:15:00Z"},
        Said{"TooFar", "0", "2026-11-20T18:00:00Z", 100, "2026-11-20T12:15:00Z"},
        Said{"WithPolicy", "5, 100;window=900", "60", 95, "2026-11-20T12:11:00Z"},
        Said{"Fraction", "5.0", "60.5", 95, "2026-11-20T12:11:00Z"},
        Said{"Words", "plenty", "soon", 40, "2026-11-20T12:15:00Z"},
        Said{"Negative", "-1", "", 40, "2026-11-20T12:15:00Z"},
        Said{"Huge", "99999999999999999999999", "99999999999999999999", 40, "2026-11-20T12:15:00Z"},
        Said{"NotThere", "", "", 40, "2026-11-20T12:15:00Z"}),
    [](const testing::TestParamInfo<Said>& row) { return row.param.name; });

TEST(BudgetTest, MoneyIsCountedByOurselves) {
  BudgetSpec spec = Monthly();
  spec.left_header = "x-left";
  const core::PlatformSpending use{.key = "k", .used = 5};
  EXPECT_EQ(NoteHeaders(use, spec, {{"x-left", "0"}}, At("2026-11-20T12:00:00Z")), use);
}

TEST(BudgetTest, KeysTellPeriodsApart) {
  EXPECT_EQ(BudgetKey("x", "3f", Monthly()), "x/3f/money-month");
  EXPECT_EQ(BudgetKey("x", "3f", Window(minutes(15))), "x/3f/requests-900s");
  EXPECT_EQ(BudgetKey("x", "3f", Daily("UTC")), "x/3f/units-day");
}

}  // namespace
}  // namespace schoolwatch::crawler
