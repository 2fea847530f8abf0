#include "alerts/wording.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using testing::At;

TEST(WordingTest, SafeguardingLeads) {
  using core::Category;
  EXPECT_EQ(LeadingCategory({Category::kReputational, Category::kSafeguarding}),
            Category::kSafeguarding);
  EXPECT_EQ(LeadingCategory({Category::kReputational, Category::kDefamatory}),
            Category::kDefamatory);
}

TEST(WordingTest, NothingIsCalledMoreThanPossible) {
  for (const core::Category category : core::kCategories) {
    EXPECT_TRUE(CategoryPhrase(category).starts_with("possible ")) << CategoryPhrase(category);
  }
}

TEST(WordingTest, ConfidenceIsAWordAndAShare) {
  EXPECT_EQ(ConfidencePhrase(0.93), "very likely (93 %)");
  EXPECT_EQ(ConfidencePhrase(0.72), "likely (72 %)");
  EXPECT_EQ(ConfidencePhrase(0.5), "possible (50 %)");
  EXPECT_EQ(ConfidencePhrase(1.0), "very likely (99 %)");
  EXPECT_EQ(ConfidencePhrase(std::numeric_limits<double>::quiet_NaN()), "possible (1 %)");
}

TEST(LocalClockTest, ShowsLocalTimeInSummerAndWinter) {
  const auto clock = LocalClock::Make("Europe/London");
  ASSERT_TRUE(clock.has_value()) << clock.error().message;
  EXPECT_EQ((*clock)->Format(At("2026-11-20T18:02:11Z")), "Fri 20 Nov 2026, 18:02 GMT");
  EXPECT_EQ((*clock)->Format(At("2026-07-01T23:30:00Z")), "Thu 2 Jul 2026, 00:30 BST");
}

TEST(LocalClockTest, DatesThatAreNoneAreNotShown) {
  const auto clock = LocalClock::Make("Europe/London");
  ASSERT_TRUE(clock.has_value());
  EXPECT_EQ((*clock)->Format(core::Timestamp::max()), "an unlikely date");
  EXPECT_EQ((*clock)->Format(core::Timestamp::min()), "an unlikely date");
}

TEST(LocalClockTest, AnUnknownZoneIsRefused) {
  const auto clock = LocalClock::Make("Europe/Quillbrook");
  ASSERT_FALSE(clock.has_value());
  EXPECT_EQ(clock.error().kind, core::ErrorKind::kBadInput);
}

}  // namespace
}  // namespace schoolwatch::alerts
