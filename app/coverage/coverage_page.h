#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/coverage/platform_coverage.h"
#include "core/school.h"
#include "core/time.h"

namespace schoolwatch::app {

// What is watched for the schools and what is not, as one HTML page to show governors: no script,
// nothing that is fetched, fit for a phone, a screen reader and the dark. It holds no personal
// data: no source's name or address, no error's text, no number of cases. Of `sources` only those
// are told that are ways in which reports come in.
std::string MakeCoveragePage(std::span<const NameCoverage> names,
                             std::span<const SourceCoverage> sources,
                             const std::vector<core::School>& schools, core::Timestamp now,
                             const std::string& time_zone);

}  // namespace schoolwatch::app
