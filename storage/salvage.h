#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace schoolwatch::storage {

struct Salvage {
  std::vector<std::string> damaged_files;  // Names of those that could not be read whole.
  std::size_t dropped_bytes = 0;           // In the logs.
};

// Whether LevelDB's files are whole as far as they tell: names those that are not. What a record
// says is not looked at.
Salvage LookAtFiles(const std::filesystem::path& database);

// Makes a database in `fresh`, which must not exist, of all that can be read in `damaged`, which is
// not touched. kUnavailable: no space, or the disk fails.
core::Result<Salvage> SalvageFiles(const std::filesystem::path& damaged,
                                   const std::filesystem::path& fresh);

}  // namespace schoolwatch::storage
