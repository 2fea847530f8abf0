#pragma once

#include <optional>
#include <span>
#include <vector>

#include "config/settings.h"
#include "core/finding.h"
#include "core/outbox.h"

namespace schoolwatch::alerts {

// What changed in a case because of one finding.
struct CaseChange {
  const core::Finding* finding = nullptr;
  std::optional<core::Case> before;  // None: the finding opened it.
  core::Case after;
  bool backlog = false;  // From before watching of its source began.
};

// Decides who is told of a change, and when. Pure: same change, same items, same ids.
class Planner {
 public:
  // Borrows the contacts.
  explicit Planner(std::span<const config::Contact> contacts);
  // High and urgent go out by themselves; the rest in the run's digest; what is from before
  // watching began in one summary, except high and urgent safeguarding. Safeguarding goes to the
  // DSL and the headteacher; who is named in such a post as a possible perpetrator is not told
  // (design.md 7).
  std::vector<core::OutboxItem> Plan(const CaseChange& change, core::Timestamp now) const;

 private:
  std::span<const config::Contact> contacts_;
};

}  // namespace schoolwatch::alerts
