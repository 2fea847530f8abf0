#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit.h"
#include "core/evidence.h"
#include "core/fetch_memory.h"
#include "core/fingerprint.h"
#include "core/mutex.h"
#include "core/outcome.h"
#include "core/result.h"
#include "storage/privacy_records.h"
#include "storage/raw_records.h"

namespace schoolwatch::storage {

class Db;
struct AuditContext;

// Whether posts were seen before. Thread-safe.
class SeenLookup {
 public:
  virtual ~SeenLookup() = default;
  // Whether somebody had the post erased, not long before `now`: it is not judged and not kept.
  virtual bool IsErased(const core::Post& /*post*/, std::string_view /*post_key*/,
                        core::Timestamp /*now*/) const {
    return false;
  }
  // What was erased and cannot be kept away, as the key of its marks is lost.
  virtual LostMarks FindLostMarks(core::Timestamp /*now*/) const { return {}; }
  // nullopt: never seen.
  virtual core::Result<std::optional<core::SeenMark>> FindSeen(std::string_view post_key) const = 0;
};

struct CaseFilter {
  std::string school;  // "" for all.
  std::optional<core::CaseState> state;
  std::optional<core::Category> category;
  std::optional<core::CaseOutcome> outcome;
  core::Severity at_least = core::Severity::kNone;
  core::Timestamp since = core::Timestamp::min();  // Of the last change.
  std::size_t limit = 1000;
};

// Cases and their findings. Thread-safe; every answer is one consistent state.
class CaseReader {
 public:
  virtual ~CaseReader() = default;
  // kNotFound where there is none. `id` may be a unique beginning of an id, a case's also in lower
  // case or without its dash; kBadInput where several begin so, naming some. A case that was merged
  // is answered by the one that has its posts now.
  virtual core::Result<core::Case> LoadCase(std::string_view id) const = 0;
  virtual core::Result<core::Finding> LoadFinding(std::string_view id) const = 0;
  // The other texts of a finding's post that are kept, oldest first.
  virtual core::Result<std::vector<core::PostVersion>> LoadVersions(
      std::string_view finding_id) const = 0;
  // Newest change first, without those that were merged into others.
  virtual core::Result<std::vector<core::Case>> ListCases(const CaseFilter& filter) const = 0;
  // The case of `school` that stands at this thread or link, if any: one whose thread_url it is, or
  // else the permalink or thread of one of its findings, whatever tracking parameters either has.
  // The newest changed where there are several; a closed one only where none is open.
  virtual core::Result<std::optional<core::Case>> FindCaseByLink(std::string_view school,
                                                                 std::string_view url) const = 0;
  // The case that holds a near-duplicate of this text, if any; the most alike of several, a closed
  // one only where none is open. Asks the six newest weeks in which any finding was made.
  virtual core::Result<std::optional<core::Case>> FindCaseByText(
      std::string_view school, const core::Fingerprint& fingerprint) const = 0;
};

// Posts that people judged to be none of ours. Thread-safe.
class ExampleReader {
 public:
  virtual ~ExampleReader() = default;
  // All, by id.
  virtual core::Result<std::vector<core::KeptExample>> ListExamples() const = 0;
};

// What people reported. Thread-safe.
class ReportReader {
 public:
  virtual ~ReportReader() = default;
  // nullopt: nothing of that id, or no longer.
  virtual core::Result<std::optional<core::IntakeReceipt>> FindReport(
      std::string_view id) const = 0;
  // All, by id.
  virtual core::Result<std::vector<core::IntakeReceipt>> ListReports() const = 0;
};

// Makes durable all that fetched documents, and people, caused. There is one way to write.
// Thread-safe.
class DocumentStore {
 public:
  virtual ~DocumentStore() = default;
  // Applies every outcome whole or not at all; on disk before it returns. After a crash a document
  // is either wholly there or will be fetched again. Outbox items that wait already, are in a batch
  // or were delivered are left out, so committing again changes nothing. kUnavailable: disk full or
  // read-only; nothing was written, or after a failed sync all of it may be found at the next
  // opening; the store then takes no more until it is opened anew. kCorrupt: run `schoolwatch
  // repair`.
  virtual core::Result<void> Commit(std::span<const core::DocumentOutcome> outcomes) = 0;
};

// Messages waiting to go out. One thread.
class Outbox {
 public:
  virtual ~Outbox() = default;
  // Items not yet in a batch, oldest first.
  virtual core::Result<std::vector<core::OutboxItem>> LoadItems() const = 0;
  // Batches not yet accepted by their far side, given-up ones included, oldest first.
  virtual core::Result<std::vector<core::OutboxBatch>> LoadBatches() const = 0;
  // Stores a new or changed batch; items in it are items no longer, and items that a changed batch
  // has no more wait again. kBadInput: an item was delivered before or is in another batch. Synced.
  core::Result<void> SaveBatch(const core::OutboxBatch& batch) {
    return SaveBatches(std::span(&batch, 1));
  }
  // The same for several, all or none, in one write.
  virtual core::Result<void> SaveBatches(std::span<const core::OutboxBatch> batches) = 0;
  // The far side has accepted it: it is gone, and its items can never be queued again. Fine where
  // there is no such batch. Synced.
  virtual core::Result<void> RemoveBatch(std::string_view key) = 0;
  // The same for a batch with nothing left to say, which was not sent.
  virtual core::Result<void> DropBatch(std::string_view key) = 0;
};

// The append-only log of what was done. Commit and Outbox add to it in the same write as what they
// record. Thread-safe.
class AuditLog {
 public:
  virtual ~AuditLog() = default;
  // Up to `limit` entries with numbers above `after`, in order. As they are stored: CheckAudit
  // (audit_check.h) says whether they are whole.
  virtual core::Result<std::vector<core::AuditEntry>> LoadAudit(std::uint64_t after,
                                                                std::size_t limit) const = 0;
  // Those of one case, in order: found from its last one backwards, so it costs no more than they.
  virtual core::Result<std::vector<core::AuditEntry>> LoadAuditOf(
      std::string_view case_id) const = 0;
  virtual core::Result<core::AuditHead> LoadAuditHead() const = 0;
  // Records what is done outside a commit: a look, an export. Synced. kBadInput where the store was
  // opened for reading only.
  virtual core::Result<void> Record(std::span<const core::AuditEvent> events) = 0;
};

// What was kept with findings. Thread-safe.
class EvidenceReader {
 public:
  virtual ~EvidenceReader() = default;
  // nullopt: none was kept, or it was deleted.
  virtual core::Result<std::optional<core::Evidence>> FindEvidence(
      std::string_view finding_id) const = 0;
  // Up to `limit`, by finding id, from the first one after `after` on.
  virtual core::Result<std::vector<core::Evidence>> LoadEvidence(std::string_view after,
                                                                 std::size_t limit) const = 0;
  // The key under which the audit log hashes this evidence's statement, and those of logs' keys
  // that are kept beside it, one of which it was if the log's key is a newer one: to be given away
  // with the evidence alone. Empty where there is none.
  virtual std::vector<core::Sha256> EvidenceKeys(std::string_view finding_id) const = 0;
};

// How hosts were treated over all runs. Thread-safe.
class LedgerReader {
 public:
  virtual ~LedgerReader() = default;
  // nullopt: never asked.
  virtual core::Result<std::optional<core::HostLedger>> FindLedger(
      std::string_view origin) const = 0;
  // All, by origin.
  virtual core::Result<std::vector<core::HostLedger>> ListLedgers() const = 0;
};

// Where questions to platforms' interfaces have come, and what they may still cost. Thread-safe.
// nullopt: nothing is known.
class PlatformReader {
 public:
  virtual ~PlatformReader() = default;
  virtual core::Result<std::optional<core::RouteState>> FindRoute(std::string_view key) const = 0;
  virtual core::Result<std::optional<core::PlatformSession>> FindSession(
      std::string_view key) const = 0;
  virtual core::Result<std::optional<core::PlatformSpending>> FindSpending(
      std::string_view key) const = 0;
};

// Small notes that commands leave for the next one (last run, heartbeat). Synced on Set.
class Notes {
 public:
  virtual ~Notes() = default;
  virtual core::Result<std::optional<std::string>> FindNote(std::string_view name) const = 0;
  virtual core::Result<void> SetNote(std::string_view name, std::string_view value) = 0;
};

enum class DatabaseUse {
  kRead,   // Nothing is written.
  kWrite,  // Nobody else writes meanwhile. kBadInput where the store was opened for reading only.
};

// For what must know every kind of record: retention, erasure, access (retention.h, erasure.h). A
// store that has no database does nothing.
class WholeDatabase {
 public:
  virtual ~WholeDatabase() = default;
  // What `work` returns is passed on. The caller has the store's turn.
  using Work = std::function<core::Result<void>(Db& db, const AuditContext& audit)>;
  virtual core::Result<void> WithDatabase(DatabaseUse use, const Work& work) = 0;
};

enum class OpenMode {
  kReadWrite,  // Creates what is missing.
  kReadOnly,   // kNotFound where there is no store yet. Nothing is written to it.
};

// The one store on disk: LevelDB in `folder` (0700). Only one process holds it at a time.
class Store : public SeenLookup,
              public CaseReader,
              public ExampleReader,
              public ReportReader,
              public DocumentStore,
              public Outbox,
              public AuditLog,
              public EvidenceReader,
              public LedgerReader,
              public PlatformReader,
              public Notes,
              public WholeDatabase,
              public RawRecords,
              public core::FetchMemory {
 public:
  // kHeld with the holder's process id where another process has it; kCorrupt where it is
  // damaged; kBadInput where the folder cannot be used, or was written by a newer schoolwatch,
  // saying what to do. `holder` is what another process is told that finds the store held:
  // "schoolwatch run".
  static core::Result<std::unique_ptr<Store>> Open(const std::filesystem::path& folder,
                                                   OpenMode mode,
                                                   std::string_view holder = "schoolwatch");

  // Held by whoever reads records, changes them and writes them back (the pipeline's commit, a
  // command that a person gave), so that neither undoes what the other did in between. What only
  // reads needs no turn.
  core::Mutex& turn() { return turn_; }

 private:
  core::Mutex turn_;
};

}  // namespace schoolwatch::storage
