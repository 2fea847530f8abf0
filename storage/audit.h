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

}  // namespace schoolwatch::storage
