#pragma once

#include <filesystem>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::storage {

// Where LevelDB's own files are: <folder>/db. Other things beside it (the lock, later evidence)
// survive a repair of the database.
std::filesystem::path DatabaseFolder(const std::filesystem::path& folder);

// Names of what repair and restore leave beside it, each with a time behind it.
inline constexpr std::string_view kDamagedPrefix = "db.damaged-";
inline constexpr std::string_view kReplacedPrefix = "db.replaced-";
inline constexpr std::string_view kUnfinishedPrefix = "db.unfinished-";
inline constexpr std::string_view kQuarantinePrefix = "quarantine-";

// Makes the folder and its database folder, 0700, with the parents that are missing (as the umask
// says). A folder that was there keeps its mode, since it may be somebody's /srv; the database's is
// set to 0700 in any case. kBadInput: it cannot be used, with what to do; kUnavailable: disk full.
core::Result<void> MakeStoreFolder(const std::filesystem::path& folder);

enum class StoreFiles { kNone, kWhole };
// Whether a database is there. kCorrupt: its files are, but not the one that LevelDB starts from;
// opened as it is, LevelDB would make an empty database and delete the rest.
core::Result<StoreFiles> CheckStoreFiles(const std::filesystem::path& folder);

}  // namespace schoolwatch::storage
