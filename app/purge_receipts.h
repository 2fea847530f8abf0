#pragma once

#include <string>

#include "config/settings.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/retention.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Deletes what is past its period, and keeps a receipt of it: when, and how many of what kind.
// Nothing else is in it. The caller has the store's turn.
core::Result<storage::PurgeReport> PurgeWithReceipt(storage::Store& store,
                                                    const config::Settings& settings,
                                                    core::Timestamp now,
                                                    const storage::PurgeLimits& limits);

// "deleted by retention: 3 cases, 5 posts"; empty where there is nothing to say.
std::string ReceiptLine(const storage::PurgeReport& report);

// The receipt as it is kept: one JSON object.
std::string ReceiptJson(const storage::PurgeReport& report, core::Timestamp now);

// Those kept so far, a line each, the oldest first.
core::Result<std::string> ListReceipts(const storage::Notes& notes);

}  // namespace schoolwatch::app
