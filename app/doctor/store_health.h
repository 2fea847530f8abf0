#pragma once

#include <vector>

#include "app/doctor/advice.h"
#include "config/settings.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/store.h"

namespace schoolwatch::app {

// How the store and what it knows of the last runs are: whether every record can be read and they
// agree, evidence that is lost, the audit log, the clock against the newest record, when sources
// were last looked at and which of them fail, and mails that do not get out. Reads every record. An
// error means that the store cannot be read to its end.
core::Result<std::vector<Advice>> CheckStoreHealth(storage::Store& store,
                                                   const config::Configuration& config,
                                                   core::Timestamp now);

}  // namespace schoolwatch::app
