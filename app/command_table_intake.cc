#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/command_table.h"
#include "app/commands/intake.h"

// What people report.
namespace schoolwatch::app {

void AddIntakeCommands(CLI::App& app, CommandContext& context) {
  struct Arguments {
    bool json = false;
    std::vector<std::string> connect_to;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* intake = app.add_subcommand(
      "intake", "Takes what was reported by mail or as files, now, and sends the mails");
  intake->add_flag("--json", arguments->json, "JSON Lines");
  intake->add_option("--connect-to", arguments->connect_to, "As for run");
  CLI::App* receipts = intake->add_subcommand(
      "receipts", "Instead, who reported what, and what became of it; the newest first");
  intake->callback([&context, arguments, receipts] {
    if (receipts->parsed()) {
      return;
    }
    context.chosen = [&context, arguments] {
      IntakeCommandOptions options;
      options.config_dir = context.config_dir;
      options.form = arguments->json ? OutputForm::kJsonLines : OutputForm::kForPeople;
      options.wait = context.wait.value_or(kStorePatience);
      for (const std::string& text : arguments->connect_to) {
        core::Result<net::ConnectOverride> parsed = net::ParseConnectOverride(text);
        if (!parsed) {
          return Report(parsed.error());
        }
        options.connect_overrides.push_back(*std::move(parsed));
      }
      const core::Result<std::filesystem::path> data_dir = FindDataDir(context);
      if (!data_dir) {
        return Report(data_dir.error());
      }
      options.data_dir = *data_dir;
      return IntakeCommand(options, std::cout, std::cerr);
    };
  });
  receipts->callback([&context, arguments] {
    ChooseStoreCommand(
        context,
        {.holder = "schoolwatch intake receipts", .work = [arguments](StoreSession& session) {
           return IntakeReceiptsCommand(
               session, arguments->json ? OutputForm::kJsonLines : OutputForm::kForPeople);
         }});
  });
}

}  // namespace schoolwatch::app
