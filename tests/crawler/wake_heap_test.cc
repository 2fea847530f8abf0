#include "crawler/wake_heap.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace schoolwatch::crawler {
namespace {

using Time = WakeHeap::Time;

// Compared with a sorted map, over changes of time, removals and equal times.
TEST(WakeHeap, AlwaysHasTheFirstOnTop) {
  constexpr std::uint32_t kIds = 200;
  WakeHeap heap;
  std::vector<std::uint32_t> places(kIds, WakeHeap::kNowhere);
  const auto place_of = [&](std::uint32_t id) -> std::uint32_t& { return places[id]; };
  std::map<std::pair<Time, std::uint64_t>, std::uint32_t> sorted;
  std::vector<std::pair<Time, std::uint64_t>> keys(kIds);
  std::uint32_t random = 1;
  for (std::uint64_t turn = 1; turn < 20'000; ++turn) {
    random = random * 1'664'525u + 1'013'904'223u;
    const std::uint32_t id = (random >> 8) % kIds;
    sorted.erase(keys[id]);
    if (random % 4 == 0) {
      heap.Remove(id, place_of);
      EXPECT_EQ(places[id], WakeHeap::kNowhere);
    } else {
      keys[id] = {Time{std::chrono::seconds((random >> 16) % 50)}, turn};
      sorted[keys[id]] = id;
      heap.Set({.wake = keys[id].first, .turn = turn, .id = id}, place_of);
    }
    ASSERT_EQ(heap.size(), sorted.size());
    if (!sorted.empty()) {
      ASSERT_EQ(heap.top().id, sorted.begin()->second);
    }
  }
}

}  // namespace
}  // namespace schoolwatch::crawler
