#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>

#include "app/commands/cases.h"
#include "app/commands/rules_files.h"
#include "app/exit_code.h"

namespace schoolwatch::app {

// `rules lint`: what loads but is hardly meant so, in `sources.extra` only where any are given;
// `sample` is a file of posts on which the rules should mostly be silent. kActionNeeded where there
// is an error, kUsage where the rules do not load (what shows in their text is said all the same).
ExitCode LintRules(const RuleSources& sources, const std::optional<std::filesystem::path>& sample,
                   OutputForm form, std::ostream& out, std::ostream& errors);

}  // namespace schoolwatch::app
