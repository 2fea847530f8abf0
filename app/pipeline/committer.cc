#include "app/pipeline/committer.h"

#include <utility>

#include "alerts/timing.h"
#include "core/post.h"

namespace schoolwatch::app {

alerts::Planner MakePlanner(const config::Settings& settings) {
  alerts::Planner planner(settings.contacts, settings.schools, settings.alerts.route);
  planner.KeepTo(alerts::MakeTimingRules(settings));
  return planner;
}

Committer::Committer(const Workspace& workspace, const alerts::Planner& planner,
                     const storage::SeenLookup& seen, const storage::CaseReader& cases,
                     storage::Store* store, const core::Clock& clock)
    : store_(store),
      clock_(clock),
      builder_(seen, cases, planner, clock),
      trials_(workspace.judge->rules()) {}

core::Result<DocumentGain> Committer::Add(const JudgedDocument& document, const SourceAge& age) {
  SW_ASSIGN(const DocumentGain gain, builder_.Add(document, age));
  for (const JudgedPost& post : document.posts) {
    trials_.Add(post.judgement);
  }
  return gain;
}

core::Result<void> Committer::AddGone(const std::string& source, const std::string& post_id) {
  core::Post post;
  post.id = post_id;
  post.source = source;
  return builder_.AddGone(core::PostKey(post));
}

void Committer::Add(core::DocumentOutcome outcome) { builder_.Add(std::move(outcome)); }

core::Result<std::size_t> Committer::Commit() {
  const std::vector<core::DocumentOutcome> outcomes = builder_.Take();
  if (!outcomes.empty() && store_ != nullptr) {
    SW_TRY(store_->Commit(outcomes));
  }
  return outcomes.size();
}

core::Result<void> Committer::SaveTrials() {
  return store_ == nullptr ? core::Result<void>{} : trials_.Save(*store_, clock_.Now());
}

}  // namespace schoolwatch::app
