#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit.h"
#include "core/result.h"
#include "storage/db.h"
#include "storage/key_file.h"
#include "storage/records.h"
#include "storage/store.h"

namespace schoolwatch::storage {

// What entries are hashed under and dated with, for one batch.
struct AuditContext {
  std::string key;  // Of audit.key.
  core::Timestamp now{};
};

// Adds an entry to `batch`, so that what happened and that it happened are written at once or not
// at all. `reader` reads what stands in the store with `batch` on top. Nobody may write in between.
core::Result<void> AppendAudit(Batch& batch, const RecordReader& reader,
                               const AuditContext& context, const core::AuditEvent& event);

// The log's key: `folder`/audit.key (0600), 32 random bytes as hexadecimal, made at the first use.
using AuditKey = LoadedKey;
// kCorrupt: the file holds something else, with what to do. kUnavailable: it cannot be read or
// made.
core::Result<AuditKey> LoadAuditKey(const std::filesystem::path& folder, MissingKey missing);

// The keys that `folder` keeps beside it: those whose log was replaced by a restored one, and
// whatever else somebody put there as audit.key.replaced-…; marks of erasures that were made under
// them go on counting. What holds no key is left out.
core::Result<std::vector<std::string>> LoadKeptKeys(const std::filesystem::path& folder);
// Makes one; `file` must not exist. On disk before this returns, but for its name.
core::Result<void> WriteKeptKey(const std::filesystem::path& file, const std::string& key);

// A restored database brings its own key: in its folder, so that both take their place in one step.
// Writes it there.
core::Result<void> BringAuditKey(const std::filesystem::path& database, const std::string& key);
// Puts a key that a restored database brought in the place of audit.key; until then it is the one
// that LoadAuditKey gives. Fine where there is none. The store's lock must be held.
core::Result<void> TakeBroughtAuditKey(const std::filesystem::path& folder);

}  // namespace schoolwatch::storage
