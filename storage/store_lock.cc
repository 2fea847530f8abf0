#include "storage/store_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <string>
#include <system_error>

#include "storage/held.h"
#include "storage/store_folder.h"

namespace schoolwatch::storage {
namespace {

std::string ReadAll(int descriptor) {
  std::array<char, 256> buffer{};
  const ssize_t size = ::pread(descriptor, buffer.data(), buffer.size(), 0);
  return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
}

// "1234 schoolwatch run\n"; the file's time says since when. Nothing of it is trusted further than
// to be shown: whoever can write it can write the store.
Holder ReadHolder(int descriptor) {
  Holder holder;
  const std::string text = ReadAll(descriptor);
  const std::size_t end = text.find('\n');
  const std::size_t space = text.find(' ');
  if (end == std::string::npos || space == std::string::npos || space > end) {
    return holder;  // Taken this very moment, or by somebody who could not write it.
  }
  std::from_chars(text.data(), text.data() + space, holder.process);
  for (const char c : text.substr(space + 1, end - space - 1)) {
    holder.name += c >= ' ' && c < 0x7F ? c : '?';
  }
  struct stat status{};
  if (::fstat(descriptor, &status) == 0) {
    holder.since = core::Timestamp{std::chrono::seconds{status.st_mtim.tv_sec}};
  }
  return holder;
}

}  // namespace

core::Result<std::unique_ptr<StoreLock>> StoreLock::Take(const std::filesystem::path& folder,
                                                         std::string_view holder) {
  const std::filesystem::path path = folder / "lock";
  int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  bool writable = true;
  if (descriptor < 0 && (errno == EROFS || errno == EACCES)) {
    // A copy on read-only media: flock needs no right to write.
    const int cause = errno;
    descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    writable = false;
    errno = descriptor < 0 ? cause : 0;
  }
  if (descriptor < 0) {
    const int cause = errno;
    const bool of_disk = cause == ENOSPC || cause == EDQUOT || cause == EROFS;
    return core::Fail(of_disk ? core::ErrorKind::kUnavailable : core::ErrorKind::kBadInput,
                      "the store's lock file '" + path.string() +
                          "' cannot be opened: " + std::generic_category().message(cause) +
                          (cause == EACCES ? AdviseOnOwner(folder, holder) : ""));
  }
  std::unique_ptr<StoreLock> lock(new StoreLock(descriptor, folder));
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) {
      continue;
    }
    if (errno == EWOULDBLOCK) {
      core::Error held = HeldError(folder, ReadHolder(descriptor));
      ::close(std::exchange(lock->descriptor_, -1));  // Without wiping the holder's name.
      return core::Fail(std::move(held));
    }
    return core::Fail(core::ErrorKind::kBadInput,
                      "the store's lock file '" + path.string() +
                          "' cannot be locked: " + std::generic_category().message(errno) +
                          "; the store needs a local disk");
  }
  GiveToFoldersOwner(folder);  // What a root that was killed left, too.
  if (writable) {
    const std::string text = std::to_string(::getpid()) + " " + std::string(holder) + "\n";
    // Only for people: a full disk shows when the store itself is opened.
    if (::ftruncate(descriptor, 0) != 0 ||
        ::pwrite(descriptor, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
      (void)::ftruncate(descriptor, 0);
    }
  }
  return lock;
}

StoreLock::~StoreLock() {
  if (descriptor_ >= 0) {
    GiveToFoldersOwner(folder_);
    // The file stays: taking it away would let two processes lock two files of the same name.
    (void)!::ftruncate(descriptor_, 0);
    ::close(descriptor_);
  }
}

}  // namespace schoolwatch::storage
