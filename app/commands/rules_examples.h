#pragma once

#include <iosfwd>

#include "app/commands/cases.h"
#include "app/commands/rules_files.h"
#include "app/exit_code.h"

namespace schoolwatch::app {

// `rules test`: runs the examples inside rules; of `sources.extra` only, where any are given.
// kActionNeeded where one fails, kUsage where the rules do not load.
ExitCode TestRules(const RuleSources& sources, OutputForm form, std::ostream& out,
                   std::ostream& errors);

}  // namespace schoolwatch::app
