#pragma once

#include <string>

#include "app/exit_code.h"
#include "app/owner/store_command.h"
#include "core/time.h"
#include "storage/erasure.h"

namespace schoolwatch::app {

// `erase`: shows what is meant, or deletes it, with its traces in logs and in mails that lie in
// our folders; then looks into every file of the store, and says what it could not erase, by case.
// kActionNeeded: something is left, or nothing was found, so that the name may be misspelt.
ExitCode EraseCommand(StoreSession& session, const storage::ErasureTarget& target,
                      storage::ErasureEffect effect, core::Timestamp now);

}  // namespace schoolwatch::app
