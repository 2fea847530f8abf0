#include "crawler/http_hints.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "core/time.h"

namespace schoolwatch::crawler {
namespace {

const core::Timestamp kNow =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + std::chrono::hours{12};

struct DateCase {
  const char* name;
  const char* text;
  const char* expected;  // "": refused.
};

class HttpDateTest : public testing::TestWithParam<DateCase> {};

TEST_P(HttpDateTest, IsReadInItsThreeForms) {
  const auto date = ParseHttpDate(GetParam().text, kNow);
  EXPECT_EQ(date ? core::FormatRfc3339(*date) : "", GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, HttpDateTest,
    testing::Values(DateCase{"Imf", "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"},
                    DateCase{"Rfc850", "Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"},
                    DateCase{"Rfc850Soon", "Saturday, 06-Nov-27 08:49:37 GMT",
                             "2027-11-06T08:49:37Z"},
                    DateCase{"Asctime", "Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"},
                    DateCase{"Spaces", "  Sun, 06 Nov 1994 08:49:37 GMT ", "1994-11-06T08:49:37Z"},
                    DateCase{"LeapSecond", "Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z"},
                    DateCase{"NoSuchDay", "Sun, 31 Feb 2026 08:49:37 GMT", ""},
                    DateCase{"DayZero", "Sun, 00 Feb 2026 08:49:37 GMT", ""},
                    DateCase{"NoSuchMonth", "Sun, 06 anF 1994 08:49:37 GMT", ""},
                    DateCase{"NoSuchHour", "Sun, 06 Nov 1994 24:49:37 GMT", ""},
                    DateCase{"OtherZone", "Sun, 06 Nov 1994 08:49:37 CET", ""},
                    DateCase{"Number", "0", ""}, DateCase{"Minus", "-1", ""},
                    DateCase{"Empty", "", ""}),
    [](const auto& row) { return std::string(row.param.name); });

struct RetryCase {
  const char* name;
  const char* value;
  long long seconds;  // -1: nothing understood.
};

class RetryAfterTest : public testing::TestWithParam<RetryCase> {};

TEST_P(RetryAfterTest, IsTheTimeToWait) {
  const auto wait = FindRetryAfter({{"retry-after", GetParam().value}}, kNow);
  EXPECT_EQ(wait ? std::chrono::duration_cast<std::chrono::seconds>(*wait).count() : -1,
            GetParam().seconds);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, RetryAfterTest,
    testing::Values(RetryCase{"Seconds", "120", 120}, RetryCase{"Zero", "0", 0},
                    RetryCase{"Date", "Fri, 20 Nov 2026 12:05:00 GMT", 300},
                    RetryCase{"InThePastMeansNow", "Fri, 20 Nov 2026 11:00:00 GMT", 0},
                    RetryCase{"AbsurdSeconds", "99999999999999999999", 365LL * 24 * 3600},
                    RetryCase{"AbsurdDate", "Fri, 20 Nov 9999 12:05:00 GMT", 365LL * 24 * 3600},
                    RetryCase{"Negative", "-5", -1}, RetryCase{"Words", "a while", -1},
                    RetryCase{"Empty", "", -1}),
    [](const auto& row) { return std::string(row.param.name); });

struct FreshCase {
  const char* name;
  net::Headers headers;
  long long seconds;
};

class FreshForTest : public testing::TestWithParam<FreshCase> {};

TEST_P(FreshForTest, IsWhatTheServerSays) {
  EXPECT_EQ(
      std::chrono::duration_cast<std::chrono::seconds>(FreshFor(GetParam().headers, kNow)).count(),
      GetParam().seconds);
}

INSTANTIATE_TEST_SUITE_P(
    Headers, FreshForTest,
    testing::Values(
        FreshCase{"Nothing", {}, 0},
        FreshCase{"MaxAge", {{"cache-control", "public, Max-Age=600"}}, 600},
        FreshCase{"Quoted", {{"cache-control", "max-age=\"600\""}}, 600},
        FreshCase{"LessAge", {{"cache-control", "max-age=600"}, {"age", "500"}}, 100},
        FreshCase{"OlderThanItLasts", {{"cache-control", "max-age=600"}, {"age", "700"}}, 0},
        FreshCase{"NoCacheWins", {{"cache-control", "max-age=600, no-cache"}}, 0},
        FreshCase{"NoStoreInAnotherField",
                  {{"cache-control", "max-age=600"}, {"cache-control", "no-store"}},
                  0},
        FreshCase{"BrokenMaxAge", {{"cache-control", "max-age=soon"}}, 0},
        FreshCase{"Expires", {{"expires", "Fri, 20 Nov 2026 12:10:00 GMT"}}, 600},
        FreshCase{"ExpiresByTheServersClock",
                  {{"expires", "Fri, 20 Nov 2026 13:10:00 GMT"},
                   {"date", "Fri, 20 Nov 2026 13:00:00 GMT"}},
                  600},
        FreshCase{"MaxAgeBeforeExpires",
                  {{"cache-control", "max-age=60"}, {"expires", "Fri, 20 Nov 2026 13:10:00 GMT"}},
                  60},
        FreshCase{"ExpiresZero", {{"expires", "0"}}, 0}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::crawler
