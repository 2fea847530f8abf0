#include "app/command_table_rules.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/command_table.h"
#include "app/commands/rules_eval.h"
#include "app/commands/rules_examples.h"
#include "app/commands/rules_kept.h"
#include "app/commands/rules_lint.h"
#include "app/commands/rules_list.h"
#include "app/commands/rules_train.h"
#include "app/workspace.h"
#include "config/settings.h"

// The loop in which rules are tuned.
namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

struct FileArguments {
  std::vector<std::string> files;
  std::string sample;
  bool json = false;
};

// The rules' own examples, and those that people have made by closing cases.
ExitCode TestAll(StoreSession& session, const CommandContext& context, OutputForm form) {
  const auto sources = SourcesOf(context, {});
  if (!sources) {
    return ReportError(sources.error(), session.errors);
  }
  ExitCode kept = ExitCode::kDone;
  if (session.store != nullptr) {
    const auto examples = session.store->ListExamples();
    if (!examples) {
      return ReportError(examples.error(), session.errors);
    }
    session.let_go();
    const config::Settings& settings = session.config->settings;
    const auto judge = MakeJudge(settings.schools, sources->data_dir, sources->config_dir,
                                 settings.judging.second_reader ? "on" : "off");
    if (!judge) {
      return ReportError(judge.error(), session.errors);
    }
    kept = TestKeptExamples(*examples, **judge, form, session.width, session.out);
  }
  const ExitCode own = TestRules(*sources, form, session.out, session.errors);
  return own == ExitCode::kDone ? kept : own;
}

void AddTest(CLI::App& rules, CommandContext& context) {
  auto arguments = std::make_shared<FileArguments>();
  CLI::App* test =
      rules.add_subcommand("test", "Runs the examples inside rules, and says why one fails");
  test->add_option("FILES", arguments->files,
                   "Only the rules of these files, which need not be installed yet");
  test->add_flag("--json", arguments->json, "JSON Lines");
  test->callback([&context, arguments] {
    if (arguments->files.empty()) {
      ChooseStoreCommand(context, {.holder = "schoolwatch rules test",
                                   .configuration = NeedsConfiguration::kIfAny,
                                   .work = [&context, arguments](StoreSession& session) {
                                     return TestAll(session, context, FormOf(arguments->json));
                                   }});
      return;
    }
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
  std::string second_reader = "on";
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
  const auto judge =
      MakeJudge(*std::move(schools), *data_dir, FindConfigDir(context), arguments.second_reader);
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
  eval->add_option("--second-reader", arguments->second_reader,
                   "on (unless said), off, or the file of a model (`rules train`)");
  eval->add_flag("--json", arguments->json, "JSON Lines");
  eval->callback([&context, arguments] {
    context.chosen = [&context, arguments] { return Eval(context, *arguments); };
  });
}

struct TrainArguments {
  std::vector<std::string> corpora;
  std::vector<std::string> ordinary;
  std::string half;
  std::string model;
};

void AddTrain(CLI::App& rules, CommandContext& context) {
  auto arguments = std::make_shared<TrainArguments>();
  CLI::App* train = rules.add_subcommand(
      "train", "Makes a second reader of labelled posts, which adds to what the rules say");
  train->add_option("CORPUS", arguments->corpora, "JSON Lines of labelled posts (docs/rules.md)")
      ->required();
  train->add_option("--half", arguments->half,
                    "odd or even: only posts whose id ends in such a number");
  train
      ->add_option("--ordinary", arguments->ordinary,
                   "JSON Lines of posts without labels, about anything: what is ordinary (may be "
                   "repeated)")
      ->allow_extra_args(false);  // What follows it is labelled.
  train->add_option("--write", arguments->model, "The model's file")->required();
  train->callback([&context, arguments] {
    context.chosen = [arguments] {
      const core::Result<Half> half = ParseHalf(arguments->half);
      if (!half) {
        return Report(half.error());
      }
      return TrainReader({.corpora = {arguments->corpora.begin(), arguments->corpora.end()},
                          .ordinary = {arguments->ordinary.begin(), arguments->ordinary.end()},
                          .half = *half,
                          .model = arguments->model},
                         std::cout, std::cerr);
    };
  });
}

ExitCode List(StoreSession& session, const CommandContext& context, bool json) {
  const auto fail = [&session](const core::Error& error) {
    return ReportError(error, session.errors);
  };
  const auto sources = SourcesOf(context, {});
  if (!sources) {
    return fail(sources.error());
  }
  config::Diagnostics problems;
  const RuleFiles files = ReadRuleFiles(*sources, problems);
  if (const core::Result<void> read = problems.ToResult(); !read) {
    return fail(read.error());
  }
  const auto rules = CompileRules(files);
  if (!rules) {
    return fail(rules.error());
  }
  if (session.store == nullptr) {
    ListRules(**rules, nullptr, FormOf(json), session.out);
    return ExitCode::kDone;
  }
  auto hits = CountRuleHits(*session.store);
  if (!hits) {
    return fail(hits.error());
  }
  auto trials = ShadowCounts::Load(*session.store);
  if (!trials) {
    return fail(trials.error());
  }
  const RuleHistory history{.hits = *std::move(hits), .trials = *std::move(trials)};
  ListRules(**rules, &history, FormOf(json), session.out);
  return ExitCode::kDone;
}

void AddList(CLI::App& rules, CommandContext& context) {
  auto json = std::make_shared<bool>(false);
  CLI::App* list = rules.add_subcommand(
      "list", "Every rule in force, and in how many remembered posts it matched");
  list->add_flag("--json", *json, "JSON Lines");
  list->callback([&context, json] {
    ChooseStoreCommand(context, {.holder = "schoolwatch rules list",
                                 .configuration = NeedsConfiguration::kIfAny,
                                 .work = [&context, json](StoreSession& session) {
                                   return List(session, context, *json);
                                 }});
  });
}

}  // namespace

OutputForm FormOf(bool json) { return json ? OutputForm::kJsonLines : OutputForm::kForPeople; }

core::Result<RuleSources> SourcesOf(const CommandContext& context,
                                    const std::vector<std::string>& extra) {
  RuleSources sources;
  SW_ASSIGN(sources.data_dir, FindDataDir(context));
  sources.config_dir = FindConfigDir(context);
  sources.extra.assign(extra.begin(), extra.end());
  return sources;
}

void AddRulesCommands(CLI::App& app, CommandContext& context) {
  CLI::App* rules = app.add_subcommand("rules", "Tests and tunes the rules that judge posts");
  rules->require_subcommand(1);
  AddList(*rules, context);
  AddTest(*rules, context);
  AddLint(*rules, context);
  AddEval(*rules, context);
  AddTuningCommands(*rules, context);
  AddTrain(*rules, context);
}

}  // namespace schoolwatch::app
