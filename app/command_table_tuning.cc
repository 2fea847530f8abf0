#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/command_table_rules.h"
#include "app/commands/rules_fit.h"
#include "app/commands/rules_replay.h"
#include "app/terminal.h"
#include "app/workspace.h"
#include "config/settings.h"

// What a change of rules or weights would do.
namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

struct ReplayArguments {
  std::string old_folder;
  std::string new_folder;
  std::string posts;
  std::string schools_file;
  bool whole = false;
  std::size_t limit = 20;
  bool json = false;
};

// A judge over the shipped rules (none with --whole) and those of one folder.
core::Result<std::unique_ptr<const matchers::Judge>> JudgeOf(
    const fs::path& folder, std::span<const matchers::PackFile> shipped,
    const std::shared_ptr<const matchers::SchoolIndex>& schools,
    const std::shared_ptr<const matchers::SecondReader>& second) {
  SW_ASSIGN(const RuleFiles files, ReadRuleFolder(shipped, folder));
  SW_ASSIGN(std::shared_ptr<const matchers::RuleSet> rules, CompileRules(files));
  return std::make_unique<const matchers::Judge>(schools, std::move(rules), second);
}

// What the two sets of rules are tried on; null: nothing was watched yet.
core::Result<std::vector<ReplayPost>> PostsOf(const CommandContext& context,
                                              const ReplayArguments& arguments,
                                              const storage::CaseReader* store) {
  if (!arguments.posts.empty()) {
    std::vector<ReplayPost> posts;
    SW_TRY(ReadPostFile(PathOf(context, arguments.posts), {}, [&posts](PostLine line) {
      line.post.id = line.id;
      const core::Timestamp at = line.post.published.value_or(core::Timestamp{});
      posts.push_back({std::move(line.post), at, {}});
    }));
    return posts;
  }
  if (store == nullptr) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "nothing is remembered yet: give --posts FILE, or --config DIR of an "
                      "installation that has run");
  }
  return LoadRemembered(*store);
}

core::Result<void> Replay(const CommandContext& context, const ReplayArguments& arguments,
                          std::span<const ReplayPost> posts, std::ostream& out) {
  RuleSources sources;
  SW_ASSIGN(sources.data_dir, FindDataDir(context));
  config::Diagnostics problems;
  RuleFiles shipped;
  if (!arguments.whole) {
    shipped = ReadRuleFiles(sources, problems);
    SW_TRY(problems.ToResult());
  }
  SW_ASSIGN(std::vector<core::School> schools, FindSchools(context, arguments.schools_file));
  std::vector<config::Contact> contacts;
  std::vector<config::RouteBranch> route;
  if (const std::optional<fs::path> config_dir = FindConfigDir(context)) {
    SW_ASSIGN(config::Configuration configuration,
              config::LoadConfiguration(*config_dir, problems, config::Secrets::kLeave));
    contacts = std::move(configuration.settings.contacts);
    route = std::move(configuration.settings.alerts.route);
  } else {
    contacts = {{.role = "headteacher", .name = "", .email = "head", .schools = {}, .where = {}},
                {.role = "dsl", .name = "", .email = "dsl", .schools = {}, .where = {}}};
  }
  const alerts::Planner planner(contacts, schools, route);
  SW_ASSIGN(const std::shared_ptr<const matchers::SchoolIndex> index,
            matchers::SchoolIndex::Make(std::move(schools)));
  SW_ASSIGN(const auto second, FindSecondReader("on", sources.data_dir, FindConfigDir(context)));
  SW_ASSIGN(const auto before,
            JudgeOf(PathOf(context, arguments.old_folder), shipped.files, index, second));
  SW_ASSIGN(const auto after,
            JudgeOf(PathOf(context, arguments.new_folder), shipped.files, index, second));
  ProgressLine progress;
  SW_ASSIGN(const app::Replay replay,
            ReplayPosts(posts, *before, *after, planner, [&](std::size_t done) {
              if (done % 100 == 0) {
                progress.Show(fmt::format("{} of {} posts", done, posts.size()));
              }
            }));
  progress.Clear();
  PrintReplay(replay, posts, *before, *after,
              {.old_name = arguments.old_folder,
               .new_name = arguments.new_folder,
               .remembered = arguments.posts.empty(),
               .limit = arguments.limit,
               .form = FormOf(arguments.json)},
              out);
  return {};
}

void AddReplay(CLI::App& rules, CommandContext& context) {
  auto arguments = std::make_shared<ReplayArguments>();
  CLI::App* replay = rules.add_subcommand(
      "replay", "What changed rules would have done to posts that are known already");
  replay->add_option("OLD", arguments->old_folder, "Folder with your rules as they are")
      ->required();
  replay->add_option("NEW", arguments->new_folder, "Folder with your rules as they would be")
      ->required();
  replay->add_option("--posts", arguments->posts,
                     "JSON Lines of posts, instead of what the store remembers");
  replay->add_option("--schools", arguments->schools_file,
                     "File with the watched schools, in the form of `schools:`");
  replay->add_flag("--whole", arguments->whole,
                   "The folders hold whole sets: the shipped rules are not read before them");
  replay->add_option("--limit", arguments->limit, "Show so many of each kind of change")
      ->capture_default_str();
  replay->add_flag("--json", arguments->json, "JSON Lines, with all changes");
  replay->callback([&context, arguments] {
    if (!arguments->posts.empty()) {
      context.chosen = [&context, arguments] {
        const auto posts = PostsOf(context, *arguments, nullptr);
        return posts ? Report(Replay(context, *arguments, *posts, std::cout))
                     : Report(posts.error());
      };
      return;
    }
    ChooseStoreCommand(context,
                       {.holder = "schoolwatch rules replay",
                        .configuration = NeedsConfiguration::kIfAny,
                        .work = [&context, arguments](StoreSession& session) {
                          const auto posts = PostsOf(context, *arguments, session.store);
                          if (!posts) {
                            return ReportError(posts.error(), session.errors);
                          }
                          session.let_go();
                          const auto done = Replay(context, *arguments, *posts, session.out);
                          return done ? ExitCode::kDone : ReportError(done.error(), session.errors);
                        }});
  });
}

struct FitArguments {
  std::vector<std::string> corpora;
  std::string schools_file;
  std::string half;
  std::string write;
  FitOptions options;
  bool json = false;
};

ExitCode Fit(const CommandContext& context, FitArguments& arguments) {
  const auto sources = SourcesOf(context, {});
  if (!sources) {
    return Report(sources.error());
  }
  const core::Result<Half> half = ParseHalf(arguments.half);
  if (!half) {
    return Report(half.error());
  }
  core::Result<std::vector<core::School>> schools = FindSchools(context, arguments.schools_file);
  if (!schools) {
    return Report(schools.error());
  }
  const auto index = matchers::SchoolIndex::Make(*std::move(schools));
  if (!index) {
    return Report(index.error());
  }
  const auto second = FindSecondReader("on", sources->data_dir, sources->config_dir);
  if (!second) {
    return Report(second.error());
  }
  FitOptions& options = arguments.options;
  options.corpora.assign(arguments.corpora.begin(), arguments.corpora.end());
  options.half = *half;
  options.form = FormOf(arguments.json);
  if (!arguments.write.empty()) {
    options.write = arguments.write;
  }
  return FitRules(*sources, {*index, *second}, options, std::cout, std::cerr);
}

void AddFit(CLI::App& rules, CommandContext& context) {
  auto arguments = std::make_shared<FitArguments>();
  FitOptions& options = arguments->options;
  CLI::App* fit = rules.add_subcommand(
      "fit", "Fits weights to labelled posts, and says whether that helps on others");
  fit->add_option("LABELLED", arguments->corpora, "JSON Lines of labelled posts (docs/rules.md)")
      ->required();
  fit->add_option("--schools", arguments->schools_file,
                  "File with the watched schools, in the form of `schools:`");
  fit->add_option("--half", arguments->half,
                  "odd or even: only posts whose id ends in such a number");
  fit->add_option("--folds", options.folds, "Parts for cross-validation")
      ->check(CLI::Range(2, 100))
      ->capture_default_str();
  fit->add_option("--caution", options.settings.caution,
                  "How much is believed of the weights as they are")
      ->check(CLI::Range(0.1, 1000.0))
      ->capture_default_str();
  fit->add_option("--harmless", options.settings.harmless,
                  "What a harmless post counts beside one that is not")
      ->check(CLI::Range(0.1, 100.0))
      ->capture_default_str();
  fit->add_option("--least-posts", options.least_posts, "Leaves rules alone that counted on fewer")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  fit->add_option("--write", arguments->write,
                  "Writes the weights as overrides: a new file, or one that fit wrote before");
  fit->add_flag("--json", arguments->json, "JSON Lines");
  fit->callback([&context, arguments] {
    context.chosen = [&context, arguments] { return Fit(context, *arguments); };
  });
}

}  // namespace

void AddTuningCommands(CLI::App& rules, CommandContext& context) {
  AddReplay(rules, context);
  AddFit(rules, context);
}

}  // namespace schoolwatch::app
