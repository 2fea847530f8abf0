#pragma once

#include <filesystem>
#include <iosfwd>
#include <span>

#include "app/commands/cases.h"
#include "app/doctor/advice.h"
#include "app/exit_code.h"
#include "core/clock.h"
#include "core/result.h"
#include "storage/repair.h"
#include "storage/restore.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Keeping an installation whole: `doctor`, `repair`, `backup`, `restore`.

// What was found, the worst first; for people only what is not fine, and how much is.
// kActionNeeded where a person must act.
ExitCode PrintAdvice(std::span<const Advice> advice, OutputForm form, std::ostream& out);

// `repair`: what was mended and what was lost. kActionNeeded where somebody should look at it.
core::Result<ExitCode> Repair(const std::filesystem::path& store_folder, const core::Clock& clock,
                              std::ostream& out);

// Says in the audit log of the store in `folder` what was done to all of it; a line on `out` where
// that cannot be written, since it is done all the same.
void RecordInLog(const std::filesystem::path& folder, core::AuditAction action, std::ostream& out);
void RecordInLog(storage::Store& store, core::AuditAction action, std::ostream& out);

// `backup`: of the store as it is now, while its owner goes on.
core::Result<ExitCode> Backup(const storage::Store& store,
                              const std::filesystem::path& store_folder,
                              const std::filesystem::path& file, const core::Clock& clock,
                              std::ostream& out);

// `restore`. kActionNeeded where nobody knows what was erased since the backup.
core::Result<ExitCode> Restore(const std::filesystem::path& store_folder,
                               const std::filesystem::path& file,
                               const storage::RestoreOptions& options, const core::Clock& clock,
                               std::ostream& out);

}  // namespace schoolwatch::app
