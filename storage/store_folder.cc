#include "storage/store_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;

std::unexpected<core::Error> Refuse(const fs::path& folder, int cause) {
  std::string message = "the store's folder '" + folder.string() +
                        "' cannot be used: " + std::generic_category().message(cause);
  switch (cause) {
    case EACCES:
    case EPERM:
      message += "; give it to the user that runs schoolwatch (chown), here user number " +
                 std::to_string(::geteuid()) + ", or set 'storage' to another folder";
      break;
    case EROFS:
      message += "; set 'storage' to a folder on a disk that can be written";
      break;
    case ENOTDIR:
    case EEXIST:
      message += "; a file is in the way";
      break;
    case ENOSPC:
    case EDQUOT:
      return core::Fail(core::ErrorKind::kUnavailable, message + "; free some space");
    default:
      break;
  }
  return core::Fail(core::ErrorKind::kBadInput, std::move(message));
}

// Makes one folder, 0700 from its first moment. Fine if it is there.
core::Result<void> MakePrivateFolder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) {
    return {};
  }
  const int cause = errno;
  struct stat status{};
  if (cause == EEXIST && ::stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return {};
  }
  return Refuse(folder, cause);
}

// No database is there: none ever was, or a repair was broken off between two renames. A new store
// must not begin beside the old one.
core::Result<StoreFiles> CheckNoneWasLeft(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(kDamagedPrefix) || name.starts_with(kReplacedPrefix)) {
      return core::Fail(
          core::ErrorKind::kCorrupt,
          "the store '" + folder.string() +
              "' is damaged: a repair or a restore was broken off; nothing was changed; run "
              "`schoolwatch repair`");
    }
  }
  return StoreFiles::kNone;
}

}  // namespace

fs::path DatabaseFolder(const fs::path& folder) { return folder / "db"; }

core::Result<void> MakeStoreFolder(const fs::path& named) {
  // "/x/store/" has the parent "/x/store", which must not be made as a mere parent.
  const fs::path folder = named.has_filename() ? named : named.parent_path();
  std::error_code error;
  if (const fs::path parent = folder.parent_path(); !parent.empty()) {
    fs::create_directories(parent, error);
    if (error) {
      return Refuse(parent, error.value());
    }
  }
  SW_TRY(MakePrivateFolder(folder));
  const fs::path database = DatabaseFolder(folder);
  SW_TRY(MakePrivateFolder(database));
  struct stat status{};
  if (::stat(database.c_str(), &status) == 0 && (status.st_mode & 0077) != 0 &&
      ::chmod(database.c_str(), 0700) != 0) {
    return Refuse(database, errno);
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return Refuse(folder, errno);
  }
  if (::access(database.c_str(), R_OK | W_OK | X_OK) != 0) {
    return Refuse(database, errno);
  }
  return {};
}

core::Result<StoreFiles> CheckStoreFiles(const fs::path& folder) {
  const fs::path database = DatabaseFolder(folder);
  std::error_code error;
  if (fs::exists(database / "CURRENT", error)) {
    return StoreFiles::kWhole;
  }
  if (error) {
    return Refuse(database, error.value());
  }
  fs::directory_iterator files(database, error);
  if (error == std::errc::no_such_file_or_directory) {
    return CheckNoneWasLeft(folder);
  }
  for (; !error && files != fs::directory_iterator(); files.increment(error)) {
    // LevelDB makes logs and tables only after CURRENT, so without it they are no half-made store.
    const fs::path kind = files->path().extension();
    if (kind == ".log" || kind == ".ldb" || kind == ".sst") {
      return core::Fail(core::ErrorKind::kCorrupt,
                        "the store '" + folder.string() +
                            "' is damaged: its file db/CURRENT is missing; nothing was changed; "
                            "run `schoolwatch repair`");
    }
  }
  if (error) {
    return Refuse(database, error.value());
  }
  return CheckNoneWasLeft(folder);
}

}  // namespace schoolwatch::storage
