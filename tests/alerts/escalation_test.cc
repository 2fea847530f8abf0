#include "alerts/escalation.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using core::Category;
using core::Severity;
using std::chrono::hours;
using testing::At;

// Half-term is the last week of October 2026.
core::SchoolCalendar Quillbrook() {
  core::SchoolCalendar calendar;
  calendar.terms = {{*core::ParseDay("2026-09-02"), *core::ParseDay("2026-12-18")}};
  calendar.half_terms = {{*core::ParseDay("2026-10-26"), *core::ParseDay("2026-10-30")}};
  return calendar;
}

core::Case Opened(const char* at, Category category, Severity severity) {
  core::Case of = testing::CaseOf(testing::MakeFinding());
  of.categories = {category};
  of.severity = severity;
  of.opened_at = At(at);
  return of;
}

// "deputy chair", those whose turn has come.
std::string Due(const core::Case& of, const char* now) {
  const std::vector<std::string> roles{"deputy", "chair"};
  std::string due;
  for (const EscalationStep& step : StepsDue(of, Quillbrook(), roles, hours(4), At(now))) {
    due += (due.empty() ? "" : " ") + step.role;
  }
  return due;
}

struct EscalationRow {
  const char* name;
  Category category;
  Severity severity;
  const char* opened;
  const char* now;
  const char* due;
};

class EscalationTest : public ::testing::TestWithParam<EscalationRow> {};

TEST_P(EscalationTest, GoesOnInWorkingTime) {
  const EscalationRow& row = GetParam();
  EXPECT_EQ(Due(Opened(row.opened, row.category, row.severity), row.now), row.due);
}

constexpr Category kRep = Category::kReputational;
constexpr Category kSafe = Category::kSafeguarding;
constexpr const char* kTuesday = "2026-11-17T09:00:00Z";
constexpr const char* kBeforeHalfTerm = "2026-10-23T15:30:00Z";  // Friday, half past four.

INSTANTIATE_TEST_SUITE_P(
    Rows, EscalationTest,
    ::testing::Values(
        EscalationRow{"NotYet", kRep, Severity::kHigh, kTuesday, "2026-11-17T12:59:00Z", ""},
        EscalationRow{"Deputy", kRep, Severity::kHigh, kTuesday, "2026-11-17T13:00:00Z", "deputy"},
        EscalationRow{"Chair", kRep, Severity::kHigh, kTuesday, "2026-11-17T17:00:00Z",
                      "deputy chair"},
        EscalationRow{"OfDigestsNobody", kRep, Severity::kMedium, kTuesday, "2026-11-27T17:00:00Z",
                      ""},
        EscalationRow{"MediumSafeguarding", kSafe, Severity::kMedium, kTuesday,
                      "2026-11-17T13:00:00Z", "deputy"},
        EscalationRow{"GossipWaitsOutHalfTerm", kRep, Severity::kUrgent, kBeforeHalfTerm,
                      "2026-11-02T11:29:00Z", ""},
        EscalationRow{"GossipAfterHalfTerm", kRep, Severity::kUrgent, kBeforeHalfTerm,
                      "2026-11-02T11:30:00Z", "deputy"},
        EscalationRow{"DangerBeforeHalfTermNotYet", kSafe, Severity::kUrgent, kBeforeHalfTerm,
                      "2026-10-24T15:29:00Z", ""},
        EscalationRow{"DangerBeforeHalfTermOnSaturday", kSafe, Severity::kUrgent, kBeforeHalfTerm,
                      "2026-10-24T15:30:00Z", "deputy"},
        EscalationRow{"DangerBeforeHalfTermOnSunday", kSafe, Severity::kUrgent, kBeforeHalfTerm,
                      "2026-10-25T15:30:00Z", "deputy chair"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(EscalationTest, AStepIsTakenOnceUntilTheCaseGetsWorse) {
  core::Case of = Opened(kTuesday, kRep, Severity::kHigh);
  const auto add = [&](const char* at, core::CaseEventKind kind, const char* about) {
    of.history.push_back({.at = At(at), .who = "", .kind = kind, .about = about, .reason = ""});
  };
  add("2026-11-17T13:00:00Z", core::CaseEventKind::kEscalated, "deputy");
  EXPECT_EQ(Due(of, "2026-11-17T16:00:00Z"), "");
  EXPECT_EQ(Due(of, "2026-11-18T16:00:00Z"), "chair");
  add("2026-11-18T09:00:00Z", core::CaseEventKind::kWorse, "urgent");
  EXPECT_EQ(Due(of, "2026-11-18T12:00:00Z"), "");
  EXPECT_EQ(Due(of, "2026-11-18T13:00:00Z"), "deputy");
}

TEST(EscalationTest, WhoeverHasSeenItAnswersForIt) {
  core::Case of = Opened(kTuesday, kSafe, Severity::kUrgent);
  for (const core::CaseState state :
       {core::CaseState::kSeen, core::CaseState::kInHand, core::CaseState::kClosed}) {
    of.state = state;
    EXPECT_EQ(Due(of, "2026-11-27T16:00:00Z"), "");
  }
}

}  // namespace
}  // namespace schoolwatch::alerts
