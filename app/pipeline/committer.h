#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "alerts/planner.h"
#include "app/pipeline/judged_document.h"
#include "app/pipeline/outcome_builder.h"
#include "app/pipeline/shadow_counts.h"
#include "app/pipeline/watch_list.h"
#include "app/workspace.h"
#include "core/clock.h"
#include "core/outcome.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Who is told of what, and when, as the settings have it.
alerts::Planner MakePlanner(const config::Settings& settings);

// The way from what was judged to the store, for passes and streams: which posts are new and who
// must be told of them (OutcomeBuilder), how rules on trial do (ShadowCounts), and one write for
// all that was added. Whoever commits has the store's turn, so that what people do to cases
// meanwhile comes before or after. Not thread-safe.
class Committer {
 public:
  // Borrows all. Without a store nothing is written, and what would be is counted all the same.
  Committer(const Workspace& workspace, const alerts::Planner& planner,
            const storage::SeenLookup& seen, const storage::CaseReader& cases,
            storage::Store* store, const core::Clock& clock);
  // Whose posts are looked for in every document from now on; borrowed.
  void Watch(const WatchList& list) { builder_.Watch(list); }

  // Adds to the next commit. After an error nothing of it should be committed.
  core::Result<DocumentGain> Add(const JudgedDocument& document, const SourceAge& age);
  // That a platform says that a post of a source was deleted.
  core::Result<void> AddGone(const std::string& source, const std::string& post_id);
  void Add(core::DocumentOutcome outcome);

  // Writes what was added since the last one, whole or not at all. Returns how many outcomes that
  // were; of nothing, nothing is written.
  core::Result<std::size_t> Commit();
  // Writes how rules on trial did in all that was committed; once, at the end.
  core::Result<void> SaveTrials();

  const CommitReport& report() const { return builder_.report(); }
  const std::vector<core::Finding>& found() const { return builder_.found(); }

 private:
  storage::Store* store_;
  const core::Clock& clock_;
  OutcomeBuilder builder_;
  ShadowCounts trials_;
};

}  // namespace schoolwatch::app
