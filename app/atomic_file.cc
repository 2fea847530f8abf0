#include "app/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "core/file_descriptor.h"

namespace schoolwatch::app {
namespace {

std::unexpected<core::Error> FailErrno(const std::filesystem::path& path, std::string_view what) {
  const int code = errno;
  return core::Fail(core::ErrorKind::kUnavailable, "'" + path.string() + "' " + std::string(what) +
                                                       ": " +
                                                       std::generic_category().message(code));
}

core::Result<void> WriteAll(int file, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return FailErrno(path, "cannot be written");
    }
    bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  if (::fsync(file) != 0) {
    return FailErrno(path, "cannot be brought to disk");
  }
  return {};
}

}  // namespace

core::Result<void> WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes,
                                       ReadableBy readers) {
  // Hidden, and not named *.yaml: a run that loads the folder meanwhile does not see it.
  const std::filesystem::path unfinished =
      path.parent_path() / ("." + path.filename().string() + ".part");
  ::unlink(unfinished.c_str());  // Left over by a crash.
  {
    const mode_t mode =
        readers == ReadableBy::kOwner ? S_IRUSR | S_IWUSR : S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
    const core::FileDescriptor file(
        ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (file.number() < 0) {
      return FailErrno(unfinished, "cannot be made");
    }
    if (core::Result<void> written = WriteAll(file.number(), bytes, unfinished); !written) {
      ::unlink(unfinished.c_str());
      return written;
    }
  }
  if (::rename(unfinished.c_str(), path.c_str()) != 0) {
    auto failed = FailErrno(path, "cannot be replaced");
    ::unlink(unfinished.c_str());
    return failed;
  }
  const core::FileDescriptor folder(
      ::open(path.has_parent_path() ? path.parent_path().c_str() : ".",
             O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A folder that may be written and not listed cannot be opened, and some network's file systems
  // sync no folders.
  if (folder.number() >= 0 && ::fsync(folder.number()) != 0 && errno != EINVAL) {
    return FailErrno(path, "cannot be brought to disk");
  }
  return {};
}

}  // namespace schoolwatch::app
