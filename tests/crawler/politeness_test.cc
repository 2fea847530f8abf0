#include "crawler/politeness.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "core/fetch_state.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const core::Timestamp kNow = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + hours{12};

core::HostState Host(const char* origin = "https://quillbrook.example") {
  core::HostState host;
  host.origin = origin;
  return host;
}

TEST(RequestGapTest, IsTheLargest) {
  EXPECT_EQ(RequestGap(seconds(10), std::nullopt, milliseconds(100), seconds(120)), seconds(10));
  EXPECT_EQ(RequestGap(seconds(10), seconds(20), milliseconds(100), seconds(120)), seconds(20));
  EXPECT_EQ(RequestGap(seconds(10), seconds(20), seconds(15), seconds(120)), seconds(30));
}

TEST(RequestGapTest, WhatOthersAskForIsCutButNotWhatIsConfigured) {
  EXPECT_EQ(RequestGap(seconds(10), hours(24), seconds(1), seconds(120)), seconds(120));
  EXPECT_EQ(RequestGap(seconds(10), std::nullopt, hours(1), seconds(120)), seconds(120));
  EXPECT_EQ(RequestGap(seconds(300), seconds(200), seconds(1), seconds(120)), seconds(300));
}

TEST(ThrottleTest, DoublesFromAMinuteToADay) {
  core::HostState host = Host();
  core::Timestamp now = kNow;
  for (milliseconds expected = minutes(1); expected < hours(24); expected *= 2) {
    NoteThrottled(host, std::nullopt, now);
    EXPECT_GE(host.blocked_until - now, expected);
    EXPECT_LE(host.blocked_until - now, expected * 11 / 10);
    now = host.blocked_until;
  }
  for (int i = 0; i < 30; ++i) {
    NoteThrottled(host, std::nullopt, now);
    EXPECT_GE(host.blocked_until - now, hours(24));
    EXPECT_LE(host.blocked_until - now, milliseconds(hours(24)) * 11 / 10);
    now = host.blocked_until;
  }
}

TEST(ThrottleTest, JitterIsTheHostsOwnAndTheSameAgain) {
  core::HostState first = Host("https://a.example");
  core::HostState again = Host("https://a.example");
  core::HostState other = Host("https://b.example");
  NoteThrottled(first, std::nullopt, kNow);
  NoteThrottled(again, std::nullopt, kNow);
  NoteThrottled(other, std::nullopt, kNow);
  EXPECT_EQ(first.blocked_until, again.blocked_until);
  EXPECT_NE(first.blocked_until, other.blocked_until);
}

TEST(ThrottleTest, RetryAfterIsBelieved) {
  core::HostState host = Host();
  NoteThrottled(host, seconds(5), kNow);
  EXPECT_GE(host.blocked_until, kNow + seconds(5));
  EXPECT_LE(host.blocked_until, kNow + milliseconds(5'500));
}

TEST(ThrottleTest, AbsurdRetryAfterIsCutToADay) {
  core::HostState host = Host();
  NoteThrottled(host, hours(24 * 300), kNow);
  EXPECT_LE(host.blocked_until, kNow + milliseconds(hours(24)) * 11 / 10);
}

TEST(ThrottleTest, RetryAfterOfNothingIsNotBelievedForEver) {
  core::HostState host = Host();
  for (int i = 0; i < 3; ++i) {
    NoteThrottled(host, milliseconds(0), kNow);
    EXPECT_EQ(host.blocked_until, kNow);
  }
  NoteThrottled(host, milliseconds(0), kNow);
  EXPECT_GE(host.blocked_until, kNow + minutes(8));
}

TEST(ThrottleTest, ALaterShorterBlockDoesNotShortenIt) {
  core::HostState host = Host();
  NoteThrottled(host, hours(2), kNow);
  const core::Timestamp until = host.blocked_until;
  NoteThrottled(host, seconds(1), kNow + minutes(1));
  EXPECT_EQ(host.blocked_until, until);
}

TEST(ForgiveTest, HalfAnHourOfQuietForgives) {
  core::HostState host = Host();
  NoteThrottled(host, std::nullopt, kNow);
  const core::Timestamp over = host.blocked_until;
  NoteAnswered(host, over + minutes(29));
  EXPECT_EQ(host.incidents, 1u);
  NoteAnswered(host, over + minutes(30));
  EXPECT_EQ(host.incidents, 0u);
}

TEST(ForgiveTest, QuietBetweenIncidentsCountsToo) {
  core::HostState host = Host();
  NoteThrottled(host, std::nullopt, kNow);
  NoteThrottled(host, std::nullopt, host.blocked_until + hours(1));
  EXPECT_EQ(host.incidents, 1u);
}

TEST(DoubtBlockTest, ABlockMadeWhileTheClockRanAheadEndsInADay) {
  core::HostState host = Host();
  host.blocked_until = kNow + hours(24 * 3650);
  DoubtBlock(host, kNow);
  EXPECT_EQ(host.blocked_until, kNow + hours(24));
  DoubtBlock(host, kNow + hours(3));  // The next run does not begin it anew.
  EXPECT_EQ(host.blocked_until, kNow + hours(24));
  DoubtBlock(host, kNow - hours(1));
  EXPECT_EQ(host.blocked_until, kNow + hours(24));
}

TEST(RestOfBlockTest, IsBoundedWhateverTheClockDid) {
  core::HostState host = Host();
  EXPECT_EQ(RestOfBlock(host, kNow), milliseconds(0));
  host.blocked_until = kNow + minutes(5);
  EXPECT_EQ(RestOfBlock(host, kNow), minutes(5));
  host.blocked_until = kNow + hours(24 * 365);
  EXPECT_EQ(RestOfBlock(host, kNow), milliseconds(hours(24)) * 11 / 10);
}

}  // namespace
}  // namespace schoolwatch::crawler
