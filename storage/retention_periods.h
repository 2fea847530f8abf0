#pragma once

#include <chrono>
#include <optional>

#include "config/settings.h"
#include "core/finding.h"
#include "core/time.h"

namespace schoolwatch::storage {

// The period that holds for a case, and since when it counts.
struct CasePeriod {
  std::chrono::hours kept{0};
  core::Timestamp since{};
};
// nullopt: it is kept as long as it is as it is.
std::optional<CasePeriod> PeriodOf(const core::Case& one, const config::Retention& periods);

}  // namespace schoolwatch::storage
