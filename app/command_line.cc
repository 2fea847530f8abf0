#include "app/command_line.h"

#include <pwd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "app/command_table.h"
#include "app/owner/served_request.h"
#include "app/terminal.h"
#include "app/version.h"
#include "config/data_dir.h"
#include "config/nearest.h"
#include "config/settings.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFooter =
    "Exit status: 0 done, 1 a person must act, 2 usage or configuration, 3 another process holds\n"
    "the store, 4 the store is damaged, 70 a mistake in schoolwatch.";

// Who gave the command, for histories: nobody's word is checked, since whoever may run this may
// write the store as well.
std::string UserName(const std::string& given) {
  std::string name = given;
  if (const char* const behind_sudo = std::getenv("SUDO_USER"); name.empty() && behind_sudo) {
    name = behind_sudo;
  }
  if (name.empty()) {
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    const bool known =
        ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found;
    name = known ? found->pw_name : "user number " + std::to_string(::getuid());
  }
  name = SafeForTerminal(name).substr(0, kMaxUserBytes);
  return name.empty() ? "somebody" : name;
}

std::vector<std::string> NamesOfCommands(const CLI::App& within) {
  std::vector<std::string> names;
  for (const CLI::App* const command : within.get_subcommands({})) {
    names.push_back(command->get_name());
  }
  return names;
}

// Of a mistyped command as of none, CLI11 says no more than that one is required. Empty: it is
// something else that is wrong.
std::string MissingCommand(const CLI::App& app) {
  const CLI::App* within = &app;
  std::string path = "schoolwatch";
  for (auto parsed = app.get_subcommands(); !parsed.empty(); parsed = within->get_subcommands()) {
    within = parsed.front();
    path += " " + within->get_name();
  }
  const std::vector<std::string> commands = NamesOfCommands(*within);
  if (commands.empty()) {
    return "";
  }
  const std::string advice = "`" + path + " --help` lists them";
  for (const std::string& word : app.remaining(true)) {
    if (!word.starts_with('-')) {
      std::string meant = config::DidYouMean(word, commands);
      std::vector<std::string> inside;  // What others call so, one word further in.
      for (const CLI::App* const command : within->get_subcommands({})) {
        if (std::ranges::count(NamesOfCommands(*command), word) > 0) {
          inside.push_back("'" + command->get_name() + " " + word + "'");
        }
      }
      if (!inside.empty()) {
        meant = (inside.size() == 1 ? "; did you mean " : "; did you mean one of ") +
                config::JoinNames(inside) + "?";
      }
      return "there is no command '" + SafeForTerminal(word) + "'" +
             (meant.empty() ? "; " : meant + " ") + advice;
    }
  }
  return "which command? " + advice;
}

}  // namespace

fs::path PathOf(const CommandContext& context, const fs::path& given) {
  return given == "-" ? given : context.folder / given;
}

ExitCode Report(const core::Error& error) { return ReportError(error, std::cerr); }

ExitCode Report(const core::Result<void>& result) {
  return result ? ExitCode::kDone : Report(result.error());
}

core::Result<fs::path> FindDataDir(const CommandContext& context) {
  return config::FindDataDir(context.data_dir);
}

std::optional<fs::path> FindConfigDir(const CommandContext& context) {
  std::error_code error;
  if (context.config_given || fs::exists(context.config_dir / "schoolwatch.yaml", error)) {
    return context.config_dir;
  }
  return std::nullopt;
}

core::Result<std::vector<core::School>> FindSchools(const CommandContext& context,
                                                    const std::string& schools_file) {
  config::Diagnostics problems;
  if (!schools_file.empty()) {
    core::Result<std::vector<core::School>> schools = config::LoadSchools(schools_file, problems);
    std::cerr << problems.WarningsToText();
    return schools;
  }
  std::vector<core::School> schools;
  if (const std::optional<fs::path> config_dir = FindConfigDir(context)) {
    SW_ASSIGN(config::Configuration configuration,
              config::LoadConfiguration(*config_dir, problems, config::Secrets::kLeave));
    schools = std::move(configuration.settings.schools);
  }
  if (schools.empty()) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "which schools are watched? give --schools FILE or --config DIR");
  }
  return schools;
}

std::optional<ExitCode> ParseCommandLine(std::span<const std::string> words,
                                         CommandContext& context, std::ostream& out,
                                         std::ostream& errors) {
  CLI::App app{
      "Watches public postings for a school: fetches public pages, feeds and APIs, finds posts "
      "about "
      "the school,\njudges them as possible safeguarding, defamatory or reputational concerns, and "
      "mails few, well-explained alerts."};
  app.name("schoolwatch");
  app.footer(kFooter);
  app.set_version_flag("--version", "schoolwatch " + std::string(kVersion));
  app.require_subcommand(1);
  app.fallthrough();
  const CLI::Option* config_option =
      app.add_option("--config", context.config_dir,
                     "Folder with schoolwatch.yaml, sources.yaml and rules/")
          ->capture_default_str();
  app.add_option("--data-dir", context.data_dir,
                 "Folder with the shipped rules, platforms and templates (found by itself)");
  std::uint32_t wait = 0;
  const CLI::Option* wait_option =
      app.add_option("--wait", wait,
                     "Seconds to wait for a store that another process holds (30; run: 0)")
          ->check(CLI::Range(0, 86'400));
  app.add_option("--as-user", context.user,
                 "The name under which histories remember this (else the user's of the system)");
  AddWatchCommands(app, context);
  AddAlertsCommands(app, context);
  AddIntakeCommands(app, context);
  AddAuditCommands(app, context);
  AddAnswersCommands(app, context);
  AddDataCommands(app, context);
  AddWholeCommands(app, context);
  AddInspectCommands(app, context);
  AddPlatformsCommands(app, context);
  AddRulesCommands(app, context);
  try {
    // CLI11 takes the last word first.
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::RequiredError& error) {
    const std::string missing = MissingCommand(app);
    if (missing.empty()) {
      app.exit(error, out, errors);
      return ExitCode::kUsage;
    }
    return ReportError({core::ErrorKind::kBadInput, missing}, errors);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, errors) == 0 ? ExitCode::kDone : ExitCode::kUsage;
  }
  context.words.assign(words.begin(), words.end());
  context.config_given = config_option->count() > 0;
  if (wait_option->count() > 0) {
    context.wait = std::chrono::seconds(wait);
  }
  return std::nullopt;
}

ExitCode Main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  CommandContext context;
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (const auto ended = ParseCommandLine(words, context, std::cout, std::cerr)) {
    return *ended;
  }
  context.user = UserName(context.user);
  context.width = TerminalWidth(stdout);
  return context.chosen ? context.chosen() : ExitCode::kUsage;
}

}  // namespace schoolwatch::app
