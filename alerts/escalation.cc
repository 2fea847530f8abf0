#include "alerts/escalation.h"

#include <algorithm>

#include "alerts/response_clock.h"
#include "core/working_time.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::chrono::hours kLongestStep{24};

}  // namespace

bool IsDanger(const core::Case& of) {
  return of.severity >= core::Severity::kMedium &&
         std::ranges::find(of.categories, core::Category::kSafeguarding) != of.categories.end();
}

bool WantsAnswer(const core::Case& of) {
  return of.severity >= core::Severity::kHigh || IsDanger(of);
}

std::vector<EscalationStep> StepsDue(const core::Case& of, const core::SchoolCalendar& calendar,
                                     std::span<const std::string> roles, std::chrono::minutes after,
                                     core::Timestamp now) {
  const core::Timestamp since = WaitsSince(of);
  std::vector<EscalationStep> due;
  if (since == core::Timestamp{} || !WantsAnswer(of)) {
    return due;
  }
  core::Timestamp at = since;
  for (const std::string& role : roles) {
    const core::Timestamp before = at;
    at = core::AfterWorkingTime(calendar, before, after);
    if (IsDanger(of)) {
      at = std::min(at, before + kLongestStep);
    }
    if (at > now) {
      break;
    }
    const bool done = std::ranges::any_of(of.history, [&](const core::CaseEvent& event) {
      return event.kind == core::CaseEventKind::kEscalated && event.about == role &&
             event.at >= since;
    });
    if (!done) {
      due.push_back({.role = role, .at = at});
    }
  }
  return due;
}

}  // namespace schoolwatch::alerts
