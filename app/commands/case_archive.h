#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "app/commands/cases.h"
#include "app/exit_code.h"
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

struct ExportedCase {
  std::string case_id;
  std::size_t posts = 0;
  std::size_t evidence = 0;  // Of so many of them.
  core::AuditHead head{};    // The log after the export was recorded.
  std::string bytes{};       // The archive.
};

// `cases export`: records the export in the log, by `actor`, and makes the archive. `id` may be a
// case's beginning, if only one has it.
core::Result<ExportedCase> ExportCase(const storage::CaseReader& cases,
                                      const storage::EvidenceReader& evidence,
                                      storage::AuditLog& log, const ExportSettings& settings,
                                      std::string_view id, core::AuditActor actor,
                                      const core::Clock& clock);

// "case-Q7F3-2K.zip", where nobody says otherwise.
std::string ArchiveName(std::string_view case_id);

// What a person should know of an archive written to `path`, its own hash above all.
void PrintExported(const ExportedCase& exported, std::string_view path, std::ostream& out);

// `cases verify FILE`: says what is wrong with these bytes. kDamaged where anything is.
ExitCode VerifyCase(std::string_view bytes, OutputForm form, std::ostream& out);

}  // namespace schoolwatch::app
