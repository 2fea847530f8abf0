#pragma once

#include <string_view>
#include <vector>

#include "alerts/sealing.h"
#include "config/settings.h"
#include "core/outbox.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// All batches there are, after what may go now was settled into some. Has the store's turn
// meanwhile: nobody may erase an item between its being read and its being in a batch.
core::Result<std::vector<core::OutboxBatch>> SealWaiting(const config::Settings& settings,
                                                         storage::Store& store, core::Timestamp now,
                                                         std::string_view domain,
                                                         alerts::SealingMoment moment);

}  // namespace schoolwatch::app
