#pragma once

#include <string>

#include "app/commands/cases.h"
#include "app/exit_code.h"
#include "app/look_gate.h"
#include "app/owner/store_command.h"
#include "core/time.h"

namespace schoolwatch::app {

// `subject-access`: all that is held about a public name, of every kind of record, in a form that
// can be handed to the person: other people's names are masked. Read it before it is handed over.
ExitCode SubjectAccessCommand(StoreSession& session, const std::string& author,
                              const LookPermit& permit, OutputForm form, core::Timestamp now);

// `subject-access --reasons`: why people were looked at again, one JSON object a line.
ExitCode ShowLookReasons(StoreSession& session);

}  // namespace schoolwatch::app
