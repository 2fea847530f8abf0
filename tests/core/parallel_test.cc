#include "core/parallel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace schoolwatch::core {
namespace {

using ::testing::Each;

class ForEachIndexTest : public ::testing::TestWithParam<std::size_t> {};
TEST_P(ForEachIndexTest, DoesEachOnceBeforeItReturns) {
  std::vector<int> done(GetParam(), 0);
  ForEachIndex(done.size(), [&done](std::size_t index) { ++done[index]; });
  EXPECT_THAT(done, Each(1));
}
INSTANTIATE_TEST_SUITE_P(Rows, ForEachIndexTest, ::testing::Values(0, 1, 2, 1000));

}  // namespace
}  // namespace schoolwatch::core
