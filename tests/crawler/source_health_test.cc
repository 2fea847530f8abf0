#include "crawler/source_health.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace schoolwatch::crawler {
namespace {

using core::SourceHealth;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

const core::Timestamp kNow = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + hours{12};

Look Held(std::uint64_t posts, std::uint64_t new_posts = 0) {
  return {.outcome = LookOutcome::kChanged,
          .new_posts = new_posts,
          .newest_post = posts > 0 ? std::optional(kNow) : std::nullopt,
          .error = {},
          .posts_held = posts};
}
Look Unchanged() {
  return {.outcome = LookOutcome::kUnchanged, .newest_post = {}, .error = {}, .posts_held = {}};
}
Look Failed(core::SourceTrouble trouble) {
  return {
      .outcome = LookOutcome::kFailed, .newest_post = {}, .error = "HTTP 500", .trouble = trouble};
}
Look Forbidden() {
  return {.outcome = LookOutcome::kForbidden,
          .newest_post = {},
          .error = "robots.txt",
          .trouble = core::SourceTrouble::kRobots};
}

// A source and what becomes of it, look by look, two hours apart.
class Watched {
 public:
  Watched() { state_.name = "town-news"; }
  void See(const Look& look, core::Timestamp::duration later = hours(2)) {
    now_ += later;
    core::SourceState after = state_;
    after.last_looked_at = now_;
    after.posts_seen += look.new_posts;
    if (look.newest_post) {
      after.newest_post = look.newest_post;
    }
    if (look.outcome == LookOutcome::kFailed) {
      ++after.failures;
    } else {
      after.failures = 0;
    }
    if (look.outcome == LookOutcome::kChanged || look.outcome == LookOutcome::kUnchanged) {
      after.last_worked_at = now_;
      if (after.first_looked_at == core::Timestamp{}) {
        after.first_looked_at = now_;
      }
    }
    NoteHealth(after, state_, look, now_);
    after.next_due = now_ + hours(1);
    state_ = after;
  }
  // What was told, as a run does it: said, then marked.
  std::optional<SourceHealth> Tell() {
    const auto news = HealthToTell(state_);
    if (news) {
      state_.told = *news;
    }
    return news;
  }
  const core::SourceState& state() const { return state_; }
  core::Timestamp now() const { return now_; }

 private:
  core::SourceState state_;
  core::Timestamp now_ = kNow;
};

TEST(SourceHealthTest, ATroubleIsToldOnceAndItsEndOnce) {
  Watched source;
  source.See(Held(3, 3));
  EXPECT_EQ(source.Tell(), std::nullopt) << "that it works is no news";
  std::vector<SourceHealth> told;
  for (int i = 0; i < 12; ++i) {
    source.See(Failed(core::SourceTrouble::kServer));
    if (const auto news = source.Tell()) {
      told.push_back(*news);
    }
  }
  for (int i = 0; i < 3; ++i) {
    source.See(Held(3));
    if (const auto news = source.Tell()) {
      told.push_back(*news);
    }
  }
  EXPECT_EQ(told, (std::vector{SourceHealth::kBroken, SourceHealth::kWorking}));
}

TEST(SourceHealthTest, WhatWasNotSaidIsSaidLater) {
  Watched source;
  for (int i = 0; i < 6; ++i) {
    source.See(Failed(core::SourceTrouble::kNoAnswer));
  }
  // The run crashed before it could say so; the next ones do.
  source.See(Failed(core::SourceTrouble::kNoAnswer));
  EXPECT_EQ(source.Tell(), SourceHealth::kBroken);
  EXPECT_EQ(source.Tell(), std::nullopt);
}

TEST(SourceHealthTest, ATroubleThatPassedUntoldIsNoNews) {
  Watched source;
  source.See(Held(3, 3));
  for (int i = 0; i < 6; ++i) {
    source.See(Failed(core::SourceTrouble::kNoAnswer));
  }
  source.See(Held(3));
  EXPECT_EQ(source.Tell(), std::nullopt);
}

TEST(SourceHealthTest, AForbiddenSourceIsToldOnceAndWhenItMayBeReadAgain) {
  Watched source;
  source.See(Forbidden());
  EXPECT_EQ(source.Tell(), SourceHealth::kForbidden);
  source.See(Forbidden());
  EXPECT_EQ(source.Tell(), std::nullopt);
  source.See(Held(3, 3));
  EXPECT_EQ(source.Tell(), SourceHealth::kWorking);
}

TEST(SourceHealthTest, OneTroubleAfterAnotherIsNews) {
  Watched source;
  source.See(Held(0));
  EXPECT_EQ(source.Tell(), SourceHealth::kEmpty);
  for (int i = 0; i < 5; ++i) {
    source.See(Failed(core::SourceTrouble::kUnreadable));
  }
  EXPECT_EQ(source.Tell(), SourceHealth::kBroken);
  EXPECT_EQ(source.state().trouble, core::SourceTrouble::kUnreadable)
      << "it answers, but cannot be read: that is not empty";
}

TEST(SourceHealthTest, ASourceThatLosesItsPostsIsEmptyAfterAWeek) {
  Watched source;
  source.See(Held(10, 10));
  for (int day = 0; day < 6; ++day) {
    source.See(Held(0), days(1));
    EXPECT_EQ(source.state().health, SourceHealth::kWorking) << day;
  }
  source.See(Unchanged(), days(2));
  EXPECT_EQ(source.state().health, SourceHealth::kEmpty) << "what did not change is still bare";
  source.See(Held(1, 1));
  EXPECT_EQ(source.state().health, SourceHealth::kWorking);
}

TEST(SourceHealthTest, AnUnchangedAnswerHoldsWhatItHeld) {
  Watched source;
  source.See(Held(10, 10));
  for (int day = 0; day < 10; ++day) {
    source.See(Unchanged(), days(1));
  }
  EXPECT_EQ(source.state().health, SourceHealth::kWorking);
}

TEST(SourceHealthTest, ASourceKnownFromAnOlderReleaseIsNotTakenForEmpty) {
  core::SourceState before;
  before.posts_seen = 40;
  before.first_looked_at = kNow - days(100);
  before.last_worked_at = kNow - days(1);
  before.newest_post = kNow - days(1);
  before.health = SourceHealth::kWorking;
  core::SourceState after = before;
  NoteHealth(after, before, Unchanged(), kNow);
  EXPECT_EQ(after.health, SourceHealth::kWorking);
  after = before;
  NoteHealth(after, before, Held(0), kNow);
  EXPECT_EQ(after.health, SourceHealth::kWorking) << "for a week, that is";
}

TEST(SourceHealthTest, AFeedThatPostsSeldomIsNotQuietSoSoon) {
  core::SourceState before;
  before.posts_seen = 20;  // All there at the first look, ten days ago.
  before.first_looked_at = before.last_worked_at = before.last_held_at = kNow - days(10);
  before.newest_post = kNow - days(40);
  core::SourceState after = before;
  NoteHealth(after, before, Unchanged(), kNow);
  EXPECT_EQ(after.health, SourceHealth::kQuiet);
  before.feed.usual_gap = days(18);
  after = before;
  NoteHealth(after, before, Unchanged(), kNow);
  EXPECT_EQ(after.health, SourceHealth::kWorking);
}

TEST(SourceHealthTest, ItsHealthHasADate) {
  Watched source;
  source.See(Held(3, 3));
  const core::Timestamp began = source.now();
  source.See(Unchanged());
  EXPECT_EQ(source.state().health_since, began);
  source.See(Forbidden());
  EXPECT_EQ(source.state().health_since, source.now());
}

TEST(SourceHealthTest, TheWorstDelaysAreThoseOfTheLast30Days) {
  Watched source;
  source.See(Held(3, 3));
  Look late = Held(1, 1);
  late.post_delay = hours(5);
  source.See(late, hours(4));  // Due after one.
  EXPECT_EQ(FindWorstDelays(source.state(), source.now()).post, hours(5));
  EXPECT_EQ(FindWorstDelays(source.state(), source.now()).look, hours(3));
  for (int day = 0; day < 29; ++day) {
    late.post_delay = minutes(day);
    source.See(late, days(1));
  }
  EXPECT_EQ(FindWorstDelays(source.state(), source.now()).post, hours(5));
  EXPECT_LE(source.state().delays.size(), 30u);
  source.See(late, days(1));
  EXPECT_EQ(FindWorstDelays(source.state(), source.now()).post, minutes(28));
  EXPECT_EQ(FindWorstDelays(source.state(), source.now()).look, hours(23));
}

TEST(SourceHealthTest, AFirstLookAndAnEarlyOneAreNotLate) {
  Watched source;
  source.See(Held(3, 3));
  source.See(Unchanged(), minutes(30));
  EXPECT_EQ(FindWorstDelays(source.state(), source.now()).look, std::chrono::milliseconds(0));
}

struct TroubleCase {
  const char* name;
  int status;
  core::ErrorKind kind;
  core::SourceTrouble trouble;
};
class TroubleTest : public testing::TestWithParam<TroubleCase> {};
TEST_P(TroubleTest, IsTold) {
  EXPECT_EQ(TroubleOf(GetParam().status, GetParam().kind), GetParam().trouble);
}
INSTANTIATE_TEST_SUITE_P(
    Kinds, TroubleTest,
    testing::Values(
        TroubleCase{"Missing", 404, core::ErrorKind::kNotFound, core::SourceTrouble::kGone},
        TroubleCase{"Removed", 410, core::ErrorKind::kNotFound, core::SourceTrouble::kGone},
        TroubleCase{"Login", 401, core::ErrorKind::kForbidden, core::SourceTrouble::kRefused},
        TroubleCase{"TooMany", 429, core::ErrorKind::kThrottled, core::SourceTrouble::kThrottled},
        TroubleCase{"Server", 502, core::ErrorKind::kUnavailable, core::SourceTrouble::kServer},
        TroubleCase{"Silence", 0, core::ErrorKind::kUnavailable, core::SourceTrouble::kNoAnswer},
        TroubleCase{"Private", 0, core::ErrorKind::kForbidden, core::SourceTrouble::kAddress},
        TroubleCase{"Nowhere", 302, core::ErrorKind::kBadInput, core::SourceTrouble::kOther}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::crawler
