#include "app/commands/case_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <ostream>
#include <system_error>

#include "app/archive/case_archive.h"
#include "app/terminal.h"
#include "app/version.h"
#include "core/hash.h"
#include "storage/new_file.h"

namespace schoolwatch::app {

core::Result<std::string> ExportCase(const storage::CaseReader& cases,
                                     const storage::EvidenceReader& evidence,
                                     storage::AuditLog& log, const ExportSettings& settings,
                                     std::string_view id, core::AuditActor actor,
                                     const core::Clock& clock) {
  CaseExport made;
  SW_ASSIGN(made.of, cases.LoadCase(id));
  // Recorded first, so that the archive tells of itself; one that then fails was still asked for.
  const core::AuditEvent event{
      .action = core::AuditAction::kExported, .actor = actor, .case_id = made.of.id};
  SW_TRY(log.Record({&event, 1}));
  SW_ASSIGN(made.audit, log.LoadAuditOf(made.of.id));
  for (const std::string& finding_id : made.of.findings) {
    core::Result<core::Finding> finding = cases.LoadFinding(finding_id);
    if (!finding && finding.error().kind == core::ErrorKind::kNotFound) {
      continue;  // Erased.
    }
    if (!finding) {
      return core::Fail(std::move(finding).error());
    }
    ExportedFinding one{.finding = std::move(*finding), .evidence = {}, .key = {}, .versions = {}};
    SW_ASSIGN(one.versions, cases.LoadVersions(finding_id));
    SW_ASSIGN(one.evidence, evidence.FindEvidence(finding_id));
    if (one.evidence) {
      one.key = SealingKey(made.audit, *one.evidence, evidence.EvidenceKeys(finding_id));
    }
    made.findings.push_back(std::move(one));
  }
  const auto school = std::ranges::find(settings.schools, made.of.school, &core::School::key);
  made.school_name = school == settings.schools.end() ? made.of.school : school->name;
  made.time_zone = settings.calendar.time_zone;
  made.exported_at = clock.Now();
  made.made_by = "schoolwatch " + std::string(kVersion);
  return MakeCaseArchive(made);
}

std::string ArchiveName(std::string_view case_id) { return fmt::format("case-{}.zip", case_id); }

core::Result<void> SaveArchive(const std::filesystem::path& path, std::string_view archive) {
  std::error_code error;
  // A link that leads nowhere is there, too: it would be replaced.
  if (std::filesystem::exists(std::filesystem::symlink_status(path, error))) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "'" + SafeForTerminal(path.string()) +
                          "' is there already, perhaps an export whose hash somebody noted; it was "
                          "left as it is: give another name with --to");
  }
  constexpr std::string_view kZip = "PK\x03\x04";
  storage::NewFile file(path, kZip);
  SW_TRY(file.Open());
  SW_TRY(file.Write(archive));
  return file.Finish();
}

ExitCode PrintExported(const ArchiveReport& report, std::string_view archive, std::string_view path,
                       std::ostream& out) {
  for (const std::string& problem : report.problems) {
    out << problem << '\n';
  }
  out << fmt::format(
      "Case {} is in {}: {}, evidence of {}, {} bytes.\n"
      "  SHA-256    {}\n"
      "  audit log  {}, head {}\n"
      "Note both elsewhere: they show later that nothing was changed. Check the file with:\n"
      "  schoolwatch cases verify {}\n",
      report.case_id, path, Count(report.posts, "post"), Count(report.evidence, "text"),
      archive.size(), core::ToHex(core::HashSha256(archive)),
      Count(report.log_entries, "entry", "entries"), report.log_head, path);
  return report.problems.empty() ? ExitCode::kDone : ExitCode::kDamaged;
}

ExitCode VerifyCase(std::string_view bytes, OutputForm form, std::ostream& out) {
  const ArchiveReport report = CheckCaseArchive(bytes);
  const bool whole = report.problems.empty();
  const std::string hash = core::ToHex(core::HashSha256(bytes));
  if (form == OutputForm::kJsonLines) {
    namespace json = boost::json;
    for (const std::string& problem : report.problems) {
      out << json::serialize(json::object{{"type", "problem"}, {"what", problem}}) << '\n';
    }
    for (const std::string& note : report.notes) {
      out << json::serialize(json::object{{"type", "note"}, {"text", note}}) << '\n';
    }
    out << json::serialize(json::object{{"type", "archive"},
                                        {"whole", whole},
                                        {"case", report.case_id},
                                        {"exported_at", report.exported_at},
                                        {"posts", report.posts},
                                        {"records", report.records},
                                        {"audit_entries", report.audit_entries},
                                        {"sha256", hash}})
        << '\n';
    return whole ? ExitCode::kDone : ExitCode::kDamaged;
  }
  for (const std::string& problem : report.problems) {
    out << problem << '\n';
  }
  for (const std::string& note : report.notes) {
    out << "note: " << note << '\n';
  }
  if (!whole) {
    out << "This archive is NOT as it was exported.\n";
    return ExitCode::kDamaged;
  }
  out << fmt::format(
      "This archive is whole: case {}, exported {}, {}, {} of evidence, {} of the audit log.\n"
      "SHA-256 {}\nCompare that with what was noted at the export.\n",
      SafeForTerminal(report.case_id), SafeForTerminal(report.exported_at),
      Count(report.posts, "post"), Count(report.records, "record"),
      Count(report.audit_entries, "entry", "entries"), hash);
  return ExitCode::kDone;
}

}  // namespace schoolwatch::app
