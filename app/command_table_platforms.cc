#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "app/command_table.h"
#include "app/commands/platforms_test.h"

// What is known of platforms, and whether their answers are still read as they should be.
namespace schoolwatch::app {
namespace {

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
      const core::Result<std::filesystem::path> data_dir = FindDataDir(context);
      if (!data_dir) {
        return Report(data_dir.error());
      }
      return PlatformsTestCommand(*data_dir,
                                  arguments->samples.empty() ? std::filesystem::path()
                                                             : PathOf(context, arguments->samples),
                                  arguments->only, std::cout, std::cerr);
    };
  });
}

}  // namespace

void AddPlatformsCommands(CLI::App& app, CommandContext& context) {
  CLI::App* platforms =
      app.add_subcommand("platforms", "What can be watched where, and how answers are read");
  platforms->require_subcommand(1);
  AddTest(*platforms, context);
}

}  // namespace schoolwatch::app
