#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "app/command_table.h"
#include "app/commands/platforms_show.h"
#include "app/commands/platforms_test.h"
#include "app/commands/platforms_try.h"
#include "app/terminal.h"
#include "config/diagnostics.h"

// What is known of platforms, and whether their answers are still read as they should be.
namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

core::Result<crawler::Platforms> LoadAllPlatforms(const CommandContext& context) {
  SW_ASSIGN(const fs::path data_dir, FindDataDir(context));
  config::Diagnostics problems;
  const crawler::Answers answers = crawler::LoadRecipes(data_dir / "answers", problems);
  crawler::Platforms platforms;
  if (const std::optional<fs::path> config_dir = FindConfigDir(context)) {
    platforms = crawler::LoadPlatforms(*config_dir / "platforms", answers, problems);
  }
  platforms.merge(crawler::LoadPlatforms(data_dir / "platforms", answers, problems));
  SW_TRY(problems.ToResult());
  return platforms;
}

void AddShow(CLI::App& platforms, CommandContext& context) {
  struct Arguments {
    std::string name;
    bool json = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* list =
      platforms.add_subcommand("list", "Every platform, and whether it can be watched");
  list->add_flag("--json", arguments->json, "One JSON object a line");
  list->callback([&context, arguments] {
    context.chosen = [&context, arguments] {
      const core::Result<crawler::Platforms> all = LoadAllPlatforms(context);
      if (!all) {
        return Report(all.error());
      }
      ListPlatforms(*all, arguments->json ? OutputForm::kJsonLines : OutputForm::kForPeople,
                    context.width, std::cout);
      return ExitCode::kDone;
    };
  });
  CLI::App* show =
      platforms.add_subcommand("show", "What is read of one platform, and what a source gives");
  show->add_option("NAME", arguments->name, "Its name")->required();
  show->callback([&context, arguments] {
    context.chosen = [&context, arguments] {
      const core::Result<crawler::Platforms> all = LoadAllPlatforms(context);
      return all ? Report(ShowPlatform(*all, arguments->name, context.width, std::cout))
                 : Report(all.error());
    };
  });
}

void AddTry(CLI::App& platforms, CommandContext& context) {
  struct Arguments {
    std::string name;
    std::string route;
    std::vector<std::string> connect_to;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = platforms.add_subcommand(
      "try", "Asks a platform once, politely, and shows the posts of the answer");
  command->add_option("NAME", arguments->name, "A platform, or a source that asks one")->required();
  command->add_option("--route", arguments->route, "This route; else the first that can be asked");
  command->add_option("--connect-to", arguments->connect_to,
                      "HOST:PORT:HOST:PORT, as curl's; for tests and rehearsals");
  command->callback([&context, arguments] {
    context.chosen = [&context, arguments] {
      const core::Result<fs::path> data_dir = FindDataDir(context);
      if (!data_dir) {
        return Report(data_dir.error());
      }
      PlatformsTryOptions options{.config_dir = context.config_dir,
                                  .data_dir = *data_dir,
                                  .name = arguments->name,
                                  .route = arguments->route,
                                  .wait = context.wait.value_or(kStorePatience)};
      for (const std::string& text : arguments->connect_to) {
        const core::Result<net::ConnectOverride> one = net::ParseConnectOverride(text);
        if (!one) {
          return Report(one.error());
        }
        options.connect_overrides.push_back(*one);
      }
      return PlatformsTryCommand(options, std::cout, std::cerr);
    };
  });
}

void AddTest(CLI::App& platforms, CommandContext& context) {
  struct Arguments {
    std::string only;
    std::string samples;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* test = platforms.add_subcommand(
      "test", "Reads the sample answers and compares what comes with what should");
  test->add_option("NAME", arguments->only, "Only this recipe's or folder's samples");
  test->add_option("--samples", arguments->samples,
                   "Folder of samples (tests/data/platforms beside the data folder)");
  test->callback([&context, arguments] {
    context.chosen = [&context, arguments] {
      const core::Result<fs::path> data_dir = FindDataDir(context);
      if (!data_dir) {
        return Report(data_dir.error());
      }
      return PlatformsTestCommand(
          *data_dir, arguments->samples.empty() ? fs::path() : PathOf(context, arguments->samples),
          arguments->only, std::cout, std::cerr);
    };
  });
}

}  // namespace

void AddPlatformsCommands(CLI::App& app, CommandContext& context) {
  CLI::App* platforms =
      app.add_subcommand("platforms", "What can be watched where, and how answers are read");
  platforms->require_subcommand(1);
  AddShow(*platforms, context);
  AddTry(*platforms, context);
  AddTest(*platforms, context);
}

}  // namespace schoolwatch::app
