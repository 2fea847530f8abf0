#pragma once

#include <string_view>

#include "core/outcome.h"
#include "core/result.h"
#include "storage/db.h"
#include "storage/records.h"

namespace schoolwatch::storage {

// Works out what a commit or a step of the outbox changes, indexes included, on the database as it
// is. Nothing is written: the caller writes batch(), and lets nobody write in between.
class Changes {
 public:
  // Borrows the database.
  explicit Changes(const Db& db) : reader_(db, &batch_) {}

  core::Result<void> Add(const core::DocumentOutcome& outcome);
  // kBadInput: an item of it was delivered before, or is in another batch.
  core::Result<void> SaveBatch(const core::OutboxBatch& batch);
  core::Result<void> RemoveBatch(std::string_view key);

  const Batch& batch() const { return batch_; }

 private:
  core::Result<void> PutCase(const core::Case& changed);
  core::Result<void> PutFinding(const core::Finding& finding);
  core::Result<void> PutFingerprint(const core::FingerprintEntry& entry);
  core::Result<void> QueueItem(const core::OutboxItem& item);

  Batch batch_;
  RecordReader reader_;
};

}  // namespace schoolwatch::storage
