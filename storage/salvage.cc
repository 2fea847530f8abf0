#include "storage/salvage.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <set>
#include <string_view>
#include <system_error>

#include "core/file_descriptor.h"
#include "storage/db.h"
#include "storage/log_file.h"

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;

enum class Readable { kWhole, kPartly };

struct FileBytes {
  std::string bytes;
  Readable readable = Readable::kWhole;
};

// All that a bad disk lets us read of a file.
FileBytes ReadWhatCan(const fs::path& path) {
  FileBytes file;
  const core::FileDescriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.number() < 0) {
    file.readable = Readable::kPartly;
    return file;
  }
  std::array<char, 65536> part{};
  for (;;) {
    const ssize_t size = ::read(in.number(), part.data(), part.size());
    if (size < 0 && errno == EINTR) {
      continue;
    }
    if (size < 0) {
      file.readable = Readable::kPartly;
    }
    if (size <= 0) {
      return file;
    }
    file.bytes.append(part.data(), static_cast<std::size_t>(size));
  }
}

core::Result<void> WriteFile(const fs::path& path, std::string_view bytes) {
  const core::FileDescriptor out(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  bool good = out.number() >= 0;
  while (good && !bytes.empty()) {
    const ssize_t size = ::write(out.number(), bytes.data(), bytes.size());
    good = size >= 0 || errno == EINTR;
    bytes.remove_prefix(size > 0 ? static_cast<std::size_t>(size) : 0);
  }
  if (!good || ::fsync(out.number()) != 0) {
    return core::Fail(core::ErrorKind::kUnavailable, "'" + path.string() + "' cannot be written: " +
                                                         std::generic_category().message(errno));
  }
  return {};
}

LogRecords ReadLogFile(std::string_view bytes) {
  return ReadLog(bytes.substr(0, WrittenBytes(bytes)));
}

enum class FileKind { kLog, kTable, kOther };

FileKind KindOf(const fs::path& name) {
  const fs::path extension = name.extension();
  return extension == ".log"                          ? FileKind::kLog
         : extension == ".ldb" || extension == ".sst" ? FileKind::kTable
                                                      : FileKind::kOther;
}

std::vector<fs::path> FilesIn(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    if (at->is_regular_file(error)) {
      files.push_back(at->path());
    }
  }
  return files;
}

// Tables that lie there though the database does not count on them: with a list of files that was
// cut, opening it would delete them.
void FindUnlisted(const Db& db, const fs::path& folder, Salvage& found) {
  const std::set<std::uint64_t> listed = db.TableNumbers();
  for (const fs::path& file : FilesIn(folder)) {
    const std::string stem = file.stem().string();
    std::uint64_t number = 0;
    std::from_chars(stem.data(), stem.data() + stem.size(), number);
    if (KindOf(file) == FileKind::kTable && !listed.contains(number)) {
      found.damaged_files.push_back(file.filename().string());
    }
  }
}

}  // namespace

Salvage LookAtFiles(const fs::path& database) {
  Salvage found;
  for (const fs::path& file : FilesIn(database)) {
    if (KindOf(file) != FileKind::kLog) {
      continue;  // Tables have checksums that every read looks at.
    }
    const FileBytes read = ReadWhatCan(file);
    const LogRecords log = ReadLogFile(read.bytes);
    if (log.dropped_bytes > 0 || read.readable != Readable::kWhole) {
      found.dropped_bytes += log.dropped_bytes;
      found.damaged_files.push_back(file.filename().string());
    }
  }
  const auto db = Db::Open(database, database, OpenMode::kReadOnly, DbSettings{});
  if (!db) {
    found.damaged_files.push_back(db.error().message);
    return found;
  }
  FindUnlisted(**db, database, found);
  return found;
}

core::Result<Salvage> SalvageFiles(const fs::path& damaged, const fs::path& fresh) {
  Salvage salvage;
  if (::mkdir(fresh.c_str(), S_IRWXU) != 0) {
    return core::Fail(core::ErrorKind::kUnavailable, "'" + fresh.string() + "' cannot be made: " +
                                                         std::generic_category().message(errno));
  }
  bool any = false;
  for (const fs::path& file : FilesIn(damaged)) {
    const FileKind kind = KindOf(file);
    if (kind == FileKind::kOther) {
      continue;  // LevelDB's repair makes these anew.
    }
    FileBytes read = ReadWhatCan(file);
    if (kind == FileKind::kLog) {
      const LogRecords log = ReadLogFile(read.bytes);
      if (log.dropped_bytes > 0) {
        read.readable = Readable::kPartly;
        salvage.dropped_bytes += log.dropped_bytes;
      }
      read.bytes = WriteLog(log.records);
    }
    if (read.readable != Readable::kWhole) {
      salvage.damaged_files.push_back(file.filename().string());
    }
    SW_TRY(WriteFile(fresh / file.filename(), read.bytes));
    any = true;
  }
  if (!any) {
    return salvage;  // LevelDB's repair refuses an empty folder; opening makes a new database.
  }
  SW_TRY(RepairFiles(fresh));
  // What it could not read whole it has put there: tables that it made anew from their good blocks,
  // and logs that it turned into tables.
  for (const fs::path& file : FilesIn(fresh / "lost")) {
    if (KindOf(file) == FileKind::kTable) {
      salvage.damaged_files.push_back(file.filename().string());
    }
  }
  std::error_code ignored;
  fs::remove_all(fresh / "lost", ignored);
  return salvage;
}

}  // namespace schoolwatch::storage
