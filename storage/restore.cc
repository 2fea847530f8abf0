#include "storage/restore.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "storage/audit.h"
#include "storage/db.h"
#include "storage/erasure.h"
#include "storage/erasure_marks.h"
#include "storage/inventory.h"
#include "storage/keys.h"
#include "storage/records.h"
#include "storage/repair.h"
#include "storage/store_folder.h"
#include "storage/store_lock.h"

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatchRecords = 2000;
constexpr std::size_t kBatchBytes = 4U << 20;  // Kept evidence may be 200 KB each.

core::Result<BackupFacts> Read(const fs::path& file, const RawRecords::Visit& visit) {
  std::error_code error;
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (const int cause = fs::is_directory(file, error) ? EISDIR : errno; !in || cause == EISDIR) {
    return core::Fail(core::ErrorKind::kBadInput, "'" + file.string() + "' cannot be opened: " +
                                                      std::generic_category().message(cause) +
                                                      "; nothing was changed");
  }
  core::Result<BackupFacts> facts = ReadBackup(in, visit);
  if (!facts) {
    return core::Fail(facts.error().kind, "'" + file.string() + "': " + facts.error().message +
                                              "; nothing was changed");
  }
  return facts;
}

core::Result<void> Fill(Db& db, const fs::path& file) {
  Batch batch;
  std::size_t bytes = 0;
  const auto write = [&]() -> core::Result<void> {
    SW_TRY(db.Write(batch));
    batch = Batch{};
    bytes = 0;
    return {};
  };
  SW_TRY(Read(file, [&](std::string_view key, std::string_view value) -> core::Result<void> {
    batch.Put(std::string(key), std::string(value));
    bytes += key.size() + value.size();
    return batch.changes().size() < kBatchRecords && bytes < kBatchBytes ? core::Result<void>{}
                                                                         : write();
  }));
  return batch.empty() ? core::Result<void>{} : write();
}

// Marks that name no key are of the set's only one.
void NameKey(MarkSet& set) {
  const std::string id = set.keys.empty() ? "-" : PrivacyHash(set.keys.front()).key_id();
  for (KeptMark& one : set.marks) {
    if (one.mark.key_id.empty()) {
      one.mark.key_id = id;
    }
  }
}

core::Result<MarkSet> ReadMarks(const fs::path& folder) {
  const fs::path database = DatabaseFolder(folder);
  SW_ASSIGN(const std::unique_ptr<Db> old,
            Db::Open(database, database, OpenMode::kReadOnly, DbSettings{}));
  MarkSet set;
  SW_ASSIGN(set.marks, ListErasureMarks(*old));
  // Without its key, or with a damaged one, the backup's may be theirs.
  if (core::Result<AuditKey> key = LoadAuditKey(folder, MissingKey::kLeaveEmpty);
      key && !key->key.empty()) {
    set.keys.push_back(std::move(key->key));
  }
  NameKey(set);
  SW_ASSIGN(const std::vector<std::string> kept, LoadKeptKeys(folder));
  set.keys.insert(set.keys.end(), kept.begin(), kept.end());
  return set;
}

core::Result<MarkSet> ReadMarksOfBackup(const fs::path& file) {
  MarkSet set;
  std::string unnamed;
  SW_ASSIGN(BackupFacts facts,
            Read(file, [&](std::string_view key, std::string_view value) -> core::Result<void> {
              if (key.starts_with(kErasedPrefix)) {
                SW_ASSIGN(const auto mark, DecodeRecord<ErasureMark>(file, key, value));
                set.marks.push_back({std::string(key.substr(kErasedPrefix.size())), mark});
              } else if (key == kUnnamedMarksKey) {
                unnamed = value;
              }
              return {};
            }));
  for (KeptMark& one : set.marks) {
    if (one.mark.key_id.empty()) {
      one.mark.key_id = unnamed;
    }
  }
  if (!facts.audit_key.empty()) {
    set.keys.push_back(std::move(facts.audit_key));
  }
  NameKey(set);
  return set;
}

// Marks are hashes under a key: where that is lost, nobody can tell what they are of.
bool MeanNothing(const MarkSet& set, core::Timestamp now) {
  const std::vector<PrivacyHash> keys(set.keys.begin(), set.keys.end());
  return FindLostMarks(set.marks, keys, now).marks > 0;
}

// Erases in the restored records what was erased elsewhere since.
core::Result<void> EraseAgain(Db& db, const MarkSet& elsewhere, const AuditContext& audit,
                              RestoreReport& report) {
  SW_ASSIGN(const std::vector<KeptMark> known, ListErasureMarks(db));
  MarkSet newer = elsewhere;
  std::erase_if(newer.marks, [&](const KeptMark& mark) {
    return std::ranges::any_of(known, [&](const KeptMark& one) {
      return one.hash == mark.hash && one.mark.at >= mark.mark.at;  // Else it was asked for again.
    });
  });
  if (newer.marks.empty()) {
    return {};
  }
  for (const KeptMark& one : newer.marks) {
    const bool of_one_post =
        one.mark.what == ErasureMark::What::kPost || one.mark.what == ErasureMark::What::kWords;
    report.newer_erasures += of_one_post ? 0U : 1U;
  }
  SW_ASSIGN(const ErasureReport erased, ApplyErasureMarks(db, audit, newer));
  report.erased_posts += erased.findings.size();
  return {};
}

// The backup's log was hashed under its own key, and what was erased is known by it: `fresh` brings
// it along. The one that was there is kept as `kept`, as marks that were made under it go on
// counting.
core::Result<void> BringKey(const fs::path& folder, const fs::path& fresh, const std::string& key,
                            const fs::path& kept) {
  const core::Result<AuditKey> now = LoadAuditKey(folder, MissingKey::kLeaveEmpty);
  if (key.empty() || (now && now->key == key)) {
    return {};
  }
  const fs::path file = folder / "audit.key";
  std::error_code error;
  if (fs::exists(file, error) && ::link(file.c_str(), kept.c_str()) != 0) {
    return core::Fail(core::ErrorKind::kUnavailable, "'" + kept.string() + "' cannot be made: " +
                                                         std::generic_category().message(errno));
  }
  return BringAuditKey(fresh, key);
}

// Those of another backup whose erasures were taken over go on counting under its key.
core::Result<void> KeepMarksKeys(const fs::path& folder, const std::vector<std::string>& keys,
                                 const std::string& brought, const fs::path& kept) {
  SW_ASSIGN(std::vector<std::string> known, LoadKeptKeys(folder));
  const core::Result<AuditKey> now = LoadAuditKey(folder, MissingKey::kLeaveEmpty);
  known.push_back(brought.empty() && now ? now->key : brought);
  for (const std::string& key : keys) {
    if (std::ranges::find(known, key) == known.end()) {
      SW_TRY(WriteKeptKey(kept.string() + ".erasures", key));
    }
  }
  return {};
}

core::Result<StoreFiles> CheckReplaced(const fs::path& folder, Existing existing) {
  if (::faccessat(AT_FDCWD, folder.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) != 0 &&
      errno == EACCES) {
    SW_TRY(MakeStoreFolder(folder));  // Fails, and says whose it is: nobody knows what is in it.
  }
  const core::Result<StoreFiles> there = CheckStoreFiles(folder);
  const bool is_store = !there || *there != StoreFiles::kNone;
  if (is_store && existing == Existing::kRefuse) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "there is a store in '" + folder.string() +
                          "' already; with --replace it is kept aside; nothing was changed");
  }
  return is_store ? StoreFiles::kWhole : StoreFiles::kNone;
}

}  // namespace

core::Result<RestoreReport> RestoreStore(const fs::path& folder, const fs::path& file,
                                         const RestoreOptions& options, core::Timestamp now) {
  RestoreReport report;
  SW_ASSIGN(report.backup,
            Read(file, [](std::string_view, std::string_view) { return core::Result<void>{}; }));
  MarkSet newer;
  if (!options.erasures_of.empty()) {
    SW_ASSIGN(newer, ReadMarksOfBackup(options.erasures_of));
  }
  std::error_code error;
  SW_TRY(CheckReplaced(folder, options.existing));
  SW_TRY(MakeStoreFolder(folder));
  SW_ASSIGN(const std::unique_ptr<StoreLock> lock, StoreLock::Take(folder, "schoolwatch restore"));
  // Again, as a first run may have made one meanwhile.
  SW_ASSIGN(const StoreFiles there, CheckReplaced(folder, options.existing));
  const bool is_store = there != StoreFiles::kNone;
  RemoveUnfinished(folder);
  SW_TRY(TakeBroughtAuditKey(folder));
  const std::string time = FreeFileTime(folder, now);
  const fs::path fresh = folder / (std::string(kUnfinishedPrefix) + time);
  core::Result<void> done;
  if (::mkdir(fresh.c_str(), S_IRWXU) != 0) {
    return core::Fail(core::ErrorKind::kUnavailable, "'" + fresh.string() + "' cannot be made: " +
                                                         std::generic_category().message(errno));
  }
  {
    const auto build = [&]() -> core::Result<void> {
      SW_ASSIGN(const std::unique_ptr<Db> db,
                Db::Open(fresh, folder, OpenMode::kReadWrite, DbSettings{}));
      SW_TRY(Fill(*db, file));
      // The log goes on under the key that the backup brings, if it brings one.
      AuditContext audit{.key = report.backup.audit_key, .now = now};
      std::vector<std::string> brought = newer.keys;
      if (audit.key.empty()) {
        SW_ASSIGN(const AuditKey own, LoadAuditKey(folder, MissingKey::kMake));
        audit.key = own.key;
      } else {
        brought.push_back(audit.key);
      }
      const auto erase_again = [&](MarkSet marks) {
        marks.keys.insert(marks.keys.end(), brought.begin(), brought.end());
        report.erasures_unknown = report.erasures_unknown || MeanNothing(marks, now);
        return EraseAgain(*db, marks, audit, report);
      };
      if (is_store) {
        // One that cannot be read may be what the restore is for.
        core::Result<MarkSet> marks = ReadMarks(folder);
        report.erasures_unknown = !marks;
        if (marks) {
          SW_TRY(erase_again(*std::move(marks)));
        }
      }
      if (!options.erasures_of.empty()) {
        SW_TRY(erase_again(newer));
      }
      SW_ASSIGN(const Inventory inventory, TakeInventory(View(*db), {}));
      if (!inventory.schema) {
        return core::Fail(core::ErrorKind::kCorrupt, "the backup holds no store");
      }
      return {};
    };
    done = build();
  }
  const fs::path old_key = folder / ("audit.key.replaced-" + time);
  if (done) {
    done = BringKey(folder, fresh, report.backup.audit_key, old_key);
  }
  if (done) {
    done = KeepMarksKeys(folder, newer.keys, report.backup.audit_key, old_key);
  }
  if (done) {
    const fs::path old = folder / (std::string(kReplacedPrefix) + time);
    done = SwapDatabase(folder, fresh, old);
    // The empty folder that MakeStoreFolder made, or else a store.
    if (done && (is_store || !fs::remove(old, error))) {
      report.old_store = old;
    }
  }
  if (!done) {
    RemoveUnfinished(folder);
    if (!fs::exists(folder / (std::string(kReplacedPrefix) + time), error)) {
      ::unlink(old_key.c_str());  // Nothing was replaced.
      ::unlink((old_key.string() + ".erasures").c_str());
    }
    return core::Fail(std::move(done).error());
  }
  SW_TRY(TakeBroughtAuditKey(folder));
  return report;
}

}  // namespace schoolwatch::storage
