#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "app/command_table.h"
#include "app/commands/platforms_try.h"

namespace schoolwatch::app {

void AddPlatformsTry(CLI::App& platforms, CommandContext& context) {
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
      const core::Result<std::filesystem::path> data_dir = FindDataDir(context);
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

}  // namespace schoolwatch::app
