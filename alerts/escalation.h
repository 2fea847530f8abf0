#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "core/calendar.h"
#include "core/finding.h"
#include "core/time.h"

// Who is told of a case that nobody answers, and when. Pure.
namespace schoolwatch::alerts {

// Whether it may be about safeguarding, from medium up.
bool IsDanger(const core::Case& of);

// Whether a case is one that goes out at once, and so one that wants an answer at once: high or
// urgent, or possible safeguarding from medium up.
bool WantsAnswer(const core::Case& of);

struct EscalationStep {
  std::string role;
  core::Timestamp at{};
  bool operator==(const EscalationStep&) const = default;
};

// The steps of an unanswered case whose time has come by `now` and that its history does not have
// yet: `roles` one after the other, each `after` of working time later than the one before; with
// possible safeguarding from medium up 24 hours later at the latest, whatever days these are. None
// for a case that somebody has seen.
std::vector<EscalationStep> StepsDue(const core::Case& of, const core::SchoolCalendar& calendar,
                                     std::span<const std::string> roles, std::chrono::minutes after,
                                     core::Timestamp now);

}  // namespace schoolwatch::alerts
