#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>

#include "alerts/alert.h"
#include "app/exit_code.h"
#include "core/clock.h"

namespace schoolwatch::app {

struct WatchdogOptions {
  std::filesystem::path config_dir;
  std::filesystem::path data_dir;
};

// `schoolwatch watchdog`, for a cron line of its own: mails when runs have stopped, again each
// `remind`, and once when they go on. Opens no store, reads no rules, and of sources.yaml only
// whether it can be read, so that it works where a run does not. kActionNeeded as long as runs have
// stopped, or where the mail was not accepted: it is tried again by the next call.
ExitCode WatchdogCommand(const WatchdogOptions& options, const core::Clock& clock,
                         std::ostream& out, std::ostream& errors);

}  // namespace schoolwatch::app
