#pragma once

#include <string_view>
#include <utility>

#include "core/audit.h"
#include "core/outcome.h"
#include "core/result.h"
#include "storage/audit.h"
#include "storage/db.h"
#include "storage/records.h"

namespace schoolwatch::storage {

// Works out what a commit or a step of the outbox changes, indexes included, on the database as it
// is. Nothing is written: the caller writes batch(), and lets nobody write in between.
class Changes {
 public:
  // Borrows the database.
  Changes(const Db& db, AuditContext audit) : reader_(db, &batch_), audit_(std::move(audit)) {}

  core::Result<void> Add(const core::DocumentOutcome& outcome);
  // kBadInput: an item of it was delivered before, or is in another batch.
  core::Result<void> SaveBatch(const core::OutboxBatch& batch);
  enum class BatchEnd { kAccepted, kDropped };
  core::Result<void> RemoveBatch(std::string_view key, BatchEnd end);
  core::Result<void> Record(const core::AuditEvent& event);

  const Batch& batch() const { return batch_; }

 private:
  core::Result<void> PutCase(const core::Case& changed);
  core::Result<void> PutFinding(const core::Finding& finding);
  core::Result<void> PutVersion(const core::PostVersion& version);
  core::Result<void> PutEvidence(const core::Evidence& evidence, std::string_view case_id);
  core::Result<void> RecordEvidence(const core::Evidence& evidence, std::string_view case_id);
  core::Result<void> RecordMovedEvidence(const core::Finding& finding);
  core::Result<void> RemoveWords(const std::string& finding_id);
  core::Result<void> QueueItem(const core::OutboxItem& item);
  // One entry for each case that the batch tells of.
  core::Result<void> RecordMail(core::AuditAction action, const core::OutboxBatch& batch);

  core::AuditActor by_ = core::AuditActor::kProgram;  // Whose outcome is being added.
  Batch batch_;
  RecordReader reader_;
  const AuditContext audit_;
};

}  // namespace schoolwatch::storage
