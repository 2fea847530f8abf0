#pragma once

#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/outbox.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/store.h"

namespace schoolwatch::app {

// What is done to the outbox before a round sends anything. The caller has the store's turn. A
// crash in between leaves every item waiting or in one batch; the next round goes on from there.

// Puts together what was held up for long (alerts/held_up.h), and queues the message that tells of
// what does not get out (alerts/undelivered.h), once an hour at most.
core::Result<void> CareForOutbox(storage::Store& store, const config::Settings& settings,
                                 core::Timestamp now, std::string_view domain);

// Saves new batches, each for the channel of its recipient, and a copy for each further one, with
// items of its own so that either has its own tries. What was saved comes to the end of `batches`.
core::Result<void> SaveByChannel(storage::Store& store, const config::Settings& settings,
                                 std::vector<core::OutboxBatch> sealed,
                                 std::vector<core::OutboxBatch>& batches);

}  // namespace schoolwatch::app
