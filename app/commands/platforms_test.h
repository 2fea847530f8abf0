#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "app/exit_code.h"

namespace schoolwatch::app {

// `platforms test`: reads every sample answer below `samples` (empty: the repository's beside the
// data folder) and compares what comes with what should. kActionNeeded where anything differs or a
// recipe has no sample; kUsage where a file cannot be read.
ExitCode PlatformsTestCommand(const std::filesystem::path& data_dir,
                              const std::filesystem::path& samples, const std::string& only,
                              std::ostream& out, std::ostream& errors);

}  // namespace schoolwatch::app
