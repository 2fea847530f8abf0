#include "app/pipeline/retelling.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/outcome.h"

namespace schoolwatch::app {
namespace {

// nullopt where it was erased.
template <class T>
core::Result<std::optional<T>> IfThere(core::Result<T> loaded) {
  if (loaded) {
    return std::optional<T>(*std::move(loaded));
  }
  if (loaded.error().kind == core::ErrorKind::kNotFound) {
    return std::nullopt;
  }
  return core::Fail(std::move(loaded).error());
}

}  // namespace

core::Result<void> Retelling::TellOthersOfWaiting() {
  SW_ASSIGN(std::vector<core::OutboxItem> waiting, store_.LoadItems());
  SW_ASSIGN(std::vector<core::OutboxBatch> batches, store_.LoadBatches());
  for (core::OutboxBatch& batch : batches) {
    for (core::OutboxItem& item : batch.items) {
      waiting.push_back(std::move(item));
    }
  }
  std::map<std::string, std::optional<core::Case>> cases;
  for (const core::OutboxItem& item : waiting) {
    if (item.case_id.empty()) {
      continue;
    }
    auto of = cases.find(item.case_id);
    if (of == cases.end()) {
      SW_ASSIGN(std::optional<core::Case> loaded, IfThere(store_.LoadCase(item.case_id)));
      of = cases.emplace(item.case_id, std::move(loaded)).first;
    }
    // Whoever was meant when it was planned was not told; only what came later can change that.
    if (!of->second || of->second->changed_at <= item.created_at) {
      continue;
    }
    SW_ASSIGN(const bool may_be_told, withheld_.MayBeTold(*of->second, item.recipient));
    if (may_be_told) {
      continue;
    }
    SW_ASSIGN(const std::optional<core::Finding> finding,
              IfThere(store_.LoadFinding(item.finding_id)));
    if (finding) {
      SW_TRY(TellOthers(item, *of->second, *finding));
    }
  }
  return {};
}

core::Result<void> Retelling::TellOthers(const core::OutboxItem& item, const core::Case& of,
                                         const core::Finding& finding) {
  if (!planner_) {
    planner_ = std::make_unique<const alerts::Planner>(settings_.contacts, settings_.schools,
                                                       settings_.alerts.route);
  }
  SW_ASSIGN(const alerts::CaseVoices* const voices, withheld_.VoicesOf(of));
  core::DocumentOutcome outcome;
  outcome.outbox = planner_->PlanInstead(
      {.finding = &finding, .before = of, .after = of, .earlier = voices}, item);
  if (outcome.outbox.empty()) {
    ++untold_;
    return {};
  }
  return store_.Commit(std::span(&outcome, 1));
}

}  // namespace schoolwatch::app
