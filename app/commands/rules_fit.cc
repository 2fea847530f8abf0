#include "app/commands/rules_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <ostream>
#include <span>
#include <utility>

#include "app/atomic_file.h"
#include "app/rule_fitting.h"
#include "app/terminal.h"
#include "config/file.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t kMaxOverrides = std::size_t{4} * 1024 * 1024;

// A column of the comparison.
struct Measured {
  std::string_view name;
  const Scorecard* card = nullptr;
};

// kBadInput unless `path` is free, or was written by an earlier fit.
core::Result<void> CheckTarget(const fs::path& path, const fs::path& data_dir) {
  const auto refuse = [&path](std::string_view why) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "--write '" + path.string() + "': " + std::string(why));
  };
  if (path.extension() != ".yaml") {
    return refuse("its name must end in .yaml to be loaded");
  }
  std::error_code error;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (fs::equivalent(folder, data_dir / "rules", error)) {
    return refuse("the shipped packs are never changed: write into rules/ beside schoolwatch.yaml");
  }
  if (fs::symlink_status(path, error).type() == fs::file_type::not_found) {
    return {};
  }
  const core::Result<std::string> known = config::ReadSmallFile(path, kMaxOverrides);
  if (!known || !IsOverridesText(*known)) {
    return refuse("the file is there, and `rules fit` did not write it: choose another name");
  }
  return {};
}

double Share(std::size_t part, std::size_t all) {
  return all == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(all);
}

std::string Figure(double value, const Interval& interval) {
  return fmt::format("{:.3f} ({:.2f}–{:.2f})", value, interval.low, interval.high);
}

std::string_view WithoutEnd(std::string_view line) {
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

void PrintTable(std::span<const Measured> columns, std::ostream& out) {
  std::vector<Scorecard::F1Intervals> intervals;
  std::string head = fmt::format("  {:<32}", "");
  for (const Measured& column : columns) {
    head += fmt::format("{:<22}", column.name);
    intervals.push_back(column.card->DrawIntervals());
  }
  out << WithoutEnd(head) << '\n';
  const auto row = [&](std::string_view name, const auto& value) {
    std::string line = fmt::format("  {:<32}", name);
    for (std::size_t index = 0; index < columns.size(); ++index) {
      line += fmt::format("{:<22}", value(*columns[index].card, intervals[index]));
    }
    out << WithoutEnd(line) << '\n';
  };
  using F1 = Scorecard::F1Intervals;
  row("macro F1",
      [](const Scorecard& card, const F1& f1) { return Figure(card.MacroF1(), f1.macro); });
  for (const core::Category category : core::kCategories) {
    const Verdict verdict = VerdictOf(category);
    row(fmt::format("{} F1", core::CategoryName(category)),
        [verdict](const Scorecard& card, const F1& f1) {
          return Figure(card.TallyOf(verdict).F1(), f1.f1[static_cast<std::size_t>(verdict)]);
        });
  }
  row("harmless posts that alarm", [](const Scorecard& card, const F1&) {
    return Figure(Share(card.harmless_alarmed, card.harmless),
                  WilsonInterval(card.harmless_alarmed, card.harmless));
  });
  row("urgent judged high or urgent", [](const Scorecard& card, const F1&) {
    return Figure(Share(card.urgent_caught, card.urgent),
                  WilsonInterval(card.urgent_caught, card.urgent));
  });
}

void PrintChanges(std::vector<WeightChange> changes, std::ostream& out) {
  std::ranges::stable_sort(changes, std::greater<>{}, [](const WeightChange& change) {
    return std::abs(change.after - change.before);
  });
  out << fmt::format("\n{} would move by 0.05 or more{}\n", Count(changes.size(), "weight"),
                     changes.empty() ? "." : ", the furthest first:");
  for (const WeightChange& change : changes) {
    out << fmt::format("  {:.2f} -> {:.2f}  {}: right in {}, wrong in {}\n", change.before,
                       change.after, change.rule, change.right, change.wrong);
  }
}

json::object ToJson(const Measured& column) {
  const Scorecard& card = *column.card;
  json::object object{{"type", "figures"},
                      {"of", column.name},
                      {"posts", card.posts().size()},
                      {"macro_f1", card.MacroF1()}};
  for (const core::Category category : core::kCategories) {
    object[core::CategoryName(category)] = card.TallyOf(VerdictOf(category)).F1();
  }
  object["harmless_alarmed"] = Share(card.harmless_alarmed, card.harmless);
  object["urgent_caught"] = Share(card.urgent_caught, card.urgent);
  return object;
}

void PrintAsJson(std::span<const Measured> columns, std::span<const WeightChange> changes,
                 std::ostream& out) {
  for (const Measured& column : columns) {
    out << json::serialize(ToJson(column)) << '\n';
  }
  for (const WeightChange& change : changes) {
    out << json::serialize(json::object{{"type", "weight"},
                                        {"rule", change.rule},
                                        {"before", change.before},
                                        {"after", change.after},
                                        {"right", change.right},
                                        {"wrong", change.wrong}})
        << '\n';
  }
}

void PrintHead(const RuleFitter& fitter, std::size_t posts, const FitOptions& options,
               std::ostream& out) {
  const RuleFitter::Freedom& freedom = fitter.freedom();
  out << fmt::format(
      "{} of {}. {} may move; {} keep their weights: {} with a floor, {} overridden by hand, {} "
      "shadow,\n{} that counted on fewer than {} posts.\n\n",
      Count(posts, "post"), Count(options.corpora.size(), "file"), Count(freedom.free, "rule"),
      freedom.floored + freedom.overridden + freedom.shadow + freedom.rare, freedom.floored,
      freedom.overridden, freedom.shadow, freedom.rare, options.least_posts);
}

core::Result<std::vector<FitPost>> LoadPosts(const FitOptions& options) {
  std::vector<FitPost> posts;
  for (std::size_t corpus = 0; corpus < options.corpora.size(); ++corpus) {
    SW_TRY(ReadPostFile(options.corpora[corpus], {.labels = Labels::kNeeded, .half = options.half},
                        [&](PostLine line) { posts.push_back({std::move(line), corpus}); }));
  }
  if (posts.size() < options.folds) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("{} are too few to fit anything", Count(posts.size(), "post")));
  }
  return posts;
}

core::Result<void> Fit(const RuleSources& sources, const FitJudges& judges,
                       const FitOptions& options, std::ostream& out) {
  if (options.write) {
    SW_TRY(CheckTarget(*options.write, sources.data_dir));
  }
  SW_ASSIGN(const std::vector<FitPost> posts, LoadPosts(options));
  config::Diagnostics problems;
  RuleFiles files = ReadRuleFiles(sources, problems);
  SW_TRY(problems.ToResult());
  // What earlier fits wrote would be fitted once more from where they left it.
  std::erase_if(files.files,
                [](const matchers::PackFile& file) { return IsOverridesText(file.bytes); });

  ProgressLine progress;
  progress.Show("judging the posts");
  SW_ASSIGN(
      const std::unique_ptr<RuleFitter> fitter,
      RuleFitter::Make(std::move(files), judges, posts, options.least_posts, options.settings));
  SW_ASSIGN(const Scorecard folded,
            fitter->CrossValidate(
                options.folds, [&options](std::size_t post) { return post % options.folds; },
                [&](std::size_t fold) {
                  progress.Show(fmt::format("fold {} of {}", fold + 1, options.folds));
                }));
  const std::string fold_name = fmt::format("{} folds", options.folds);
  std::vector<Measured> columns{{"as it is", &fitter->before()}, {fold_name, &folded}};
  Scorecard by_file;
  if (options.corpora.size() > 1) {
    SW_ASSIGN(
        by_file,
        fitter->CrossValidate(
            options.corpora.size(), [&posts](std::size_t post) { return posts[post].corpus; },
            [&](std::size_t file) {
              progress.Show(fmt::format("without file {} of {}", file + 1, options.corpora.size()));
            }));
    columns.push_back({"one file left out", &by_file});
  }
  progress.Clear();
  const std::vector<WeightChange> changes = fitter->Fit([](std::size_t) { return true; });
  if (options.form == OutputForm::kJsonLines) {
    PrintAsJson(columns, changes, out);
  } else {
    PrintHead(*fitter, posts.size(), options, out);
    PrintTable(columns, out);
    PrintChanges(changes, out);
  }
  if (options.form == OutputForm::kForPeople) {
    const Scorecard& after = *columns.back().card;
    const double gain = after.MacroF1() - fitter->before().MacroF1();
    const double alarms = Share(after.harmless_alarmed, after.harmless) -
                          Share(fitter->before().harmless_alarmed, fitter->before().harmless);
    out << fmt::format(
        "\nOn posts that the weights were not fitted to, the macro F1 changes by "
        "{:+.3f} and alarms on harmless\nposts by {:+.1f} in 100{}.\n",
        gain, alarms * 100,
        gain <= 0 && alarms >= 0 ? ": better leave the weights as they are" : "");
  }
  if (options.write) {
    SW_TRY(WriteFileAtomically(*options.write, OverridesText(changes)));
    if (options.form == OutputForm::kForPeople) {
      out << fmt::format(
          "Written to {}. See what it would have done: schoolwatch rules replay OLD "
          "NEW.\n",
          options.write->string());
    }
  } else if (options.form == OutputForm::kForPeople) {
    out << "Nothing was written: --write FILE writes these weights as overrides.\n";
  }
  return {};
}

}  // namespace

ExitCode FitRules(const RuleSources& sources, const FitJudges& judges, const FitOptions& options,
                  std::ostream& out, std::ostream& errors) {
  const core::Result<void> fitted = Fit(sources, judges, options, out);
  return fitted ? ExitCode::kDone : ReportError(fitted.error(), errors);
}

}  // namespace schoolwatch::app
