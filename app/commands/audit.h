#pragma once

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "app/commands/cases.h"
#include "app/exit_code.h"
#include "core/audit.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// `audit list`: the newest `limit` entries of the log, or of one case, oldest first. `case_id` may
// be the beginning of an id that exists; it is taken as it stands where the case was deleted.
core::Result<void> ListAudit(const storage::AuditLog& log, const storage::CaseReader& cases,
                             std::string_view case_id, std::size_t limit, OutputForm form,
                             std::ostream& out);

struct AuditQuestion {
  std::string case_id;       // Empty: the whole log.
  std::string earlier_head;  // A hash that was printed once, in hexadecimal; empty: none.
};
// `audit verify`: kDone where all is well, kDamaged where something is named as wrong.
core::Result<ExitCode> VerifyAudit(const storage::AuditLog& log, const storage::CaseReader& cases,
                                   const AuditQuestion& question, OutputForm form,
                                   std::ostream& out);

// "57 entries, head 3fa9…": what a run prints, so that somebody can note it elsewhere.
std::string HeadLine(const core::AuditHead& head);

}  // namespace schoolwatch::app
