#include "crawler/host_ledger.h"

#include <gtest/gtest.h>

#include <string>

namespace schoolwatch::crawler {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

const core::Timestamp kNow = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + hours{12};

HostReport Report(std::uint64_t pages) {
  HostReport report;
  report.origin = "https://herald.example";
  report.site = "herald.example";
  report.first_request = kNow;
  report.last_request = kNow + seconds(50);
  report.requests = pages + 1;
  report.robots_requests = 1;
  report.page_requests = pages;
  report.ok = pages + 1;
  report.bytes = 1000 * pages;
  report.page_gap = seconds(10);
  report.feed_gap = seconds(2);
  report.delay = seconds(12);
  report.robots = "3 rules";
  return report;
}

TEST(HostLedgerTest, RunsAddUp) {
  core::HostLedger ledger = AfterRun({}, Report(4), kNow);
  ledger = AfterRun(ledger, Report(2), kNow + days(1));
  EXPECT_EQ(ledger.origin, "https://herald.example");
  EXPECT_EQ(ledger.total.pages, 6u);
  EXPECT_EQ(ledger.total.robots, 2u);
  EXPECT_EQ(ledger.total.requests(), 8u);
  EXPECT_EQ(ledger.first_request, kNow);
  EXPECT_EQ(ledger.longest_gap, seconds(12));
  ASSERT_EQ(ledger.days.size(), 2u);
  EXPECT_EQ(ledger.days[1].tally.pages, 2u);
}

TEST(HostLedgerTest, OneDayIsOneEntryAndOld30DaysAreForgotten) {
  core::HostLedger ledger;
  for (int hour = 0; hour < 24 * 45; hour += 6) {
    ledger = AfterRun(ledger, Report(1), kNow + hours(hour));
  }
  const core::Timestamp end = kNow + hours(24 * 45 - 6);
  EXPECT_EQ(ledger.days.size(), core::HostLedger::kMostDays);
  EXPECT_EQ(ledger.total.pages, 180u);
  EXPECT_LE(LastDays(ledger, end).pages, 120u);
  EXPECT_GE(LastDays(ledger, end).pages, 117u);
  EXPECT_EQ(LastDays(ledger, end + days(40)).pages, 0u) << "though nothing was written since";
}

TEST(HostLedgerTest, ExamplesAreTheNewestAndOfEachAddressOne) {
  core::HostLedger ledger;
  for (int run = 0; run < 3; ++run) {
    HostReport report = Report(1);
    report.withheld = 15;
    for (int i = 0; i < 15; ++i) {
      report.withheld_examples.push_back(
          {"https://herald.example/private/" + std::to_string(run * 10 + i),
           "line 2: Disallow: /private/"});
    }
    ledger = AfterRun(ledger, report, kNow);
  }
  EXPECT_EQ(ledger.total.withheld, 45u);
  ASSERT_EQ(ledger.withheld.size(), core::HostLedger::kMostExamples);
  EXPECT_EQ(ledger.withheld.back().url, "https://herald.example/private/34");
  EXPECT_EQ(ledger.withheld.front().url, "https://herald.example/private/15");
}

TEST(HostLedgerTest, WhatSomebodyTypedIsNotKept) {
  HostReport report = Report(1);
  report.withheld = 2;
  report.withheld_examples = {{"https://herald.example/search?q=somebody#top", "line 1: Disallow"},
                              {"https://herald.example/" + std::string(500, 'a'), "line 1"}};
  const core::HostLedger ledger = AfterRun({}, report, kNow);
  EXPECT_EQ(ledger.withheld[0].url, "https://herald.example/search?…");
  EXPECT_LE(ledger.withheld[1].url.size(), 210u);
}

TEST(HostLedgerTest, AskedPausesAreKeptAndThoseOfEarlierRunsNotTwice) {
  HostReport report = Report(1);
  report.blocked_until = kNow + hours(1);
  EXPECT_TRUE(AfterRun({}, report, kNow).pauses.empty()) << "asked for in an earlier run";
  report.too_many = 1;
  core::HostLedger ledger;
  for (int i = 0; i < 15; ++i) {
    report.blocked_until = kNow + hours(i);
    ledger = AfterRun(ledger, report, kNow);
  }
  ASSERT_EQ(ledger.pauses.size(), core::HostLedger::kMostPauses);
  EXPECT_EQ(ledger.pauses.back().until, kNow + hours(14));
}

TEST(HostLedgerTest, AHostThatWasNotAskedIsNotVisited) {
  HostReport report = Report(0);
  report.robots_requests = report.ok = 0;
  core::HostLedger ledger = AfterRun({}, Report(3), kNow);
  EXPECT_EQ(AfterRun(ledger, report, kNow + days(1)), ledger);
}

}  // namespace
}  // namespace schoolwatch::crawler
