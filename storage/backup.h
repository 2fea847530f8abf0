#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"
#include "storage/raw_records.h"

namespace schoolwatch::storage {

// A backup is a tar archive (docs/storage.md has its form): records in files of some megabytes, the
// audit log's key, and at the end a manifest with the SHA-256 of each.

struct BackupFacts {
  core::Timestamp made_at{};
  int schema = 0;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  // Of keys and values.
  std::string audit_key;    // Empty: there was none.
};

// Writes `records`, as of one moment, and the key that lies in `folder` to `file` (0600): whole,
// and on disk before it returns, or not at all. Until then it stands beside it, under a name that
// ends in ".unfinished-" and six letters; what a killed backup left there is removed. kBadInput:
// there is such a file already, be it only since this one began, or it is a folder.
core::Result<BackupFacts> WriteBackup(const RawRecords& records,
                                      const std::filesystem::path& folder, core::Timestamp now,
                                      const std::filesystem::path& file);

// Reads any bytes whatever, of which at most some megabytes are held at a time, and hands out each
// record before the archive is known to be whole: so read it once to check it, then to use it.
// kCorrupt: it was changed or cut, with what is wrong; kBadInput: it is no backup, or a newer
// schoolwatch's.
core::Result<BackupFacts> ReadBackup(std::istream& in, const RawRecords::Visit& visit);

}  // namespace schoolwatch::storage
