#pragma once

#include <cstddef>

#include "config/settings.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Tells the next in line of cases that went out at once and that nobody answered (docs/alerts.md),
// and remembers it in the case's history, in one commit. Whoever may not be told of a case is
// passed over, and so is whoever was. Has the store's turn. Returns how many people were told of
// how many steps.
core::Result<std::size_t> TellOfUnanswered(const config::Settings& settings, storage::Store& store,
                                           core::Timestamp now);

}  // namespace schoolwatch::app
