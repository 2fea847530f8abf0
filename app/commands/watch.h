#pragma once

#include <chrono>
#include <filesystem>
#include <iosfwd>
#include <vector>

#include "app/commands/cases.h"
#include "app/exit_code.h"
#include "net/fetcher.h"

namespace schoolwatch::app {

struct WatchCommandOptions {
  std::filesystem::path config_dir;
  std::filesystem::path data_dir;
  std::vector<net::ConnectOverride> connect_overrides;
  OutputForm form = OutputForm::kForPeople;
  std::chrono::seconds wait{0};  // For a store that another process holds.
};

// `watch`: stays up and does what is due, when it is due, until it is asked to stop. SIGHUP makes
// it read the configuration again between two rounds: whole, or else it says what is wrong and goes
// on with the one it has.
ExitCode WatchCommand(const WatchCommandOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace schoolwatch::app
