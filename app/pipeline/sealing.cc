#include "app/pipeline/sealing.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "alerts/timing.h"
#include "app/pipeline/outbox_care.h"
#include "core/mutex.h"

namespace schoolwatch::app {
namespace {

constexpr std::string_view kSentBefore = "alerts/sent-before";

// Ids of the cases of which nothing is wanted now. What a mute names may be gone, or not closed.
core::Result<std::set<std::string>> FindMuted(const alerts::TimingRules& rules,
                                              const storage::CaseReader& cases,
                                              core::Timestamp now) {
  std::set<std::string> muted;
  for (const config::Mute& mute : rules.mutes) {
    const core::Result<core::Case> of = cases.LoadCase(mute.case_id);
    if (of && alerts::IsMuted(*of, rules, now)) {
      muted.insert(of->id);
    } else if (!of && of.error().kind != core::ErrorKind::kNotFound &&
               of.error().kind != core::ErrorKind::kBadInput) {
      return core::Fail(of.error());
    }
  }
  return muted;
}

}  // namespace

core::Result<std::vector<core::OutboxBatch>> SealWaiting(const config::Settings& settings,
                                                         storage::Store& store, core::Timestamp now,
                                                         std::string_view domain,
                                                         alerts::SealingMoment moment) {
  const alerts::TimingRules rules = alerts::MakeTimingRules(settings);
  const core::MutexLock turn(store.turn());
  if (moment == alerts::SealingMoment::kEndOfRun) {
    SW_TRY(CareForOutbox(store, settings, now, domain));
  }
  SW_ASSIGN(std::vector<core::OutboxItem> items, store.LoadItems());
  SW_ASSIGN(std::vector<core::OutboxBatch> batches, store.LoadBatches());
  SW_ASSIGN(const std::set<std::string> muted, FindMuted(rules, store, now));
  SW_ASSIGN(const std::optional<std::string> note, store.FindNote(kSentBefore));
  const alerts::SentBefore known = alerts::ParseSentBefore(note.value_or(""));
  alerts::SentBefore before = known;
  std::vector<core::OutboxBatch> sealed = alerts::SealBatches(
      alerts::TakeDue(std::move(items), moment, now, rules, muted, before), batches, now, domain);
  alerts::NoteSealed(sealed, now, rules, before);
  SW_TRY(SaveByChannel(store, settings, std::move(sealed), batches));
  // Last: a crash in between counts a mail too few, and holds nothing back.
  if (before != known) {
    SW_TRY(store.SetNote(kSentBefore, alerts::FormatSentBefore(before)));
  }
  return batches;
}

}  // namespace schoolwatch::app
