#include "storage/log_env.h"

#include <fcntl.h>
#include <leveldb/env.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "core/file_descriptor.h"
#include "storage/log_file.h"

namespace schoolwatch::storage {
namespace {

using leveldb::Slice;
using leveldb::Status;

// At once: a thousand small commits, and little to leave behind after a kill.
constexpr std::size_t kAhead = 256U << 10;

class LogFile final : public leveldb::WritableFile {
 public:
  // `side` is the same file, opened once more: what `base` writes stands at its own offset.
  LogFile(std::unique_ptr<leveldb::WritableFile> base, core::FileDescriptor side)
      : base_(std::move(base)), side_(std::move(side)), is_good_(side_.number() >= 0) {}

  ~LogFile() override {
    base_.reset();  // Writes what it still holds.
    if (is_good_ && size_ < zeros_end_) {
      // Failing, it leaves zeros, which are left out when the log is read.
      [[maybe_unused]] const int ignored = ::ftruncate(side_.number(), Offset(size_));
    }
  }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  Status Append(const Slice& data) override {
    if (is_good_ && size_ + data.size() > zeros_end_) {
      WriteZeros(size_ + data.size() + kAhead);
    }
    size_ += data.size();
    return Note(base_->Append(data));
  }
  Status Close() override { return Note(base_->Close()); }
  Status Flush() override { return Note(base_->Flush()); }
  Status Sync() override { return Note(base_->Sync()); }

 private:
  static off_t Offset(std::uint64_t place) { return static_cast<off_t>(place); }

  // Behind all that was appended, part of which `base` may not have written yet.
  void WriteZeros(std::uint64_t until) {
    static constexpr std::array<char, 64U << 10> kZeros{};
    zeros_end_ = std::max(zeros_end_, size_);
    while (is_good_ && zeros_end_ < until) {
      const std::size_t size = std::min<std::uint64_t>(kZeros.size(), until - zeros_end_);
      const ssize_t wrote = ::pwrite(side_.number(), kZeros.data(), size, Offset(zeros_end_));
      is_good_ = wrote > 0;
      zeros_end_ += is_good_ ? static_cast<std::uint64_t>(wrote) : 0;
    }
  }
  // After a failure nobody knows what the file holds: it is left as it is.
  Status Note(Status status) {
    is_good_ = is_good_ && status.ok();
    return status;
  }

  std::unique_ptr<leveldb::WritableFile> base_;
  const core::FileDescriptor side_;
  bool is_good_;
  std::uint64_t size_ = 0;
  std::uint64_t zeros_end_ = 0;
};

// A log's records, without what was never written. Some megabytes: a log is about as long as the
// write buffer is large.
class Records final : public leveldb::SequentialFile {
 public:
  explicit Records(std::string bytes) : bytes_(std::move(bytes)) {}
  Status Read(std::size_t n, Slice* result, char* /*scratch*/) override {
    *result = Slice(bytes_.data() + offset_, std::min(n, bytes_.size() - offset_));
    offset_ += result->size();
    return Status::OK();
  }
  Status Skip(std::uint64_t n) override {
    offset_ += std::min<std::uint64_t>(n, bytes_.size() - offset_);
    return Status::OK();
  }

 private:
  const std::string bytes_;
  std::size_t offset_ = 0;
};

class ZerosAhead final : public leveldb::EnvWrapper {
 public:
  ZerosAhead() : EnvWrapper(leveldb::Env::Default()) {}

  Status NewWritableFile(const std::string& name, leveldb::WritableFile** result) override {
    Status status = target()->NewWritableFile(name, result);
    if (status.ok() && name.ends_with(".log")) {
      *result = new LogFile(std::unique_ptr<leveldb::WritableFile>(*result),
                            core::FileDescriptor(::open(name.c_str(), O_WRONLY | O_CLOEXEC)));
    }
    return status;
  }

  Status NewSequentialFile(const std::string& name, leveldb::SequentialFile** result) override {
    Status status = target()->NewSequentialFile(name, result);
    if (!status.ok() || !name.ends_with(".log")) {
      return status;
    }
    const std::unique_ptr<leveldb::SequentialFile> file(std::exchange(*result, nullptr));
    std::string bytes;
    std::string part(64U << 10, '\0');
    for (Slice read;;) {
      status = file->Read(part.size(), &read, part.data());
      if (!status.ok()) {
        return status;
      }
      if (read.empty()) {
        break;
      }
      bytes.append(read.data(), read.size());
    }
    bytes.resize(WrittenBytes(bytes));
    *result = new Records(std::move(bytes));
    return status;
  }
};

}  // namespace

leveldb::Env& LogEnv() {
  static auto* const env = new ZerosAhead;  // Files may outlive the end of main.
  return *env;
}

}  // namespace schoolwatch::storage
