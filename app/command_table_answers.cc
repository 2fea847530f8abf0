#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "app/atomic_file.h"
#include "app/command_table.h"
#include "app/commands/ingest.h"
#include "app/commands/report.h"
#include "app/commands/watchdog.h"
#include "core/clock.h"

// What people answer, and what is said beside alerts.
namespace schoolwatch::app {
namespace {

// The group that several tables add to.
CLI::App& AlertsGroup(CLI::App& app) {
  const auto known =
      app.get_subcommands([](const CLI::App* one) { return one->get_name() == "alerts"; });
  if (!known.empty()) {
    return *known.front();
  }
  CLI::App* const made = app.add_subcommand("alerts", "The mails, and what is answered to them");
  made->require_subcommand(1);
  return *made;
}

void AddIngest(CLI::App& app, CommandContext& context) {
  struct Arguments {
    std::vector<std::string> paths;
    bool move = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* ingest = AlertsGroup(app).add_subcommand(
      "ingest", "Takes the answers that came by mail, from files or folders of *.eml");
  ingest->add_option("FILES", arguments->paths, "Mails, or folders of them")->required();
  ingest->add_flag("--move", arguments->move,
                   "Moves each into taken/, refused/ or other/ beside it");
  ingest->callback([&context, arguments] {
    ChooseStoreCommand(context, {.holder = "schoolwatch alerts ingest",
                                 .mode = storage::OpenMode::kReadWrite,
                                 .work = [&context, arguments](StoreSession& session) {
                                   std::vector<std::filesystem::path> paths;
                                   for (const std::string& path : arguments->paths) {
                                     paths.push_back(PathOf(context, path));
                                   }
                                   return IngestCommand(
                                       session, paths,
                                       arguments->move ? AfterIngest::kMove : AfterIngest::kLeave,
                                       core::SystemClock().Now());
                                 }});
  });
}

core::Result<core::Timestamp> ParseDayOrTime(const std::string& text, const char* option) {
  const auto time = core::ParseRfc3339(text);
  const auto day = time ? time : core::ParseRfc3339(text + "T00:00:00Z");
  if (!day) {
    return core::Fail(core::ErrorKind::kBadInput,
                      std::string(option) + " '" + text + "' is no day such as 2026-11-20");
  }
  return *day;
}

void AddReport(CLI::App& app, CommandContext& context) {
  struct Arguments {
    ReportArguments report;
    std::string since;
    std::string until;
    std::string html;
    bool send = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* report = AlertsGroup(app).add_subcommand(
      "report", "Volumes, times, what people decided, topics and sources, for head or governors");
  report
      ->add_option("--for", arguments->report.audience,
                   "head, or governors: numbers alone, no personal data")
      ->capture_default_str();
  report->add_option("--to", arguments->report.role,
                     "The role of its reader (headteacher; for governors, chair)");
  report->add_option("--school", arguments->report.school, "Only this school's");
  report->add_option("--since", arguments->since, "From this day on (else 7 days, or 90)");
  report->add_option("--until", arguments->until, "Before this day or time (else now)");
  auto* const html = report->add_option("--html", arguments->html, "Writes a page to this file");
  report->add_flag("--send", arguments->send, "Queues it as a mail; the next run sends it")
      ->excludes(html);
  report->callback([&context, arguments] {
    using Form = ReportArguments::Form;
    StoreCommand command{
        .holder = "schoolwatch alerts report",
        .mode = arguments->send ? storage::OpenMode::kReadWrite : storage::OpenMode::kReadOnly,
        .work = [arguments](StoreSession& session) {
          ReportArguments wanted = arguments->report;
          wanted.form = arguments->send           ? Form::kQueued
                        : arguments->html.empty() ? Form::kText
                                                  : Form::kHtml;
          for (const auto& [text, option, to] :
               {std::tuple(&arguments->since, "--since", &wanted.since),
                std::tuple(&arguments->until, "--until", &wanted.until)}) {
            if (!text->empty()) {
              const auto time = ParseDayOrTime(*text, option);
              if (!time) {
                return ReportError(time.error(), session.errors);
              }
              *to = *time;
            }
          }
          return ReportCommand(session, wanted, core::SystemClock().Now());
        }};
    if (!arguments->html.empty()) {
      command.take = [&context, arguments](std::string_view page) {
        return Report(
            WriteFileAtomically(PathOf(context, arguments->html), page, ReadableBy::kOwner));
      };
    }
    ChooseStoreCommand(context, std::move(command));
  });
}

void AddWatchdog(CLI::App& app, CommandContext& context) {
  app.add_subcommand("watchdog",
                     "Mails when runs have stopped (for a cron line of its own); opens no store")
      ->callback([&context] {
        context.chosen = [&context] {
          const core::Result<std::filesystem::path> data_dir = FindDataDir(context);
          return data_dir
                     ? WatchdogCommand({.config_dir = context.config_dir, .data_dir = *data_dir},
                                       core::SystemClock(), std::cout, std::cerr)
                     : Report(data_dir.error());
        };
      });
}

}  // namespace

void AddAnswersCommands(CLI::App& app, CommandContext& context) {
  AddIngest(app, context);
  AddReport(app, context);
  AddWatchdog(app, context);
}

}  // namespace schoolwatch::app
