#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "core/result.h"
#include "core/time.h"
#include "storage/backup.h"

namespace schoolwatch::storage {

enum class Existing { kRefuse, kReplace };

struct RestoreReport {
  BackupFacts backup;
  std::uint64_t newer_erasures = 0;  // That the replaced store knew of and the backup did not.
  std::size_t erased_posts = 0;      // Of the backup, which they were about.
  // The replaced store, or a key under which it has erasures, could not be read: what was erased
  // since the backup may be back.
  bool erasures_unknown = false;
  std::filesystem::path old_store;  // The replaced one, kept; empty: there was none.
};

struct RestoreOptions {
  Existing existing = Existing::kRefuse;
  std::filesystem::path erasures_of{};  // A newer backup, whose erasures count too; empty: none.
};

// Makes a store in `folder` of a backup, which is read whole and checked before anything is
// touched. kBadInput: there is a store already and is not to be replaced; it is no backup.
// kCorrupt: the backup is damaged; nothing was changed. What was erased since the backup, as the
// replaced store or a newer backup knows, is erased again before the restored records take its
// place, and its marks keep it from coming back at the next run. kHeld: a process has the store.
core::Result<RestoreReport> RestoreStore(const std::filesystem::path& folder,
                                         const std::filesystem::path& file,
                                         const RestoreOptions& options, core::Timestamp now);

}  // namespace schoolwatch::storage
