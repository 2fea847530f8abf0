#include "crawler/schedule.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

namespace schoolwatch::crawler {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const core::Timestamp kNow = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + hours{12};
constexpr seconds kInterval = minutes(30);
const RevisitPolicy kPolicy{.interval = kInterval};

core::SourceState Source(const std::string& name = "town-news") {
  core::SourceState state;
  state.name = name;
  return state;
}

Look Changed(std::uint64_t posts, core::Timestamp newest) {
  return {.outcome = LookOutcome::kChanged,
          .new_posts = posts,
          .newest_post = newest,
          .change = Change::kSome};
}
Look Failed(const char* error = "HTTP 500") {
  return {.outcome = LookOutcome::kFailed, .error = error};
}

TEST(ScheduleTest, ANewSourceIsDue) { EXPECT_TRUE(IsDue(Source(), kNow)); }

TEST(ScheduleTest, TheNextLookIsAnIntervalAwayLessATenthAtMost) {
  std::set<core::Timestamp> dues;
  for (int i = 0; i < 50; ++i) {
    const core::SourceState state =
        AfterLook(Source("source" + std::to_string(i)), kPolicy, Changed(1, kNow), kNow);
    EXPECT_GE(state.next_due, kNow + kInterval * 9 / 10);
    EXPECT_LE(state.next_due, kNow + kInterval);
    EXPECT_EQ(state.interval, kInterval) << "as configured, to begin with";
    EXPECT_FALSE(IsDue(state, kNow + minutes(20)));
    EXPECT_TRUE(IsDue(state, kNow + kInterval));
    dues.insert(state.next_due);
  }
  EXPECT_GT(dues.size(), 25u);
}

TEST(ScheduleTest, TheSameLookGivesTheSameDueTime) {
  EXPECT_EQ(AfterLook(Source(), kPolicy, Changed(1, kNow), kNow),
            AfterLook(Source(), kPolicy, Changed(1, kNow), kNow));
}

TEST(ScheduleTest, AClockThatWentBackDoesNotSilenceASource) {
  const core::SourceState state =
      AfterLook(Source(), kPolicy, Changed(1, kNow), kNow + hours(24 * 400));
  EXPECT_TRUE(IsDue(state, kNow));
}

TEST(ScheduleTest, FailuresBackOffUpToADay) {
  core::SourceState state = Source();
  core::Timestamp now = kNow;
  milliseconds expected = kInterval;
  for (int i = 0; i < 12; ++i) {
    state = AfterLook(state, kPolicy, Failed(), now);
    EXPECT_GE(state.next_due - now, expected * 9 / 10) << i;
    EXPECT_LE(state.next_due - now, expected) << i;
    now = state.next_due;
    expected = std::min<milliseconds>(expected * 2, hours(24));
  }
}

TEST(ScheduleTest, AnIntervalOfOverADayIsNotShortenedByFailure) {
  core::SourceState state = Source();
  for (int i = 0; i < 3; ++i) {
    state = AfterLook(state, {.interval = hours(24 * 7)}, Failed(), kNow);
  }
  EXPECT_GE(state.next_due, kNow + hours(24 * 6));
}

TEST(ScheduleTest, FiveFailuresInARowAreBroken) {
  core::SourceState state = AfterLook(Source(), kPolicy, Changed(1, kNow), kNow);
  for (int i = 0; i < 4; ++i) {
    state = AfterLook(state, kPolicy, Failed(), kNow);
    EXPECT_EQ(state.health, core::SourceHealth::kWorking) << i;
  }
  state = AfterLook(state, kPolicy, Failed("no answer"), kNow);
  EXPECT_EQ(state.health, core::SourceHealth::kBroken);
  EXPECT_EQ(state.failures, 5u);
  EXPECT_EQ(state.last_error, "no answer");
  EXPECT_EQ(state.last_worked_at, kNow);
}

TEST(ScheduleTest, OneGoodLookMendsIt) {
  core::SourceState state = Source();
  for (int i = 0; i < 6; ++i) {
    state = AfterLook(state, kPolicy, Failed(), kNow);
  }
  state = AfterLook(state, kPolicy, Changed(3, kNow), kNow + hours(1));
  EXPECT_EQ(state.health, core::SourceHealth::kWorking);
  EXPECT_EQ(state.failures, 0u);
  EXPECT_EQ(state.last_error, "");
  EXPECT_LE(state.next_due, kNow + hours(1) + kInterval);
}

TEST(ScheduleTest, TheBacklogIsThatOfTheFirstLookThatWorked) {
  core::SourceState state = AfterLook(Source(), kPolicy, Failed(), kNow);
  EXPECT_EQ(state.first_looked_at, core::Timestamp{});
  EXPECT_EQ(state.last_looked_at, kNow);
  state = AfterLook(state, kPolicy, Changed(3, kNow), kNow + hours(1));
  EXPECT_EQ(state.first_looked_at, kNow + hours(1));
  state = AfterLook(state, kPolicy, Changed(1, kNow), kNow + hours(2));
  EXPECT_EQ(state.first_looked_at, kNow + hours(1));
  EXPECT_EQ(state.posts_seen, 4u);
}

TEST(ScheduleTest, ForbiddenIsNotBrokenAndIsAskedDaily) {
  core::SourceState state = Source();
  for (int i = 0; i < 7; ++i) {
    state = AfterLook(state, kPolicy, {.outcome = LookOutcome::kForbidden, .error = "robots.txt"},
                      kNow);
  }
  EXPECT_EQ(state.health, core::SourceHealth::kForbidden);
  EXPECT_EQ(state.failures, 0u);
  EXPECT_GE(state.next_due, kNow + hours(21));
  EXPECT_LE(state.next_due, kNow + hours(24));
}

TEST(ScheduleTest, AnswersWithoutAnyPostAreEmpty) {
  core::SourceState state =
      AfterLook(Source(), kPolicy, {.outcome = LookOutcome::kUnchanged}, kNow);
  EXPECT_EQ(state.health, core::SourceHealth::kEmpty);
  state = AfterLook(state, kPolicy, Changed(1, kNow), kNow);
  EXPECT_EQ(state.health, core::SourceHealth::kWorking);
}

TEST(ScheduleTest, UnusuallyLongWithoutAPostIsQuiet) {
  core::SourceState state = AfterLook(Source(), kPolicy, Changed(20, kNow), kNow);
  const Look nothing{.outcome = LookOutcome::kUnchanged};
  state = AfterLook(state, kPolicy, nothing, kNow + hours(24 * 13));
  EXPECT_EQ(state.health, core::SourceHealth::kWorking);
  state = AfterLook(state, kPolicy, nothing, kNow + hours(24 * 15));
  EXPECT_EQ(state.health, core::SourceHealth::kQuiet);
}

TEST(ScheduleTest, ASourceThatPostsSeldomIsNotQuietSoSoon) {
  // One post every 30 days.
  core::SourceState state = AfterLook(Source(), kPolicy, Changed(1, kNow), kNow);
  core::Timestamp now = kNow;
  for (int i = 0; i < 5; ++i) {
    now += hours(24 * 30);
    state = AfterLook(state, kPolicy, Changed(1, now), now);
  }
  const Look nothing{.outcome = LookOutcome::kUnchanged};
  state = AfterLook(state, kPolicy, nothing, now + hours(24 * 60));
  EXPECT_EQ(state.health, core::SourceHealth::kWorking);
}

TEST(ScheduleTest, APostFromTheFutureDoesNotHideThatAllIsQuiet) {
  core::SourceState state = AfterLook(Source(), kPolicy, Changed(1, kNow + hours(24 * 3650)), kNow);
  EXPECT_EQ(state.newest_post, kNow);
}

TEST(ScheduleTest, NewsShortenTheIntervalAndTheFloorHolds) {
  core::SourceState state = AfterLook(Source(), kPolicy, Changed(3, kNow), kNow);
  state = AfterLook(state, kPolicy, Changed(1, kNow), kNow);
  EXPECT_EQ(state.interval, minutes(24));
  for (int i = 0; i < 9; ++i) {
    state = AfterLook(state, kPolicy, Changed(1, kNow), kNow);
  }
  EXPECT_EQ(state.interval, minutes(15));
}

TEST(ScheduleTest, SilenceLengthensTheIntervalToTheConfiguredOne) {
  core::SourceState state = AfterLook(Source(), kPolicy, Changed(3, kNow), kNow);
  for (int i = 0; i < 4; ++i) {
    state = AfterLook(state, kPolicy, Changed(1, kNow), kNow);
  }
  const Look nothing{.outcome = LookOutcome::kUnchanged};
  const milliseconds before = state.interval;
  state = AfterLook(state, kPolicy, nothing, kNow);
  EXPECT_GT(state.interval, before);
  for (int i = 0; i < 20; ++i) {
    state = AfterLook(state, kPolicy, nothing, kNow);
  }
  EXPECT_EQ(state.interval, kInterval);
}

TEST(ScheduleTest, TheHostsRetryAfterIsKeptUpToADay) {
  Look throttled = Failed("HTTP 503");
  throttled.not_before = kNow + hours(3);
  EXPECT_EQ(AfterLook(Source(), kPolicy, throttled, kNow).next_due, kNow + hours(3));
  throttled.not_before = kNow + hours(24 * 400);
  EXPECT_EQ(AfterLook(Source(), kPolicy, throttled, kNow).next_due, kNow + hours(24));
}

TEST(ScheduleTest, AFeedsHintsStayWhileItIsUnchanged) {
  Look read = Changed(3, kNow);
  read.hints = core::FeedHints{.wait = minutes(50)};
  core::SourceState state = AfterLook(Source(), kPolicy, read, kNow);
  EXPECT_GE(state.next_due, kNow + minutes(50));
  state = AfterLook(state, kPolicy, {.outcome = LookOutcome::kUnchanged}, kNow);
  EXPECT_GE(state.next_due, kNow + minutes(50));
}

}  // namespace
}  // namespace schoolwatch::crawler
