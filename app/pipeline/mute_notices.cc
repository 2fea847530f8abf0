#include "app/pipeline/mute_notices.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "alerts/timing.h"
#include "app/withheld_cases.h"
#include "core/calendar.h"
#include "core/hash.h"
#include "core/mutex.h"
#include "core/outcome.h"

namespace schoolwatch::app {
namespace {

// So many days before its last one an owner hears that a mute ends: over a weekend, too.
constexpr std::chrono::days kRemindBefore{4};

core::OutboxItem NoticeItem(const config::Mute& mute, std::string school, const std::string& id,
                            core::Notice notice, core::Timestamp now) {
  core::OutboxItem item;
  item.id = id;
  item.recipient = mute.owner;
  item.batch_key = "notice:" + id;
  item.delivery = core::Delivery::kNow;
  item.school = std::move(school);
  item.created_at = now;
  item.notice = std::move(notice);
  return item;
}

core::Notice EndsSoon(const core::Case& of, const config::Mute& mute) {
  return {
      .kind = "mute",
      .subject = fmt::format("the mute of case {} ends on {}", of.id, core::FormatDay(mute.until)),
      .text = fmt::format(
          "The mute of case {} has its last day on {}. What came to the case meanwhile, and is "
          "no worse than what you knew, has waited and will be mailed the day after.\n\n"
          "If you want it to go on, have a later day written as `until` in schoolwatch.yaml, "
          "under `alerts.mutes`. If you want to see now what came, ask for: schoolwatch cases "
          "show {}",
          of.id, core::FormatDay(mute.until), of.id)};
}

core::Notice DoesNotCount(const config::Mute& mute, const std::string& id) {
  return {.kind = "mute",
          .subject = fmt::format("a mute of case {} does not count", id),
          .text = fmt::format(
              "schoolwatch.yaml has a mute of case {} until {} with you as its owner. It holds "
              "nothing back: only a case that was closed can be muted, and one of possible "
              "safeguarding only if a designated safeguarding lead closed it.\n\n"
              "Close the case, or take the mute out.",
              id, core::FormatDay(mute.until))};
}

}  // namespace

core::Result<void> QueueMuteNotices(const config::Settings& settings, storage::Store& store,
                                    core::Timestamp now) {
  const alerts::TimingRules rules = alerts::MakeTimingRules(settings);
  const std::chrono::sys_days today = core::LocalTimeAt(rules.calendar, now).day;
  core::DocumentOutcome outcome;
  std::vector<std::string> notes;
  const core::MutexLock turn(store.turn());
  WithheldCases withheld(store, settings);
  for (const config::Mute& mute : rules.mutes) {
    const std::chrono::sys_days until = mute.until;
    if (until < today) {
      continue;
    }
    const core::Result<core::Case> of = store.LoadCase(mute.case_id);
    if (!of && of.error().kind != core::ErrorKind::kNotFound &&
        of.error().kind != core::ErrorKind::kBadInput) {
      return core::Fail(of.error());
    }
    const bool holds = of && alerts::Holds(mute, *of, rules, now);
    if (holds && today < until - kRemindBefore) {
      continue;
    }
    if (of) {
      SW_ASSIGN(const bool may_be_told, withheld.MayBeTold(*of, mute.owner));
      if (!may_be_told) {
        continue;
      }
    }
    const std::string id =
        core::ShortHash(fmt::format("mute\n{}\n{}\n{}\n{}", mute.owner, mute.case_id,
                                    core::FormatDay(mute.until), holds ? "ends" : "no"));
    const std::string note = "alerts/mute/" + id;
    SW_ASSIGN(const std::optional<std::string> told, store.FindNote(note));
    if (told) {
      continue;
    }
    outcome.outbox.push_back(NoticeItem(
        mute, of ? of->school : "", id,
        holds ? EndsSoon(*of, mute) : DoesNotCount(mute, of ? of->id : mute.case_id), now));
    notes.push_back(note);
  }
  if (!notes.empty()) {
    SW_TRY(store.Commit(std::span(&outcome, 1)));
  }
  // After the commit: told twice is impossible, as the item's id is known then.
  for (const std::string& note : notes) {
    SW_TRY(store.SetNote(note, core::FormatRfc3339(now)));
  }
  return {};
}

}  // namespace schoolwatch::app
