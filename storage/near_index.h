#pragma once

#include "core/finding.h"
#include "core/result.h"
#include "storage/db.h"
#include "storage/records.h"

namespace schoolwatch::storage {

// The index of findings by the likeness of their texts (near/): under each of a text's lookup keys
// the newest few findings. What it holds follows from a finding's school, time, title and text.

// Whether both stand in it under the same keys.
bool SameInNearIndex(const core::Finding& a, const core::Finding& b);

// `reader` reads what the batch holds, too.
core::Result<void> AddToNearIndex(const RecordReader& reader, Batch& batch,
                                  const core::Finding& finding);
// By the words that it has now: as it is stored, before it is changed.
core::Result<void> RemoveFromNearIndex(const RecordReader& reader, Batch& batch,
                                       const core::Finding& finding);

// All of it anew, in as many writes as it takes. Broken off, it is to be done again.
core::Result<void> RebuildNearIndex(Db& db);

}  // namespace schoolwatch::storage
