#include "crawler/id_queues.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace schoolwatch::crawler {
namespace {

// Compared with plain queues, over lengths that cross chunks again and again.
TEST(IdQueues, KeepEachQueueInItsOrder) {
  IdQueues store;
  std::array<IdQueues::Queue, 7> queues;
  std::array<std::deque<std::uint32_t>, 7> expected;
  std::uint32_t random = 1;
  for (std::uint32_t step = 0; step < 20'000; ++step) {
    random = random * 1'664'525u + 1'013'904'223u;
    const std::size_t which = (random >> 8) % queues.size();
    // In turns more in than out and more out than in.
    const bool push = (random >> 16) % 100 < (step / 500 % 2 == 0 ? 65u : 35u);
    if (push || expected[which].empty()) {
      store.Push(queues[which], step);
      expected[which].push_back(step);
    } else {
      ASSERT_EQ(store.Pop(queues[which]), expected[which].front());
      expected[which].pop_front();
    }
    ASSERT_EQ(queues[which].empty(), expected[which].empty());
  }
}

}  // namespace
}  // namespace schoolwatch::crawler
