#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/exit_code.h"
#include "app/owner/store_command.h"
#include "core/result.h"
#include "core/school.h"

namespace CLI {
class App;
}  // namespace CLI

namespace schoolwatch::app {

// What all commands share, filled in while the command line is parsed.
struct CommandContext {
  std::filesystem::path folder;  // Where relative paths on it begin; empty: where we are.
  std::filesystem::path config_dir = "/etc/schoolwatch";
  bool config_given = false;  // --config stands on the command line.
  std::string data_dir;
  std::optional<std::chrono::seconds> wait;  // --wait
  std::string user;                          // Who gave the command.
  std::size_t width = 80;                    // Of the terminal.
  std::vector<std::string> words;            // The command line itself.
  // What was asked for; parsing sets it, Main calls it. The second only for what needs the store:
  // the first then leads to it.
  std::function<ExitCode()> chosen;
  std::optional<StoreCommand> store_command;
};

// Reads a command line into the context, which must stay where it is. A status where there is
// nothing more to do: a mistake, or help that was asked for and is printed.
std::optional<ExitCode> ParseCommandLine(std::span<const std::string> words,
                                         CommandContext& context, std::ostream& out,
                                         std::ostream& errors);

// Each adds some commands, with their options and help, to the table.
void AddWatchCommands(CLI::App& app, CommandContext& context);
void AddCasesCommands(CLI::App& app, CommandContext& context);
void AddAlertsCommands(CLI::App& app, CommandContext& context);
void AddAuditCommands(CLI::App& app, CommandContext& context);
void AddAnswersCommands(CLI::App& app, CommandContext& context);
void AddDataCommands(CLI::App& app, CommandContext& context);
// `export` and `verify`, to the command `cases`.
void AddCaseArchiveCommands(CLI::App& cases, CommandContext& context);
void AddWholeCommands(CLI::App& app, CommandContext& context);
void AddIntakeCommands(CLI::App& app, CommandContext& context);
void AddInspectCommands(CLI::App& app, CommandContext& context);
void AddPlatformsCommands(CLI::App& app, CommandContext& context);
void AddRulesCommands(CLI::App& app, CommandContext& context);

// --reason and --approved-by, for commands that show what one person wrote.
struct LookPermit;
void AddLookPermit(CLI::App& command, LookPermit& permit);

// Says on standard error what ended a command, and gives the exit status for it.
ExitCode Report(const core::Error& error);
ExitCode Report(const core::Result<void>& result);

// A path as the command line gives it.
std::filesystem::path PathOf(const CommandContext& context, const std::filesystem::path& given);

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
