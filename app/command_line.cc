#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "app/commands/cases.h"
#include "app/commands/check.h"
#include "app/commands/coverage.h"
#include "app/commands/demo.h"
#include "app/commands/inspect.h"
#include "app/commands/receipt.h"
#include "app/commands/run.h"
#include "app/pipeline/empty_memory.h"
#include "app/terminal.h"
#include "app/version.h"
#include "app/workspace.h"
#include "config/data_dir.h"
#include "config/init.h"
#include "storage/store.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFooter =
    "Exit status: 0 done, 1 a person must act, 2 usage or configuration, 3 another run holds the\n"
    "store, 4 the store is damaged, 70 a mistake in schoolwatch.";

ExitCode Report(const core::Error& error) { return ReportError(error, std::cerr); }

ExitCode Report(const core::Result<void>& result) {
  return result ? ExitCode::kDone : Report(result.error());
}

// All options of all commands; CLI11 fills in those of the command given.
struct Options {
  fs::path config_dir = "/etc/schoolwatch";
  std::string data_dir;
  // run, check
  bool all = false;
  bool dry_run = false;
  bool json = false;
  bool online = false;
  std::vector<std::string> sources;
  std::vector<std::string> connect_to;
  // cases
  std::string school;
  std::string state;
  std::string category;
  std::string at_least;
  std::size_t limit = 100;
  std::string id;
  // coverage
  std::string host;
  // inspect
  std::string schools_file;
  bool explain = false;
  std::string file;
  std::string url;
  std::string content_type;
  // demo
  std::string folder;
  config::InitOptions init;
};

core::Result<fs::path> DataDir(const Options& options) {
  return config::FindDataDir(options.data_dir);
}

core::Result<std::vector<net::ConnectOverride>> ConnectOverrides(const Options& options) {
  std::vector<net::ConnectOverride> overrides;
  for (const std::string& text : options.connect_to) {
    SW_ASSIGN(net::ConnectOverride parsed, net::ParseConnectOverride(text));
    overrides.push_back(std::move(parsed));
  }
  return overrides;
}

ExitCode Run(const Options& options) {
  RunCommandOptions run;
  run.config_dir = options.config_dir;
  run.form = options.json ? OutputForm::kJsonLines : OutputForm::kForPeople;
  run.run.schedule = options.all ? Schedule::kAll : Schedule::kDueOnly;
  run.run.effects = options.dry_run ? Effects::kDryRun : Effects::kFull;
  run.run.only_sources = options.sources;
  core::Result<std::vector<net::ConnectOverride>> overrides = ConnectOverrides(options);
  if (!overrides) {
    return Report(overrides.error());
  }
  run.run.connect_overrides = std::move(*overrides);
  const core::Result<fs::path> data_dir = DataDir(options);
  if (!data_dir) {
    return Report(data_dir.error());
  }
  run.data_dir = *data_dir;
  return RunCommand(run, std::cout, std::cerr);
}

ExitCode Cases(const Options& options, bool list) {
  storage::CaseFilter filter;
  filter.school = options.school;
  filter.limit = options.limit;
  if (!options.state.empty()) {
    const auto state = core::ParseCaseState(options.state);
    if (!state) {
      return Report(state.error());
    }
    filter.state = *state;
  }
  if (!options.category.empty()) {
    const auto category = core::ParseCategory(options.category);
    if (!category) {
      return Report(category.error());
    }
    filter.category = *category;
  }
  if (!options.at_least.empty()) {
    const auto severity = core::ParseSeverity(options.at_least);
    if (!severity) {
      return Report(severity.error());
    }
    filter.at_least = *severity;
  }
  config::Diagnostics problems;
  const auto configuration =
      config::LoadConfiguration(options.config_dir, problems, config::Secrets::kLeave);
  if (!configuration) {
    return Report(configuration.error());
  }
  const auto store = storage::Store::Open(configuration->settings.storage.folder,
                                          storage::OpenMode::kReadOnly, "schoolwatch cases");
  if (!store) {
    if (store.error().kind == core::ErrorKind::kNotFound && list) {
      std::cerr << "schoolwatch: nothing was watched yet: there is no store\n";
      return ExitCode::kDone;
    }
    return Report(store.error());
  }
  const OutputForm form = options.json ? OutputForm::kJsonLines : OutputForm::kForPeople;
  return Report(list ? ListCases(**store, filter, form, std::cout)
                     : ShowCase(**store, options.id, form, std::cout));
}

ExitCode Coverage(const Options& options) {
  config::Diagnostics problems;
  const auto configuration =
      config::LoadConfiguration(options.config_dir, problems, config::Secrets::kLeave);
  if (!configuration) {
    return Report(configuration.error());
  }
  const auto store = storage::Store::Open(configuration->settings.storage.folder,
                                          storage::OpenMode::kReadOnly, "schoolwatch coverage");
  const bool no_store = !store && store.error().kind == core::ErrorKind::kNotFound;
  if (!store && (!no_store || !options.host.empty())) {
    return Report(store.error());
  }
  const OutputForm form = options.json ? OutputForm::kJsonLines : OutputForm::kForPeople;
  const core::Timestamp now = core::SystemClock().Now();
  if (!options.host.empty()) {
    const auto receipts = LoadReceipts(options.host, *configuration, **store, **store, now);
    if (!receipts) {
      return Report(receipts.error());
    }
    PrintReceipts(options.host, *receipts, configuration->settings.crawl, now, form, std::cout);
    return ExitCode::kDone;
  }
  const EmptyMemory nothing;
  const core::FetchMemory& memory =
      no_store ? static_cast<const core::FetchMemory&>(nothing) : **store;
  const auto coverage = LoadCoverage(configuration->sources, memory, now);
  if (!coverage) {
    return Report(coverage.error());
  }
  PrintCoverage(*coverage, now, form, TerminalWidth(stdout), std::cout);
  return ExitCode::kDone;
}

ExitCode Read(const Options& options) {
  const core::Result<fs::path> data_dir = DataDir(options);
  if (!data_dir) {
    return Report(data_dir.error());
  }
  config::Diagnostics problems;
  const crawler::EngineSet engines = crawler::LoadEngines(*data_dir / "engines", problems);
  if (const core::Result<void> right = problems.ToResult(); !right) {
    return Report(right.error());
  }
  if (options.file.empty()) {
    return InspectRead(engines, std::cin, std::cout);
  }
  return InspectFile({.file = options.file,
                      .url = options.url,
                      .content_type = options.content_type,
                      .as_json = options.json},
                     engines, std::cout, std::cerr);
}

ExitCode Judge(const Options& options, bool config_given) {
  const core::Result<fs::path> data_dir = DataDir(options);
  if (!data_dir) {
    return Report(data_dir.error());
  }
  config::Diagnostics problems;
  std::vector<core::School> schools;
  std::optional<fs::path> config_dir;
  if (!options.schools_file.empty()) {
    auto loaded = config::LoadSchools(options.schools_file, problems);
    if (!loaded) {
      return Report(loaded.error());
    }
    schools = std::move(*loaded);
  }
  std::error_code error;
  if (config_given || (options.schools_file.empty() &&
                       fs::exists(options.config_dir / "schoolwatch.yaml", error))) {
    config_dir = options.config_dir;
    if (options.schools_file.empty()) {
      auto configuration =
          config::LoadConfiguration(options.config_dir, problems, config::Secrets::kLeave);
      if (!configuration) {
        return Report(configuration.error());
      }
      schools = std::move(configuration->settings.schools);
    }
  }
  if (schools.empty()) {
    std::cerr << "schoolwatch: which schools are watched? give --schools FILE or --config DIR\n";
    return ExitCode::kUsage;
  }
  const auto judge = MakeJudge(std::move(schools), *data_dir, config_dir);
  if (!judge) {
    return Report(judge.error());
  }
  return InspectJudge(**judge, options.explain ? Explanation::kForPeople : Explanation::kNone,
                      std::cin, std::cout);
}

ExitCode Init(const Options& options) {
  const core::Result<std::string> written = config::WriteConfiguration(options.init);
  if (!written) {
    return Report(written.error());
  }
  std::cout << *written;
  return ExitCode::kDone;
}

ExitCode Schema(const Options& options) { return PrintSchema(options.id, std::cout, std::cerr); }

}  // namespace

ExitCode Main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  Options options;
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
      app.add_option("--config", options.config_dir,
                     "Folder with schoolwatch.yaml, sources.yaml and rules/")
          ->capture_default_str();
  app.add_option("--data-dir", options.data_dir,
                 "Folder with the shipped rules, platforms and templates (found by itself)");

  CLI::App* demo = app.add_subcommand(
      "demo", "Shows the main job, twice, on a make-believe town served on this machine");
  demo->add_option("--folder", options.folder,
                   "Empty folder to work in (else a new one under /tmp)");

  CLI::App* init = app.add_subcommand("init", "Writes a commented configuration for a school");
  init->add_option("--school", options.init.school, "The school's name")->required();
  init->add_option("--type", options.init.type, "What it is: \"secondary academy\"");
  init->add_option("--town", options.init.town, "The town it stands in");
  init->add_option("--postcode", options.init.postcode, "Its postcode");
  init->add_option("--to", options.init.to, "The headteacher's address for alerts")->required();
  init->add_option("--dsl", options.init.dsl, "The designated safeguarding lead's address");
  init->add_option("--chair", options.init.chair, "The chair of governors' address");
  init->add_option("--contact", options.init.contact,
                   "Address shown to the owners of web sites (else that of --to)");
  init->add_option("FOLDER", options.folder, "Where to write it (else that of --config)");

  CLI::App* check = app.add_subcommand(
      "check", "Loads everything and shows all that is wrong as file:line:column");
  check->add_flag("--online", options.online, "Also tries every source and the mail server");
  check->add_option("--connect-to", options.connect_to, "As for run");

  CLI::App* run = app.add_subcommand("run", "One pass over all sources that are due (for cron)");
  run->add_flag("--all", options.all, "All sources, due or not");
  run->add_option("--source", options.sources, "Only this source (may be repeated)");
  run->add_flag("--dry-run", options.dry_run,
                "Fetches and judges, but writes nothing and mails nobody");
  run->add_flag("--json", options.json, "JSON Lines on standard output");
  run->add_option("--connect-to", options.connect_to,
                  "HOST:PORT:HOST:PORT as curl's, for tests and rehearsals; lets that address past "
                  "the guard against private ones");

  CLI::App* cases = app.add_subcommand("cases", "What was found, story by story");
  cases->require_subcommand(1);
  CLI::App* cases_list = cases->add_subcommand("list", "All cases, newest change first");
  cases_list->add_option("--school", options.school, "Only this school's");
  cases_list->add_option("--state", options.state, "new, seen, \"in hand\" or closed");
  cases_list->add_option("--category", options.category,
                         "safeguarding, defamatory or reputational");
  cases_list->add_option("--at-least", options.at_least, "low, medium, high or urgent");
  cases_list->add_option("--limit", options.limit, "At most so many")->capture_default_str();
  cases_list->add_flag("--json", options.json, "JSON Lines");
  CLI::App* cases_show = cases->add_subcommand("show", "One case with all its posts");
  cases_show->add_option("ID", options.id, "The case's id or its beginning")->required();
  cases_show->add_flag("--json", options.json, "One JSON object");

  CLI::App* coverage =
      app.add_subcommand("coverage", "Which sources are watched, how well, and which are not");
  coverage->add_option("--host", options.host,
                       "Instead, a receipt of how this host, origin or domain was treated, for "
                       "its owner");
  coverage->add_flag("--json", options.json, "JSON Lines");

  CLI::App* inspect = app.add_subcommand(
      "inspect",
      "Shows what one part of the program makes of something: JSON Lines in, JSON Lines out");
  inspect->require_subcommand(1);
  CLI::App* robots = inspect->add_subcommand(
      "robots", "{id, robots, agent, url} -> {id, allowed}, as RFC 9309 says");
  CLI::App* url = inspect->add_subcommand(
      "url", "{id, url, base?} -> {id, url, key}, as the URL Standard says");
  CLI::App* read = inspect->add_subcommand(
      "read", "{id, url, content_type?, body_b64} -> {id, kind, posts, …}; or a FILE, for people");
  read->add_option("FILE", options.file, "A saved page or feed");
  read->add_option("--url", options.url, "Where the file is from");
  read->add_option("--content-type", options.content_type, "Its HTTP content type");
  read->add_flag("--json", options.json, "The file's answer as JSON");
  CLI::App* judge = inspect->add_subcommand(
      "judge",
      "{id, platform, author?, title?, text, page_of?} -> {id, mentions, schools, categories, …}");
  judge->add_option("--schools", options.schools_file,
                    "File with the watched schools, in the form of `schools:`");
  judge->add_flag("--explain", options.explain, "The sum behind each answer, for people");
  CLI::App* group = inspect->add_subcommand(
      "group", "{id, text, url?} -> {id, group}: near-duplicates share a group");
  group->add_flag("--explain", options.explain, "Says why");

  CLI::App* schema =
      app.add_subcommand("schema", "Prints the JSON Schema of a configuration file, for editors");
  schema->add_option("FILE", options.id, "schoolwatch.yaml, sources.yaml, …; none lists them");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cout, std::cerr) == 0 ? ExitCode::kDone : ExitCode::kUsage;
  }

  if (demo->parsed()) {
    const core::Result<fs::path> data_dir = DataDir(options);
    if (!data_dir) {
      return Report(data_dir.error());
    }
    DemoOptions demo_options{.data_dir = *data_dir, .folder = std::nullopt};
    if (!options.folder.empty()) {
      demo_options.folder = options.folder;
    }
    return DemoCommand(demo_options, std::cout, std::cerr);
  }
  if (init->parsed()) {
    options.init.folder = options.folder.empty() ? options.config_dir : fs::path(options.folder);
    return Init(options);
  }
  if (check->parsed()) {
    const core::Result<fs::path> data_dir = DataDir(options);
    if (!data_dir) {
      return Report(data_dir.error());
    }
    CheckOptions check_options{.config_dir = options.config_dir,
                               .data_dir = *data_dir,
                               .online = options.online ? Online::kYes : Online::kNo,
                               .connect_overrides = {}};
    core::Result<std::vector<net::ConnectOverride>> overrides = ConnectOverrides(options);
    if (!overrides) {
      return Report(overrides.error());
    }
    check_options.connect_overrides = std::move(*overrides);
    return CheckCommand(check_options, std::cout, std::cerr);
  }
  if (run->parsed()) {
    return Run(options);
  }
  if (cases->parsed()) {
    return Cases(options, cases_list->parsed());
  }
  if (coverage->parsed()) {
    return Coverage(options);
  }
  if (robots->parsed()) {
    return InspectRobots(std::cin, std::cout);
  }
  if (url->parsed()) {
    return InspectUrl(std::cin, std::cout);
  }
  if (read->parsed()) {
    return Read(options);
  }
  if (judge->parsed()) {
    return Judge(options, config_option->count() > 0);
  }
  if (group->parsed()) {
    return InspectGroup(options.explain ? Explanation::kForPeople : Explanation::kNone, std::cin,
                        std::cout);
  }
  if (schema->parsed()) {
    return Schema(options);
  }
  return ExitCode::kUsage;
}

}  // namespace schoolwatch::app
