#include "storage/leveldb_store.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <tuple>
#include <utility>

#include "core/clock.h"
#include "core/mutex.h"
#include "storage/audit.h"
#include "storage/case_search.h"
#include "storage/changes.h"
#include "storage/codec.h"
#include "storage/erasure_marks.h"
#include "storage/keys.h"
#include "storage/migrate.h"
#include "storage/print_cache.h"
#include "storage/store_folder.h"
#include "storage/store_lock.h"

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;

class LevelDbStore final : public Store {
 public:
  LevelDbStore(std::unique_ptr<StoreLock> lock, std::unique_ptr<Db> db, OpenMode mode,
               std::string audit_key, std::vector<std::string> keys, const core::Clock* clock)
      : lock_(std::move(lock)),
        db_(std::move(db)),
        mode_(mode),
        audit_key_(std::move(audit_key)),
        keys_(std::move(keys)),
        erased_(keys_),
        clock_(clock != nullptr ? *clock : system_clock_) {}

  core::Result<void> LoadErasureMarks() { return erased_.Load(*db_); }

  // SeenLookup and core::FetchMemory.
  bool IsErased(const core::Post& post, std::string_view post_key,
                core::Timestamp now) const override {
    return erased_.IsErased(post, post_key, now);
  }
  LostMarks FindLostMarks(core::Timestamp now) const override { return erased_.FindLost(now); }
  core::Result<std::optional<core::SeenMark>> FindSeen(std::string_view post_key) const override {
    SW_ASSIGN(auto mark, Find<core::SeenMark>(Key(kSeenPrefix, post_key)));
    if (mark) {
      mark->post_key = post_key;
    }
    return mark;
  }
  core::Result<std::optional<core::UrlState>> FindUrl(std::string_view key) const override {
    return Find<core::UrlState>(Key(kUrlPrefix, key));
  }
  core::Result<std::optional<core::HostState>> FindHost(std::string_view origin) const override {
    return Find<core::HostState>(Key(kHostPrefix, origin));
  }
  core::Result<std::optional<core::SourceState>> FindSource(std::string_view name) const override {
    return Find<core::SourceState>(Key(kSourcePrefix, name));
  }

  // CaseReader.
  core::Result<core::Case> LoadCase(std::string_view id) const override {
    return storage::LoadCase(RecordReader(*db_), id);
  }
  core::Result<core::Finding> LoadFinding(std::string_view id) const override {
    return storage::LoadFinding(RecordReader(*db_), id);
  }
  core::Result<std::vector<core::PostVersion>> LoadVersions(
      std::string_view finding_id) const override {
    return storage::LoadVersions(RecordReader(*db_), finding_id);
  }
  core::Result<std::vector<core::Case>> ListCases(const CaseFilter& filter) const override {
    return storage::ListCases(RecordReader(*db_), filter);
  }
  core::Result<std::optional<core::Case>> FindCaseByLink(std::string_view school,
                                                         std::string_view url) const override {
    return storage::FindCaseByLink(RecordReader(*db_), school, url);
  }
  core::Result<std::optional<core::Case>> FindCaseByText(
      std::string_view school, const core::Fingerprint& fingerprint) const override {
    return storage::FindCaseByText(RecordReader(*db_), school, fingerprint, prints_);
  }

  // ExampleReader.
  core::Result<std::vector<core::KeptExample>> ListExamples() const override {
    return LoadAll<core::KeptExample>(kExamplePrefix);
  }

  // ReportReader.
  core::Result<std::optional<core::IntakeReceipt>> FindReport(std::string_view id) const override {
    return Find<core::IntakeReceipt>(Key(kReportPrefix, id));
  }
  core::Result<std::vector<core::IntakeReceipt>> ListReports() const override {
    return LoadAll<core::IntakeReceipt>(kReportPrefix);
  }

  // DocumentStore.
  core::Result<void> Commit(std::span<const core::DocumentOutcome> outcomes) override {
    return Change([&](Changes& changes) -> core::Result<void> {
      for (const core::DocumentOutcome& outcome : outcomes) {
        SW_TRY(changes.Add(outcome));
      }
      return {};
    });
  }

  // Outbox.
  core::Result<std::vector<core::OutboxItem>> LoadItems() const override {
    SW_ASSIGN(auto items, LoadAll<core::OutboxItem>(kItemPrefix));
    std::ranges::sort(
        items, {}, [](const core::OutboxItem& item) { return std::tie(item.created_at, item.id); });
    return items;
  }
  core::Result<std::vector<core::OutboxBatch>> LoadBatches() const override {
    SW_ASSIGN(auto batches, LoadAll<core::OutboxBatch>(kBatchPrefix));
    std::ranges::sort(batches, {}, [](const core::OutboxBatch& batch) {
      return std::tie(batch.created_at, batch.key);
    });
    return batches;
  }
  core::Result<void> SaveBatches(std::span<const core::OutboxBatch> batches) override {
    return Change([&](Changes& changes) -> core::Result<void> {
      for (const core::OutboxBatch& batch : batches) {
        SW_TRY(changes.SaveBatch(batch));
      }
      return {};
    });
  }
  core::Result<void> RemoveBatch(std::string_view key) override {
    return Change(
        [&](Changes& changes) { return changes.RemoveBatch(key, Changes::BatchEnd::kAccepted); });
  }
  core::Result<void> DropBatch(std::string_view key) override {
    return Change(
        [&](Changes& changes) { return changes.RemoveBatch(key, Changes::BatchEnd::kDropped); });
  }

  // AuditLog.
  core::Result<std::vector<core::AuditEntry>> LoadAudit(std::uint64_t after,
                                                        std::size_t limit) const override {
    SW_ASSIGN(const auto found, View(*db_).ListAfter(AuditKeyOf(after), kAuditPrefix, limit));
    return DecodeAll<core::AuditEntry>(found);
  }
  core::Result<std::vector<core::AuditEntry>> LoadAuditOf(std::string_view case_id) const override {
    const RecordReader reader(*db_);
    SW_ASSIGN(const auto tail, reader.Find<core::AuditHead>(Key(kAuditTailPrefix, case_id)));
    std::vector<core::AuditEntry> entries;
    // Numbers must fall, so that no damage makes this go round.
    for (std::uint64_t number = tail ? tail->number : 0; number != 0;) {
      SW_ASSIGN(auto entry, reader.Find<core::AuditEntry>(AuditKeyOf(number)));
      if (!entry || entry->case_id != case_id) {
        break;
      }
      number = entry->case_before < number ? entry->case_before : 0;
      entries.push_back(*std::move(entry));
    }
    std::ranges::reverse(entries);
    return entries;
  }
  core::Result<core::AuditHead> LoadAuditHead() const override {
    SW_ASSIGN(const auto head, Find<core::AuditHead>(std::string(kAuditHeadKey)));
    return head.value_or(core::AuditHead{});
  }
  core::Result<void> Record(std::span<const core::AuditEvent> events) override {
    return Change([&](Changes& changes) -> core::Result<void> {
      for (const core::AuditEvent& event : events) {
        SW_TRY(changes.Record(event));
      }
      return {};
    });
  }

  // EvidenceReader.
  core::Result<std::optional<core::Evidence>> FindEvidence(
      std::string_view finding_id) const override {
    return Find<core::Evidence>(Key(kEvidencePrefix, finding_id));
  }
  core::Result<std::vector<core::Evidence>> LoadEvidence(std::string_view after,
                                                         std::size_t limit) const override {
    SW_ASSIGN(const auto found,
              View(*db_).ListAfter(Key(kEvidencePrefix, after), kEvidencePrefix, limit));
    return DecodeAll<core::Evidence>(found);
  }
  std::vector<core::Sha256> EvidenceKeys(std::string_view finding_id) const override {
    std::vector<core::Sha256> keys;
    for (const std::string& key : keys_) {
      keys.push_back(core::SubjectKey(key, core::EvidenceSubject(finding_id)));
    }
    return keys;
  }

  // LedgerReader.
  core::Result<std::optional<core::HostLedger>> FindLedger(std::string_view origin) const override {
    return Find<core::HostLedger>(Key(kLedgerPrefix, origin));
  }
  core::Result<std::vector<core::HostLedger>> ListLedgers() const override {
    return LoadAll<core::HostLedger>(kLedgerPrefix);
  }

  // PlatformReader.
  core::Result<std::optional<core::RouteState>> FindRoute(std::string_view key) const override {
    return Find<core::RouteState>(Key(kRoutePrefix, key));
  }
  core::Result<std::optional<core::PlatformSession>> FindSession(
      std::string_view key) const override {
    return Find<core::PlatformSession>(Key(kSessionPrefix, key));
  }
  core::Result<std::optional<core::PlatformSpending>> FindSpending(
      std::string_view key) const override {
    return Find<core::PlatformSpending>(Key(kSpendingPrefix, key));
  }

  // RawRecords.
  core::Result<void> VisitRecords(const Visit& visit) const override {
    return View(*db_).VisitRecords(visit);
  }

  // Notes.
  core::Result<std::optional<std::string>> FindNote(std::string_view name) const override {
    return db_->Get(Key(kNotePrefix, name));
  }
  core::Result<void> SetNote(std::string_view name, std::string_view value) override {
    Batch batch;
    batch.Put(Key(kNotePrefix, name), std::string(value));
    SW_TRY(CheckWritable());
    const core::MutexLock lock(writing_);
    return db_->Write(batch);
  }

  // WholeDatabase.
  core::Result<void> WithDatabase(DatabaseUse use, const Work& work) override {
    const AuditContext audit{audit_key_, clock_.Now()};
    if (use == DatabaseUse::kRead) {
      return work(*db_, audit);
    }
    SW_TRY(CheckWritable());
    const core::MutexLock lock(writing_);
    core::Result<void> done = work(*db_, audit);
    SW_TRY(erased_.Load(*db_));
    return done;
  }

 private:
  template <class T>
  core::Result<std::optional<T>> Find(const std::string& key) const {
    SW_ASSIGN(const std::optional<std::string> bytes, db_->Get(key));
    if (!bytes) {
      return std::nullopt;
    }
    SW_ASSIGN(T record, DecodeRecord<T>(db_->shown(), key, *bytes));
    return std::optional<T>(std::move(record));
  }

  // Every record under a prefix: for what is few. The outbox holds what a few hours queue at most,
  // ledgers are one a host, examples what people closed by hand.
  template <class T>
  core::Result<std::vector<T>> LoadAll(std::string_view prefix) const {
    SW_ASSIGN(const auto entries, View(*db_).List(prefix, std::numeric_limits<std::size_t>::max()));
    return DecodeAll<T>(entries);
  }

  template <class T>
  core::Result<std::vector<T>> DecodeAll(const std::vector<View::Entry>& entries) const {
    std::vector<T> records;
    records.reserve(entries.size());
    for (const auto& [key, value] : entries) {
      SW_ASSIGN(T record, DecodeRecord<T>(db_->shown(), key, value));
      records.push_back(std::move(record));
    }
    return records;
  }

  core::Result<void> CheckWritable() const {
    if (mode_ == OpenMode::kReadOnly) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "the store '" + db_->shown().string() + "' was opened for reading only");
    }
    return {};
  }

  template <class Work>
  core::Result<void> Change(Work work) {
    SW_TRY(CheckWritable());
    // Held over reading and the synced write: indexes are worked out from what stands there.
    const core::MutexLock lock(writing_);
    Changes changes(*db_, AuditContext{audit_key_, clock_.Now()});
    SW_TRY(work(changes));
    if (changes.batch().empty()) {
      return {};
    }
    return db_->Write(changes.batch());
  }

  std::unique_ptr<StoreLock> lock_;  // Let go after the database is closed.
  std::unique_ptr<Db> db_;
  const OpenMode mode_;
  const std::string audit_key_;  // Empty: opened for reading only, before anything was recorded.
  const std::vector<std::string> keys_;  // That one, and those kept beside it.
  ErasureMarks erased_;
  mutable PrintCache prints_;
  const core::SystemClock system_clock_;
  const core::Clock& clock_;
  core::Mutex writing_;
};

int VersionIn(const std::optional<std::string>& text) {
  int version = 0;
  if (text) {
    std::from_chars(text->data(), text->data() + text->size(), version);
  }
  return version;
}

core::Result<void> CheckSchema(Db& db, OpenMode mode) {
  const std::string store = "the store '" + db.shown().string() + "'";
  std::optional<std::string> text;
  std::optional<std::string> migrating;
  bool is_new = false;
  {
    const View view(db);
    SW_ASSIGN(text, view.Get(kSchemaKey));
    SW_ASSIGN(migrating, view.Get(kMigratingKey));
    SW_ASSIGN(const auto any, view.List("", 1));
    is_new = any.empty();
  }
  if (is_new) {
    if (mode == OpenMode::kReadOnly) {
      return {};
    }
    Batch batch;
    batch.Put(std::string(kSchemaKey), std::to_string(kSchemaVersion));
    return db.Write(batch);
  }
  const int version = VersionIn(text);
  if (version <= 0) {
    return core::Fail(core::ErrorKind::kCorrupt,
                      store + " does not say of which format it is; run `schoolwatch repair`");
  }
  if (version > kSchemaVersion) {
    return core::Fail(core::ErrorKind::kBadInput,
                      store + " was written by a newer schoolwatch (format " +
                          std::to_string(version) + "; this one knows formats up to " +
                          std::to_string(kSchemaVersion) +
                          "); run that one or a later one; nothing was changed");
  }
  // A step that was broken off is done again.
  const int from = migrating ? std::clamp(VersionIn(migrating), 1, version) : version;
  return Migrate(db, from, kSchemaVersion, Migrations());
}

}  // namespace

core::Result<std::unique_ptr<Store>> OpenLevelDbStore(const fs::path& folder, OpenMode mode,
                                                      std::string_view holder,
                                                      const DbSettings& settings) {
  if (folder.empty()) {
    return core::Fail(core::ErrorKind::kBadInput, "no folder is given for the store");
  }
  if (mode == OpenMode::kReadWrite) {
    SW_TRY(MakeStoreFolder(folder));
  } else {
    SW_ASSIGN(const StoreFiles files, CheckStoreFiles(folder));
    if (files == StoreFiles::kNone) {
      return core::Fail(core::ErrorKind::kNotFound, "there is no store in '" + folder.string() +
                                                        "' yet; `schoolwatch run` makes it");
    }
  }
  SW_ASSIGN(std::unique_ptr<StoreLock> lock, StoreLock::Take(folder, holder));
  SW_TRY(CheckStoreFiles(folder));
  if (mode == OpenMode::kReadWrite) {
    SW_TRY(TakeBroughtAuditKey(folder));  // A restore was broken off.
  }
  SW_ASSIGN(std::unique_ptr<Db> db, Db::Open(DatabaseFolder(folder), folder, mode, settings));
  SW_TRY(CheckSchema(*db, mode));
  SW_ASSIGN(AuditKey key,
            LoadAuditKey(folder, mode == OpenMode::kReadWrite ? MissingKey::kMake
                                                              : MissingKey::kLeaveEmpty));
  SW_ASSIGN(std::vector<std::string> keys, LoadKeptKeys(folder));
  if (!key.key.empty()) {
    keys.insert(keys.begin(), key.key);
    if (mode == OpenMode::kReadWrite) {
      SW_TRY(NameKeyOfMarks(*db, PrivacyHash(key.key), key.is_new));
    }
  }
  auto store = std::make_unique<LevelDbStore>(std::move(lock), std::move(db), mode,
                                              std::move(key.key), std::move(keys), settings.clock);
  SW_TRY(store->LoadErasureMarks());
  if (key.is_new) {
    SW_ASSIGN(const core::AuditHead head, store->LoadAuditHead());
    if (head.number > 0) {
      const core::AuditEvent renewed{.action = core::AuditAction::kKeyRenewed};
      SW_TRY(store->Record({&renewed, 1}));
    }
  }
  return store;
}

core::Result<std::unique_ptr<Store>> Store::Open(const fs::path& folder, OpenMode mode,
                                                 std::string_view holder) {
  return OpenLevelDbStore(folder, mode, holder, DbSettings{});
}

}  // namespace schoolwatch::storage
