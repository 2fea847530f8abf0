#pragma once

#include <iosfwd>

#include "config/settings.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/store.h"

namespace schoolwatch::app {

// `alerts retry`: messages that were given up wait to be sent by the next run. Never to another
// address than before: who may be told of a case was decided for that person. One whose address is
// no contact's any more stays given up, and is named. The caller has the store's turn.
core::Result<void> RetryGivenUp(storage::Store& store, const config::Settings& settings,
                                core::Timestamp now, std::ostream& out);

}  // namespace schoolwatch::app
