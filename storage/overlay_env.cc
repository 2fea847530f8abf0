#include "storage/overlay_env.h"

#include <leveldb/env.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <string>

#include "core/mutex.h"

namespace schoolwatch::storage {
namespace {

using leveldb::Slice;
using leveldb::Status;

// The bytes of a file that was never on disk. LevelDB keeps files open after removing them.
class MemoryFile {
 public:
  void Append(const Slice& data) {
    const core::MutexLock lock(mutex_);
    bytes_.append(data.data(), data.size());
  }
  std::size_t size() const {
    const core::MutexLock lock(mutex_);
    return bytes_.size();
  }
  // Copies, since a later Append may move the bytes.
  Slice Read(std::uint64_t offset, std::size_t most, char* scratch) const {
    const core::MutexLock lock(mutex_);
    if (offset >= bytes_.size()) {
      return {};
    }
    const std::size_t start = offset;
    const std::size_t size = std::min(most, bytes_.size() - start);
    std::memcpy(scratch, bytes_.data() + start, size);
    return {scratch, size};
  }

 private:
  mutable core::Mutex mutex_;
  std::string bytes_ SW_GUARDED_BY(mutex_);
};

class Sequential final : public leveldb::SequentialFile {
 public:
  explicit Sequential(std::shared_ptr<MemoryFile> file) : file_(std::move(file)) {}
  Status Read(std::size_t n, Slice* result, char* scratch) override {
    *result = file_->Read(offset_, n, scratch);
    offset_ += result->size();
    return Status::OK();
  }
  Status Skip(std::uint64_t n) override {
    offset_ = std::min<std::uint64_t>(offset_ + n, file_->size());
    return Status::OK();
  }

 private:
  std::shared_ptr<MemoryFile> file_;
  std::uint64_t offset_ = 0;
};

class RandomAccess final : public leveldb::RandomAccessFile {
 public:
  explicit RandomAccess(std::shared_ptr<MemoryFile> file) : file_(std::move(file)) {}
  Status Read(std::uint64_t offset, std::size_t n, Slice* result, char* scratch) const override {
    *result = file_->Read(offset, n, scratch);
    return Status::OK();
  }

 private:
  std::shared_ptr<MemoryFile> file_;
};

class Writable final : public leveldb::WritableFile {
 public:
  explicit Writable(std::shared_ptr<MemoryFile> file) : file_(std::move(file)) {}
  Status Append(const Slice& data) override {
    file_->Append(data);
    return Status::OK();
  }
  Status Close() override { return Status::OK(); }
  Status Flush() override { return Status::OK(); }
  Status Sync() override { return Status::OK(); }

 private:
  std::shared_ptr<MemoryFile> file_;
};

// Our own lock keeps other writers out.
class NoLock final : public leveldb::FileLock {};

class OverlayEnv final : public leveldb::EnvWrapper {
 public:
  explicit OverlayEnv(leveldb::Env& base) : EnvWrapper(&base) {}

  Status NewSequentialFile(const std::string& name, leveldb::SequentialFile** result) override {
    return OpenFile<Sequential>(name, result,
                                [&] { return target()->NewSequentialFile(name, result); });
  }
  Status NewRandomAccessFile(const std::string& name, leveldb::RandomAccessFile** result) override {
    return OpenFile<RandomAccess>(name, result,
                                  [&] { return target()->NewRandomAccessFile(name, result); });
  }
  Status NewWritableFile(const std::string& name, leveldb::WritableFile** result) override {
    const core::MutexLock lock(mutex_);
    const auto file = std::make_shared<MemoryFile>();
    files_.insert_or_assign(name, file);
    removed_.erase(name);
    *result = new Writable(file);
    return Status::OK();
  }
  Status NewAppendableFile(const std::string& name, leveldb::WritableFile** result) override {
    *result = nullptr;
    return Status::NotSupported(name, "cannot be appended to");
  }
  bool FileExists(const std::string& name) override {
    const core::MutexLock lock(mutex_);
    return files_.contains(name) || (!removed_.contains(name) && target()->FileExists(name));
  }
  Status GetChildren(const std::string& folder, std::vector<std::string>* result) override {
    const Status status = target()->GetChildren(folder, result);
    if (!status.ok()) {
      return status;
    }
    const core::MutexLock lock(mutex_);
    const std::string prefix = folder + "/";
    std::set<std::string> names(result->begin(), result->end());
    for (const std::string& name : removed_) {
      if (name.starts_with(prefix)) {
        names.erase(name.substr(prefix.size()));
      }
    }
    for (const auto& [name, file] : files_) {
      if (name.starts_with(prefix)) {
        names.insert(name.substr(prefix.size()));
      }
    }
    result->assign(names.begin(), names.end());
    return status;
  }
  Status RemoveFile(const std::string& name) override {
    const core::MutexLock lock(mutex_);
    files_.erase(name);
    removed_.insert(name);
    return Status::OK();
  }
  Status CreateDir(const std::string& /*name*/) override { return Status::OK(); }
  Status RemoveDir(const std::string& /*name*/) override { return Status::OK(); }
  Status GetFileSize(const std::string& name, std::uint64_t* size) override {
    {
      const core::MutexLock lock(mutex_);
      if (const auto file = files_.find(name); file != files_.end()) {
        *size = file->second->size();
        return Status::OK();
      }
    }
    return target()->GetFileSize(name, size);
  }
  // LevelDB renames only what it has just written.
  Status RenameFile(const std::string& from, const std::string& to) override {
    const core::MutexLock lock(mutex_);
    const auto file = files_.find(from);
    if (file == files_.end()) {
      return Status::NotSupported(from, "cannot be renamed");
    }
    files_.insert_or_assign(to, file->second);
    removed_.erase(to);
    files_.erase(from);
    return Status::OK();
  }
  Status LockFile(const std::string& /*name*/, leveldb::FileLock** lock) override {
    *lock = new NoLock;
    return Status::OK();
  }
  Status UnlockFile(leveldb::FileLock* lock) override {
    delete lock;
    return Status::OK();
  }

 private:
  template <class File, class Base, class OpenBase>
  Status OpenFile(const std::string& name, Base** result, OpenBase open_base) {
    *result = nullptr;
    {
      const core::MutexLock lock(mutex_);
      if (const auto file = files_.find(name); file != files_.end()) {
        *result = new File(file->second);
        return Status::OK();
      }
      if (removed_.contains(name)) {
        return Status::NotFound(name, "removed");
      }
    }
    return open_base();
  }

  core::Mutex mutex_;
  std::map<std::string, std::shared_ptr<MemoryFile>> files_ SW_GUARDED_BY(mutex_);
  std::set<std::string> removed_ SW_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<leveldb::Env> MakeOverlayEnv(leveldb::Env& base) {
  return std::make_unique<OverlayEnv>(base);
}

}  // namespace schoolwatch::storage
