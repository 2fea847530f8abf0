#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "app/command_table.h"
#include "app/commands/alerts_retry.h"
#include "app/commands/alerts_test.h"

// How alerts leave.
namespace schoolwatch::app {
namespace {

void AddTest(CLI::App& alerts, CommandContext& context) {
  auto options = std::make_shared<AlertsTestOptions>();
  CLI::App* test = alerts.add_subcommand(
      "test", "Sends an invented alert the way that real ones go, and says what was answered");
  test->add_option("--to", options->to, "The recipient's address")->required();
  test->add_option("--channel", options->channel,
                   "smtp, sendmail, webhook or folder; else as the recipient is told")
      ->check(CLI::IsMember({"smtp", "sendmail", "webhook", "folder"}));
  test->callback([&context, options] {
    context.chosen = [&context, options] {
      const core::Result<std::filesystem::path> data_dir = FindDataDir(context);
      if (!data_dir) {
        return Report(data_dir.error());
      }
      options->config_dir = context.config_dir;
      options->data_dir = *data_dir;
      return AlertsTestCommand(*options, std::cout, std::cerr);
    };
  });
}

void AddRetry(CLI::App& alerts, CommandContext& context) {
  alerts.add_subcommand("retry", "Has the next run send what was given up, to the same addresses")
      ->callback([&context] {
        ChooseStoreCommand(context,
                           {.holder = "schoolwatch alerts retry",
                            .mode = storage::OpenMode::kReadWrite,
                            .work =
                                [](StoreSession& session) {
                                  if (session.store == nullptr || session.config == nullptr) {
                                    return ReportNoStore(session);
                                  }
                                  const core::Result<void> done =
                                      RetryGivenUp(*session.store, session.config->settings,
                                                   core::SystemClock().Now(), session.out);
                                  return done ? ExitCode::kDone
                                              : ReportError(done.error(), session.errors);
                                },
                            .repeatable = true});
      });
}

}  // namespace

void AddAlertsCommands(CLI::App& app, CommandContext& context) {
  CLI::App* alerts = app.add_subcommand("alerts", "How alerts leave");
  alerts->require_subcommand(1);
  AddTest(*alerts, context);
  AddRetry(*alerts, context);
}

}  // namespace schoolwatch::app
