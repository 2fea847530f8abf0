#include "storage/db.h"

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/env.h>
#include <leveldb/filter_policy.h>
#include <leveldb/options.h>
#include <leveldb/write_batch.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "core/mutex.h"
#include "storage/held.h"
#include "storage/keys.h"
#include "storage/known_keys.h"
#include "storage/log_env.h"
#include "storage/overlay_env.h"
#include "storage/record_cache.h"
#include "storage/store_folder.h"

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;

// LevelDB's own log would tell keys, which contain addresses, and is one more file to fill a disk.
class NoLogger final : public leveldb::Logger {
 public:
  void Logv(const char* /*format*/, std::va_list /*arguments*/) override {}
};

// Seen marks: each look at a page asks for those of all its posts.
bool IsAskedAgain(std::string_view key) { return key.starts_with(kSeenPrefix); }

leveldb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ToView(const leveldb::Slice& slice) { return {slice.data(), slice.size()}; }

// LevelDB hands on an errno only as its words at the end of its message, so these are compared, as
// made by the same strerror in the same locale ("C": we never set another).
int ErrnoOf(std::string_view message) {
  for (const int cause : {ENOSPC, EDQUOT, EROFS, EACCES, EPERM, EMFILE, ENFILE, EIO, EFBIG, EAGAIN,
                          ENOENT, EINVAL, EISDIR}) {
    if (message.ends_with(std::generic_category().message(cause))) {
      return cause;
    }
  }
  return 0;
}

core::Error Explain(const leveldb::Status& status, const fs::path& folder) {
  const std::string store = "the store '" + folder.string() + "'";
  const std::string detail = status.ToString();
  if (!status.IsIOError() && !status.IsNotFound()) {
    return {core::ErrorKind::kCorrupt,
            store + " is damaged (" + detail + "); run `schoolwatch repair`"};
  }
  if (detail.find("already held by process") != std::string::npos) {
    return HeldError(folder, Holder{});  // Some other program has LevelDB's own lock.
  }
  const std::string disk = "the disk that holds " + store;
  switch (ErrnoOf(detail)) {
    case ENOSPC:
    case EDQUOT:
      return {core::ErrorKind::kUnavailable,
              "no space is left on " + disk +
                  "; nothing was lost: free some space and run again (" + detail + ")"};
    case EROFS:
      return {core::ErrorKind::kUnavailable,
              disk + " can only be read; nothing was lost: make it writable and run again (" +
                  detail + ")"};
    case EACCES:
    case EPERM:
      return {core::ErrorKind::kBadInput, store + " has files that this user may not use" +
                                              AdviseOnOwner(folder, "schoolwatch …") + " (" +
                                              detail + ")"};
    case EAGAIN:
      return HeldError(folder, Holder{});
    case EMFILE:
    case ENFILE:
      return {core::ErrorKind::kUnavailable,
              store + " cannot open its files: too many are open (" + detail + ")"};
    case ENOENT:
      return {core::ErrorKind::kCorrupt,
              store + " misses a file (" + detail + "); run `schoolwatch repair`"};
    case EINVAL:  // A table is shorter than its own index says.
    case EISDIR:
      return {core::ErrorKind::kCorrupt,
              store + " is damaged (" + detail + "); run `schoolwatch repair`"};
    default:
      return {core::ErrorKind::kUnavailable,
              disk + " reports an error; nothing was lost: check the disk and run again (" +
                  detail + "); if it stays, run `schoolwatch repair`"};
  }
}

// Most reads are of one small record at a random place: half of LevelDB's usual 4 KB is half the
// work of checking and unpacking its block. A quarter would pack findings by a quarter less.
constexpr std::size_t kBlockBytes = 2U << 10;

// A look asks one table of each level, whatever its size; fewer ones are tidied with less overlap.
constexpr std::size_t kTableBytes = 8U << 20;

leveldb::ReadOptions Reading(const leveldb::Snapshot* snapshot) {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  options.snapshot = snapshot;
  return options;
}

}  // namespace

Db::Db(fs::path folder, fs::path shown, OpenMode mode, const DbSettings& settings)
    : folder_(std::move(folder)),
      shown_(std::move(shown)),
      mode_(mode),
      write_buffer_bytes_(settings.write_buffer_bytes),
      open_files_(settings.open_files),
      env_(settings.env == nullptr ? &LogEnv() : settings.env),
      logger_(std::make_unique<NoLogger>()),
      cache_(leveldb::NewLRUCache(settings.cache_bytes)),
      filter_(leveldb::NewBloomFilterPolicy(10)),
      asked_(std::make_unique<RecordCache>()),
      known_(std::make_unique<KnownKeys>(KnownKeys::Reading{
          .list = [this](std::string_view after, std::string_view prefix,
                         std::size_t limit) { return ListKeys(after, prefix, limit); },
          .estimate = [this](std::string_view prefix) { return EstimateKeys(prefix); }})) {}

Db::~Db() = default;

core::Result<std::unique_ptr<Db>> Db::Open(const fs::path& folder, const fs::path& shown,
                                           OpenMode mode, const DbSettings& settings) {
  std::unique_ptr<Db> db(new Db(folder, shown, mode, settings));
  SW_TRY(db->OpenFiles());
  return db;
}

core::Result<void> Db::OpenFiles() {
  leveldb::Options options;
  options.create_if_missing = mode_ == OpenMode::kReadWrite;
  options.paranoid_checks = true;
  options.env = env_;
  if (mode_ == OpenMode::kReadOnly) {
    overlay_ = MakeOverlayEnv(*env_);
    options.env = overlay_.get();
  }
  options.info_log = logger_.get();
  options.write_buffer_size = write_buffer_bytes_;
  options.max_open_files = open_files_;
  options.block_cache = cache_.get();
  options.filter_policy = filter_.get();
  options.block_size = kBlockBytes;
  options.max_file_size = kTableBytes;
  leveldb::DB* opened = nullptr;
  const leveldb::Status status = leveldb::DB::Open(options, folder_.string(), &opened);
  db_.reset(opened);
  if (!status.ok()) {
    return core::Fail(Explain(status, shown_));
  }
  return {};
}

void Db::Compact(std::span<const std::string> prefixes) {
  const std::shared_lock open(open_);
  for (const std::string& prefix : prefixes) {
    if (db_ == nullptr) {
      return;
    }
    if (prefix.empty()) {
      db_->CompactRange(nullptr, nullptr);
      continue;
    }
    std::string end = prefix;
    ++end.back();  // Prefixes end in a slash or in a byte of a key that we make.
    const leveldb::Slice from = ToSlice(prefix);
    const leveldb::Slice to = ToSlice(end);
    db_->CompactRange(&from, &to);
  }
}

core::Result<void> Db::Reopen() {
  const std::unique_lock alone(open_, kReopenPatience);
  if (!alone.owns_lock()) {
    return core::Fail(core::ErrorKind::kUnavailable,
                      "the store '" + shown_.string() + "' is being read without a pause");
  }
  if (failed_) {
    return core::Fail(*failed_);
  }
  db_.reset();
  core::Result<void> opened = OpenFiles();
  if (!opened) {
    failed_ = opened.error();
  }
  return opened;
}

core::Result<void> Db::Write(const Batch& batch) {
  if (failed_) {
    return core::Fail(*failed_);
  }
  leveldb::WriteBatch changes;
  for (const auto& [key, value] : batch.changes()) {
    if (value) {
      changes.Put(key, *value);
    } else {
      changes.Delete(key);
    }
  }
  const core::MutexLock lock(known_->writing());
  for (const auto& [key, value] : batch.changes()) {
    if (value) {
      known_->AddWritten(key);
    }
  }
  leveldb::WriteOptions options;
  options.sync = true;
  if (const leveldb::Status status = db_->Write(options, &changes); !status.ok()) {
    failed_ = Explain(status, shown_);
    return core::Fail(*failed_);
  }
  for (const auto& [key, value] : batch.changes()) {
    if (IsAskedAgain(key)) {
      value ? asked_->Put(key, *value) : asked_->Drop(key);
    }
  }
  return {};
}

core::Result<std::optional<std::string>> Db::Get(std::string_view key) const {
  const std::shared_lock open(open_);
  if (db_ == nullptr) {
    return core::Fail(*failed_);
  }
  if (known_->IsAbsent(key)) {
    return std::nullopt;
  }
  if (!IsAskedAgain(key)) {
    return GetAt(nullptr, key);
  }
  RecordCache::Answer kept = asked_->Find(key);
  if (kept.value) {
    return std::move(kept.value);
  }
  SW_ASSIGN(auto value, GetAt(nullptr, key));
  if (value) {
    asked_->Keep(key, *value, kept.changes);
  }
  return value;
}

bool Db::AwaitKnownKeys() const { return known_->Await(); }

// A state of its own each time, so that who wants to reopen the database waits for one page only.
core::Result<std::vector<std::string>> Db::ListKeys(std::string_view after, std::string_view prefix,
                                                    std::size_t limit) const {
  const std::shared_lock open(open_);
  if (db_ == nullptr) {
    return core::Fail(*failed_);
  }
  leveldb::ReadOptions options = Reading(nullptr);
  options.fill_cache = false;
  std::vector<std::string> keys;
  const std::unique_ptr<leveldb::Iterator> iterator(db_->NewIterator(options));
  for (iterator->Seek(ToSlice(after));
       iterator->Valid() && keys.size() < limit && ToView(iterator->key()).starts_with(prefix);
       iterator->Next()) {
    if (ToView(iterator->key()) != after) {
      keys.emplace_back(ToView(iterator->key()));
    }
  }
  if (const leveldb::Status status = iterator->status(); !status.ok()) {
    return core::Fail(Explain(status, shown_));
  }
  return keys;
}

std::size_t Db::EstimateKeys(std::string_view prefix) const {
  constexpr std::uint64_t kBytesPerKey = 35;  // A seen mark's 45, a near key's 25, on disk.
  const std::shared_lock open(open_);
  std::string end(prefix);
  ++end.back();
  const leveldb::Range range(ToSlice(prefix), end);
  std::uint64_t bytes = 0;
  if (db_ != nullptr) {
    db_->GetApproximateSizes(&range, 1, &bytes);
  }
  return bytes / kBytesPerKey;
}

core::Result<std::optional<std::string>> Db::GetAt(const leveldb::Snapshot* snapshot,
                                                   std::string_view key) const {
  if (db_ == nullptr) {
    return core::Fail(*failed_);
  }
  std::string value;
  const leveldb::Status status = db_->Get(Reading(snapshot), ToSlice(key), &value);
  if (status.IsNotFound()) {
    known_->NoteAbsent(key);
    return std::nullopt;
  }
  if (!status.ok()) {
    return core::Fail(Explain(status, shown_));
  }
  return std::optional<std::string>(std::move(value));
}

std::set<std::uint64_t> Db::TableNumbers() const {
  // Lines such as " 12:4096['a' @ 1 : 1 .. 'b' @ 2 : 1]" below "--- level 0 ---". Keys are escaped,
  // so that no line break stands in them.
  const std::shared_lock open(open_);
  std::string text;
  std::set<std::uint64_t> numbers;
  if (db_ == nullptr || !db_->GetProperty("leveldb.sstables", &text)) {
    return numbers;
  }
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string_view line = std::string_view(text).substr(start, end - start);
    start = end + 1;
    if (!line.starts_with(' ')) {
      continue;
    }
    line.remove_prefix(1);
    std::uint64_t number = 0;
    const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), number);
    if (error == std::errc() && rest != line.data() + line.size() && *rest == ':') {
      numbers.insert(number);
    }
  }
  return numbers;
}

core::Result<void> RemoveAll(Db& db, std::string_view prefix) {
  constexpr std::size_t kPage = 2000;
  for (;;) {
    SW_ASSIGN(const auto entries, View(db).List(prefix, kPage));
    if (entries.empty()) {
      return {};
    }
    Batch batch;
    for (const auto& [key, value] : entries) {
      batch.Remove(key);
    }
    SW_TRY(db.Write(batch));
  }
}

core::Result<void> RepairFiles(const fs::path& folder) {
  NoLogger logger;
  const std::unique_ptr<const leveldb::FilterPolicy> filter(leveldb::NewBloomFilterPolicy(10));
  leveldb::Options options;
  options.paranoid_checks = true;
  options.info_log = &logger;
  options.filter_policy = filter.get();
  if (const leveldb::Status status = leveldb::RepairDB(folder.string(), options); !status.ok()) {
    return core::Fail(Explain(status, folder));
  }
  return {};
}

View::View(const Db& db)
    : db_(db),
      open_(db.open_),
      known_(db.known_->is_complete()),
      snapshot_(db.db_ == nullptr ? nullptr : db.db_->GetSnapshot()) {}

View::~View() {
  if (snapshot_ != nullptr) {
    db_.db_->ReleaseSnapshot(snapshot_);
  }
}

core::Result<std::optional<std::string>> View::Get(std::string_view key) const {
  if (known_ && snapshot_ != nullptr && db_.known_->IsAbsent(key)) {
    return std::nullopt;
  }
  return db_.GetAt(snapshot_, key);
}

core::Result<std::vector<View::Entry>> View::List(std::string_view prefix,
                                                  std::size_t limit) const {
  return ListFrom(prefix, false, prefix, limit);
}

core::Result<std::vector<View::Entry>> View::ListAfter(std::string_view after,
                                                       std::string_view prefix,
                                                       std::size_t limit) const {
  return ListFrom(after, true, prefix, limit);
}

core::Result<std::vector<View::Entry>> View::ListFrom(std::string_view from, bool skip_from,
                                                      std::string_view prefix,
                                                      std::size_t limit) const {
  if (snapshot_ == nullptr) {
    return core::Fail(*db_.failed_);
  }
  std::vector<Entry> entries;
  const std::unique_ptr<leveldb::Iterator> iterator(db_.db_->NewIterator(Reading(snapshot_)));
  for (iterator->Seek(ToSlice(from));
       iterator->Valid() && entries.size() < limit && ToView(iterator->key()).starts_with(prefix);
       iterator->Next()) {
    if (skip_from && ToView(iterator->key()) == from) {
      continue;
    }
    entries.emplace_back(ToView(iterator->key()), ToView(iterator->value()));
  }
  if (const leveldb::Status status = iterator->status(); !status.ok()) {
    return core::Fail(Explain(status, db_.shown()));
  }
  return entries;
}

core::Result<std::optional<std::string>> View::FindKeyBefore(std::string_view end) const {
  if (snapshot_ == nullptr) {
    return core::Fail(*db_.failed_);
  }
  const std::unique_ptr<leveldb::Iterator> iterator(db_.db_->NewIterator(Reading(snapshot_)));
  iterator->Seek(ToSlice(end));
  if (iterator->Valid()) {
    iterator->Prev();
  } else if (iterator->status().ok()) {
    iterator->SeekToLast();
  }
  if (const leveldb::Status status = iterator->status(); !status.ok()) {
    return core::Fail(Explain(status, db_.shown()));
  }
  if (!iterator->Valid()) {
    return std::nullopt;
  }
  return std::optional<std::string>(ToView(iterator->key()));
}

core::Result<void> View::VisitRecords(const Visit& visit) const {
  if (snapshot_ == nullptr) {
    return core::Fail(*db_.failed_);
  }
  leveldb::ReadOptions options = Reading(snapshot_);
  options.fill_cache = false;  // One pass over everything would push out what is in use.
  const std::unique_ptr<leveldb::Iterator> iterator(db_.db_->NewIterator(options));
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    SW_TRY(visit(ToView(iterator->key()), ToView(iterator->value())));
  }
  if (const leveldb::Status status = iterator->status(); !status.ok()) {
    return core::Fail(Explain(status, db_.shown()));
  }
  return {};
}

}  // namespace schoolwatch::storage
