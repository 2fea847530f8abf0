#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/exit_code.h"
#include "core/result.h"
#include "core/school.h"

namespace CLI {
class App;
}  // namespace CLI

namespace schoolwatch::app {

// What all commands share, filled in while the command line is parsed.
struct CommandContext {
  std::filesystem::path config_dir = "/etc/schoolwatch";
  bool config_given = false;  // --config stands on the command line.
  std::string data_dir;
  std::function<ExitCode()> chosen;  // What was asked for; parsing sets it, Main calls it.
};

// Each adds some commands, with their options and help, to the table.
void AddWatchCommands(CLI::App& app, CommandContext& context);
void AddAuditCommands(CLI::App& app, CommandContext& context);
// `export` and `verify`, to the command `cases`.
void AddCaseArchiveCommands(CLI::App& cases, CommandContext& context);
void AddInspectCommands(CLI::App& app, CommandContext& context);
void AddRulesCommands(CLI::App& app, CommandContext& context);

// Says on standard error what ended a command, and gives the exit status for it.
ExitCode Report(const core::Error& error);
ExitCode Report(const core::Result<void>& result);

// Of `inspect judge` and the `rules` commands, which need no configuration.

// Where the shipped rules, platforms and templates are.
core::Result<std::filesystem::path> FindDataDir(const CommandContext& context);
// The configuration's folder where one was asked for or is there.
std::optional<std::filesystem::path> FindConfigDir(const CommandContext& context);
// The schools of `schools_file`, or the configuration's where none is given. kBadInput, saying what
// to give, where there are none.
core::Result<std::vector<core::School>> FindSchools(const CommandContext& context,
                                                    const std::string& schools_file);

}  // namespace schoolwatch::app
