#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "crawler/frontier.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = Frontier::Time;

constexpr Time kStart{std::chrono::hours(1)};

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
