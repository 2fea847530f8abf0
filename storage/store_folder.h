#pragma once

#include <filesystem>
#include <string>
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
// set to 0700 in any case. kBadInput: it cannot be used, with what to do; kUnavailable: the disk is
// full or can only be read.
core::Result<void> MakeStoreFolder(const std::filesystem::path& folder);

// Root can open every store, and what it makes there would be out of reach of the service's own
// user ever after. As root, this gives all of the store's files that belong to root to the owner
// and the group of the folder; what else stands there is left alone. As another user it does
// nothing. What cannot be given stays as it is.
void GiveToFoldersOwner(const std::filesystem::path& folder);

// What somebody does who may not use the store: "; it belongs to 'schoolwatch': run this as that
// user: sudo -u schoolwatch …". `command` is what is run then.
std::string AdviseOnOwner(const std::filesystem::path& folder, std::string_view command);

enum class StoreFiles { kNone, kWhole };
// Whether a database is there. kCorrupt: its files are, but not the one that LevelDB starts from;
// opened as it is, LevelDB would make an empty database and delete the rest.
core::Result<StoreFiles> CheckStoreFiles(const std::filesystem::path& folder);

}  // namespace schoolwatch::storage
