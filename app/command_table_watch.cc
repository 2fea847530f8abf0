#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/atomic_file.h"
#include "app/command_table.h"
#include "app/commands/check.h"
#include "app/commands/coverage.h"
#include "app/commands/demo.h"
#include "app/commands/init.h"
#include "app/commands/receipt.h"
#include "app/commands/run.h"
#include "app/commands/watch.h"
#include "app/coverage/coverage_page.h"
#include "app/coverage/platform_coverage_print.h"
#include "app/coverage/shipped_platforms.h"
#include "app/intake/intake_ways.h"
#include "app/pipeline/empty_memory.h"
#include "config/init.h"

// What is watched and what was found.
namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

core::Result<std::vector<net::ConnectOverride>> ConnectOverrides(
    const std::vector<std::string>& texts) {
  std::vector<net::ConnectOverride> overrides;
  for (const std::string& text : texts) {
    SW_ASSIGN(net::ConnectOverride parsed, net::ParseConnectOverride(text));
    overrides.push_back(std::move(parsed));
  }
  return overrides;
}

void AddDemo(CLI::App& app, CommandContext& context) {
  auto folder = std::make_shared<std::string>();
  CLI::App* demo = app.add_subcommand(
      "demo", "Shows the main job, twice, on a make-believe town served on this machine");
  demo->add_option("--folder", *folder, "Empty folder to work in (else a new one under /tmp)");
  demo->callback([&context, folder] {
    context.chosen = [&context, folder] {
      const core::Result<fs::path> data_dir = FindDataDir(context);
      if (!data_dir) {
        return Report(data_dir.error());
      }
      DemoOptions options{.data_dir = *data_dir, .folder = std::nullopt};
      if (!folder->empty()) {
        options.folder = *folder;
      }
      return DemoCommand(options, std::cout, std::cerr);
    };
  });
}

void AddInit(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<config::InitOptions>();
  auto folder = std::make_shared<std::string>();
  CLI::App* init = app.add_subcommand("init", "Writes a commented configuration for a school");
  init->add_option("--school", options->school, "The school's name")->required();
  init->add_option("--type", options->type, "What it is: \"secondary academy\"");
  init->add_option("--town", options->town, "The town it stands in");
  init->add_option("--postcode", options->postcode, "Its postcode");
  init->add_option("--to", options->to, "The headteacher's address for alerts")->required();
  init->add_option("--dsl", options->dsl, "The designated safeguarding lead's address");
  init->add_option("--chair", options->chair, "The chair of governors' address");
  init->add_option("--contact", options->contact,
                   "Address shown to the owners of web sites (else that of --to)");
  init->add_option("--site", options->site, "The host of its own web site: www.school.example");
  init->add_option("--handle", options->handles,
                   "Its own public handle or tag: @QuillbrookAcad, #QuillbrookAcademy (repeatable)")
      ->allow_extra_args(false);
  init->add_option("--paper", options->papers,
                   "Address of a local paper's site, or of its feed (repeatable)")
      ->allow_extra_args(false);
  init->add_option("--forum", options->forums,
                   "Address of a public board's page that lists its threads (repeatable)")
      ->allow_extra_args(false);
  init->add_option("--telegram", options->telegram,
                   "Name of a public Telegram channel: QuillbrookNews (repeatable)")
      ->allow_extra_args(false);
  init->add_option("FOLDER", *folder, "Where to write it (else that of --config)");
  init->callback([&context, options, folder] {
    context.chosen = [&context, options, folder] {
      options->folder = folder->empty() ? context.config_dir : fs::path(*folder);
      const core::Result<fs::path> data_dir = FindDataDir(context);
      if (!data_dir) {
        return Report(data_dir.error());
      }
      const core::Result<std::string> written = InitCommand(*options, *data_dir);
      if (!written) {
        return Report(written.error());
      }
      std::cout << *written;
      return ExitCode::kDone;
    };
  });
}

struct CheckArguments {
  bool online = false;
  std::vector<std::string> connect_to;
};

ExitCode Check(const CommandContext& context, const CheckArguments& arguments) {
  const core::Result<fs::path> data_dir = FindDataDir(context);
  if (!data_dir) {
    return Report(data_dir.error());
  }
  CheckOptions options{.config_dir = context.config_dir,
                       .data_dir = *data_dir,
                       .online = arguments.online ? Online::kYes : Online::kNo,
                       .connect_overrides = {}};
  core::Result<std::vector<net::ConnectOverride>> overrides =
      ConnectOverrides(arguments.connect_to);
  if (!overrides) {
    return Report(overrides.error());
  }
  options.connect_overrides = std::move(*overrides);
  return CheckCommand(options, std::cout, std::cerr);
}

void AddCheck(CLI::App& app, CommandContext& context) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App* check = app.add_subcommand(
      "check", "Loads everything and shows all that is wrong as file:line:column");
  check->add_flag("--online", arguments->online, "Also tries every source and the mail server");
  check->add_option("--connect-to", arguments->connect_to, "As for run");
  check->callback([&context, arguments] {
    context.chosen = [&context, arguments] { return Check(context, *arguments); };
  });
}

struct RunArguments {
  bool all = false;
  bool dry_run = false;
  bool json = false;
  std::vector<std::string> sources;
  std::vector<std::string> connect_to;
};

ExitCode Run(const CommandContext& context, const RunArguments& arguments) {
  RunCommandOptions run;
  run.config_dir = context.config_dir;
  run.form = arguments.json ? OutputForm::kJsonLines : OutputForm::kForPeople;
  run.run.schedule = arguments.all ? Schedule::kAll : Schedule::kDueOnly;
  run.run.effects = arguments.dry_run ? Effects::kDryRun : Effects::kFull;
  run.run.only_sources = arguments.sources;
  core::Result<std::vector<net::ConnectOverride>> overrides =
      ConnectOverrides(arguments.connect_to);
  if (!overrides) {
    return Report(overrides.error());
  }
  run.run.connect_overrides = std::move(*overrides);
  run.wait = context.wait.value_or(std::chrono::seconds(0));
  const core::Result<fs::path> data_dir = FindDataDir(context);
  if (!data_dir) {
    return Report(data_dir.error());
  }
  run.data_dir = *data_dir;
  return RunCommand(run, std::cout, std::cerr);
}

void AddRun(CLI::App& app, CommandContext& context) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* run = app.add_subcommand("run", "One pass over all sources that are due (for cron)");
  run->add_flag("--all", arguments->all, "All sources, due or not");
  run->add_option("--source", arguments->sources, "Only this source (may be repeated)");
  run->add_flag("--dry-run", arguments->dry_run,
                "Fetches and judges, but writes nothing and mails nobody");
  run->add_flag("--json", arguments->json, "JSON Lines on standard output");
  run->add_option("--connect-to", arguments->connect_to,
                  "HOST:PORT:HOST:PORT as curl's, for tests and rehearsals; lets that address past "
                  "the guard against private ones");
  run->callback([&context, arguments] {
    context.chosen = [&context, arguments] { return Run(context, *arguments); };
  });
}

struct WatchArguments {
  bool json = false;
  std::vector<std::string> connect_to;
};

ExitCode Watch(const CommandContext& context, const WatchArguments& arguments) {
  WatchCommandOptions watch;
  watch.config_dir = context.config_dir;
  watch.form = arguments.json ? OutputForm::kJsonLines : OutputForm::kForPeople;
  watch.wait = context.wait.value_or(kStorePatience);
  core::Result<std::vector<net::ConnectOverride>> overrides =
      ConnectOverrides(arguments.connect_to);
  if (!overrides) {
    return Report(overrides.error());
  }
  watch.connect_overrides = std::move(*overrides);
  const core::Result<fs::path> data_dir = FindDataDir(context);
  if (!data_dir) {
    return Report(data_dir.error());
  }
  watch.data_dir = *data_dir;
  return WatchCommand(watch, std::cout, std::cerr);
}

void AddWatch(CLI::App& app, CommandContext& context) {
  auto arguments = std::make_shared<WatchArguments>();
  CLI::App* watch = app.add_subcommand(
      "watch", "Stays up and looks at every source when it is due (for systemd)");
  watch->add_flag("--json", arguments->json, "JSON Lines on standard output, round by round");
  watch->add_option("--connect-to", arguments->connect_to, "As for run");
  watch->footer(
      "SIGHUP: reads the configuration again; what is wrong is said and the old one stays. "
      "SIGTERM: ends the round and stops.");
  watch->callback([&context, arguments] {
    context.chosen = [&context, arguments] { return Watch(context, *arguments); };
  });
}

struct CoverageArguments {
  std::string host;
  bool json = false;
  std::string html;     // A file to write.
  fs::path config_dir;  // Which may have platforms of its own.
};

// The platforms that policies name, after the sources. Without shipped files there are none.
ExitCode CoverageOfNames(StoreSession& session, const CoverageArguments& arguments,
                         std::span<const SourceCoverage> sources, core::Timestamp now) {
  const core::Result<ShippedPlatforms> shipped =
      LoadShippedPlatforms(session.data_dir, arguments.config_dir);
  if (!shipped) {
    return ReportError(shipped.error(), session.errors);
  }
  core::Result<std::vector<core::Case>> cases = std::vector<core::Case>();
  if (session.store != nullptr) {
    cases = session.store->ListCases({});
  }
  if (!cases) {
    return ReportError(cases.error(), session.errors);
  }
  const config::Settings& settings = session.config->settings;
  const std::vector<NameCoverage> names =
      FindNameCoverage(shipped->names, shipped->platforms, sources, settings.schools, *cases, now);
  if (!arguments.html.empty()) {
    session.out << MakeCoveragePage(names, sources, settings.schools, now,
                                    settings.calendar.time_zone);
    return ExitCode::kDone;
  }
  if (!arguments.json) {
    session.out << '\n';
  }
  PrintNameCoverage(names, now, arguments.json ? OutputForm::kJsonLines : OutputForm::kForPeople,
                    session.width, session.out);
  return ExitCode::kDone;
}

// Written by the process that somebody started, which may write where they may.
ExitCode SavePage(const std::string& file, std::string_view page) {
  const core::Result<void> written = WriteFileAtomically(file, page);
  if (!written) {
    return Report(written.error());
  }
  std::cout << "Written: " << file
            << ", for a browser: to be shown to governors. It names no source, "
            << "no case and nobody.\n";
  return ExitCode::kDone;
}

ExitCode Coverage(StoreSession& session, const CoverageArguments& arguments) {
  const OutputForm form = arguments.json ? OutputForm::kJsonLines : OutputForm::kForPeople;
  const core::Timestamp now = core::SystemClock().Now();
  if (!arguments.host.empty()) {
    if (session.store == nullptr) {
      return ReportNoStore(session);
    }
    const auto receipts =
        LoadReceipts(arguments.host, *session.config, *session.store, *session.store, now);
    if (!receipts) {
      return ReportError(receipts.error(), session.errors);
    }
    PrintReceipts(arguments.host, *receipts, session.config->settings.crawl, now, form,
                  session.out);
    return ExitCode::kDone;
  }
  const EmptyMemory nothing;
  const core::FetchMemory& memory =
      session.store == nullptr ? static_cast<const core::FetchMemory&>(nothing) : *session.store;
  std::vector<config::Source> sources = session.config->sources;
  const std::vector<config::Source> reports = IntakeWays(session.config->settings);
  sources.insert(sources.end(), reports.begin(), reports.end());
  const auto coverage = LoadCoverage(sources, memory, now);
  if (!coverage) {
    return ReportError(coverage.error(), session.errors);
  }
  if (arguments.html.empty()) {
    PrintCoverage(*coverage, now, form, session.width, session.out);
  }
  return CoverageOfNames(session, arguments, *coverage, now);
}

void AddCoverage(CLI::App& app, CommandContext& context) {
  auto arguments = std::make_shared<CoverageArguments>();
  CLI::App* coverage = app.add_subcommand(
      "coverage", "Which sources and platforms are watched, how well, and which are not");
  CLI::Option* host =
      coverage->add_option("--host", arguments->host,
                           "Instead, a receipt of how this host, origin or domain was treated, "
                           "for its owner");
  CLI::Option* json = coverage->add_flag("--json", arguments->json, "JSON Lines");
  coverage
      ->add_option("--html", arguments->html,
                   "Instead, writes a page about the platforms to this file, for governors")
      ->excludes(host)
      ->excludes(json);
  coverage->callback([&context, arguments] {
    StoreCommand command{
        .holder = "schoolwatch coverage",
        .work = [arguments](StoreSession& session) { return Coverage(session, *arguments); }};
    if (!arguments->html.empty()) {
      command.take = [file = PathOf(context, arguments->html).string()](std::string_view page) {
        return SavePage(file, page);
      };
    }
    ChooseStoreCommand(context, std::move(command));
  });
}

}  // namespace

void AddWatchCommands(CLI::App& app, CommandContext& context) {
  AddDemo(app, context);
  AddInit(app, context);
  AddCheck(app, context);
  AddRun(app, context);
  AddWatch(app, context);
  AddCasesCommands(app, context);
  AddCoverage(app, context);
}

}  // namespace schoolwatch::app
