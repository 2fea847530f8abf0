#include "crawler/frontier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = Frontier::Time;

constexpr Time kStart{std::chrono::hours(1)};
constexpr Frontier::Gaps kGaps{seconds(2), seconds(10)};

class FrontierTest : public testing::Test {
 protected:
  std::optional<std::uint64_t> TakeId(Time now) {
    const std::optional<Frontier::Taken> taken = frontier_.Take(now);
    return taken ? std::optional(taken->id) : std::nullopt;
  }
  // Takes and answers at once until nothing more is ready, moving time on to what comes next.
  std::vector<std::uint64_t> TakeAll() {
    std::vector<std::uint64_t> ids;
    for (Time now = kStart; !frontier_.empty();
         now = std::max(now, frontier_.NextReady().value_or(now))) {
      if (const auto taken = frontier_.Take(now)) {
        ids.push_back(taken->id);
        frontier_.Release(taken->slot, now);
      }
    }
    return ids;
  }
  Frontier frontier_{1000};
};

TEST_F(FrontierTest, GivesByPriorityThenInOrderOfArrival) {
  ASSERT_TRUE(frontier_.Add("a", "h", Priority::kOther, 1));
  ASSERT_TRUE(frontier_.Add("a", "h", Priority::kThread, 2));
  ASSERT_TRUE(frontier_.Add("a", "h", Priority::kThread, 3));
  ASSERT_TRUE(frontier_.Add("a", "h", Priority::kFeed, 4));
  ASSERT_TRUE(frontier_.Add("a", "h", Priority::kListing, 5));
  ASSERT_TRUE(frontier_.Add("a", "h", Priority::kRobots, 6));
  EXPECT_EQ(TakeAll(), (std::vector<std::uint64_t>{6, 4, 5, 2, 3, 1}));
}

TEST_F(FrontierTest, ASlotHasOneRequestOut) {
  ASSERT_TRUE(frontier_.Add("a", "h1", Priority::kOther, 1));
  ASSERT_TRUE(frontier_.Add("a", "h2", Priority::kOther, 2));
  ASSERT_TRUE(frontier_.Add("b", "h3", Priority::kOther, 3));
  EXPECT_EQ(TakeId(kStart), 1u);
  EXPECT_EQ(TakeId(kStart), 3u);
  EXPECT_EQ(TakeId(kStart + std::chrono::hours(1)), std::nullopt);
  EXPECT_EQ(frontier_.NextReady(), std::nullopt);
  EXPECT_EQ(frontier_.stats().busy_slots, 2u);
  frontier_.Release("a", kStart);
  EXPECT_EQ(TakeId(kStart), 2u);
}

TEST_F(FrontierTest, GapIsThatOfWhatComesNext) {
  frontier_.SetDelay("a", kGaps);
  ASSERT_TRUE(frontier_.Add("a", "h", Priority::kOther, 1));
  ASSERT_TRUE(frontier_.Add("a", "h", Priority::kOther, 2));
  ASSERT_EQ(TakeId(kStart), 1u);
  frontier_.Release("a", kStart);
  EXPECT_EQ(frontier_.NextReady(), kStart + seconds(10));
  EXPECT_EQ(TakeId(kStart + milliseconds(9'999)), std::nullopt);
  // A feed need not wait so long, and goes first.
  ASSERT_TRUE(frontier_.Add("a", "h", Priority::kFeed, 3));
  EXPECT_EQ(frontier_.NextReady(), kStart + seconds(2));
  EXPECT_EQ(TakeId(kStart + seconds(2)), 3u);
  frontier_.Release("a", kStart + seconds(3));
  EXPECT_EQ(TakeId(kStart + milliseconds(12'999)), std::nullopt);
  EXPECT_EQ(TakeId(kStart + seconds(13)), 2u);
}

TEST_F(FrontierTest, HostsOfASlotTakeTurns) {
  for (std::uint64_t id = 0; id < 3; ++id) {
    ASSERT_TRUE(frontier_.Add("a", "h1", Priority::kOther, 10 + id));
  }
  for (std::uint64_t id = 0; id < 3; ++id) {
    ASSERT_TRUE(frontier_.Add("a", "h2", Priority::kOther, 20 + id));
  }
  EXPECT_EQ(TakeAll(), (std::vector<std::uint64_t>{10, 20, 11, 21, 12, 22}));
}

TEST_F(FrontierTest, ABlockedHostWaitsAndTheOthersGoOn) {
  ASSERT_TRUE(frontier_.Add("a", "h1", Priority::kFeed, 1));
  ASSERT_TRUE(frontier_.Add("a", "h2", Priority::kOther, 2));
  frontier_.BlockHostUntil("a", "h1", kStart + seconds(60));
  frontier_.BlockHostUntil("a", "h1", kStart + seconds(30));  // Does not shorten it.
  EXPECT_EQ(TakeId(kStart), 2u);
  frontier_.Release("a", kStart);
  EXPECT_EQ(frontier_.NextReady(), kStart + seconds(60));
  EXPECT_EQ(TakeId(kStart + seconds(59)), std::nullopt);
  EXPECT_EQ(TakeId(kStart + seconds(60)), 1u);
}

TEST_F(FrontierTest, ABlockedSlotWaitsWhole) {
  ASSERT_TRUE(frontier_.Add("a", "h1", Priority::kFeed, 1));
  frontier_.BlockSlotUntil("a", kStart + seconds(5));
  ASSERT_TRUE(frontier_.Add("a", "h2", Priority::kFeed, 2));
  EXPECT_EQ(frontier_.NextReady(), kStart + seconds(5));
  EXPECT_EQ(TakeId(kStart + seconds(4)), std::nullopt);
}

TEST_F(FrontierTest, AHostBlockedBeforeItHasWorkStaysBlocked) {
  frontier_.BlockHostUntil("a", "h", kStart + seconds(5));
  ASSERT_TRUE(frontier_.Add("a", "h", Priority::kFeed, 1));
  EXPECT_EQ(TakeId(kStart), std::nullopt);
  EXPECT_EQ(TakeId(kStart + seconds(5)), 1u);
}

TEST_F(FrontierTest, DropTakesOutWhatIsQueued) {
  ASSERT_TRUE(frontier_.Add("a", "h1", Priority::kFeed, 1));
  ASSERT_TRUE(frontier_.Add("a", "h1", Priority::kOther, 2));
  ASSERT_TRUE(frontier_.Add("a", "h2", Priority::kOther, 3));
  std::vector<std::uint64_t> dropped = frontier_.DropHost("h1");
  std::ranges::sort(dropped);
  EXPECT_EQ(dropped, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(frontier_.stats().queued, 1u);
  EXPECT_EQ(frontier_.DropSlot("a"), (std::vector<std::uint64_t>{3}));
  EXPECT_TRUE(frontier_.empty());
  EXPECT_EQ(TakeId(kStart), std::nullopt);
  ASSERT_TRUE(frontier_.Add("a", "h1", Priority::kOther, 4));
  EXPECT_EQ(TakeId(kStart), 4u);
}

TEST_F(FrontierTest, IsBounded) {
  Frontier small(2);
  EXPECT_TRUE(small.Add("a", "h", Priority::kFeed, 1));
  EXPECT_TRUE(small.Add("a", "h", Priority::kFeed, 2));
  EXPECT_FALSE(small.Add("a", "h", Priority::kFeed, 3));
  EXPECT_EQ(small.stats().queued, 2u);
}

}  // namespace
}  // namespace schoolwatch::crawler
