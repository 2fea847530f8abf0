#include "app/pipeline/platform_purse.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <memory>
#include <span>

#include "core/clock.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::app {
namespace {

std::shared_ptr<const crawler::Platform> Paid(std::uint64_t most) {
  auto platform = std::make_shared<crawler::Platform>();
  platform->name = "chirp";
  crawler::BudgetSpec money;
  money.what = "money";
  money.most = most;
  money.calendar_month = true;
  crawler::BudgetSpec requests;
  requests.what = "requests";
  requests.most = 3;
  requests.within = std::chrono::hours(1);
  platform->budgets = {money, requests};
  return platform;
}

crawler::ApiCall CallOf(std::shared_ptr<const crawler::Platform> platform, std::uint64_t most) {
  crawler::ApiCall call;
  call.platform = std::move(platform);
  call.reserved = most;
  return call;
}

class PlatformPurseTest : public testing::Test {
 protected:
  bool MayAsk(std::uint64_t most, const PurseOwner& owner, std::uint64_t of_platform = 0) {
    const auto empty = purse_.Reserve(CallOf(Paid(of_platform), most), owner);
    EXPECT_TRUE(empty.has_value());
    return empty && !*empty;
  }

  fakes::ManualClock clock_;
  fakes::MemoryStore store_;
  PlatformPurse purse_{store_, clock_, PlatformPurse::Money::kMaySpend};
};

TEST_F(PlatformPurseTest, LesserOfTwoCapsHolds) {
  EXPECT_FALSE(MayAsk(51, {.account = "a", .spend = 100}, 50));
  EXPECT_TRUE(MayAsk(50, {.account = "a", .spend = 100}, 50));
}

TEST_F(PlatformPurseTest, WhatOneSourceSpendsIsGoneForAllOfThePlatform) {
  EXPECT_TRUE(MayAsk(60, {.account = "a", .spend = 100}));
  EXPECT_FALSE(MayAsk(60, {.account = "b", .spend = 100}));
  EXPECT_TRUE(MayAsk(40, {.account = "b", .spend = 100}));
}

TEST_F(PlatformPurseTest, RefusedReservationTakesNothing) {
  const PurseOwner owner{.account = "a", .spend = 100};
  EXPECT_FALSE(MayAsk(101, owner));
  EXPECT_TRUE(MayAsk(50, owner));
  EXPECT_TRUE(MayAsk(10, owner));
  EXPECT_TRUE(MayAsk(10, owner));
  EXPECT_FALSE(MayAsk(10, owner));  // The three requests of the hour; the money is left.
  const auto changed = purse_.TakeChanged();
  ASSERT_EQ(changed.size(), 2u);
  EXPECT_EQ(changed[0].reserved, 70u);
  EXPECT_EQ(changed[1].reserved, 3u);
  EXPECT_TRUE(purse_.TakeChanged().empty());
}

TEST_F(PlatformPurseTest, WhatWasNotSentIsGivenBack) {
  const PurseOwner owner{.account = "a", .spend = 100};
  const crawler::ApiCall call = CallOf(Paid(0), 100);
  ASSERT_TRUE(MayAsk(100, owner));
  ASSERT_TRUE(purse_.Settle(call, owner, PlatformPurse::Outcome::kNotSent, 0, 0).has_value());
  EXPECT_TRUE(MayAsk(100, owner));
}

TEST_F(PlatformPurseTest, MoneyWithoutABudgetForItIsNeverSpent) {
  auto platform = std::make_shared<crawler::Platform>();
  platform->name = "chirp";
  const auto empty =
      purse_.Reserve(CallOf(platform, 1), {.account = "a", .spend = 1'000'000}).value();
  ASSERT_TRUE(empty.has_value());
}

// One pass of a program that is killed somewhere on its way; says how much it was billed. A child
// process, as only that dies without a chance to tidy up.
std::uint64_t SpendAndDie(const std::filesystem::path& folder, int stage) {
  int pipe_ends[2];
  if (::pipe(pipe_ends) != 0) {
    return 0;
  }
  const pid_t child = ::fork();
  if (child == 0) {
    const auto die = [] { ::kill(::getpid(), SIGKILL); };
    auto store = storage::Store::Open(folder, storage::OpenMode::kReadWrite);
    if (!store) {
      ::_exit(1);
    }
    const core::SystemClock clock;
    PlatformPurse purse(**store, clock, PlatformPurse::Money::kMaySpend);
    const PurseOwner owner{.account = "a", .spend = 1'000};
    auto platform = std::make_shared<crawler::Platform>(*Paid(0));
    platform->budgets.pop_back();
    const crawler::ApiCall call = CallOf(platform, 90);
    const auto keep = [&] {
      core::DocumentOutcome outcome;
      outcome.spending = purse.TakeChanged();
      return (*store)->Commit(std::span(&outcome, 1)).has_value();
    };
    const auto empty = purse.Reserve(call, owner);
    if (!empty || *empty) {
      ::_exit(0);
    }
    if (stage == 0) {
      die();
    }
    if (!keep()) {
      ::_exit(1);
    }
    if (stage == 1) {
      die();
    }
    // The request leaves, and is billed.
    const std::uint64_t billed = 70;
    static_cast<void>(::write(pipe_ends[1], &billed, sizeof billed));
    if (stage == 2) {
      die();
    }
    static_cast<void>(purse.Settle(call, owner, PlatformPurse::Outcome::kAnswered, billed, 0));
    if (stage == 3) {
      die();
    }
    static_cast<void>(keep());
    die();
  }
  ::close(pipe_ends[1]);
  std::uint64_t billed = 0;
  if (::read(pipe_ends[0], &billed, sizeof billed) != sizeof billed) {
    billed = 0;
  }
  ::close(pipe_ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << "the store could not be used";
  return billed;
}

TEST(PlatformPurseKillTest, NoCapIsCrossedWhereverItIsKilled) {
  const storage::TempFolder folder;
  std::uint64_t billed = 0;
  std::uint64_t sent = 0;
  for (int i = 0; i < 40; ++i) {
    const std::uint64_t one = SpendAndDie(folder.path(), i % 5);
    billed += one;
    sent += one > 0 ? 1 : 0;
  }
  EXPECT_LE(billed, 1'000u);
  EXPECT_GE(sent, 3u);
}

}  // namespace
}  // namespace schoolwatch::app
