#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "app/exit_code.h"
#include "app/workspace.h"
#include "core/clock.h"

namespace schoolwatch::app {

struct AlertsTestOptions {
  std::filesystem::path config_dir;
  std::filesystem::path data_dir;
  std::string to;
  std::string channel;  // Empty: as the recipient is told.
};

// `alerts test`: commits an invented finding to a store of its own, and sends it as a run would:
// sealed, composed, by the recipient's channels. The real store is not touched. Says for each
// channel what the far side answered. kActionNeeded: one did not take it.
ExitCode AlertsTestCommand(const AlertsTestOptions& options, std::ostream& out,
                           std::ostream& errors);

// The same in a workspace that was loaded; its schools are given names that say it is a test.
ExitCode SendTestAlert(Workspace workspace, const AlertsTestOptions& options,
                       const core::Clock& clock, std::ostream& out, std::ostream& errors);

}  // namespace schoolwatch::app
