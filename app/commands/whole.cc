#include "app/commands/whole.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "app/lost_evidence.h"
#include "app/terminal.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;
using Urgency = Advice::Urgency;

constexpr std::size_t kColumns = 80;
constexpr std::size_t kMostCases = 100;  // That are named: more are no list to work through.

std::string NameCases(const std::set<std::string>& ids) {
  std::string text;
  std::size_t named = 0;
  for (const std::string& id : ids) {
    if (named++ == kMostCases) {
      return text +
             fmt::format(", and {} more, see: schoolwatch cases list", ids.size() - kMostCases);
    }
    text += (text.empty() ? "" : ", ") + SafeForTerminal(id);
  }
  return text;
}

// Whether there was anything to tell.
bool TellLostEvidence(const storage::RepairReport& report, std::ostream& out) {
  const std::string what = DescribeLostEvidence(report.lost_evidence);
  if (what.empty()) {
    return false;
  }
  out << '\n'
      << Wrap("EVIDENCE IS MISSING: " + SafeForTerminal(what) + ".", 0, kColumns)
      << Wrap(
             "The posts, their cases and the log of what was done are still here. What is gone is "
             "the part of the page that was kept of each post, to show later what stood there. It "
             "cannot be fetched again as it was, and no run takes it anew.",
             2, kColumns)
      << Wrap(
             "For IT: it may still be in backups from before the damage (schoolwatch restore, "
             "which takes all else back to that day, too), in the damaged store that a repair kept "
             "(db.damaged-…), and in exports of these cases. Delete none of them yet.",
             2, kColumns)
      << Wrap(
             "For the headteacher: before anybody relies on the evidence of these cases, ask IT "
             "whether it was found.",
             2, kColumns);
  return true;
}

}  // namespace

void RecordInLog(storage::Store& store, core::AuditAction action, std::ostream& out) {
  const core::AuditEvent event{.action = action, .actor = core::AuditActor::kOperator};
  if (const core::Result<void> recorded = store.Record({&event, 1}); !recorded) {
    out << fmt::format("note: the audit log does not say so: {}\n", recorded.error().message);
  }
}

void RecordInLog(const fs::path& folder, core::AuditAction action, std::ostream& out) {
  const auto store = storage::Store::Open(folder, storage::OpenMode::kReadWrite, "schoolwatch");
  if (!store) {
    out << fmt::format("note: the audit log does not say so: {}\n", store.error().message);
    return;
  }
  RecordInLog(**store, action, out);
}

ExitCode PrintAdvice(std::span<const Advice> all, OutputForm form, std::ostream& out) {
  std::vector<Advice> advice(all.begin(), all.end());
  std::ranges::stable_sort(advice,
                           [](const Advice& a, const Advice& b) { return a.urgency > b.urgency; });
  std::size_t fine = 0;
  for (const Advice& one : advice) {
    if (form == OutputForm::kJsonLines) {
      boost::json::object line{
          {"urgency", UrgencyName(one.urgency)}, {"about", one.about}, {"what", one.what}};
      if (!one.mend.empty()) {
        line["mend"] = one.mend;
      }
      out << boost::json::serialize(line) << '\n';
    } else if (one.urgency == Urgency::kFine) {
      ++fine;
    } else {
      out << fmt::format("{:<5}{}: {}\n", one.urgency == Urgency::kAct ? "ACT" : "note", one.about,
                         SafeForTerminal(one.what));
      if (!one.mend.empty()) {
        out << "     -> " << SafeForTerminal(one.mend) << '\n';
      }
    }
  }
  if (form == OutputForm::kForPeople && fine > 0) {
    out << fmt::format("Fine: {}:", Count(fine, "thing"));
    for (const Advice& one : advice) {
      if (one.urgency == Urgency::kFine) {
        out << fmt::format("\n     {}: {}", one.about, SafeForTerminal(one.what));
      }
    }
    out << '\n';
  }
  const bool act = !advice.empty() && advice.front().urgency == Urgency::kAct;
  return act ? ExitCode::kActionNeeded : ExitCode::kDone;
}

core::Result<ExitCode> Repair(const fs::path& store_folder, const core::Clock& clock,
                              std::ostream& out) {
  SW_ASSIGN(const storage::RepairReport report,
            storage::RepairStore(store_folder, {.now = clock.Now()}));
  if (!report.put_back.empty()) {
    out << fmt::format(
        "There was no store. A copy of it that was kept is in its place now: {}. It is as old as "
        "its "
        "name says: look through it, or restore a newer backup.\n",
        report.put_back.string());
  }
  if (report.was_whole) {
    if (!report.put_back.empty()) {
      RecordInLog(store_folder, core::AuditAction::kRepaired, out);
      TellLostEvidence(report, out);
      return ExitCode::kActionNeeded;
    }
    const bool lost_before = !DescribeLostEvidence(report.lost_evidence).empty();
    out << (lost_before ? "The store is whole but for evidence that was lost before; nothing was "
                          "changed.\n"
                        : "The store is whole; nothing was changed.\n");
    TellLostEvidence(report, out);
    return lost_before ? ExitCode::kActionNeeded : ExitCode::kDone;
  }
  RecordInLog(store_folder, core::AuditAction::kRepaired, out);
  out << "The store was damaged, and is whole again.\n\nWhat was wrong:\n";
  for (const std::string& file : report.damaged_files) {
    out << "  " << SafeForTerminal(file) << '\n';
  }
  if (report.dropped_bytes > 0) {
    out << fmt::format("  {} bytes of the newest commits cannot be read\n", report.dropped_bytes);
  }
  for (const storage::StoreProblem& problem : report.problems) {
    out << fmt::format("  {}: {}\n", problem.what, problem.count);
  }
  out << "\nWhat was saved:\n";
  std::uint64_t unreadable = 0;
  for (const storage::Inventory::OfKind& kind : report.kinds) {
    unreadable += kind.damaged;
    out << fmt::format("  {:<24} {:>10}{}\n", kind.name, kind.records - kind.damaged,
                       kind.damaged > 0 ? fmt::format("  ({} cannot be read)", kind.damaged) : "");
  }
  const storage::Mended& mended = report.mended;
  out << fmt::format(
      "\n{} made anew from their posts, {} put right, {} looked at again by the next run.\n",
      Count(mended.rebuilt_cases, "case"), Count(mended.changed_cases, "case"),
      Count(mended.looked_at_again, "post"));
  const bool lost = !report.damaged_files.empty() || unreadable > 0;
  if (lost) {
    out << "Posts that were lost and still stand on the web will be found again by: schoolwatch "
           "run --all\n";
  }
  if (mended.lost_mails > 0) {
    out << fmt::format("Lost while under way: {}. Look through: schoolwatch cases list\n",
                       Count(mended.lost_mails, "alert"));
  }
  if (!mended.cases.empty()) {
    out << Wrap(
        "Look at these cases, of which something may be missing: " + NameCases(mended.cases), 0,
        kColumns);
  }
  if (report.missing_audit_entries > 0) {
    out << fmt::format("Missing in the audit log: {}. Which: schoolwatch audit verify\n",
                       Count(report.missing_audit_entries, "entry", "entries"));
  }
  const bool lost_evidence = TellLostEvidence(report, out);
  out << fmt::format("\nThe damaged store is kept: {}\n", report.old_store.string());
  if (!report.quarantine.empty()) {
    out << fmt::format("What could not be read is kept: {}\n", report.quarantine.string());
  }
  out << (report.quarantine.empty()
              ? "It holds personal data: delete it once nobody needs it.\n"
              : "Both hold personal data: delete them once nobody needs them.\n");
  return lost || lost_evidence || !mended.cases.empty() || mended.lost_mails > 0
             ? ExitCode::kActionNeeded
             : ExitCode::kDone;
}

core::Result<ExitCode> Backup(const storage::Store& store, const fs::path& store_folder,
                              const fs::path& file, const core::Clock& clock, std::ostream& out) {
  if (file == "-") {
    return core::Fail(core::ErrorKind::kBadInput, "a backup goes to a new file, not to '-'");
  }
  SW_ASSIGN(const storage::BackupFacts facts,
            storage::WriteBackup(store, store_folder, clock.Now(), file));
  out << fmt::format(
      "{} ({:.1f} MB) are in '{}'. It holds personal data and the audit log's key: keep it as the "
      "store itself.\n",
      Count(facts.records, "record"), static_cast<double>(facts.bytes) / 1e6, file.string());
  return ExitCode::kDone;
}

core::Result<ExitCode> Restore(const fs::path& store_folder, const fs::path& file,
                               const storage::RestoreOptions& options, const core::Clock& clock,
                               std::ostream& out) {
  SW_ASSIGN(const storage::RestoreReport report,
            storage::RestoreStore(store_folder, file, options, clock.Now()));
  RecordInLog(store_folder, core::AuditAction::kRestored, out);
  out << fmt::format("{} as of {} are in '{}' again.\n", Count(report.backup.records, "record"),
                     core::FormatRfc3339(report.backup.made_at), store_folder.string());
  if (report.newer_erasures > 0) {
    out << fmt::format(
        "{} made since the backup {} carried out again: {} of it {} deleted, and what they name is "
        "not taken in again.\n",
        Count(report.newer_erasures, "erasure"), report.newer_erasures == 1 ? "was" : "were",
        Count(report.erased_posts, "post"), report.erased_posts == 1 ? "was" : "were");
  }
  if (report.erasures_unknown) {
    out << "ACT: the store that was there cannot be read, or its audit.key was lost or made anew, "
           "so nobody knows what was erased since the backup. Look through your notes of requests, "
           "and erase it again.\n";
  }
  if (!report.old_store.empty()) {
    out << fmt::format(
        "The store that was there is kept: {}. It holds personal data: delete it once nobody needs "
        "it.\n",
        report.old_store.string());
  }
  return report.erasures_unknown ? ExitCode::kActionNeeded : ExitCode::kDone;
}

}  // namespace schoolwatch::app
