#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "app/command_table.h"
#include "app/commands/platforms_show.h"
#include "app/terminal.h"
#include "config/diagnostics.h"

// What the platforms' files say, without a configuration.
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

// The group that several tables add to.
CLI::App& PlatformsGroup(CLI::App& app) {
  const auto known =
      app.get_subcommands([](const CLI::App* one) { return one->get_name() == "platforms"; });
  if (!known.empty()) {
    return *known.front();
  }
  CLI::App* const made =
      app.add_subcommand("platforms", "What can be watched where, and how answers are read");
  made->require_subcommand(1);
  return *made;
}

}  // namespace

void AddPlatformsShowCommands(CLI::App& app, CommandContext& context) {
  struct Arguments {
    std::string name;
    bool json = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App& platforms = PlatformsGroup(app);
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
                    std::cout);
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
  AddPlatformsTry(platforms, context);
}

}  // namespace schoolwatch::app
