#pragma once

#include <cstdint>
#include <filesystem>

#include "core/result.h"
#include "core/time.h"
#include "storage/backup.h"

namespace schoolwatch::storage {

enum class Existing { kRefuse, kReplace };

struct RestoreReport {
  BackupFacts backup;
  std::uint64_t newer_erasures = 0;  // Marks of erasures that the replaced store had.
  std::filesystem::path old_store;   // The replaced one, kept; empty: there was none.
};

// Makes a store in `folder` of a backup, which is read whole and checked before anything is
// touched. kBadInput: there is a store already and `existing` is kRefuse; it is no backup.
// kCorrupt: the backup is damaged; nothing was changed. Marks of erasures are taken from the
// replaced store too, so that what was erased since the backup does not come back at the next run.
// kHeld: a process has the store.
core::Result<RestoreReport> RestoreStore(const std::filesystem::path& folder,
                                         const std::filesystem::path& file, Existing existing,
                                         core::Timestamp now);

}  // namespace schoolwatch::storage
