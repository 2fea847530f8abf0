#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <vector>

#include "app/commands/cases.h"
#include "app/commands/rules_files.h"
#include "app/exit_code.h"
#include "app/post_lines.h"
#include "app/rule_fitting.h"
#include "matchers/weight_fit.h"

namespace schoolwatch::app {

struct FitOptions {
  std::vector<std::filesystem::path> corpora;
  Half half = Half::kBoth;
  std::size_t folds = 5;
  std::size_t least_posts = 5;  // In which a rule must have counted before its weight may move.
  matchers::FitSettings settings;
  std::optional<std::filesystem::path> write;  // None: only says what it would do.
  OutputForm form = OutputForm::kForPeople;
};

// `rules fit`: weights that fit labelled posts better, with what they would have done on posts that
// they were not fitted to. Writes a file of overrides, never a pack: `options.write` must not
// exist, or have been written by an earlier fit; what it said is left out while fitting. Rules with
// a floor, shadow rules and those that a person has overridden keep their weights.
ExitCode FitRules(const RuleSources& sources, const FitJudges& judges, const FitOptions& options,
                  std::ostream& out, std::ostream& errors);

}  // namespace schoolwatch::app
