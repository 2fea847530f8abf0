#pragma once

#include <chrono>
#include <filesystem>
#include <iosfwd>

#include "app/commands/cases.h"
#include "app/exit_code.h"
#include "app/pipeline/run_pass.h"

namespace schoolwatch::app {

struct RunCommandOptions {
  std::filesystem::path config_dir;
  std::filesystem::path data_dir;
  RunOptions run;
  OutputForm form = OutputForm::kForPeople;
  std::chrono::seconds wait{0};  // For a store that another process holds.
};

// `run`: one pass over the sources that are due, then the mails. Quiet on success unless `out` is a
// terminal; what a person must know goes to `errors`.
ExitCode RunCommand(const RunCommandOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace schoolwatch::app
