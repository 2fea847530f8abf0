#pragma once

#include <chrono>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "app/commands/cases.h"
#include "app/exit_code.h"
#include "app/pipeline/delivery.h"
#include "app/pipeline/run_pass.h"
#include "app/workspace.h"

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

// The User-Agent that every request carries: product, version and whom to ask about it.
std::string UserAgent(const config::CrawlPolicy& policy);

// A fetcher as a workspace's settings and the command line want it.
core::Result<std::unique_ptr<net::Fetcher>> MakeFetcher(
    const config::Settings& settings, const std::vector<net::ConnectOverride>& overrides);

// "8 sources, 23 pages, 31 posts (12 new): 5 possible concerns in 4 cases; 3 mails sent; 4.2 s".
std::string SummaryLine(const PassReport& pass, const DeliveryReport& delivery);

// What a person who looks on wants to know: trouble by source, what was deliberately not fetched.
void PrintDetails(const PassReport& pass, std::ostream& out);

}  // namespace schoolwatch::app
