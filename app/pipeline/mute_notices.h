#pragma once

#include "config/settings.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Tells the owners of mutes, once each, when one is about to end, and of one that does not count
// (docs/alerts.md, When). Has the store's turn. In mails that name the case by its id alone.
core::Result<void> QueueMuteNotices(const config::Settings& settings, storage::Store& store,
                                    core::Timestamp now);

}  // namespace schoolwatch::app
