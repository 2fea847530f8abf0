#include "core/result.h"

#include <gtest/gtest.h>

namespace schoolwatch::core {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) {
    return Fail(ErrorKind::kBadInput, "odd");
  }
  return value / 2;
}

Result<int> Quarter(int value) {
  SW_ASSIGN(const int half, Half(value));
  return Half(half);
}

Result<void> CheckEven(int value) {
  SW_TRY(Half(value));
  return {};
}

TEST(ResultTest, AssignPassesTheValueOn) { EXPECT_EQ(Quarter(8).value(), 2); }

TEST(ResultTest, AssignPassesTheErrorOn) {
  EXPECT_EQ(Quarter(6).error(), (Error{ErrorKind::kBadInput, "odd"}));
}

TEST(ResultTest, TryStopsAtAnError) {
  EXPECT_TRUE(CheckEven(2).has_value());
  EXPECT_FALSE(CheckEven(3).has_value());
}

TEST(ResultTest, ContextComesFirst) {
  const Result<int> result = FailWith("reading", Error{ErrorKind::kCorrupt, "bad byte"});
  EXPECT_EQ(result.error().message, "reading: bad byte");
  EXPECT_EQ(result.error().kind, ErrorKind::kCorrupt);
}

TEST(ResultTest, OnlyThrottledAndUnavailablePass) {
  EXPECT_TRUE(IsTransient(ErrorKind::kThrottled));
  EXPECT_TRUE(IsTransient(ErrorKind::kUnavailable));
  EXPECT_FALSE(IsTransient(ErrorKind::kBadInput));
  EXPECT_FALSE(IsTransient(ErrorKind::kCorrupt));
}

}  // namespace
}  // namespace schoolwatch::core
