#include "core/time.h"

#include <gtest/gtest.h>

#include <string>

namespace schoolwatch::core {
namespace {

struct TimeCase {
  const char* name;
  const char* text;
  const char* expected;  // Null: refused.
};

class Rfc3339Test : public testing::TestWithParam<TimeCase> {};

TEST_P(Rfc3339Test, IsReadAsUtcOrRefused) {
  const Result<Timestamp> time = ParseRfc3339(GetParam().text);
  if (GetParam().expected == nullptr) {
    ASSERT_FALSE(time.has_value());
    EXPECT_EQ(time.error().kind, ErrorKind::kBadInput);
  } else {
    ASSERT_TRUE(time.has_value()) << time.error().message;
    EXPECT_EQ(FormatRfc3339(*time), GetParam().expected);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Forms, Rfc3339Test,
    testing::Values(TimeCase{"Utc", "2026-11-20T18:02:11Z", "2026-11-20T18:02:11Z"},
                    TimeCase{"Offset", "2026-07-01T00:30:00+01:00", "2026-06-30T23:30:00Z"},
                    TimeCase{"NegativeOffset", "2026-07-01T00:30:00-05:30", "2026-07-01T06:00:00Z"},
                    TimeCase{"Fraction", "2026-11-20T18:02:11.1239Z", "2026-11-20T18:02:11.123Z"},
                    TimeCase{"ShortFraction", "2026-11-20T18:02:11.5Z", "2026-11-20T18:02:11.500Z"},
                    TimeCase{"Space", "2026-11-20 18:02:11z", "2026-11-20T18:02:11Z"},
                    TimeCase{"LeapSecond", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
                    TimeCase{"NoZone", "2026-11-20T18:02:11", nullptr},
                    TimeCase{"NoSuchDay", "2026-02-29T00:00:00Z", nullptr},
                    TimeCase{"NoSuchHour", "2026-02-28T24:00:00Z", nullptr},
                    TimeCase{"Trailing", "2026-02-28T23:00:00Zx", nullptr},
                    TimeCase{"Empty", "", nullptr},
                    TimeCase{"EmptyFraction", "2026-02-28T23:00:00.Z", nullptr}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::core
