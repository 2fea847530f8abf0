#pragma once

#include <chrono>
#include <filesystem>
#include <iosfwd>
#include <vector>

#include "app/commands/cases.h"
#include "app/exit_code.h"
#include "app/owner/store_command.h"
#include "net/fetcher.h"

namespace schoolwatch::app {

struct IntakeCommandOptions {
  std::filesystem::path config_dir;
  std::filesystem::path data_dir;
  std::vector<net::ConnectOverride> connect_overrides{};
  OutputForm form = OutputForm::kForPeople;
  std::chrono::seconds wait{0};  // For a store that another process holds.
};

// `intake`: takes what was reported, now, and sends the mails that it leads to. One line each says
// what became of it. kActionNeeded: the mailbox refuses us.
ExitCode IntakeCommand(const IntakeCommandOptions& options, std::ostream& out,
                       std::ostream& errors);

// `intake receipts`: who reported what, and what became of it, the newest first.
ExitCode IntakeReceiptsCommand(StoreSession& session, OutputForm form);

}  // namespace schoolwatch::app
