// Preloaded into schoolwatch: a disk that dies at a chosen write. It counts what the program does
// to the files of one folder (making, writing, syncing, renaming, cutting and removing them), and
// at the chosen operation the process is killed, the power goes, or the disk is full from then on.
// The program itself knows nothing of it, so what is tested is what is shipped.
//
//   SW_DISK_FOLDER  files under it count
//   SW_DISK_MODE    count | kill | power | full
//   SW_DISK_AT      the operation at which it happens, 0 the first
//   SW_DISK_COUNT   a file that gets the number of operations when the process ends by itself
//
// `kill` leaves half of a write behind. `power` besides cuts every file to what was synced, and
// makes zeros of what was written over zeros since (LevelDB's logs have some ahead); renames and
// removals stay, as a journalling file system keeps their order with the syncs around them.
// Syncs are noted, not made: nothing here loses power.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>

namespace {

enum class Mode { kCount, kKill, kPower, kFull };

template <class Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

class Disk {
 public:
  static Disk& Get() {
    // Never destroyed: other threads may write while the process ends.
    static Disk* const disk = new Disk;
    return *disk;
  }

  bool Watches(const char* path) const {
    return !folder_.empty() && path != nullptr && std::string_view(path).starts_with(folder_);
  }

  void Opened(int file, const char* path) {
    struct stat status{};
    const std::lock_guard lock(mutex_);
    paths_[file] = path;
    // What stood there before was synced by whoever wrote it.
    const off_t size = ::fstat(file, &status) == 0 ? status.st_size : 0;
    synced_[path] = {size, size};
    written_[path] = size;
  }
  // Up to where the file is written from its beginning; what lies behind was put there ahead.
  void Wrote(int file) {
    const off_t end = ::lseek(file, 0, SEEK_CUR);
    const std::lock_guard lock(mutex_);
    if (const auto path = paths_.find(file); path != paths_.end()) {
      written_[path->second] = end;
    }
  }
  void Closed(int file) {
    const std::lock_guard lock(mutex_);
    paths_.erase(file);
  }
  bool Knows(int file) {
    const std::lock_guard lock(mutex_);
    return paths_.contains(file);
  }
  void Synced(int file) {
    struct stat status{};
    const std::lock_guard lock(mutex_);
    if (const auto path = paths_.find(file); path != paths_.end() && ::fstat(file, &status) == 0) {
      synced_[path->second] = {status.st_size, written_[path->second]};
    }
  }
  void Renamed(const char* from, const char* to) {
    const std::lock_guard lock(mutex_);
    if (const auto old = synced_.find(from); old != synced_.end()) {
      synced_[to] = old->second;
      synced_.erase(from);
      written_[to] = written_[from];
    }
  }
  void Removed(const char* path) {
    const std::lock_guard lock(mutex_);
    synced_.erase(path);
  }

  // Counts an operation; false: it fails for want of space, errno set. `half` does half of it where
  // the process dies in the middle.
  template <class Half>
  bool Allow(Half half) {
    const std::uint64_t number = operations_.fetch_add(1);
    if (mode_ == Mode::kCount || number < at_) {
      return true;
    }
    if (mode_ == Mode::kFull) {
      if (number == at_) {
        half();
      }
      errno = ENOSPC;
      return false;
    }
    if (number == at_) {
      half();
      Die();
    }
    // Another thread was quicker than the signal.
    for (;;) {
      ::pause();
    }
  }
  bool Allow() {
    return Allow([] {});
  }

  void SayCount() const {
    if (const std::string file = Variable("SW_DISK_COUNT"); !file.empty()) {
      if (std::FILE* const out = std::fopen(file.c_str(), "w"); out != nullptr) {
        std::fprintf(out, "%llu\n", static_cast<unsigned long long>(operations_.load()));
        std::fclose(out);
      }
    }
  }

 private:
  Disk()
      : folder_(Variable("SW_DISK_FOLDER")),
        at_(std::strtoull(Variable("SW_DISK_AT").c_str(), nullptr, 10)) {
    const std::string mode = Variable("SW_DISK_MODE");
    mode_ = mode == "kill"    ? Mode::kKill
            : mode == "power" ? Mode::kPower
            : mode == "full"  ? Mode::kFull
                              : Mode::kCount;
  }

  [[noreturn]] void Die() {
    if (mode_ == Mode::kPower) {
      const std::lock_guard lock(mutex_);
      for (const auto& [path, safe] : synced_) {
        struct stat status{};
        if (::stat(path.c_str(), &status) != 0) {
          continue;
        }
        if (status.st_size > safe.size) {
          Cut(path, safe.size);
        }
        // Where nothing was put ahead, that is the end.
        if (const off_t size = std::min(status.st_size, safe.size); safe.written < size) {
          Cut(path, safe.written);
          Cut(path, size);
        }
      }
    }
    ::kill(::getpid(), SIGKILL);
    for (;;) {
      ::pause();
    }
  }

  static void Cut(const std::string& path, off_t size) {
    if (Next<int (*)(const char*, off_t)>("truncate")(path.c_str(), size) != 0) {
      std::abort();
    }
  }

  struct Safe {
    off_t size = 0;
    off_t written = 0;
  };

  const std::string folder_;
  const std::uint64_t at_;
  Mode mode_;
  std::atomic<std::uint64_t> operations_ = 0;
  std::mutex mutex_;
  std::map<int, std::string> paths_;
  std::map<std::string, Safe> synced_;  // What a power cut leaves.
  std::map<std::string, off_t> written_;
};

struct AtEnd {
  ~AtEnd() { Disk::Get().SayCount(); }
} at_end;

int Open(const char* name, const char* path, int flags, mode_t mode) {
  const auto real = Next<int (*)(const char*, int, ...)>(name);
  Disk& disk = Disk::Get();
  const bool watched = disk.Watches(path) && (flags & (O_WRONLY | O_RDWR)) != 0;
  if (watched && (flags & (O_CREAT | O_TRUNC)) != 0 && !disk.Allow()) {
    return -1;
  }
  const int file = real(path, flags, mode);
  if (watched && file >= 0) {
    disk.Opened(file, path);
  }
  return file;
}

// Only ever puts zeros ahead.
ssize_t WriteAt(const char* name, int file, const void* bytes, size_t size, off_t at) {
  const auto real = Next<ssize_t (*)(int, const void*, size_t, off_t)>(name);
  Disk& disk = Disk::Get();
  const auto half = [&] {
    if (real(file, bytes, size / 2, at) < 0) {
      std::abort();
    }
  };
  if (disk.Knows(file) && !disk.Allow(half)) {
    return -1;
  }
  return real(file, bytes, size, at);
}

int SyncFile(const char* name, int file) {
  Disk& disk = Disk::Get();
  if (!disk.Knows(file)) {
    return Next<int (*)(int)>(name)(file);
  }
  if (!disk.Allow()) {
    return -1;
  }
  disk.Synced(file);
  return 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return Open("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return Open("open64", path, flags, mode);
}

int close(int file) {
  Disk::Get().Closed(file);
  return Next<int (*)(int)>("close")(file);
}

ssize_t write(int file, const void* bytes, size_t size) {
  const auto real = Next<ssize_t (*)(int, const void*, size_t)>("write");
  Disk& disk = Disk::Get();
  const auto half = [&] {
    if (real(file, bytes, size / 2) < 0) {
      std::abort();
    }
  };
  if (!disk.Knows(file)) {
    return real(file, bytes, size);
  }
  if (!disk.Allow(half)) {
    return -1;
  }
  const ssize_t wrote = real(file, bytes, size);
  disk.Wrote(file);
  return wrote;
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  return WriteAt("pwrite", file, bytes, size, at);
}
ssize_t pwrite64(int file, const void* bytes, size_t size, off_t at) {
  return WriteAt("pwrite64", file, bytes, size, at);
}

int fsync(int file) { return SyncFile("fsync", file); }
int fdatasync(int file) { return SyncFile("fdatasync", file); }

int ftruncate(int file, off_t size) {
  if (Disk::Get().Knows(file) && !Disk::Get().Allow()) {
    return -1;
  }
  return Next<int (*)(int, off_t)>("ftruncate")(file, size);
}

int rename(const char* from, const char* to) {
  Disk& disk = Disk::Get();
  if (disk.Watches(to) && !disk.Allow()) {
    return -1;
  }
  const int done = Next<int (*)(const char*, const char*)>("rename")(from, to);
  if (done == 0) {
    disk.Renamed(from, to);
  }
  return done;
}

int unlink(const char* path) {
  Disk& disk = Disk::Get();
  // A full disk still lets files go.
  if (disk.Watches(path)) {
    disk.Allow();
  }
  const int done = Next<int (*)(const char*)>("unlink")(path);
  if (done == 0) {
    disk.Removed(path);
  }
  return done;
}

int mkdir(const char* path, mode_t mode) {
  if (Disk::Get().Watches(path) && !Disk::Get().Allow()) {
    return -1;
  }
  return Next<int (*)(const char*, mode_t)>("mkdir")(path, mode);
}
}
