#include "config/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/file_descriptor.h"

namespace schoolwatch::config {
namespace {

std::string SystemMessage(int code) { return std::generic_category().message(code); }

}  // namespace

core::Result<std::string> ReadSmallFile(const std::filesystem::path& path, std::size_t max_bytes,
                                        Readers readers) {
  using core::ErrorKind;
  using core::Fail;
  // O_NONBLOCK: opening a named pipe must not wait for its writer.
  const core::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) {
    const int code = errno;
    if (code == ENOENT || code == ENOTDIR) {
      return Fail(ErrorKind::kNotFound, "there is no such file");
    }
    return Fail(ErrorKind::kUnavailable, "the file cannot be opened: " + SystemMessage(code));
  }
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) {
    return Fail(ErrorKind::kUnavailable, "the file cannot be read: " + SystemMessage(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return Fail(ErrorKind::kBadInput,
                S_ISDIR(status.st_mode) ? "this is a folder, not a file" : "not a regular file");
  }
  if (readers == Readers::kNotEveryone && (status.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    return Fail(ErrorKind::kForbidden,
                "everybody on this machine can read or change it: take that away with chmod o-rw");
  }
  // The size is not trusted alone: files under /proc say 0, and a file may grow.
  std::string bytes;
  char buffer[16 * 1024];
  while (true) {
    const ssize_t got = ::read(file.number(), buffer, sizeof buffer);
    if (got < 0) {
      if (errno == EINTR) {
        continue;
      }
      return Fail(ErrorKind::kUnavailable, "the file cannot be read: " + SystemMessage(errno));
    }
    if (got == 0) {
      return bytes;
    }
    bytes.append(buffer, static_cast<std::size_t>(got));
    if (bytes.size() > max_bytes) {
      return Fail(ErrorKind::kBadInput,
                  fmt::format("the file is too big: at most {} bytes are read", max_bytes));
    }
  }
}

}  // namespace schoolwatch::config
