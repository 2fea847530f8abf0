#include "app/commands/erase.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "alerts/channels/channel.h"
#include "app/terminal.h"
#include "app/trace_files.h"
#include "storage/case_id.h"
#include "storage/name_finder.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kMostShown = 50;

// The trace of a look at a name is no sign that there is anybody of that name.
bool IsNothingFound(const storage::ErasureReport& report) {
  return report.findings.empty() && report.changed.empty() &&
         std::ranges::all_of(report.deleted,
                             [](const auto& one) { return one.first == "counts of looks"; });
}

std::string_view WhatIsSought(storage::ErasureTarget::By by) {
  switch (by) {
    case storage::ErasureTarget::By::kAuthor:
      return "under this name";
    case storage::ErasureTarget::By::kUrl:
      return "at this address";
    case storage::ErasureTarget::By::kCase:
      break;
  }
  return "of this case";
}

void ShowMatches(const std::vector<core::Finding>& findings, std::size_t width, std::ostream& out) {
  std::set<std::string> cases;
  for (const core::Finding& finding : findings) {
    cases.insert(finding.case_id);
  }
  out << fmt::format("{} of {}:\n", Count(findings.size(), "post"), Count(cases.size(), "case"));
  for (std::size_t i = 0; i < std::min(findings.size(), kMostShown); ++i) {
    const core::Finding& finding = findings[i];
    out << Wrap(fmt::format("{}, case {}, {}: {}",
                            core::FormatRfc3339(finding.fetched_at).substr(0, 10), finding.case_id,
                            finding.post.author.empty() ? "no name shown"
                                                        : SafeForTerminal(finding.post.author),
                            SafeForTerminal(finding.post.url)),
                2, width);
  }
  if (findings.size() > kMostShown) {
    out << fmt::format("  … and {} more\n", findings.size() - kMostShown);
  }
}

// Names that are everyday words stand in other people's logs and mails as such.
std::vector<storage::Needle> OwnNeedles(const std::vector<storage::Needle>& needles) {
  std::vector<storage::Needle> own;
  std::ranges::copy_if(needles, std::back_inserter(own), [](const storage::Needle& needle) {
    return needle.what != storage::kNameNeedle || storage::NameFinder(needle.bytes).is_distinct();
  });
  return own;
}

void ShowLeft(const std::vector<storage::Sighting>& left, const storage::ErasureReport& report,
              std::size_t width, std::ostream& out) {
  if (left.empty()) {
    out << "Looked into every file of the store: "
        << (IsNothingFound(report) ? "it stands in none.\n" : "nothing of it is left.\n");
    return;
  }
  out << Wrap(
      "Looked into every file of the store. Left, in what others wrote or in files that are not "
      "the program's:",
      0, width);
  for (const storage::Sighting& one : left) {
    out << Wrap(fmt::format("{}{}: {}, {}", SafeForTerminal(one.file),
                            one.record.empty() ? "" : " (" + SafeForTerminal(one.record) + ")",
                            one.what, Count(one.times, "time")),
                2, width);
  }
  if (report.left.empty()) {
    return;
  }
  out << "To look at and decide, by case:\n";
  for (const storage::LeftRecord& one : report.left) {
    out << Wrap(fmt::format("case {}{}: {} ({})", SafeForTerminal(one.case_id),
                            one.url.empty() ? "" : ", post " + SafeForTerminal(one.url), one.what,
                            SafeForTerminal(one.kind)),
                2, width);
  }
}

// Old copies of the store, which hold it whole: nothing can be taken out of them.
core::Result<void> RemoveOldCopies(const std::filesystem::path& folder,
                                   const std::vector<storage::Needle>& needles,
                                   storage::ErasureEffect effect, std::size_t width,
                                   std::ostream& out) {
  const bool shown = effect == storage::ErasureEffect::kShowOnly;
  SW_ASSIGN(const std::vector<std::filesystem::path> copies,
            storage::FindOldCopies(folder, needles));
  for (const std::filesystem::path& copy : copies) {
    std::error_code error;
    if (!shown) {
      std::filesystem::remove_all(copy, error);
    }
    if (error) {
      return core::Fail(core::ErrorKind::kUnavailable,
                        "'" + copy.string() + "' cannot be deleted: " + error.message());
    }
    out << Wrap(fmt::format("{}, as it holds it or may hold it: {}",
                            shown ? "Would be deleted" : "Deleted", copy.string()),
                0, width);
  }
  return {};
}

// What is left of it, in logs and mails too; kActionNeeded where a person must see to the rest.
core::Result<ExitCode> CleanAndLook(const config::Settings& settings,
                                    const storage::ErasureReport& report, std::size_t width,
                                    std::ostream& out) {
  const std::vector<storage::Needle> own = OwnNeedles(report.needles);
  std::set<std::string> cases;
  for (const core::Finding& finding : report.findings) {
    cases.insert(finding.case_id);
  }
  const std::vector<std::string> words(cases.begin(), cases.end());
  const std::vector<std::string> channels = alerts::ChannelsInUse(settings);
  const bool to_folder = std::ranges::find(channels, "folder") != channels.end();
  SW_ASSIGN(const CleanedFiles cleaned,
            CleanFiles(settings.storage.folder,
                       to_folder ? settings.alerts.folder : std::filesystem::path(), own, words));
  if (cleaned.logs + cleaned.mails > 0) {
    out << fmt::format("Crossed out in {}; deleted {} in our folders.\n",
                       Count(cleaned.logs, "log"), Count(cleaned.mails, "mail"));
  }
  SW_TRY(RemoveOldCopies(settings.storage.folder, own, storage::ErasureEffect::kErase, width, out));
  SW_ASSIGN(const auto left, storage::ScanFiles(settings.storage.folder, own));
  ShowLeft(left, report, width, out);
  return left.empty() && !IsNothingFound(report) ? ExitCode::kDone : ExitCode::kActionNeeded;
}

// The case's whole id. The id of a case that went into another one is refused: who holds an old
// mail does not mean all the rest.
core::Result<std::string> ExactCase(const storage::CaseReader& cases, const std::string& typed) {
  SW_ASSIGN(const core::Case one, cases.LoadCase(typed));
  if (!one.id.starts_with(typed) && !one.id.starts_with(storage::NormalizeCaseId(typed))) {
    return core::Fail(
        core::ErrorKind::kBadInput,
        fmt::format("case '{}' was merged into case {}, which has {}: give {} to erase all of "
                    "it, or part what you mean from it first (schoolwatch cases split)",
                    typed, one.id, Count(core::PostsIn(one), "post"), one.id));
  }
  return one.id;
}

}  // namespace

ExitCode EraseCommand(StoreSession& session, const storage::ErasureTarget& target,
                      storage::ErasureEffect effect, core::Timestamp now) {
  if (session.store == nullptr) {
    return ReportNoStore(session);
  }
  const config::Settings& settings = session.config->settings;
  storage::ErasureTarget exact = target;
  if (target.by == storage::ErasureTarget::By::kCase) {
    core::Result<std::string> id = ExactCase(*session.store, target.value);
    if (!id) {
      return ReportError(id.error(), session.errors);
    }
    exact.value = *std::move(id);
  }
  const core::Result<storage::ErasureReport> report =
      storage::Erase(*session.store, exact, settings.retention.erasure_marks, now, effect);
  if (!report) {
    return ReportError(report.error(), session.errors);
  }
  std::ostream& out = session.out;
  const bool shown = effect == storage::ErasureEffect::kShowOnly;
  const bool nothing = IsNothingFound(*report);
  if (nothing) {
    out << fmt::format("Nothing {} was found: check the spelling.\n", WhatIsSought(target.by));
    if (shown) {
      out << Wrap(
          "With --yes it is looked for in logs and mails all the same, and erased from a "
          "backup that is restored.",
          0, session.width);
    }
  } else {
    ShowMatches(report->findings, session.width, out);
    out << Wrap(fmt::format("{}: {}.", shown ? "Would be deleted" : "Deleted",
                            storage::CountsLine(report->deleted)),
                0, session.width);
  }
  if (!report->changed.empty()) {
    out << Wrap(fmt::format("{}: {}.",
                            shown ? "Names, quotes and links would be taken out of"
                                  : "Names, quotes and links were taken out of",
                            storage::CountsLine(report->changed)),
                0, session.width);
  }
  if (shown) {
    const auto listed = RemoveOldCopies(settings.storage.folder, OwnNeedles(report->needles),
                                        effect, session.width, out);
    if (!listed) {
      return ReportError(listed.error(), session.errors);
    }
    return nothing ? ExitCode::kActionNeeded : ExitCode::kDone;
  }
  const core::Result<ExitCode> cleaned = CleanAndLook(settings, *report, session.width, out);
  if (!cleaned) {
    return ReportError(cleaned.error(), session.errors);
  }
  if (!report->reopened) {
    out << Wrap(
        "LevelDB's list of its tables may tell addresses until the store is opened anew, at the "
        "latest by the next run.",
        0, session.width);
  }
  const std::string until = core::FormatRfc3339(report->until).substr(0, 10);
  if (report->findings.empty()) {  // There was no post to know again.
    out << Wrap("Posts of it in a backup are erased when that is restored, until " + until + ".", 0,
                session.width);
  } else {
    out << Wrap("Keyed hashes keep it from coming back until " + until + ".", 0, session.width);
  }
  out << Wrap(
      "Not erased, as it is out of reach here: mails that were delivered; exports; backups made "
      "before now, which are erased again when they are restored; and what the site itself shows.",
      0, session.width);
  return *cleaned;
}

}  // namespace schoolwatch::app
