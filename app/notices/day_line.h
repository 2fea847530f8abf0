#pragma once

#include <optional>
#include <vector>

#include "app/notices/tally.h"
#include "config/settings.h"
#include "core/outbox.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/store.h"

namespace schoolwatch::app {

// The last of the times of the line that is past, if it is after `since`: today's on a school day
// once it is late enough, else none. Zero `since` has none: what began today has nothing to say.
std::optional<core::Timestamp> DueDayLine(const core::SchoolCalendar& calendar,
                                          const config::DayLineSettings& settings,
                                          core::Timestamp since, core::Timestamp now);

// The line for one recipient: how many sources were looked at since then, which failed or are
// unusually quiet, posts read, mentions, and the cases that are new to this recipient.
core::Result<core::Notice> MakeDayLine(const config::Configuration& config,
                                       const config::Contact& contact, const Tally& tally,
                                       const storage::Store& store, core::Timestamp now);

// Whose line is due, queued; the tally begins anew with it. The caller has the store's turn.
core::Result<void> QueueDayLines(const config::Configuration& config, storage::Store& store,
                                 core::Timestamp now);

}  // namespace schoolwatch::app
