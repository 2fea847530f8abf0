#include "crawler/revisit.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace schoolwatch::crawler {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

core::Timestamp At(std::string_view text) { return core::ParseRfc3339(text).value(); }

// A Friday morning in term.
const core::Timestamp kNow = At("2026-11-20T09:00:00Z");

RevisitPolicy Policy(config::Revisit mode, milliseconds interval = minutes(30)) {
  return {.interval = interval, .mode = mode};
}
const RevisitPolicy kPrompt = Policy(config::Revisit::kPrompt);
const RevisitPolicy kAdaptive = Policy(config::Revisit::kAdaptive);
const RevisitPolicy kFixed = Policy(config::Revisit::kFixed);

struct AdaptRow {
  const char* name;
  const RevisitPolicy* policy;
  Revisited what;
  milliseconds previous;
  Change change;
  milliseconds gap;
  milliseconds expected;
};

class AdaptTest : public testing::TestWithParam<AdaptRow> {};

TEST_P(AdaptTest, FollowsWhatWasFound) {
  const AdaptRow& row = GetParam();
  EXPECT_EQ(AdaptInterval(*row.policy, row.what, row.previous, row.change, row.gap), row.expected);
}

constexpr Revisited kSource = Revisited::kSource;
constexpr Revisited kPage = Revisited::kPage;

INSTANTIATE_TEST_SUITE_P(
    Rows, AdaptTest,
    testing::Values(
        AdaptRow{"First", &kPrompt, kSource, {}, Change::kSome, {}, minutes(30)},
        AdaptRow{"News", &kPrompt, kSource, minutes(30), Change::kSome, {}, minutes(24)},
        AdaptRow{"Silence", &kPrompt, kSource, minutes(20), Change::kNone, {}, minutes(24)},
        AdaptRow{"Floor", &kPrompt, kSource, minutes(16), Change::kSome, {}, minutes(15)},
        AdaptRow{"PromptStaysBelowItsInterval",
                 &kPrompt,
                 kSource,
                 minutes(30),
                 Change::kNone,
                 {},
                 minutes(30)},
        AdaptRow{
            "AdaptiveGoesBeyond", &kAdaptive, kSource, minutes(30), Change::kNone, {}, minutes(36)},
        AdaptRow{"AdaptiveCeiling", &kAdaptive, kSource, hours(23), Change::kNone, {}, hours(24)},
        AdaptRow{"Fixed", &kFixed, kSource, minutes(30), Change::kSome, {}, minutes(30)},
        AdaptRow{"QuietPage", &kPrompt, kPage, minutes(110), Change::kNone, {}, hours(2)},
        AdaptRow{
            "FastFeed", &kPrompt, kSource, {}, Change::kSome, minutes(20), milliseconds(1039230)},
        AdaptRow{"SlowFeed", &kAdaptive, kSource, {}, Change::kSome, hours(4), hours(1)},
        AdaptRow{"SlowFeedPrompt", &kPrompt, kSource, {}, Change::kSome, hours(4), minutes(30)},
        AdaptRow{"DamagedState", &kAdaptive, kSource, milliseconds::max(), Change::kNone,
                 milliseconds::max(), hours(24)},
        AdaptRow{"NegativeState", &kPrompt, kSource, milliseconds::min(), Change::kNone,
                 milliseconds::min(), minutes(30)}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(NextLookTest, IsTheIntervalLessUpToATenth) {
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    const core::Timestamp due = NextLook(kPrompt, name, minutes(30), {}, {}, kNow);
    EXPECT_GE(due, kNow + minutes(27));
    EXPECT_LE(due, kNow + minutes(30));
    EXPECT_EQ(due, NextLook(kPrompt, name, minutes(30), {}, {}, kNow)) << "by a hash, not chance";
  }
  EXPECT_NE(NextLook(kPrompt, "a", minutes(30), {}, {}, kNow),
            NextLook(kPrompt, "b", minutes(30), {}, {}, kNow));
}

TEST(NextLookTest, AFeedsOwnWaitRaisesIt) {
  const core::Timestamp due = NextLook(kPrompt, "a", minutes(30), {.wait = minutes(50)}, {}, kNow);
  EXPECT_GE(due, kNow + minutes(50));
  EXPECT_LE(due, kNow + minutes(55));
}

TEST(NextLookTest, AFreshAnswerRaisesIt) {
  EXPECT_GE(NextLook(kPrompt, "a", minutes(30), {}, minutes(45), kNow), kNow + minutes(45));
}

TEST(NextLookTest, AbsurdHintsAreCut) {
  EXPECT_LE(NextLook(kPrompt, "a", minutes(30), {.wait = hours(24 * 300)}, {}, kNow),
            kNow + minutes(66));
  EXPECT_LE(NextLook(kPrompt, "a", minutes(30), {}, milliseconds::max(), kNow), kNow + minutes(66));
  EXPECT_LE(NextLook(kAdaptive, "a", minutes(30), {.wait = hours(24 * 300)}, {}, kNow),
            kNow + hours(24));
  EXPECT_LE(NextLook(kPrompt, "a", minutes(30), {.wait = milliseconds::min()}, {}, kNow),
            kNow + minutes(30));
}

TEST(NextLookTest, SkippedHoursArePassedOver) {
  // Nothing from 09:00 to 12:00.
  const core::FeedHints hints{.skip_hours = (1u << 9) | (1u << 10) | (1u << 11)};
  EXPECT_EQ(NextLook(kAdaptive, "a", minutes(30), hints, {}, kNow), At("2026-11-20T12:00:00Z"));
  EXPECT_EQ(NextLook(kPrompt, "a", minutes(30), hints, {}, kNow), kNow + hours(1))
      << "an hour is all that a prompt source grants";
}

TEST(NextLookTest, SkippedDaysArePassedOverUpToTheLongestWait) {
  const core::FeedHints weekend{.skip_days = (1u << 0) | (1u << 6)};
  const core::Timestamp saturday = At("2026-11-21T20:00:00Z");
  EXPECT_EQ(NextLook(kAdaptive, "a", minutes(30), weekend, {}, saturday), saturday + hours(24));
  EXPECT_LE(NextLook(kAdaptive, "a", minutes(30), weekend, {}, kNow), kNow + minutes(30));
}

TEST(NextLookTest, AFeedThatSkipsEveryHourIsStillAsked) {
  const core::FeedHints never{.skip_hours = 0xFFFFFFFFu, .skip_days = 0xFFFFFFFFu};
  EXPECT_EQ(NextLook(kAdaptive, "a", minutes(30), never, {}, kNow), kNow + hours(24));
}

TEST(NextLookTest, NightsAreSlowerAndTheLongestWaitHolds) {
  const core::Timestamp night = At("2026-11-20T00:00:00Z");
  EXPECT_GE(NextLook(kPrompt, "a", minutes(30), {}, {}, night), night + minutes(54));
  RevisitPolicy policy = kPrompt;
  policy.rhythm.night = 24;
  policy.longest_wait = hours(2);
  EXPECT_LE(NextLook(policy, "a", minutes(30), {}, {}, night), night + hours(2));
}

TEST(NextLookTest, ALongerIntervalOfItsOwnIsKept) {
  const RevisitPolicy weekly = Policy(config::Revisit::kPrompt, hours(24 * 7));
  EXPECT_GE(NextLook(weekly, "a", hours(24 * 7), {}, {}, kNow), kNow + hours(24 * 6));
}

std::vector<core::Post> PostsAt(const std::vector<std::string>& times) {
  std::vector<core::Post> posts;
  for (const std::string& time : times) {
    core::Post post;
    if (!time.empty()) {
      post.published = At(time);
    }
    posts.push_back(post);
  }
  return posts;
}

TEST(UsualGapTest, IsTheMedianOfTheNewestPosts) {
  EXPECT_EQ(UsualGap(PostsAt({"2026-11-20T08:00:00Z", "", "2026-11-20T06:00:00Z",
                              "2026-11-20T05:00:00Z", "2025-01-01T00:00:00Z"}),
                     kNow),
            hours(2));
}

TEST(UsualGapTest, LooksAtTwentyPostsOnly) {
  std::vector<std::string> times;
  for (int i = 0; i < 20; ++i) {
    times.push_back("2026-11-19T" + std::string(i < 10 ? "0" : "") + std::to_string(i) + ":00:00Z");
  }
  for (int i = 1; i < 28; ++i) {
    times.push_back("2026-01-" + std::string(i < 10 ? "0" : "") + std::to_string(i) + "T00:00:00Z");
  }
  EXPECT_EQ(UsualGap(PostsAt(times), kNow), hours(1));
}

TEST(UsualGapTest, TwoPostsShowNoRhythm) {
  EXPECT_EQ(UsualGap(PostsAt({"2026-11-20T08:00:00Z", "2026-11-20T06:00:00Z"}), kNow),
            milliseconds(0));
}

TEST(UsualGapTest, AnnouncementsOfTheFutureDoNotCount) {
  EXPECT_EQ(
      UsualGap(PostsAt({"2027-11-20T08:00:00Z", "2027-10-20T06:00:00Z", "2026-11-20T06:00:00Z"}),
               kNow),
      milliseconds(0));
}

TEST(PlanPageTest, APageFollowsItsChanges) {
  core::UrlState state;
  state.key = "http://town.example/t/1";
  PlanPage(kPrompt, Change::kSome, Covered::kNo, kNow, state);
  EXPECT_EQ(state.interval, minutes(30));
  PlanPage(kPrompt, Change::kNone, Covered::kNo, kNow, state);
  EXPECT_EQ(state.interval, minutes(36));
  EXPECT_GE(state.next_due, kNow + minutes(32));
  EXPECT_LE(state.next_due, kNow + minutes(36));
}

TEST(PlanPageTest, APageThatAFeedCoversWaitsAsLongAsMayBe) {
  core::UrlState state;
  PlanPage(kPrompt, Change::kSome, Covered::kByFeed, kNow, state);
  EXPECT_GE(state.next_due, kNow + hours(21));
}

TEST(PlanPageTest, AFreshAnswerIsNotAskedForAgain) {
  core::UrlState state;
  state.next_due = kNow + minutes(50);  // As AfterDocument says.
  PlanPage(kPrompt, Change::kSome, Covered::kNo, kNow, state);
  EXPECT_GE(state.next_due, kNow + minutes(50));
}

}  // namespace
}  // namespace schoolwatch::crawler
