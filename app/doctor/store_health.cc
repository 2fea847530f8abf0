#include "app/doctor/store_health.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "alerts/channels/channel.h"
#include "app/intake/intake_ways.h"
#include "app/lost_erasures.h"
#include "app/lost_evidence.h"
#include "app/pipeline/source_news.h"
#include "app/terminal.h"
#include "storage/audit_check.h"
#include "storage/inventory.h"

namespace schoolwatch::app {
namespace {

using Urgency = Advice::Urgency;
using std::chrono::hours;
using std::chrono::minutes;

// Machines that keep their time differ by less.
constexpr minutes kClockError{10};
constexpr hours kLongWait{1};
constexpr hours kLongSilence{26};
constexpr std::size_t kMostMessages = 20;  // That are named one by one…
constexpr std::size_t kMostCases = 20;     // …and in one line.

std::string NameCases(const std::set<std::string, std::less<>>& ids) {
  std::string text;
  std::size_t named = 0;
  for (const std::string& id : ids) {
    if (named++ == kMostCases) {
      return text + fmt::format(" and {} more", ids.size() - kMostCases);
    }
    text += (text.empty() ? "" : ", ") + id;
  }
  return text;
}

void CheckRecords(const storage::Inventory& inventory, std::vector<Advice>& advice) {
  const std::vector<storage::StoreProblem> problems = storage::FindProblems(inventory);
  for (const storage::StoreProblem& problem : problems) {
    const std::string cases =
        problem.cases.empty() ? "" : fmt::format(" (cases {})", NameCases(problem.cases));
    advice.push_back({Urgency::kAct, "store",
                      fmt::format("{} ({} times){}", problem.what, problem.count, cases),
                      "schoolwatch repair"});
  }
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  for (const storage::Inventory::OfKind& kind : inventory.kinds) {
    records += kind.records;
    bytes += kind.bytes;
  }
  if (problems.empty()) {
    advice.push_back(
        {Urgency::kFine, "store",
         fmt::format("{}, {:.1f} MB, can all be read and agree: {}, {}", Count(records, "record"),
                     static_cast<double>(bytes) / 1e6, Count(inventory.cases.size(), "case"),
                     Count(inventory.findings.size(), "finding")),
         ""});
  }
  if (inventory.unknown_kinds > 0) {
    advice.push_back({Urgency::kNote, "store",
                      fmt::format("{} records are of kinds that only a newer schoolwatch knows",
                                  inventory.unknown_kinds),
                      ""});
  }
}

core::Result<void> CheckAuditLog(const storage::Store& store, std::vector<Advice>& advice) {
  SW_ASSIGN(const storage::AuditReport report, storage::CheckAudit(store, std::nullopt));
  if (report.problems.empty()) {
    advice.push_back(
        {Urgency::kFine, "audit log",
         fmt::format("{}, each as it was written", Count(report.entries, "entry", "entries")), ""});
    return {};
  }
  advice.push_back({Urgency::kAct, "audit log", report.problems.front().what,
                    "schoolwatch audit verify names all; restore a backup where the log matters"});
  return {};
}

void CheckClock(core::Timestamp newest, core::Timestamp now, std::vector<Advice>& advice) {
  if (newest > now + kClockError) {
    advice.push_back(
        {Urgency::kAct, "clock",
         fmt::format("the store was written {} in the future, as this machine's clock has it: the "
                     "clock is behind now, or it ran ahead then",
                     RoughTime(newest - now)),
         "look at the time (date), and have it kept right: timedatectl set-ntp true; nothing is "
         "lost by it, but new cases carry wrong times until it is mended"});
  }
}

core::Result<void> CheckSources(const storage::Store& store, const config::Configuration& config,
                                core::Timestamp now, std::vector<Advice>& advice) {
  core::Timestamp last_look{};
  std::size_t failing = 0;
  for (const config::Source& source : config.sources) {
    if (!source.enabled) {
      continue;
    }
    SW_ASSIGN(const std::optional<core::SourceState> state, store.FindSource(source.name));
    if (!state) {
      continue;
    }
    last_look = std::max(last_look, state->last_looked_at);
    if (state->health == core::SourceHealth::kBroken ||
        state->health == core::SourceHealth::kForbidden) {
      ++failing;
      advice.push_back(
          {state->health == core::SourceHealth::kBroken ? Urgency::kAct : Urgency::kNote, "sources",
           Describe({.source = source.name, .state = *state}, now), ""});
    }
  }
  if (last_look == core::Timestamp{}) {
    advice.push_back({Urgency::kAct, "runs", "no source was ever looked at", "schoolwatch run"});
  } else if (now - last_look > kLongSilence) {
    advice.push_back(
        {Urgency::kAct, "runs",
         fmt::format("the last run that looked at anything was {} ago", RoughTime(now - last_look)),
         "see that cron or systemd starts `schoolwatch run`, and what it says"});
  } else {
    advice.push_back(
        {Urgency::kFine, "runs",
         fmt::format("the last look at a source: {}; {}", core::FormatRfc3339(last_look),
                     failing == 0   ? std::string("none fails")
                     : failing == 1 ? std::string("1 source fails")
                                    : fmt::format("{} sources fail", failing)),
         ""});
  }
  return {};
}

std::string AgoInWords(std::chrono::milliseconds time) {
  const std::string rough = RoughTime(time);
  return rough == "just now" ? rough : rough + " ago";
}

core::Result<void> CheckReports(const storage::Store& store, const config::Settings& settings,
                                core::Timestamp now, std::vector<Advice>& advice) {
  for (const config::Source& way : IntakeWays(settings)) {
    SW_ASSIGN(const std::optional<core::SourceState> state, store.FindSource(way.name));
    const std::string_view title = IntakeWayTitle(way.name);
    if (!state) {
      advice.push_back({Urgency::kNote, "reports", fmt::format("{} was never looked at", title),
                        "schoolwatch intake"});
    } else if (state->failures > 0) {
      const bool broken = state->health == core::SourceHealth::kBroken;
      advice.push_back(
          {broken ? Urgency::kAct : Urgency::kNote, "reports",
           fmt::format("{} could not be emptied at the last {}: {}", title,
                       Count(state->failures, "look"), SafeForTerminal(state->last_error)),
           std::string(IntakeAdvice(way.name, state->trouble))});
    } else {
      advice.push_back(
          {Urgency::kFine, "reports",
           fmt::format("{} was last looked at {}", title, AgoInWords(now - state->last_looked_at)),
           ""});
    }
  }
  return {};
}

// The contact's role, and the case where it is one.
std::string About(const core::OutboxBatch& batch) {
  if (batch.items.empty()) {
    return "";
  }
  const core::OutboxItem& item = batch.items.front();
  std::string about = item.role;
  if (!item.case_id.empty()) {
    about += (about.empty() ? "" : ", ") + (batch.items.size() > 1
                                                ? fmt::format("{} findings", batch.items.size())
                                                : "case " + item.case_id);
  }
  return about.empty() ? "" : " (" + about + ")";
}

core::Result<void> CheckOutbox(const storage::Store& store, const config::Settings& settings,
                               core::Timestamp now, std::vector<Advice>& advice) {
  SW_ASSIGN(const std::vector<core::OutboxBatch> batches, store.LoadBatches());
  SW_ASSIGN(const std::vector<core::OutboxItem> items, store.LoadItems());
  const auto describe = [&](const core::OutboxBatch& batch, std::string_view how) {
    return fmt::format(
        "a message to {}{} by {} {}, after {}: {}", SafeForTerminal(batch.recipient), About(batch),
        alerts::ChannelOf(settings, batch), how, Count(batch.attempts, "attempt"),
        batch.last_error.empty() ? "it was not tried yet" : SafeForTerminal(batch.last_error));
  };
  std::size_t troubles = 0;
  std::size_t unsaid = 0;
  for (const core::OutboxBatch& batch : batches) {
    const bool late = !batch.given_up && now - batch.created_at > kLongWait;
    if (!batch.given_up && !late) {
      continue;
    }
    if (++troubles > kMostMessages) {
      ++unsaid;
    } else if (batch.given_up) {
      advice.push_back({Urgency::kAct, "mail", describe(batch, "is given up"),
                        "correct the address or the mail server, then: schoolwatch alerts retry"});
    } else {
      advice.push_back({Urgency::kAct, "mail",
                        describe(batch, "has waited for " + RoughTime(now - batch.created_at)),
                        "see whether the mail server answers: schoolwatch check --online"});
    }
  }
  if (unsaid > 0) {
    advice.push_back(
        {Urgency::kAct, "mail", fmt::format("and {} more", Count(unsaid, "message")), ""});
  }
  // What is to wait until a time is not late before it.
  const bool old_items = std::ranges::any_of(items, [&](const core::OutboxItem& item) {
    return now - std::max(item.created_at, item.not_before) > kLongWait;
  });
  if (old_items) {
    advice.push_back(
        {Urgency::kAct, "mail", "alerts wait for a run to send them", "schoolwatch run"});
  }
  if (troubles == 0 && !old_items) {
    advice.push_back({Urgency::kFine, "mail",
                      batches.empty()
                          ? "nothing waits to be sent"
                          : Count(batches.size(), "message") + " on the way, none of them late",
                      ""});
  }
  return {};
}

}  // namespace

core::Result<std::vector<Advice>> CheckStoreHealth(storage::Store& store,
                                                   const config::Configuration& config,
                                                   core::Timestamp now) {
  std::vector<Advice> advice;
  SW_ASSIGN(const storage::Inventory inventory, storage::TakeInventory(store, {}));
  CheckRecords(inventory, advice);
  SW_ASSIGN(const storage::LostEvidence evidence, storage::FindLostEvidence(store, inventory));
  if (const std::string lost = DescribeLostEvidence(evidence); !lost.empty()) {
    // No act of anybody's ends it but a restore, so a doctor that is asked every day goes on.
    advice.push_back({Urgency::kNote, "evidence", lost, kLostEvidenceAdvice});
  }
  CheckClock(inventory.newest, now, advice);
  SW_TRY(CheckAuditLog(store, advice));
  if (const std::string lost = DescribeLostErasures(store.FindLostMarks(now)); !lost.empty()) {
    advice.push_back({Urgency::kAct, "erasures", lost, kLostErasuresAdvice});
  }
  SW_TRY(CheckSources(store, config, now, advice));
  SW_TRY(CheckReports(store, config.settings, now, advice));
  SW_TRY(CheckOutbox(store, config.settings, now, advice));
  return advice;
}

}  // namespace schoolwatch::app
