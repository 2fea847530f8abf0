#include "crawler/frontier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <string>
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
    for (Time now = kStart; !frontier_.empty(); now = std::max(now, frontier_.NextReady().value_or(now))) {
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

// A whole crawl on made-up time: 100,000 addresses on 1,000 hosts in 250 domains, answers that take
// their time, hosts that ask for rest, work that arrives late.
TEST(FrontierCrawl, AsksNoHostEarlyAndStarvesNone) {
  constexpr std::uint64_t kUrls = 100'000;
  constexpr std::uint64_t kHosts = 1'000;
  constexpr std::uint64_t kSlots = 250;
  Frontier frontier(kUrls);
  const auto slot_of = [](std::uint64_t host) { return "slot" + std::to_string(host % kSlots); };
  const auto host_of = [](std::uint64_t url) { return url * 7919 % kHosts; };
  const auto priority_of = [](std::uint64_t url) {
    return static_cast<Priority>(1 + url * 31 % 4);
  };
  const auto gaps_of = [](std::uint64_t slot) {
    return Frontier::Gaps{milliseconds(100 + slot % 7 * 50), milliseconds(500 + slot % 11 * 100)};
  };
  for (std::uint64_t slot = 0; slot < kSlots; ++slot) {
    frontier.SetDelay(slot_of(slot), gaps_of(slot));
  }
  const auto add = [&](std::uint64_t url) {
    const std::uint64_t host = host_of(url);
    ASSERT_TRUE(frontier.Add(slot_of(host), "host" + std::to_string(host), priority_of(url), url));
  };
  for (std::uint64_t url = 0; url < kUrls / 2; ++url) {
    add(url);
  }

  struct Answer {
    Time at;
    std::string slot;
    bool operator>(const Answer& other) const { return at > other.at; }
  };
  std::priority_queue<Answer, std::vector<Answer>, std::greater<>> answers;
  std::map<std::string, Time, std::less<>> released;
  std::map<std::string, bool, std::less<>> busy;
  std::map<std::string, Time, std::less<>> blocked;
  std::vector<bool> seen(kUrls);
  std::uint64_t added = kUrls / 2;
  std::uint64_t taken_count = 0;
  Time now = kStart;
  Time last_ready = kStart;
  while (true) {
    while (const auto taken = frontier.Take(now)) {
      ++taken_count;
      const std::uint64_t url = taken->id;
      ASSERT_FALSE(seen[url]);
      seen[url] = true;
      const std::string slot(taken->slot);
      ASSERT_EQ(taken->host, "host" + std::to_string(host_of(url)));
      ASSERT_FALSE(busy[slot]) << "two requests out to " << slot;
      busy[slot] = true;
      if (const auto last = released.find(slot); last != released.end()) {
        const Frontier::Gaps gaps = gaps_of(host_of(url) % kSlots);
        ASSERT_GE(now - last->second, priority_of(url) <= Priority::kFeed ? gaps.feed : gaps.page);
      }
      if (const auto block = blocked.find(taken->host); block != blocked.end()) {
        ASSERT_GE(now, block->second) << taken->host << " was asked while blocked";
      }
      answers.push({now + milliseconds(5 + url % 97), slot});
      if (url % 501 == 0) {
        const Time until = now + seconds(20 + url % 13);
        blocked[std::string(taken->host)] = until;
        frontier.BlockHostUntil(slot, taken->host, until);
      }
      if (added < kUrls) {
        add(added++);
      }
    }
    std::optional<Time> next = frontier.NextReady();
    if (next) {
      ASSERT_GT(*next, now);
      last_ready = std::max(last_ready, *next);
    }
    if (!answers.empty() && (!next || answers.top().at < *next)) {
      next = answers.top().at;
    }
    if (!next) {
      break;
    }
    now = *next;
    while (!answers.empty() && answers.top().at <= now) {
      const std::string slot = answers.top().slot;
      answers.pop();
      busy[slot] = false;
      released[slot] = now;
      frontier.Release(slot, now);
    }
  }
  EXPECT_EQ(taken_count, kUrls);
  EXPECT_TRUE(frontier.empty());
  EXPECT_TRUE(std::ranges::all_of(seen, [](bool one) { return one; }));
  // The slot with the most to wait for decides how long all takes: nobody waits for others. 400
  // addresses, at most 1.6 s and an answer each, and its blocks.
  EXPECT_LT(now - kStart, std::chrono::minutes(25));
}

}  // namespace
}  // namespace schoolwatch::crawler
