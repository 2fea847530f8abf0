#include "app/atomic_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <string>
#include <system_error>

#include "core/file_descriptor.h"

namespace schoolwatch::app {
namespace {

constexpr std::string_view kUnfinished = ".part";

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

// What processes that are no more have left of this file.
void RemoveLeftOver(const std::filesystem::path& folder, std::string_view begins) {
  std::error_code ignored;
  for (std::filesystem::directory_iterator file(folder, ignored), end; file != end;
       file.increment(ignored)) {
    const std::string name = file->path().filename().string();
    if (!name.starts_with(begins)) {
      continue;
    }
    std::string_view number = std::string_view(name).substr(begins.size());
    if (number.ends_with(kUnfinished)) {
      number.remove_suffix(kUnfinished.size());
      pid_t process = 0;
      const auto [rest, error] =
          std::from_chars(number.data(), number.data() + number.size(), process);
      if (error == std::errc() && rest == number.data() + number.size() && process > 0 &&
          ::kill(process, 0) != 0 && errno == ESRCH) {
        ::unlink(file->path().c_str());
      }
    }
  }
}

}  // namespace

core::Result<void> WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes,
                                       ReadableBy readers) {
  // Hidden, and not named *.yaml: a run that loads the folder meanwhile does not see it. Each
  // process has its own, as another's rename would put half of ours there.
  const std::string begins = "." + path.filename().string() + ".";
  const std::filesystem::path unfinished =
      path.parent_path() / (begins + std::to_string(::getpid()) + std::string(kUnfinished));
  ::unlink(unfinished.c_str());
  RemoveLeftOver(path.has_parent_path() ? path.parent_path() : ".", begins);
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
