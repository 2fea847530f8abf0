#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands/cases.h"
#include "config/settings.h"
#include "core/fetch_memory.h"
#include "core/host_ledger.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/store.h"

namespace schoolwatch::app {

// How one origin was treated, with what else its owner may ask.
struct HostReceipt {
  core::HostLedger ledger;
  core::HostTally last_days;  // The last 30.
  // When we come again at the earliest; zero: only when something we watch leads there.
  core::Timestamp next_visit{};
  core::Timestamp robots_read_at{};  // Zero: never.
  int robots_status = 0;             // 0: no answer.
};

// The receipts of every origin that `name` means: an origin ("https://forum.example"), a host, or a
// registrable domain with all its hosts. kNotFound where none of them was ever asked; kBadInput
// where it is no name.
core::Result<std::vector<HostReceipt>> LoadReceipts(std::string_view name,
                                                    const config::Configuration& configuration,
                                                    const storage::LedgerReader& ledgers,
                                                    const core::FetchMemory& memory,
                                                    core::Timestamp now);

// As a text to be sent to the site's owner, at most 80 columns wide, without personal data; or one
// JSON object an origin.
void PrintReceipts(std::string_view name, const std::vector<HostReceipt>& receipts,
                   const config::CrawlPolicy& policy, core::Timestamp now, OutputForm form,
                   std::ostream& out);

}  // namespace schoolwatch::app
