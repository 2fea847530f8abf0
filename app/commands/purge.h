#pragma once

#include <string>

#include "app/commands/cases.h"
#include "app/exit_code.h"
#include "app/owner/store_command.h"
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

enum class PurgeTask { kDelete, kCountOnly, kShowReceipts };

// `purge`: all at once, however much it is.
ExitCode PurgeCommand(StoreSession& session, PurgeTask task, OutputForm form, core::Timestamp now);

}  // namespace schoolwatch::app
