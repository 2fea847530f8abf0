#include "storage/retention_periods.h"

#include <algorithm>

namespace schoolwatch::storage {
namespace {

using core::Timestamp;
using std::chrono::hours;

// When a case was closed last; its last change where its history does not say.
Timestamp ClosedAt(const core::Case& one) {
  for (auto event = one.history.rbegin(); event != one.history.rend(); ++event) {
    if (event->kind == core::CaseEventKind::kClosed) {
      return event->at;
    }
  }
  return one.changed_at;
}

hours PeriodOfOutcome(core::CaseOutcome outcome, const config::Retention& periods) {
  switch (outcome) {
    case core::CaseOutcome::kNoConcern:
      return periods.no_concern;
    case core::CaseOutcome::kNotAboutUs:
      return periods.not_about_us;
    case core::CaseOutcome::kLawfulCriticism:
      return periods.lawful_criticism;
    case core::CaseOutcome::kComplaint:
      return periods.complaint;
    case core::CaseOutcome::kReported:
      return periods.reported;
    case core::CaseOutcome::kReferred:
      return periods.referred;
    case core::CaseOutcome::kConcern:
    case core::CaseOutcome::kNone:
      break;
  }
  return periods.concern;
}

}  // namespace

std::optional<CasePeriod> PeriodOf(const core::Case& one, const config::Retention& periods) {
  const bool safeguarding =
      std::ranges::find(one.categories, core::Category::kSafeguarding) != one.categories.end();
  switch (one.state) {
    case core::CaseState::kInHand:
      return std::nullopt;
    case core::CaseState::kNew:
    case core::CaseState::kSeen: {
      const hours kept =
          safeguarding ? std::max(periods.unclosed, periods.safeguarding) : periods.unclosed;
      return CasePeriod{kept, one.changed_at};
    }
    case core::CaseState::kClosed:
      break;
  }
  const bool harmless =
      one.outcome == core::CaseOutcome::kNoConcern || one.outcome == core::CaseOutcome::kNotAboutUs;
  hours kept = PeriodOfOutcome(one.outcome, periods);
  if (safeguarding && !harmless) {
    kept = std::max(kept, periods.safeguarding);
  }
  return CasePeriod{kept, ClosedAt(one)};
}

}  // namespace schoolwatch::storage
