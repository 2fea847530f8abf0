#include "crawler/key_set.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "core/hash.h"

namespace schoolwatch::crawler {
namespace {

TEST(KeySet, TakesEachKeyOnce) {
  KeySet keys;
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t i = 0; i < 10'000; ++i) {
      EXPECT_EQ(keys.Insert(core::Hash64(std::to_string(i))), round == 0) << i;
    }
  }
  EXPECT_EQ(keys.size(), 10'000u);
}

TEST(KeySet, KeysThatMeetInOnePlaceStayApart) {
  KeySet keys;
  for (std::uint64_t i = 0; i < 40; ++i) {
    EXPECT_TRUE(keys.Insert(i << 32));
  }
  for (std::uint64_t i = 0; i < 40; ++i) {
    EXPECT_FALSE(keys.Insert(i << 32));
  }
}

}  // namespace
}  // namespace schoolwatch::crawler
