#include "alerts/response_clock.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using core::Category;
using core::Severity;
using testing::At;

// Half-term is the last week of October 2026; Friday the 27th of November is an inset day.
core::SchoolCalendar Quillbrook() {
  core::SchoolCalendar calendar;
  calendar.terms = {{*core::ParseDay("2026-09-02"), *core::ParseDay("2026-12-18")},
                    {*core::ParseDay("2027-01-04"), *core::ParseDay("2027-03-25")}};
  calendar.half_terms = {{*core::ParseDay("2026-10-26"), *core::ParseDay("2026-10-30")}};
  calendar.inset_days = {*core::ParseDay("2026-11-27")};
  calendar.bank_holidays = {*core::ParseDay("2026-12-25"), *core::ParseDay("2026-12-28")};
  return calendar;
}

struct ClockRow {
  const char* name;
  Category category;
  Severity severity;
  const char* since;
  const char* due;
};

class ResponseClockTest : public ::testing::TestWithParam<ClockRow> {};

TEST_P(ResponseClockTest, IsADayOrTheNextWorkingDay) {
  const ClockRow& row = GetParam();
  EXPECT_EQ(
      core::FormatRfc3339(AnswerDue(Quillbrook(), {row.category}, row.severity, At(row.since))),
      core::FormatRfc3339(At(row.due)));
}

constexpr Category kRep = Category::kReputational;
constexpr Category kSafe = Category::kSafeguarding;

INSTANTIATE_TEST_SUITE_P(
    Rows, ResponseClockTest,
    ::testing::Values(ClockRow{"InTheWeek", kRep, Severity::kHigh, "2026-11-18T10:15:00Z",
                               "2026-11-19T10:15:00Z"},
                      ClockRow{"LateAtNight", kRep, Severity::kHigh, "2026-11-18T22:00:00Z",
                               "2026-11-19T17:00:00Z"},
                      ClockRow{"BeforeDawn", kRep, Severity::kHigh, "2026-11-18T03:00:00Z",
                               "2026-11-19T08:00:00Z"},
                      ClockRow{"OnFriday", kRep, Severity::kMedium, "2026-11-13T10:00:00Z",
                               "2026-11-16T17:00:00Z"},
                      ClockRow{"OnASaturday", kRep, Severity::kMedium, "2026-11-14T10:00:00Z",
                               "2026-11-16T17:00:00Z"},
                      // British Summer Time: half past four is 15:30Z, and ends in half-term.
                      ClockRow{"FridayHalfPastFourBeforeHalfTerm", kRep, Severity::kHigh,
                               "2026-10-23T15:30:00Z", "2026-11-02T17:00:00Z"},
                      ClockRow{"SafeguardingFridayHalfPastFourBeforeHalfTerm", kSafe,
                               Severity::kMedium, "2026-10-23T15:30:00Z", "2026-10-24T15:30:00Z"},
                      ClockRow{"LowSafeguardingBeforeHalfTerm", kSafe, Severity::kLow,
                               "2026-10-23T15:30:00Z", "2026-11-02T17:00:00Z"},
                      ClockRow{"InHalfTerm", kRep, Severity::kHigh, "2026-10-28T12:00:00Z",
                               "2026-11-02T17:00:00Z"},
                      ClockRow{"ThursdayBeforeAnInsetDay", kRep, Severity::kHigh,
                               "2026-11-26T12:00:00Z", "2026-11-27T12:00:00Z"},
                      ClockRow{"LastDayOfTerm", kRep, Severity::kHigh, "2026-12-18T16:30:00Z",
                               "2027-01-04T17:00:00Z"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ResponseClockTest, StartsAnewWhenACaseGetsWorseAndEndsWhenItIsSeen) {
  core::Case of = testing::CaseOf(testing::MakeFinding());
  of.opened_at = At("2026-11-18T10:00:00Z");
  const auto add = [&](const char* at, core::CaseEventKind kind) {
    of.history.push_back({.at = At(at), .who = "", .kind = kind, .about = "", .reason = ""});
  };
  add("2026-11-18T10:00:00Z", core::CaseEventKind::kOpened);
  add("2026-11-18T12:00:00Z", core::CaseEventKind::kWorse);
  add("2026-11-18T13:00:00Z", core::CaseEventKind::kEdited);
  EXPECT_EQ(WaitsSince(of), At("2026-11-18T12:00:00Z"));
  EXPECT_EQ(AnswerDue(Quillbrook(), of), At("2026-11-19T12:00:00Z"));
  EXPECT_EQ(AnswerBy(Quillbrook(), of, At("2026-11-18T13:00:00Z"), At("2026-11-18T14:00:00Z")),
            At("2026-11-19T12:00:00Z"));
  EXPECT_EQ(AnswerBy(Quillbrook(), of, At("2026-11-18T13:00:00Z"), At("2026-11-23T09:00:00Z")),
            At("2026-11-24T09:00:00Z"))
      << "a mail that comes late gives its reader the time all the same";
  of.state = core::CaseState::kSeen;
  EXPECT_EQ(AnswerDue(Quillbrook(), of), core::Timestamp{});
}

}  // namespace
}  // namespace schoolwatch::alerts
