#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "storage/raw_records.h"
#include "storage/store.h"

namespace leveldb {
class Cache;
class DB;
class Env;
class FilterPolicy;
class Logger;
class Snapshot;
}  // namespace leveldb

namespace schoolwatch::core {
class Clock;
}  // namespace schoolwatch::core

namespace schoolwatch::storage {

class KnownKeys;
class RecordCache;

// The one unit that speaks to LevelDB, and turns its errors into ours.

struct DbSettings {
  leveldb::Env* env = nullptr;  // Null: the system's. Tests hand in one that fails.
  std::size_t write_buffer_bytes = 4U << 20;
  std::size_t cache_bytes = 16U << 20;
  int open_files = 500;
  const core::Clock* clock = nullptr;  // Dates the audit log. Null: the system's.
};

// Changes to be made at once. Reads back what it holds, so that one commit can build on its own
// earlier changes.
class Batch {
 public:
  void Put(std::string key, std::string value) {
    changes_.insert_or_assign(std::move(key), std::move(value));
  }
  void Remove(std::string key) { changes_.insert_or_assign(std::move(key), std::nullopt); }
  // Null: the batch says nothing of this key. Points to nullopt: the batch removes it.
  const std::optional<std::string>* Find(const std::string& key) const {
    const auto change = changes_.find(key);
    return change == changes_.end() ? nullptr : &change->second;
  }
  bool empty() const { return changes_.empty(); }
  const std::map<std::string, std::optional<std::string>>& changes() const { return changes_; }

 private:
  std::map<std::string, std::optional<std::string>> changes_;
};

class Db;

// The database as it was at one moment. Borrows the Db.
class View final : public RawRecords {
 public:
  explicit View(const Db& db);
  ~View() override;
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  core::Result<std::optional<std::string>> Get(std::string_view key) const;
  using Entry = std::pair<std::string, std::string>;
  // Up to `limit` entries whose keys begin with `prefix`, in key order.
  core::Result<std::vector<Entry>> List(std::string_view prefix, std::size_t limit) const;
  // The same, from the first key after `after` on: to go through many in pages.
  core::Result<std::vector<Entry>> ListAfter(std::string_view after, std::string_view prefix,
                                             std::size_t limit) const;
  // The last key before `end`, if any.
  core::Result<std::optional<std::string>> FindKeyBefore(std::string_view end) const;
  core::Result<void> VisitRecords(const Visit& visit) const override;

 private:
  core::Result<std::vector<Entry>> ListFrom(std::string_view from, bool skip_from,
                                            std::string_view prefix, std::size_t limit) const;
  const Db& db_;
  const std::shared_lock<std::shared_timed_mutex>
      open_;          // As long as a view lives, nobody reopens.
  const bool known_;  // Whether the known keys were complete before it: they tell of it, too.
  const leveldb::Snapshot* snapshot_;  // Null: it could not be reopened.
};

// An open LevelDB with checksums verified on every read. Views may be made and read on any thread;
// Write is for one thread at a time, since who writes has mostly read before.
class Db {
 public:
  // kReadWrite makes the database where there is none; kReadOnly changes no byte on disk. `shown`
  // is the store's folder as errors name it.
  static core::Result<std::unique_ptr<Db>> Open(const std::filesystem::path& folder,
                                                const std::filesystem::path& shown, OpenMode mode,
                                                const DbSettings& settings);
  ~Db();

  // One record as it stands now. For a single one, a View's snapshot would be a fifth of the cost.
  core::Result<std::optional<std::string>> Get(std::string_view key) const;

  // All changes or none, on disk before it returns. After a write that failed every further one
  // fails too until the store is opened anew: LevelDB may have left half a record at the end of its
  // log, and what it wrote after that could not be read back.
  core::Result<void> Write(const Batch& batch);

  // Rewrites the tables that hold keys with these prefixes ("": all), so that what was deleted or
  // replaced under them is gone from the disk too, but for what a View still sees. Takes time in
  // proportion to what lies there; others read and write meanwhile.
  void Compact(std::span<const std::string> prefixes);
  // Closes and opens it, which drops LevelDB's old logs and its list of tables: both tell keys that
  // are deleted. Waits until nobody has a View; kUnavailable: some are still there after
  // `kReopenPatience`, and nothing was done. Any other error is one of Open's, and everything fails
  // with it from then on. The caller has no View and lets nobody write.
  core::Result<void> Reopen();
  static constexpr std::chrono::seconds kReopenPatience{10};
  // Waits until what KnownKeys tells is complete; false: it could not be read. For tests and
  // benchmarks, which begin where a daemon has been running for a while.
  bool AwaitKnownKeys() const;
  // The numbers of the table files that hold its records. Others in its folder are leftovers, or
  // its list of files was cut.
  std::set<std::uint64_t> TableNumbers() const;

  const std::filesystem::path& shown() const { return shown_; }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  friend class View;
  Db(std::filesystem::path folder, std::filesystem::path shown, OpenMode mode,
     const DbSettings& settings);
  core::Result<void> OpenFiles();
  core::Result<std::vector<std::string>> ListKeys(std::string_view after, std::string_view prefix,
                                                  std::size_t limit) const;
  std::size_t EstimateKeys(std::string_view prefix) const;
  // Null: as it stands now. The caller holds open_.
  core::Result<std::optional<std::string>> GetAt(const leveldb::Snapshot* snapshot,
                                                 std::string_view key) const;

  const std::filesystem::path folder_;
  const std::filesystem::path shown_;
  const OpenMode mode_;
  const std::size_t write_buffer_bytes_;
  const int open_files_;
  leveldb::Env* env_;
  std::unique_ptr<leveldb::Env> overlay_;  // kReadOnly's.
  std::unique_ptr<leveldb::Logger> logger_;
  std::unique_ptr<leveldb::Cache> cache_;
  std::unique_ptr<const leveldb::FilterPolicy> filter_;
  std::unique_ptr<leveldb::DB> db_;  // Uses the four above. Null only after Reopen failed.
  std::optional<core::Error> failed_;
  // Held shared by every View, alone by Reopen.
  mutable std::shared_timed_mutex open_;
  const std::unique_ptr<RecordCache> asked_;
  const std::unique_ptr<KnownKeys> known_;  // The last: it reads the database on its own thread.
};

// Every record whose key begins with `prefix`, in as many writes as it takes.
core::Result<void> RemoveAll(Db& db, std::string_view prefix);

// What LevelDB itself can save of a database whose files are damaged, in place: it makes a new list
// of files from all that can be read, and puts the rest under lost/. Only ever on a copy.
core::Result<void> RepairFiles(const std::filesystem::path& folder);

}  // namespace schoolwatch::storage
