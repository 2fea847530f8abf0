#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>

#include "app/commands/cases.h"
#include "app/coverage/platform_coverage.h"
#include "core/time.h"

namespace schoolwatch::app {

// For people in at most `width` columns (never less than 72), by state; or one JSON object a
// platform.
void PrintNameCoverage(std::span<const NameCoverage> names, core::Timestamp now, OutputForm form,
                       std::size_t width, std::ostream& out);

}  // namespace schoolwatch::app
