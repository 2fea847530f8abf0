#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/command_table.h"
#include "app/commands/cases.h"
#include "app/commands/rules_files.h"
#include "storage/store.h"

// What the tables of the `rules` commands share.
namespace schoolwatch::app {

// `replay` and `fit`.
void AddTuningCommands(CLI::App& rules, CommandContext& context);

OutputForm FormOf(bool json);

// The shipped rules, the configuration's and `extra` files.
core::Result<RuleSources> SourcesOf(const CommandContext& context,
                                    const std::vector<std::string>& extra);

// The configuration's store; null where there is no configuration or nothing was watched yet.
core::Result<std::unique_ptr<storage::Store>> OpenStore(const CommandContext& context,
                                                        std::string_view holder);

}  // namespace schoolwatch::app
