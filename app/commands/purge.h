#pragma once

#include "app/commands/cases.h"
#include "app/exit_code.h"
#include "app/owner/store_command.h"
#include "core/time.h"

namespace schoolwatch::app {

enum class PurgeTask { kDelete, kCountOnly, kShowReceipts };

// `purge`: all at once, however much it is.
ExitCode PurgeCommand(StoreSession& session, PurgeTask task, OutputForm form, core::Timestamp now);

}  // namespace schoolwatch::app
