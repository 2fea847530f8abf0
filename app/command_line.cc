#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <utility>

#include "app/command_table.h"
#include "app/version.h"
#include "config/data_dir.h"
#include "config/settings.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFooter =
    "Exit status: 0 done, 1 a person must act, 2 usage or configuration, 3 another run holds the\n"
    "store, 4 the store is damaged, 70 a mistake in schoolwatch.";

}  // namespace

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

ExitCode Main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  CommandContext context;
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
  AddWatchCommands(app, context);
  AddAuditCommands(app, context);
  AddInspectCommands(app, context);
  AddRulesCommands(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cout, std::cerr) == 0 ? ExitCode::kDone : ExitCode::kUsage;
  }
  context.config_given = config_option->count() > 0;
  return context.chosen ? context.chosen() : ExitCode::kUsage;
}

}  // namespace schoolwatch::app
