#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::storage {

struct AuditProblem {
  std::uint64_t number = 0;  // Of the entry that is wrong; 0: of none.
  std::string what;          // "entry 17 was changed after it was written"
};

struct AuditReport {
  std::uint64_t entries = 0;  // That are there.
  core::AuditHead head;       // Of the last one that is there.
  std::vector<AuditProblem> problems;
};

// Goes through the whole log: every entry whole, none missing, none out of its place, and none
// behind the last one cut off, as far as the head's own record tells. `earlier_head` is a hash that
// a run printed once: an entry must have it, or the log was written anew since. An error means that
// the log cannot be read.
core::Result<AuditReport> CheckAudit(const AuditLog& log,
                                     const std::optional<core::Sha256>& earlier_head);

// One case's entries by their own chain. What was cut off behind the last one only CheckAudit sees.
std::vector<AuditProblem> CheckCaseChain(std::span<const core::AuditEntry> entries);

}  // namespace schoolwatch::storage
