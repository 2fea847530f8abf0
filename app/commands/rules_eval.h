#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "app/commands/cases.h"
#include "app/exit_code.h"
#include "app/post_lines.h"
#include "matchers/judge.h"

namespace schoolwatch::app {

struct EvalOptions {
  std::vector<std::filesystem::path> corpora;
  Half half = Half::kBoth;
  std::string errors;  // Which errors are listed: a category, "mention", "schools", "urgent",
                       // "false_alarms" or "missed"; empty for none.
  OutputForm form = OutputForm::kForPeople;
};

// `rules eval`: judges labelled posts and says how often the rules were right.
ExitCode EvaluateRules(const matchers::Judge& judge, const EvalOptions& options, std::ostream& out,
                       std::ostream& errors);

}  // namespace schoolwatch::app
