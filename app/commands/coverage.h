#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "app/commands/cases.h"
#include "config/settings.h"
#include "core/fetch_memory.h"
#include "core/fetch_state.h"
#include "core/result.h"
#include "core/time.h"
#include "crawler/source_health.h"

namespace schoolwatch::app {

// How well a source is watched, the worst first.
enum class WatchState {
  kBroken,
  kForbidden,
  kEmpty,
  kFailing,  // Its last look failed; not often enough in a row to call it broken.
  kQuiet,
  kNotYet,  // Never looked at.
  kWatched,
  kOff,  // `enabled: false`.
};
std::string_view WatchStateName(WatchState state);

// One source as `coverage` shows it.
struct SourceCoverage {
  const config::Source* source = nullptr;
  WatchState state = WatchState::kNotYet;
  core::SourceState remembered;
  // Of the last 30 days: from a new post's own time to our fetching it, and from a look's due time
  // to the look; the wait for one that is due now counts.
  crawler::WorstDelays worst;
};

// Every source of the configuration, trouble first, then by name. Borrows `sources`.
core::Result<std::vector<SourceCoverage>> LoadCoverage(std::span<const config::Source> sources,
                                                       const core::FetchMemory& memory,
                                                       core::Timestamp now);

// For people in at most `width` columns (never less than 72), or one JSON object a source and one
// for the sum.
void PrintCoverage(std::span<const SourceCoverage> sources, core::Timestamp now, OutputForm form,
                   std::size_t width, std::ostream& out);

}  // namespace schoolwatch::app
