#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "app/archive/archive_check.h"
#include "app/commands/cases.h"
#include "app/exit_code.h"
#include "core/audit.h"
#include "core/calendar.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/school.h"
#include "storage/store.h"

namespace schoolwatch::app {

// What of a configuration an export needs. Borrowed.
struct ExportSettings {
  std::span<const core::School> schools;
  const core::SchoolCalendar& calendar;
};

// `cases export`: records the export in the log, by `actor`, and makes the archive. `id` may be a
// case's beginning, if only one has it.
core::Result<std::string> ExportCase(const storage::CaseReader& cases,
                                     const storage::EvidenceReader& evidence,
                                     storage::AuditLog& log, const ExportSettings& settings,
                                     std::string_view id, core::AuditActor actor,
                                     const core::Clock& clock);

// "case-Q7F3-2K.zip", where nobody says otherwise.
std::string ArchiveName(std::string_view case_id);

// Writes it for its owner alone. kBadInput: something of that name is there, which is never
// replaced.
core::Result<void> SaveArchive(const std::filesystem::path& path, std::string_view archive);

// What a person should know of an archive written to `path`, its own hash above all. kDamaged, with
// what is wrong, where `report` names a problem: then the store or its log is damaged.
ExitCode PrintExported(const ArchiveReport& report, std::string_view archive, std::string_view path,
                       std::ostream& out);

// `cases verify FILE`: says what is wrong with these bytes. kDamaged where anything is.
ExitCode VerifyCase(std::string_view bytes, OutputForm form, std::ostream& out);

}  // namespace schoolwatch::app
