#include "storage/looks.h"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "storage/store.h"
#include "tests/storage/samples.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::storage {
namespace {

using samples::Day;
using std::chrono::hours;

TEST(Looks, ArePastALimitOnlyWithAReason) {
  TempFolder folder;
  auto store = Store::Open(folder.path(), OpenMode::kReadWrite);
  ASSERT_TRUE(store.has_value());
  const LookLimit limit{.looks = 3, .within = hours(24 * 28)};
  const std::vector<std::string> authors{"Tobias Crane", ""};
  const auto look = [&](int day, LookReason reason = LookReason::kNone) {
    return CountLook(**store, authors, limit, reason, Day(day));
  };
  EXPECT_TRUE(look(1).has_value());
  EXPECT_TRUE(CountLook(**store, authors, limit, LookReason::kNone, Day(1, 30)).has_value());
  EXPECT_TRUE(look(2).has_value());
  EXPECT_TRUE(look(3).has_value()) << "turning pages counts once";
  ASSERT_FALSE(look(4).has_value());
  EXPECT_EQ(look(4).error().kind, core::ErrorKind::kForbidden);
  EXPECT_TRUE(look(5, LookReason::kApproved).has_value());
  EXPECT_TRUE(look(6).has_value()) << "counted anew";
  const std::vector<std::string> another{"Nell Harrow"};
  EXPECT_TRUE(CountLook(**store, another, limit, LookReason::kNone, Day(6)).has_value());
  EXPECT_TRUE(look(7).has_value());
  EXPECT_FALSE(look(8).has_value());
  EXPECT_TRUE(look(5 + 29).has_value()) << "after four weeks";
}

}  // namespace
}  // namespace schoolwatch::storage
