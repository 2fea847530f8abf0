#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "app/exit_code.h"
#include "net/fetcher.h"

namespace schoolwatch::app {

enum class Online { kNo, kYes };

struct CheckOptions {
  std::filesystem::path config_dir;
  std::filesystem::path data_dir;
  Online online = Online::kNo;
  std::vector<net::ConnectOverride> connect_overrides;
};

// `check`: loads configuration, rules and platforms, runs the rules' own examples, and shows all
// that is wrong at once. With kYes also asks robots.txt and every source's address once, with the
// gaps kept, and logs in to the mail server without sending.
ExitCode CheckCommand(const CheckOptions& options, std::ostream& out, std::ostream& errors);

// `schema`: the JSON Schema of a configuration file; with "" the names that there are.
ExitCode PrintSchema(const std::string& name, std::ostream& out, std::ostream& errors);

}  // namespace schoolwatch::app
