#include "app/demo/town.h"

#include <gtest/gtest.h>

#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

TEST(FillInTimesTest, AgesCountBackFromNow) {
  const core::Timestamp now = At("2026-11-20T18:02:11Z");
  EXPECT_EQ(FillInTimes("a @{iso -2h} b @{rfc822 -1d} c @{human -30m}", now),
            "a 2026-11-20T16:02:11Z b Thu, 19 Nov 2026 18:02:11 +0000 c 20 November 2026, 17:32");
}

TEST(FillInTimesTest, WhatIsNoMarkStays) {
  for (const char* text : {"@{", "@{iso}", "@{iso -x}", "@{iso -2w}", "@{year -2h}", "a@{b"}) {
    EXPECT_EQ(FillInTimes(text, At("2026-11-20T18:02:11Z")), text);
  }
}

}  // namespace
}  // namespace schoolwatch::app
