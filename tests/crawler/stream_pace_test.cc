#include "crawler/platforms/stream_pace.h"

#include <gtest/gtest.h>

namespace schoolwatch::crawler {
namespace {

using core::ErrorKind;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

net::StreamEnd End(ErrorKind kind, std::optional<milliseconds> wait = {}) {
  return {.error = {kind, "x"}, .status = 0, .wait = wait};
}
const StreamPace::Time kStart{hours(1)};

TEST(StreamPace, BeginsAtOnceAtTheFirstHost) {
  const StreamPace pace(2, 1);
  EXPECT_EQ(pace.host(), 0u);
  EXPECT_LE(pace.due(), kStart);
}

TEST(StreamPace, TriesEveryHostBeforeThePauseGrows) {
  StreamPace pace(3, 7);
  for (std::size_t i = 1; i < 3; ++i) {
    pace.Ended(End(ErrorKind::kUnavailable), kStart);
    EXPECT_EQ(pace.host(), i);
    EXPECT_LE(pace.due() - kStart, seconds(2));
  }
}

TEST(StreamPace, ComesBackLaterAndLaterButWithinTenMinutes) {
  StreamPace pace(1, 7);
  milliseconds before{0};
  for (int i = 0; i < 40; ++i) {
    pace.Ended(End(ErrorKind::kUnavailable), kStart);
    const auto wait = std::chrono::duration_cast<milliseconds>(pace.due() - kStart);
    EXPECT_GE(wait, std::min<milliseconds>(before, minutes(5)));
    EXPECT_LE(wait, minutes(10));
    EXPECT_GE(wait, seconds(1));
    before = wait / 2;
  }
  EXPECT_GE(pace.due() - kStart, minutes(5));
}

TEST(StreamPace, AStreamThatWorkedForAMinuteBeginsAnew) {
  StreamPace pace(1, 7);
  for (int i = 0; i < 10; ++i) {
    pace.Ended(End(ErrorKind::kUnavailable), kStart);
  }
  pace.Opened(kStart);
  pace.Ended(End(ErrorKind::kUnavailable), kStart + seconds(61));
  EXPECT_EQ(pace.failures(), 0u);
  EXPECT_LE(pace.due() - kStart, seconds(63));
  // One that breaks at once does not.
  pace.Opened(kStart);
  pace.Ended(End(ErrorKind::kUnavailable), kStart + seconds(1));
  EXPECT_EQ(pace.failures(), 1u);
}

TEST(StreamPace, KeepsToWhatTheServerAsks) {
  StreamPace pace(2, 7);
  pace.Ended(End(ErrorKind::kThrottled, seconds(300)), kStart);
  EXPECT_EQ(pace.due(), kStart + seconds(300));
  pace.Ended(End(ErrorKind::kThrottled, hours(900)), kStart);
  EXPECT_EQ(pace.due(), kStart + hours(24));
}

TEST(StreamPace, LeavesWhoRefusesAloneForAnHour) {
  for (const ErrorKind kind : {ErrorKind::kForbidden, ErrorKind::kNotFound}) {
    StreamPace pace(1, 7);
    pace.Ended(End(kind), kStart);
    EXPECT_EQ(pace.due(), kStart + hours(1));
  }
}

TEST(StreamPace, TwoInstallationsDoNotComeBackTogether) {
  StreamPace one(1, 1);
  StreamPace other(1, 2);
  one.Ended(End(ErrorKind::kUnavailable), kStart);
  other.Ended(End(ErrorKind::kUnavailable), kStart);
  EXPECT_NE(one.due(), other.due());
}

}  // namespace
}  // namespace schoolwatch::crawler
