#include "net/token_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <system_error>

#include "core/file_descriptor.h"

namespace schoolwatch::net {
namespace {

constexpr std::size_t kMaxBytes = 64 * 1024;

std::unexpected<core::Error> FailErrno(const std::filesystem::path& path) {
  const int code = errno;
  return core::Fail(core::ErrorKind::kUnavailable, "'" + path.string() + "' cannot be written: " +
                                                       std::generic_category().message(code));
}

}  // namespace

std::string ReadTokenFile(const std::filesystem::path& path) {
  const core::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status{};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode) ||
      (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return {};
  }
  std::string text(kMaxBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.number(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return {};
    }
    if (got == 0) {
      text.resize(size);
      return text;
    }
    size += static_cast<std::size_t>(got);
  }
  return {};
}

core::Result<void> WriteTokenFile(const std::filesystem::path& path, std::string_view text) {
  // A name of its own, since two runs may renew at once.
  const std::filesystem::path unfinished =
      path.parent_path() / ("." + path.filename().string() + "." + std::to_string(::getpid()));
  ::unlink(unfinished.c_str());
  {
    const core::FileDescriptor file(::open(unfinished.c_str(),
                                           O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                                           S_IRUSR | S_IWUSR));
    if (file.number() < 0) {
      return FailErrno(unfinished);
    }
    while (!text.empty()) {
      const ssize_t written = ::write(file.number(), text.data(), text.size());
      if (written < 0 && errno != EINTR) {
        auto failed = FailErrno(unfinished);
        ::unlink(unfinished.c_str());
        return failed;
      }
      text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
  }
  if (::rename(unfinished.c_str(), path.c_str()) != 0) {
    auto failed = FailErrno(path);
    ::unlink(unfinished.c_str());
    return failed;
  }
  return {};
}

}  // namespace schoolwatch::net
