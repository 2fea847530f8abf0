#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/command_table.h"
#include "app/commands/check.h"
#include "app/commands/identity.h"
#include "app/commands/inspect.h"
#include "app/platform_tests.h"
#include "app/terminal.h"
#include "app/workspace.h"

// What one part of the program makes of something, and the schemas.
namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

struct ReadArguments {
  std::string file;
  std::string url;
  std::string content_type;
  std::string recipe;
  bool json = false;
};

ExitCode Read(const CommandContext& context, const ReadArguments& arguments) {
  const core::Result<fs::path> data_dir = FindDataDir(context);
  if (!data_dir) {
    return Report(data_dir.error());
  }
  const core::Result<AnswerReaders> readers = LoadAnswerReaders(*data_dir);
  if (!readers) {
    return Report(readers.error());
  }
  core::Result<std::shared_ptr<const crawler::Recipe>> recipe = nullptr;
  if (!arguments.recipe.empty()) {
    recipe = FindRecipe(*readers, arguments.recipe);
  }
  if (!recipe) {
    return Report(recipe.error());
  }
  const ReadBy by{
      .engines = readers->engines, .recipe = recipe->get(), .redirects = &readers->redirects};
  if (arguments.file.empty()) {
    return InspectRead(by, std::cin, std::cout);
  }
  return InspectFile({.file = arguments.file,
                      .url = arguments.url,
                      .content_type = arguments.content_type,
                      .as_json = arguments.json},
                     by, std::cout, std::cerr);
}

struct JudgeArguments {
  std::string schools_file;
  std::string second_reader = "on";
  bool explain = false;
};

ExitCode Judge(const CommandContext& context, const JudgeArguments& arguments) {
  const core::Result<fs::path> data_dir = FindDataDir(context);
  if (!data_dir) {
    return Report(data_dir.error());
  }
  core::Result<std::vector<core::School>> schools = FindSchools(context, arguments.schools_file);
  if (!schools) {
    return Report(schools.error());
  }
  const auto judge =
      MakeJudge(*std::move(schools), *data_dir, FindConfigDir(context), arguments.second_reader);
  if (!judge) {
    return Report(judge.error());
  }
  return InspectJudge(**judge, arguments.explain ? Explanation::kForPeople : Explanation::kNone,
                      std::cin, std::cout);
}

void AddRead(CLI::App& inspect, CommandContext& context) {
  auto arguments = std::make_shared<ReadArguments>();
  CLI::App* read = inspect.add_subcommand(
      "read", "{id, url, content_type?, body_b64} -> {id, kind, posts, …}; or a FILE, for people");
  read->add_option("FILE", arguments->file, "A saved page or feed");
  read->add_option("--url", arguments->url, "Where the file is from");
  read->add_option("--content-type", arguments->content_type, "Its HTTP content type");
  read->add_option("--recipe", arguments->recipe,
                   "The platform whose answer it is, or a file of such a recipe");
  read->add_flag("--json", arguments->json, "The file's answer as JSON");
  read->callback([&context, arguments] {
    context.chosen = [&context, arguments] { return Read(context, *arguments); };
  });
}

void AddJudge(CLI::App& inspect, CommandContext& context) {
  auto arguments = std::make_shared<JudgeArguments>();
  CLI::App* judge = inspect.add_subcommand(
      "judge",
      "{id, platform, author?, title?, text, page_of?} -> {id, mentions, schools, categories, …}");
  judge->add_option("--schools", arguments->schools_file,
                    "File with the watched schools, in the form of `schools:`");
  judge->add_option("--second-reader", arguments->second_reader,
                    "on (unless said), off, or the file of a model (`rules train`)");
  judge->add_flag("--explain", arguments->explain, "The sum behind each answer, for people");
  judge->callback([&context, arguments] {
    context.chosen = [&context, arguments] { return Judge(context, *arguments); };
  });
}

struct IdentityArguments {
  IdentityOptions options;
  std::string text;
  std::string schools_file;
  bool all = false;
  bool json = false;
};

ExitCode Identity(const CommandContext& context, const IdentityArguments& arguments) {
  core::Result<std::vector<core::School>> schools = FindSchools(context, arguments.schools_file);
  if (!schools) {
    return Report(schools.error());
  }
  const auto index = matchers::SchoolIndex::Make(*std::move(schools));
  if (!index) {
    return Report(index.error());
  }
  IdentityOptions options = arguments.options;
  if (!arguments.text.empty()) {
    options.text = arguments.text;
  }
  options.names = arguments.all ? NamesShown::kAll : NamesShown::kSome;
  options.form = arguments.json ? OutputForm::kJsonLines : OutputForm::kForPeople;
  options.width = TerminalWidth(stdout);
  const core::Result<void> shown = ShowIdentity(options, **index, std::cout);
  return shown ? ExitCode::kDone : Report(shown.error());
}

void AddIdentity(CLI::App& app, CommandContext& context) {
  auto arguments = std::make_shared<IdentityArguments>();
  CLI::App* identity = app.add_subcommand(
      "identity", "The names by which a watched school is known, and what raises or lowers them");
  identity->add_option("KEY", arguments->options.key, "The school's key in schoolwatch.yaml")
      ->required();
  identity->add_option("--try", arguments->text, "Weighs this text instead");
  identity->add_option("--schools", arguments->schools_file,
                       "File with the watched schools, in the form of `schools:`");
  identity->add_flag("--all", arguments->all, "Every name, not a few of each kind");
  identity->add_flag("--json", arguments->json, "JSON Lines");
  identity->callback([&context, arguments] {
    context.chosen = [&context, arguments] { return Identity(context, *arguments); };
  });
}

}  // namespace

void AddInspectCommands(CLI::App& app, CommandContext& context) {
  AddIdentity(app, context);
  CLI::App* inspect = app.add_subcommand(
      "inspect",
      "Shows what one part of the program makes of something: JSON Lines in, JSON Lines out");
  inspect->require_subcommand(1);
  inspect->add_subcommand("robots", "{id, robots, agent, url} -> {id, allowed}, as RFC 9309 says")
      ->callback(
          [&context] { context.chosen = [] { return InspectRobots(std::cin, std::cout); }; });
  inspect->add_subcommand("url", "{id, url, base?} -> {id, url, key}, as the URL Standard says")
      ->callback([&context] { context.chosen = [] { return InspectUrl(std::cin, std::cout); }; });
  AddRead(*inspect, context);
  AddJudge(*inspect, context);
  auto explain = std::make_shared<bool>(false);
  CLI::App* group = inspect->add_subcommand(
      "group", "{id, text, url?} -> {id, group}: near-duplicates share a group");
  group->add_flag("--explain", *explain, "Says why");
  group->callback([&context, explain] {
    context.chosen = [explain] {
      return InspectGroup(*explain ? Explanation::kForPeople : Explanation::kNone, std::cin,
                          std::cout);
    };
  });
  auto file = std::make_shared<std::string>();
  CLI::App* schema =
      app.add_subcommand("schema", "Prints the JSON Schema of a configuration file, for editors");
  schema->add_option("FILE", *file, "schoolwatch.yaml, sources.yaml, …; none lists them");
  schema->callback([&context, file] {
    context.chosen = [file] { return PrintSchema(*file, std::cout, std::cerr); };
  });
}

}  // namespace schoolwatch::app
