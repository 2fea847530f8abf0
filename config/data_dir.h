#pragma once

#include <filesystem>
#include <string>

#include "core/result.h"

namespace schoolwatch::config {

// Finds the folder of what is shipped (rules/, platforms/, answers/, templates/): `given` from the
// command line, else $SCHOOLWATCH_DATA, else beside this program: PREFIX/share/schoolwatch of an
// installation, or config/ of the repository that a build stands in. The program's own path is
// resolved, so that a link to it and any working folder do. Absolute. kNotFound names every place
// that was looked at; a place that was asked for and is not a data folder is not passed over.
core::Result<std::filesystem::path> FindDataDir(const std::string& given);

// The same for a program at `executable` (resolved) and a value of $SCHOOLWATCH_DATA.
core::Result<std::filesystem::path> FindDataDir(const std::string& given,
                                                const std::string& environment,
                                                const std::filesystem::path& executable);

}  // namespace schoolwatch::config
