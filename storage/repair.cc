#include "storage/repair.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>

#include "core/hash.h"
#include "storage/erasure_marks.h"
#include "storage/leveldb_store.h"
#include "storage/salvage.h"
#include "storage/store_folder.h"
#include "storage/store_lock.h"

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;

core::Result<void> FailErrno(const std::string& what) {
  return core::Fail(core::ErrorKind::kUnavailable,
                    what + ": " + std::generic_category().message(errno));
}

core::Result<void> SyncFolder(const fs::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool good = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) {
    ::close(file);
  }
  return good ? core::Result<void>{} : FailErrno("'" + folder.string() + "' cannot be synced");
}

// Where records go that can be read and not understood: a line each, of key, value and reason, the
// first two in hexadecimal.
class Quarantine {
 public:
  explicit Quarantine(fs::path file) : file_(std::move(file)) {}
  void Add(std::string_view key, std::string_view value, const core::Error& why) {
    if (!out_.is_open()) {
      const int made =
          ::open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
      if (made >= 0) {
        ::close(made);
      }
      out_.open(file_, std::ios::app | std::ios::binary);
    }
    out_ << core::ToHex(key) << ' ' << core::ToHex(value) << ' ' << why.message << '\n';
  }
  core::Result<fs::path> Finish() {
    if (!out_.is_open()) {
      return fs::path();
    }
    out_.close();
    if (!out_) {
      return core::Fail(core::ErrorKind::kUnavailable,
                        "'" + file_.string() + "' cannot be written");
    }
    return file_;
  }

 private:
  const fs::path file_;
  std::ofstream out_;
};

// What is in it where it is whole; nullopt: it is not. Only reads.
std::optional<Inventory> TakeIfWhole(const fs::path& database) {
  const Salvage files = LookAtFiles(database);
  if (!files.damaged_files.empty()) {
    return std::nullopt;
  }
  const auto db = Db::Open(database, database, OpenMode::kReadOnly, DbSettings{});
  if (!db) {
    return std::nullopt;
  }
  core::Result<Inventory> inventory = TakeInventory(View(**db), {});
  if (!inventory || !FindProblems(*inventory).empty()) {
    return std::nullopt;
  }
  return *std::move(inventory);
}

core::Result<LostEvidence> FindLostEvidenceIn(const fs::path& folder, const Inventory& inventory) {
  SW_ASSIGN(std::vector<std::string> keys, LoadKeptKeys(folder));
  SW_ASSIGN(AuditKey key, LoadAuditKey(folder, MissingKey::kLeaveEmpty));
  if (!key.key.empty()) {
    keys.push_back(std::move(key.key));
  }
  return FindLostEvidence(inventory, keys);
}

// Nothing may be called whole that no command can open afterwards, and a repair's own entries in
// the log need the key. A key cannot be mended, only brought from elsewhere.
core::Result<void> CheckAuditKey(const fs::path& folder) {
  core::Result<AuditKey> key = LoadAuditKey(folder, MissingKey::kLeaveEmpty);
  if (key) {
    return {};
  }
  return core::Fail(key.error().kind,
                    key.error().message +
                        "; the database was not looked at: run `schoolwatch repair` again then");
}

// The key that the log of a kept database was hashed under, where a restore brought another.
core::Result<void> PutKeyBack(const fs::path& folder, const std::string& kept,
                              const std::string& time) {
  const fs::path key = folder / "audit.key";
  const fs::path its = folder / ("audit.key.replaced-" + kept.substr(kept.rfind('-') + 1));
  std::error_code error;
  if (!fs::exists(its, error)) {
    return {};
  }
  if (::link(key.c_str(), (folder / ("audit.key.replaced-" + time)).c_str()) != 0 &&
      errno != ENOENT) {
    return FailErrno("'" + key.string() + "' cannot be kept");
  }
  return ::rename(its.c_str(), key.c_str()) == 0
             ? SyncFolder(folder)
             : FailErrno("'" + its.string() + "' cannot be renamed");
}

core::Result<void> MendCopy(const fs::path& copy, const fs::path& folder,
                            const RepairOptions& options, Quarantine& quarantine,
                            RepairReport& report) {
  SW_ASSIGN(const std::unique_ptr<Db> db,
            Db::Open(copy, folder, OpenMode::kReadWrite, DbSettings{}));
  Batch unreadable;
  SW_ASSIGN(const Inventory inventory,
            TakeInventory(View(*db), [&](std::string_view key, std::string_view value,
                                         const core::Error& why) {
              quarantine.Add(key, value, why);
              unreadable.Remove(std::string(key));
            }));
  SW_ASSIGN(report.quarantine, quarantine.Finish());
  report.kinds = inventory.kinds;
  report.problems = FindProblems(inventory);
  if (!unreadable.empty()) {
    SW_TRY(db->Write(unreadable));
  }
  SW_ASSIGN(AuditKey key, LoadAuditKey(folder, MissingKey::kMake));
  SW_TRY(NameKeyOfMarks(*db, PrivacyHash(key.key), key.is_new));
  const bool lost = !report.damaged_files.empty() || !unreadable.empty();
  SW_ASSIGN(report.mended,
            MendRecords(*db, inventory, lost ? Lost::kSomething : Lost::kNothing,
                        key.is_new ? LogKey::kNew : LogKey::kSame,
                        AuditContext{.key = std::move(key.key), .now = options.now}));
  for (const StoreProblem& problem : report.problems) {
    report.mended.cases.insert(problem.cases.begin(), problem.cases.end());
  }
  // Belief is good, looking is better.
  SW_ASSIGN(const Inventory after, TakeInventory(View(*db), {}));
  SW_ASSIGN(report.lost_evidence, FindLostEvidenceIn(folder, after));
  report.missing_audit_entries =
      after.last_audit.number - std::min(after.last_audit.number, after.audit_entries);
  for (const StoreProblem& problem : FindProblems(after)) {
    if (problem.what != "alerts are about posts that are not there") {
      return core::Fail(core::ErrorKind::kCorrupt,
                        "the store '" + folder.string() + "' cannot be mended: " + problem.what +
                            "; nothing was changed: restore a backup, and report this line");
    }
  }
  return {};
}

}  // namespace

void RemoveUnfinished(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> old;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    if (at->path().filename().string().starts_with(kUnfinishedPrefix)) {
      old.push_back(at->path());
    }
  }
  for (const fs::path& path : old) {
    fs::remove_all(path, error);
  }
}

std::string FreeFileTime(const fs::path& folder, core::Timestamp time) {
  for (;; time += std::chrono::seconds(1)) {
    std::string text = core::FormatRfc3339(std::chrono::floor<std::chrono::seconds>(time));
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    std::error_code error;
    bool taken = false;
    for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
         at.increment(error)) {
      taken = taken || at->path().filename().string().ends_with(text);
    }
    if (!taken) {
      return text;
    }
  }
}

core::Result<void> SwapDatabase(const fs::path& folder, const fs::path& fresh,
                                const fs::path& old) {
  const fs::path database = DatabaseFolder(folder);
  SW_TRY(SyncFolder(fresh));
  GiveToFoldersOwner(folder);  // Before it can be found under its last name.
  // The exchange itself gives the old one its last name: whoever clears away what was left
  // unfinished, after an error or a kill at any moment, must not find the old one under such a
  // name.
  if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, old.c_str(), RENAME_NOREPLACE) == 0) {
    if (::renameat2(AT_FDCWD, old.c_str(), AT_FDCWD, database.c_str(), RENAME_EXCHANGE) == 0) {
      return SyncFolder(folder);
    }
    const int cause = errno;
    if (::rename(old.c_str(), fresh.c_str()) != 0) {
      return FailErrno("'" + old.string() + "' cannot be renamed");
    }
    errno = cause;
  }
  if (errno != ENOENT && errno != EINVAL && errno != ENOSYS) {
    return FailErrno("'" + database.string() + "' cannot be replaced");
  }
  // No database there, or a file system that cannot exchange: should the machine stop between the
  // two, CheckStoreFiles sees `old` and asks for another repair rather than beginning a new store.
  std::error_code error;
  const bool was_there = fs::exists(database, error);
  if (was_there && ::rename(database.c_str(), old.c_str()) != 0) {
    return FailErrno("'" + database.string() + "' cannot be renamed");
  }
  if (::rename(fresh.c_str(), database.c_str()) != 0) {
    core::Result<void> failed = FailErrno("'" + fresh.string() + "' cannot be renamed");
    if (was_there) {
      ::rename(old.c_str(), database.c_str());
    }
    return failed;
  }
  return SyncFolder(folder);
}

core::Result<RepairReport> RepairStore(const fs::path& folder, const RepairOptions& options) {
  fs::path database = DatabaseFolder(folder);
  std::error_code error;
  if (!fs::exists(folder, error)) {
    return core::Fail(core::ErrorKind::kNotFound,
                      "there is no store in '" + folder.string() + "'; nothing was changed");
  }
  SW_ASSIGN(const std::unique_ptr<StoreLock> lock, StoreLock::Take(folder, "schoolwatch repair"));
  if (::access(folder.c_str(), W_OK) != 0 && errno == EROFS) {
    return core::Fail(core::ErrorKind::kUnavailable,
                      "the disk that holds the store '" + folder.string() +
                          "' can only be read: look at it first (dmesg), make it writable and run "
                          "`schoolwatch repair` again");
  }
  const std::string time = FreeFileTime(folder, options.now);
  RepairReport report;
  if (!fs::exists(database, error) || fs::is_empty(database, error)) {
    // A repair or restore was broken off between its two renames.
    std::vector<fs::path> kept;
    for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
         at.increment(error)) {
      const std::string name = at->path().filename().string();
      if (name.starts_with(kDamagedPrefix) || name.starts_with(kReplacedPrefix)) {
        kept.push_back(at->path());
      }
    }
    if (kept.empty()) {
      return core::Fail(core::ErrorKind::kNotFound,
                        "there is no store in '" + folder.string() + "'; nothing was changed");
    }
    std::ranges::sort(kept, {}, [](const fs::path& path) {
      return path.string().substr(path.string().rfind('-'));
    });
    if (::rename(kept.back().c_str(), database.c_str()) != 0) {
      SW_TRY(FailErrno("'" + kept.back().string() + "' cannot be renamed"));
    }
    report.put_back = kept.back();
    SW_TRY(PutKeyBack(folder, kept.back().string(), time));
  }
  RemoveUnfinished(folder);
  SW_TRY(TakeBroughtAuditKey(folder));
  SW_TRY(CheckAuditKey(folder));
  if (const std::optional<Inventory> inventory = TakeIfWhole(database)) {
    report.was_whole = true;
    SW_ASSIGN(report.lost_evidence, FindLostEvidenceIn(folder, *inventory));
    return report;
  }
  const fs::path copy = folder / (std::string(kUnfinishedPrefix) + time);
  Quarantine quarantine(folder / (std::string(kQuarantinePrefix) + time));
  core::Result<Salvage> salvage = SalvageFiles(database, copy);
  core::Result<void> done;
  if (salvage) {
    report.damaged_files = std::move(salvage->damaged_files);
    report.dropped_bytes = salvage->dropped_bytes;
    if (report.damaged_files.empty()) {
      // A file that is missing or was cut at a record's end leaves no trace in what is there.
      for (std::string& name : LookAtFiles(database).damaged_files) {
        report.damaged_files.push_back(std::move(name));
      }
    }
    done = MendCopy(copy, folder, options, quarantine, report);
  } else {
    done = core::Fail(salvage.error());
  }
  if (done) {
    report.old_store = folder / (std::string(kDamagedPrefix) + time);
    done = SwapDatabase(folder, copy, report.old_store);
  }
  if (!done) {
    RemoveUnfinished(folder);
    return core::Fail(std::move(done).error());
  }
  return report;
}

}  // namespace schoolwatch::storage
