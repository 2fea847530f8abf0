#pragma once

#include <chrono>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "app/exit_code.h"
#include "net/fetcher.h"

namespace schoolwatch::app {

struct PlatformsTryOptions {
  std::filesystem::path config_dir;
  std::filesystem::path data_dir;
  std::string name;   // Of a platform, or of a source that asks one.
  std::string route;  // Empty: the first that can be asked.
  std::chrono::seconds wait{30};
  std::vector<net::ConnectOverride> connect_overrides{};
};

// Asks a platform once, as a look would, and shows the posts of the answer. Nothing is judged or
// kept, but a login that it takes and what it costs.
ExitCode PlatformsTryCommand(const PlatformsTryOptions& options, std::ostream& out,
                             std::ostream& errors);

}  // namespace schoolwatch::app
