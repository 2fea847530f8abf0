#include "storage/new_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnfinished = ".unfinished-";
constexpr std::string_view kUnfinishedEnd = "XXXXXX";  // As mkostemp wants it.

fs::path FolderOf(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

// Waits for whoever is looking whether it was left over. A file system that cannot lock goes
// without: nobody clears away there either.
void LockFile(int descriptor) {
  while (::flock(descriptor, LOCK_EX) != 0 && errno == EINTR) {
  }
}

// Whether `name` is one under which a file `target`, or to any name if that is empty, is
// written.
bool IsUnfinishedName(std::string_view name, std::string_view target) {
  if (name.size() <= kUnfinished.size() + kUnfinishedEnd.size()) {
    return false;
  }
  const std::string_view of = name.substr(0, name.size() - kUnfinishedEnd.size());
  return of.ends_with(kUnfinished) &&
         (target.empty() || of.substr(0, of.size() - kUnfinished.size()) == target);
}

}  // namespace

NewFile::NewFile(fs::path path, std::string_view begins)
    : path_(std::move(path)), begins_(begins) {}

NewFile::~NewFile() {
  if (!unfinished_.empty()) {
    ::unlink(unfinished_.c_str());
  }
}

core::Result<void> NewFile::Open() {
  std::error_code error;
  if (!path_.has_filename() || fs::is_directory(path_, error)) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "'" + path_.string() + "' is a folder; give the name of a new file in it");
  }
  if (fs::exists(fs::symlink_status(path_, error))) {
    return FailExists();
  }
  RemoveLeftOver();
  for (;;) {
    std::string name = path_.string() + std::string(kUnfinished) + std::string(kUnfinishedEnd);
    descriptor_ = core::FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));  // 0600.
    if (descriptor_.number() < 0) {
      return FailErrno("made");
    }
    unfinished_ = name;
    LockFile(descriptor_.number());
    if (fs::exists(fs::symlink_status(unfinished_, error))) {
      return {};
    }
    unfinished_.clear();  // Taken for one left over, before it was locked.
  }
}

core::Result<void> NewFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_.number(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return FailErrno("written");
    }
    bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
  return {};
}

core::Result<void> NewFile::Finish() {
  if (::fsync(descriptor_.number()) != 0) {
    return FailErrno("brought to disk");
  }
  SW_TRY(Name());
  unfinished_.clear();
  const core::FileDescriptor folder(
      ::open(FolderOf(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A folder that may be written and not listed cannot be opened, and some network's file systems
  // sync no folders.
  if (folder.number() >= 0 && ::fsync(folder.number()) != 0 && errno != EINVAL) {
    const core::Result<void> failed = FailErrno("brought to disk");
    ::unlink(path_.c_str());
    return failed;
  }
  return {};
}

// They may hold posts and a key, under a name of every day: what no process is writing goes.
void NewFile::RemoveLeftOver() const {
  const std::string target = path_.filename().string();
  std::error_code error;
  for (fs::directory_iterator at(FolderOf(path_), error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    const fs::path& path = at->path();
    const std::string name = path.filename().string();
    if (!IsUnfinishedName(name, "")) {
      continue;
    }
    const core::FileDescriptor left(
        ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status{};
    if (left.number() < 0 || ::fstat(left.number(), &status) != 0 || !S_ISREG(status.st_mode) ||
        ::flock(left.number(), LOCK_EX | LOCK_NB) != 0) {
      continue;
    }
    std::string bytes(begins_.size(), '\0');
    const ssize_t size = ::pread(left.number(), bytes.data(), bytes.size(), 0);
    if (IsUnfinishedName(name, target) ||
        (size == static_cast<ssize_t>(bytes.size()) && bytes == begins_)) {
      ::unlink(path.c_str());
    }
  }
}

// Never over a file that came meanwhile.
core::Result<void> NewFile::Name() {
  if (::renameat2(AT_FDCWD, unfinished_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) == 0) {
    return {};
  }
  if (errno == EEXIST) {
    return FailExists();
  }
  if (errno != EINVAL && errno != ENOSYS) {
    return FailErrno("named");
  }
  // A network's file system, which may have links; else looking first is the best there is.
  if (::link(unfinished_.c_str(), path_.c_str()) == 0) {
    ::unlink(unfinished_.c_str());
    return {};
  }
  std::error_code error;
  if (errno == EEXIST || fs::exists(fs::symlink_status(path_, error))) {
    return FailExists();
  }
  return ::rename(unfinished_.c_str(), path_.c_str()) == 0 ? core::Result<void>{}
                                                           : FailErrno("named");
}

core::Result<void> NewFile::FailExists() const {
  return core::Fail(core::ErrorKind::kBadInput,
                    "'" + path_.string() + "' is there already; give another name");
}

core::Result<void> NewFile::FailErrno(std::string_view what) const {
  const int cause = errno;
  return core::Fail(core::ErrorKind::kUnavailable, "'" + path_.string() + "' cannot be " +
                                                       std::string(what) + ": " +
                                                       std::generic_category().message(cause));
}

}  // namespace schoolwatch::storage
