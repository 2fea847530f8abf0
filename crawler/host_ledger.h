#pragma once

#include "core/host_ledger.h"
#include "core/time.h"
#include "crawler/crawler.h"

namespace schoolwatch::crawler {

// The ledger with one run's treatment of the host added, under the day of `now`. A host that was
// not asked and from which nothing was withheld leaves it as it was.
core::HostLedger AfterRun(core::HostLedger ledger, const HostReport& report, core::Timestamp now);

}  // namespace schoolwatch::crawler
