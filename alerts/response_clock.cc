#include "alerts/response_clock.h"

#include <algorithm>
#include <chrono>

#include "core/working_time.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::chrono::hours kPromised{24};

}  // namespace

core::Timestamp AnswerDue(const core::SchoolCalendar& calendar,
                          const std::vector<core::Category>& categories, core::Severity severity,
                          core::Timestamp since) {
  const core::Timestamp due = since + kPromised;
  const bool safeguarding =
      std::ranges::find(categories, core::Category::kSafeguarding) != categories.end();
  if (safeguarding && severity >= core::Severity::kMedium) {
    return due;
  }
  const auto day = core::LocalTimeAt(calendar, due).day;
  if (!core::IsWorkingDay(calendar, day)) {
    return core::MomentOf(calendar, core::NextWorkingDay(calendar, day), calendar.work_to);
  }
  return std::clamp(due, core::MomentOf(calendar, day, calendar.work_from),
                    core::MomentOf(calendar, day, calendar.work_to));
}

core::Timestamp WaitsSince(const core::Case& of) {
  if (of.state != core::CaseState::kNew) {
    return {};
  }
  core::Timestamp since = of.opened_at;
  for (const core::CaseEvent& event : of.history) {
    switch (event.kind) {
      case core::CaseEventKind::kOpened:
      case core::CaseEventKind::kWorse:
      case core::CaseEventKind::kReopened:
      case core::CaseEventKind::kGrowing:
        since = std::max(since, event.at);
        break;
      default:
        break;
    }
  }
  return since;
}

core::Timestamp AnswerBy(const core::SchoolCalendar& calendar, const core::Case& of,
                         core::Timestamp found, core::Timestamp mailed) {
  const core::Timestamp waits = WaitsSince(of);
  const core::Timestamp due =
      AnswerDue(calendar, of.categories, of.severity, waits == core::Timestamp{} ? found : waits);
  return due > mailed ? due : AnswerDue(calendar, of.categories, of.severity, mailed);
}

core::Timestamp AnswerDue(const core::SchoolCalendar& calendar, const core::Case& of) {
  const core::Timestamp since = WaitsSince(of);
  return since == core::Timestamp{} ? since
                                    : AnswerDue(calendar, of.categories, of.severity, since);
}

}  // namespace schoolwatch::alerts
