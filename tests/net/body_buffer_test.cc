#include "net/body_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

namespace schoolwatch::net {
namespace {

using Append = BodyBuffer::Append;

constexpr std::size_t kMega = 1u << 20;

TEST(BodyBuffer, KeepsWhatComesAndCutsAtItsLimit) {
  BodyBuffer buffer;
  buffer.Begin(10, nullptr);
  EXPECT_EQ(buffer.Add("hello "), Append::kKept);
  EXPECT_EQ(buffer.Add("worl"), Append::kKept);
  EXPECT_EQ(buffer.Add("d"), Append::kCut);
  std::size_t charged = 1;
  EXPECT_EQ(buffer.Take(charged), "hello worl");
  EXPECT_EQ(charged, 0u);
}

TEST(BodyBuffer, ChargesTheMemoryNotTheBytes) {
  ByteBudget budget(100 * kMega);
  BodyBuffer buffer;
  buffer.Begin(kMega, &budget);
  for (int i = 0; i < 700; ++i) {
    ASSERT_EQ(buffer.Add(std::string(1000, 'x')), Append::kKept);
    ASSERT_GE(budget.used(), buffer.size());
  }
  std::size_t charged = 0;
  const std::string body = buffer.Take(charged);
  EXPECT_EQ(charged, budget.used());
  EXPECT_LE(body.capacity(), charged);
}

TEST(BodyBuffer, GivesBackWhatItsTakerDoesNotTake) {
  ByteBudget budget(kMega);
  {
    BodyBuffer buffer;
    buffer.Begin(kMega, &budget);
    ASSERT_EQ(buffer.Add("hello"), Append::kKept);
    EXPECT_GT(budget.used(), 0u);
    buffer.Begin(kMega, &budget);
    EXPECT_EQ(budget.used(), 0u);
    ASSERT_EQ(buffer.Add("hello"), Append::kKept);
  }
  EXPECT_EQ(budget.used(), 0u);
}

// The promise of the global bound: 64 bodies that never end, all at once.
TEST(BodyBuffer, SixtyFourEndlessBodiesStayWithinTheBudget) {
  ByteBudget budget(64 * kMega);
  std::array<BodyBuffer, 64> buffers;
  std::array<bool, 64> ended{};
  for (BodyBuffer& buffer : buffers) {
    buffer.Begin(8 * kMega, &budget);
  }
  const std::string piece(16'384, 'x');
  for (bool going = true; going;) {
    going = false;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      if (!ended[i]) {
        ended[i] = buffers[i].Add(piece) != Append::kKept;
        going = true;
      }
      ASSERT_LE(budget.used(), budget.max_bytes());
    }
  }
  // Each got a fair part, and a small body still finds room.
  for (const BodyBuffer& buffer : buffers) {
    EXPECT_GE(buffer.size(), kMega / 2);
  }
  BodyBuffer small;
  small.Begin(8 * kMega, &budget);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(small.Add(piece), Append::kKept);
  }
}

TEST(BodyBuffer, OneAloneMayBeLargerThanTheBudget) {
  ByteBudget budget(1000);
  BodyBuffer alone;
  alone.Begin(kMega, &budget);
  EXPECT_EQ(alone.Add(std::string(5000, 'x')), Append::kKept);
  BodyBuffer other;
  other.Begin(kMega, &budget);
  EXPECT_EQ(other.Add(std::string(ByteBudget::kSmallBody + 1, 'x')), Append::kNoRoom);
  EXPECT_EQ(alone.Add(std::string(5000, 'x')), Append::kKept);
}

TEST(BodyBuffer, LargeBodiesLeaveOrdinaryPagesTheirRoom) {
  ByteBudget budget(kMega);
  BodyBuffer large;
  large.Begin(8 * kMega, &budget);
  ASSERT_EQ(large.Add(std::string(8 * kMega, 'x')), Append::kKept);
  BodyBuffer page;
  page.Begin(8 * kMega, &budget);
  EXPECT_EQ(page.Add(std::string(ByteBudget::kSmallBody, 'x')), Append::kKept);
  EXPECT_EQ(page.Add("x"), Append::kNoRoom);
}

// Copied for each byte, 8 MB would take hours.
TEST(BodyBuffer, PiecesOfOneByteAreCheapWhereTheBudgetIsTight) {
  ByteBudget budget(16 * kMega);
  ASSERT_TRUE(budget.Take(0, 7 * kMega));
  BodyBuffer buffer;
  buffer.Begin(8 * kMega, &budget);
  std::size_t growths = 0;
  std::size_t used = budget.used();
  for (std::size_t i = 0; i < 8 * kMega && buffer.Add("x") == Append::kKept; ++i) {
    growths += budget.used() != used ? 1u : 0u;
    used = budget.used();
  }
  EXPECT_GT(buffer.size(), 3 * kMega);
  EXPECT_LT(growths, 60u);
}

TEST(BodyBuffer, ThreadsShareOneBudget) {
  ByteBudget budget(kMega);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&budget] {
        for (int round = 0; round < 1000; ++round) {
          BodyBuffer buffer;
          buffer.Begin(kMega, &budget);
          EXPECT_EQ(buffer.Add(std::string(1000, 'x')), Append::kKept);
        }
      });
    }
  }
  EXPECT_EQ(budget.used(), 0u);
}

}  // namespace
}  // namespace schoolwatch::net
