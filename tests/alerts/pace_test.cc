#include "alerts/pace.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::At;

const core::Timestamp kNow = At("2026-11-20T18:06:00Z");

TEST(SendingPaceTest, NoMinuteHasMoreThanItsShare) {
  SendingPace pace({.per_minute = 20, .per_day = 1'000'000}, "");
  // For ten minutes it sends whenever it may.
  std::deque<core::Timestamp> sent;
  for (core::Timestamp now = kNow; now < kNow + seconds(600); now += milliseconds(500)) {
    if (pace.MaySend(now)) {
      pace.Sent(now);
      sent.push_back(now);
    }
  }
  EXPECT_EQ(sent.size(), 200U);
  for (std::size_t i = 20; i < sent.size(); ++i) {
    EXPECT_GE(sent[i] - sent[i - 20], seconds(60));
  }
}

TEST(SendingPaceTest, NoDayHasMoreThanItsShare) {
  SendingPace pace({.per_minute = 100, .per_day = 50}, "");
  std::deque<core::Timestamp> sent;
  for (core::Timestamp now = kNow; now < kNow + hours(72); now += seconds(60)) {
    if (pace.MaySend(now)) {
      pace.Sent(now);
      sent.push_back(now);
    }
  }
  ASSERT_GT(sent.size(), 100U);
  for (std::size_t i = 50; i < sent.size(); ++i) {
    EXPECT_GE(sent[i] - sent[i - 50], hours(24));
  }
}

TEST(SendingPaceTest, TheNextRunGoesOnFromThere) {
  const config::SendingLimits limits{.per_minute = 3, .per_day = 5};
  std::string kept;
  for (int i = 0; i < 3; ++i) {
    SendingPace pace(limits, kept);
    EXPECT_TRUE(pace.MaySend(kNow));
    pace.Sent(kNow);
    kept = pace.Keep(kNow);
  }
  EXPECT_FALSE(SendingPace(limits, kept).MaySend(kNow));
  SendingPace later(limits, kept);
  EXPECT_TRUE(later.MaySend(kNow + seconds(61)));
  later.Sent(kNow + seconds(61));
  later.Sent(kNow + seconds(61));
  kept = later.Keep(kNow + seconds(61));
  EXPECT_FALSE(SendingPace(limits, kept).MaySend(kNow + hours(23)));
  EXPECT_TRUE(SendingPace(limits, kept).MaySend(kNow + hours(26)));
}

TEST(SendingPaceTest, AClockThatRanAheadStopsNothing) {
  SendingPace pace({.per_minute = 1, .per_day = 1}, "");
  pace.Sent(kNow + hours(24 * 365));
  EXPECT_TRUE(pace.MaySend(kNow));
}

TEST(SendingPaceTest, WhatCannotBeReadCountsAsNothing) {
  for (const char* kept : {"", "/", "x", "1 2 x/y", "-5/-5:-5", "99999999999999999999/1:1", "1:2:3",
                           "1/2:99999999999999999999", " / "}) {
    SendingPace pace({.per_minute = 1, .per_day = 1}, kept);
    EXPECT_TRUE(pace.MaySend(kNow)) << kept;
  }
}

}  // namespace
}  // namespace schoolwatch::alerts
