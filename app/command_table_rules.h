#pragma once

#include <string>
#include <vector>

#include "app/command_table.h"
#include "app/commands/cases.h"
#include "app/commands/rules_files.h"

// What the tables of the `rules` commands share.
namespace schoolwatch::app {

// `replay` and `fit`.
void AddTuningCommands(CLI::App& rules, CommandContext& context);

OutputForm FormOf(bool json);

// The shipped rules, the configuration's and `extra` files.
core::Result<RuleSources> SourcesOf(const CommandContext& context,
                                    const std::vector<std::string>& extra);

}  // namespace schoolwatch::app
