#pragma once

#include <iosfwd>
#include <stop_token>
#include <string>
#include <vector>

#include "app/equipment.h"
#include "app/intake/intake_round.h"
#include "app/pipeline/delivery.h"
#include "app/pipeline/run_pass.h"
#include "app/pipeline/source_news.h"
#include "core/audit.h"
#include "core/clock.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

struct RoundReport {
  IntakeReport intake;  // What people reported.
  PassReport pass;
  DeliveryReport delivery;
  std::vector<SourceNews> told;
  std::string receipt;   // What retention deleted; empty: nothing.
  core::AuditHead head;  // Of the audit log afterwards.
  bool act = false;      // Something wants a person.
};

// One pass over the sources that are due, the mails that it leads to, what must be said of the
// sources, and the deletion of what is past its period: what `run` does once and `watch` again and
// again. `store` is null for a dry run before anything was watched. Shows progress on a terminal;
// what a person must know goes to `errors`. `stop` ends it within seconds, with the mails left for
// the next round; so does the time limit of the settings, with the mails sent.
core::Result<RoundReport> RunRound(const Equipment& equipment, storage::Store* store,
                                   const core::Clock& clock, const RunOptions& options,
                                   std::stop_token stop, std::ostream& errors);

}  // namespace schoolwatch::app
