#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/command_table.h"
#include "app/commands/rules_eval.h"
#include "app/commands/rules_examples.h"
#include "app/commands/rules_fit.h"
#include "app/commands/rules_lint.h"
#include "app/commands/rules_list.h"
#include "app/commands/rules_replay.h"
#include "app/terminal.h"
#include "app/workspace.h"
#include "config/settings.h"
#include "storage/store.h"

// The loop in which rules are tuned.
namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

ExitCode Report(const core::Error& error) { return ReportError(error, std::cerr); }

OutputForm FormOf(bool json) { return json ? OutputForm::kJsonLines : OutputForm::kForPeople; }

core::Result<RuleSources> SourcesOf(const CommandContext& context,
                                    const std::vector<std::string>& extra) {
  RuleSources sources;
  SW_ASSIGN(sources.data_dir, FindDataDir(context));
  sources.config_dir = FindConfigDir(context);
  sources.extra.assign(extra.begin(), extra.end());
  return sources;
}

struct FileArguments {
  std::vector<std::string> files;
  std::string sample;
  bool json = false;
};

void AddTest(CLI::App& rules, CommandContext& context) {
  auto arguments = std::make_shared<FileArguments>();
  CLI::App* test =
      rules.add_subcommand("test", "Runs the examples inside rules, and says why one fails");
  test->add_option("FILES", arguments->files,
                   "Only the rules of these files, which need not be installed yet");
  test->add_flag("--json", arguments->json, "JSON Lines");
  test->callback([&context, arguments] {
    context.chosen = [&context, arguments] {
      const auto sources = SourcesOf(context, arguments->files);
      return sources ? TestRules(*sources, FormOf(arguments->json), std::cout, std::cerr)
                     : Report(sources.error());
    };
  });
}

void AddLint(CLI::App& rules, CommandContext& context) {
  auto arguments = std::make_shared<FileArguments>();
  CLI::App* lint = rules.add_subcommand(
      "lint", "Finds slips: rules that cannot match, match too much or cost too much");
  lint->add_option("FILES", arguments->files, "Only what stands in these files");
  lint->add_option("--sample", arguments->sample,
                   "JSON Lines of harmless posts: shows which rules alarm on them");
  lint->add_flag("--json", arguments->json, "JSON Lines");
  lint->callback([&context, arguments] {
    context.chosen = [&context, arguments] {
      const auto sources = SourcesOf(context, arguments->files);
      if (!sources) {
        return Report(sources.error());
      }
      std::optional<fs::path> sample;
      if (!arguments->sample.empty()) {
        sample = arguments->sample;
      }
      return LintRules(*sources, sample, FormOf(arguments->json), std::cout, std::cerr);
    };
  });
}

struct EvalArguments {
  std::vector<std::string> corpora;
  std::string schools_file;
  std::string half;
  std::string errors;
  bool json = false;
};

ExitCode Eval(const CommandContext& context, const EvalArguments& arguments) {
  const core::Result<fs::path> data_dir = FindDataDir(context);
  if (!data_dir) {
    return Report(data_dir.error());
  }
  EvalOptions options{.corpora = {arguments.corpora.begin(), arguments.corpora.end()},
                      .half = Half::kBoth,
                      .errors = arguments.errors,
                      .form = FormOf(arguments.json)};
  const core::Result<Half> half = ParseHalf(arguments.half);
  if (!half) {
    return Report(half.error());
  }
  options.half = *half;
  core::Result<std::vector<core::School>> schools = FindSchools(context, arguments.schools_file);
  if (!schools) {
    return Report(schools.error());
  }
  const auto judge = MakeJudge(*std::move(schools), *data_dir, FindConfigDir(context));
  return judge ? EvaluateRules(**judge, options, std::cout, std::cerr) : Report(judge.error());
}

void AddEval(CLI::App& rules, CommandContext& context) {
  auto arguments = std::make_shared<EvalArguments>();
  CLI::App* eval = rules.add_subcommand(
      "eval", "Judges posts that people have labelled, and says how often the rules are right");
  eval->add_option("CORPUS", arguments->corpora, "JSON Lines of labelled posts (docs/rules.md)")
      ->required();
  eval->add_option("--schools", arguments->schools_file,
                   "File with the watched schools, in the form of `schools:`");
  eval->add_option("--half", arguments->half,
                   "odd or even: only posts whose id ends in such a number");
  eval->add_option("--errors", arguments->errors,
                   "Also lists the posts behind: safeguarding, defamatory, reputational, mention, "
                   "schools, urgent, false_alarms or missed");
  eval->add_flag("--json", arguments->json, "JSON Lines");
  eval->callback([&context, arguments] {
    context.chosen = [&context, arguments] { return Eval(context, *arguments); };
  });
}

// The configuration's store; null where there is no configuration or nothing was watched yet.
core::Result<std::unique_ptr<storage::Store>> OpenStore(const CommandContext& context,
                                                        std::string_view holder) {
  const std::optional<fs::path> config_dir = FindConfigDir(context);
  if (!config_dir) {
    return nullptr;
  }
  config::Diagnostics problems;
  SW_ASSIGN(const config::Configuration configuration,
            config::LoadConfiguration(*config_dir, problems, config::Secrets::kLeave));
  auto store = storage::Store::Open(configuration.settings.storage.folder,
                                    storage::OpenMode::kReadOnly, holder);
  if (!store && store.error().kind == core::ErrorKind::kNotFound) {
    return nullptr;
  }
  return store;
}

ExitCode List(const CommandContext& context, bool json) {
  const auto sources = SourcesOf(context, {});
  if (!sources) {
    return Report(sources.error());
  }
  config::Diagnostics problems;
  const RuleFiles files = ReadRuleFiles(*sources, problems);
  if (const core::Result<void> read = problems.ToResult(); !read) {
    return Report(read.error());
  }
  const auto rules = CompileRules(files);
  if (!rules) {
    return Report(rules.error());
  }
  const auto store = OpenStore(context, "schoolwatch rules list");
  if (!store) {
    return Report(store.error());
  }
  if (*store == nullptr) {
    ListRules(**rules, nullptr, FormOf(json), std::cout);
    return ExitCode::kDone;
  }
  auto hits = CountRuleHits(**store);
  if (!hits) {
    return Report(hits.error());
  }
  auto trials = ShadowCounts::Load(**store);
  if (!trials) {
    return Report(trials.error());
  }
  const RuleHistory history{.hits = *std::move(hits), .trials = *std::move(trials)};
  ListRules(**rules, &history, FormOf(json), std::cout);
  return ExitCode::kDone;
}

void AddList(CLI::App& rules, CommandContext& context) {
  auto json = std::make_shared<bool>(false);
  CLI::App* list = rules.add_subcommand(
      "list", "Every rule in force, and in how many remembered posts it matched");
  list->add_flag("--json", *json, "JSON Lines");
  list->callback(
      [&context, json] { context.chosen = [&context, json] { return List(context, *json); }; });
}

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
    const std::string& folder, std::span<const matchers::PackFile> shipped,
    const std::shared_ptr<const matchers::SchoolIndex>& schools) {
  SW_ASSIGN(const RuleFiles files, ReadRuleFolder(shipped, folder));
  SW_ASSIGN(std::shared_ptr<const matchers::RuleSet> rules, CompileRules(files));
  return std::make_unique<const matchers::Judge>(schools, std::move(rules));
}

core::Result<void> Replay(const CommandContext& context, const ReplayArguments& arguments) {
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
  if (const std::optional<fs::path> config_dir = FindConfigDir(context)) {
    SW_ASSIGN(config::Configuration configuration,
              config::LoadConfiguration(*config_dir, problems, config::Secrets::kLeave));
    contacts = std::move(configuration.settings.contacts);
  } else {
    contacts = {{.role = "headteacher", .name = "", .email = "head", .schools = {}, .where = {}},
                {.role = "dsl", .name = "", .email = "dsl", .schools = {}, .where = {}}};
  }
  const alerts::Planner planner(contacts, schools);
  SW_ASSIGN(const std::shared_ptr<const matchers::SchoolIndex> index,
            matchers::SchoolIndex::Make(std::move(schools)));
  SW_ASSIGN(const auto before, JudgeOf(arguments.old_folder, shipped.files, index));
  SW_ASSIGN(const auto after, JudgeOf(arguments.new_folder, shipped.files, index));
  std::vector<ReplayPost> posts;
  if (!arguments.posts.empty()) {
    SW_TRY(ReadPostFile(arguments.posts, {}, [&posts](PostLine line) {
      line.post.id = line.id;
      const core::Timestamp at = line.post.published.value_or(core::Timestamp{});
      posts.push_back({std::move(line.post), at, {}});
    }));
  } else {
    SW_ASSIGN(const auto store, OpenStore(context, "schoolwatch rules replay"));
    if (store == nullptr) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "nothing is remembered yet: give --posts FILE, or --config DIR of an "
                        "installation that has run");
    }
    SW_ASSIGN(posts, LoadRemembered(*store));
  }
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
              std::cout);
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
    context.chosen = [&context, arguments] {
      const core::Result<void> done = Replay(context, *arguments);
      return done ? ExitCode::kDone : Report(done.error());
    };
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
  FitOptions& options = arguments.options;
  options.corpora.assign(arguments.corpora.begin(), arguments.corpora.end());
  options.half = *half;
  options.form = FormOf(arguments.json);
  if (!arguments.write.empty()) {
    options.write = arguments.write;
  }
  return FitRules(*sources, *index, options, std::cout, std::cerr);
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

void AddRulesCommands(CLI::App& app, CommandContext& context) {
  CLI::App* rules = app.add_subcommand("rules", "Tests and tunes the rules that judge posts");
  rules->require_subcommand(1);
  AddList(*rules, context);
  AddTest(*rules, context);
  AddLint(*rules, context);
  AddEval(*rules, context);
  AddReplay(*rules, context);
  AddFit(*rules, context);
}

}  // namespace schoolwatch::app
