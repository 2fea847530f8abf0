#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>

#include "app/exit_code.h"

namespace schoolwatch::app {

struct DemoOptions {
  std::filesystem::path data_dir;
  std::optional<std::filesystem::path> folder;  // Where to work; else a new temporary folder.
};

// `demo`: the main job, twice, over the make-believe town, with all that it does shown. Leaves the
// mails behind as .eml files and says where.
ExitCode DemoCommand(const DemoOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace schoolwatch::app
