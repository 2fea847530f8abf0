#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "core/result.h"
#include "storage/db.h"
#include "storage/store.h"

namespace schoolwatch::storage {

inline constexpr int kSchemaVersion = 3;

// Store::Open with LevelDB's settings: for tests that make the disk fail, and for benchmarks.
core::Result<std::unique_ptr<Store>> OpenLevelDbStore(const std::filesystem::path& folder,
                                                      OpenMode mode, std::string_view holder,
                                                      const DbSettings& settings);

}  // namespace schoolwatch::storage
