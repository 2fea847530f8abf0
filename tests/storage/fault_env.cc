#include "tests/storage/fault_env.h"

#include <filesystem>
#include <memory>
#include <system_error>

namespace schoolwatch::storage {

using leveldb::Slice;
using leveldb::Status;

class FaultFile final : public leveldb::WritableFile {
 public:
  FaultFile(FaultEnv& env, std::string name, leveldb::WritableFile* base)
      : env_(env), name_(std::move(name)), base_(base) {}

  Status Append(const Slice& data) override {
    if (Status status = env_.Count(name_); !status.ok()) {
      if (env_.IsTorn()) {
        base_->Append(Slice(data.data(), data.size() / 2));
      }
      return status;
    }
    size_ += data.size();
    return base_->Append(data);
  }
  Status Close() override { return base_->Close(); }
  Status Flush() override {
    const Status status = env_.Count(name_);
    return status.ok() ? base_->Flush() : status;
  }
  Status Sync() override {
    if (Status status = env_.Count(name_); !status.ok()) {
      return status;
    }
    Status status = base_->Flush();
    if (status.ok()) {
      env_.NoteSynced(name_, size_);
    }
    return status;
  }

 private:
  FaultEnv& env_;
  const std::string name_;
  const std::unique_ptr<leveldb::WritableFile> base_;
  std::uint64_t size_ = 0;
};

void FaultEnv::Arm(Fault fault) {
  const core::MutexLock lock(mutex_);
  fault_ = fault;
  operations_ = 0;
}

std::uint64_t FaultEnv::operations() const {
  const core::MutexLock lock(mutex_);
  return operations_;
}

Status FaultEnv::Count(const std::string& name) {
  const core::MutexLock lock(mutex_);
  const std::uint64_t number = operations_++;
  if (number == fault_.at || (number > fault_.at && fault_.lasting == Lasting::kForGood)) {
    return Status::IOError(name, std::generic_category().message(fault_.cause));
  }
  return Status::OK();
}

bool FaultEnv::IsTorn() const {
  const core::MutexLock lock(mutex_);
  // Once a torn record is out, what follows never reaches the disk.
  return fault_.torn == Torn::kHalf && operations_ == fault_.at + 1;
}

void FaultEnv::NoteSynced(const std::string& name, std::uint64_t size) {
  const core::MutexLock lock(mutex_);
  synced_[name] = size;
}

void FaultEnv::DropUnsynced(Unsynced how) {
  const core::MutexLock lock(mutex_);
  for (const auto& [name, size] : synced_) {
    std::error_code error;
    const std::uintmax_t length = std::filesystem::file_size(name, error);
    if (!error && length > size) {
      std::filesystem::resize_file(name, size, error);
      if (how == Unsynced::kZeroed && name.ends_with(".log")) {
        std::filesystem::resize_file(name, length, error);
      }
    }
  }
  synced_.clear();
}

Status FaultEnv::NewWritableFile(const std::string& name, leveldb::WritableFile** result) {
  *result = nullptr;
  if (Status status = Count(name); !status.ok()) {
    return status;
  }
  leveldb::WritableFile* base = nullptr;
  Status status = target()->NewWritableFile(name, &base);
  if (status.ok()) {
    NoteSynced(name, 0);
    *result = new FaultFile(*this, name, base);
  }
  return status;
}

Status FaultEnv::NewAppendableFile(const std::string& name, leveldb::WritableFile** result) {
  *result = nullptr;  // Never asked for: our options do not reuse logs.
  return Status::NotSupported(name, "appending");
}

Status FaultEnv::RenameFile(const std::string& from, const std::string& to) {
  if (Status status = Count(from); !status.ok()) {
    return status;
  }
  Status status = target()->RenameFile(from, to);
  const core::MutexLock lock(mutex_);
  if (const auto file = synced_.find(from); status.ok() && file != synced_.end()) {
    synced_[to] = file->second;
    synced_.erase(from);
  }
  return status;
}

Status FaultEnv::RemoveFile(const std::string& name) {
  if (Status status = Count(name); !status.ok()) {
    return status;
  }
  {
    const core::MutexLock lock(mutex_);
    synced_.erase(name);
  }
  return target()->RemoveFile(name);
}

}  // namespace schoolwatch::storage
