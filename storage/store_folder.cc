#include "storage/store_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <system_error>

#include "core/file_descriptor.h"

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;

std::unexpected<core::Error> Refuse(const fs::path& folder, int cause) {
  std::string message = "the store's folder '" + folder.string() +
                        "' cannot be used: " + std::generic_category().message(cause);
  switch (cause) {
    case EACCES:
    case EPERM:
      message += AdviseOnOwner(folder.filename() == "db" ? folder.parent_path() : folder,
                               "schoolwatch …") +
                 ", or set 'storage' to another folder";
      break;
    case EROFS:
      // As an error of the disk makes it, too: nothing is wrong with the configuration.
      return core::Fail(
          core::ErrorKind::kUnavailable,
          message + "; make the disk writable, or set 'storage' to a folder on another");
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

// What root makes in a user's folder, such as /var/lib/schoolwatch, is that user's.
void GiveToParentsOwner(const fs::path& folder) {
  const fs::path parent = folder.has_parent_path() ? folder.parent_path() : fs::path(".");
  const core::FileDescriptor opened(
      ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status{};
  if (::geteuid() == 0 && opened.number() >= 0 && ::stat(parent.c_str(), &status) == 0 &&
      status.st_uid != 0) {
    (void)!::fchown(opened.number(), status.st_uid, status.st_gid);
  }
}

// Makes one folder, 0700 from its first moment. Fine if it is there.
core::Result<void> MakePrivateFolder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) {
    GiveToParentsOwner(folder);
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

// The names of what we make in a store's folder. The folder may be somebody's /srv, in which other
// things are root's for good.
bool IsOurs(std::string_view name) {
  static constexpr std::array<std::string_view, 7> kNames{
      "db", "lock", "socket", "answers.key", "mail-token", "intake-token", "heartbeat.json"};
  static constexpr std::array<std::string_view, 6> kBeginnings{kDamagedPrefix,    kReplacedPrefix,
                                                               kUnfinishedPrefix, kQuarantinePrefix,
                                                               "audit.key",       "schoolwatch."};
  return std::ranges::find(kNames, name) != kNames.end() ||
         std::ranges::any_of(kBeginnings,
                             [&](std::string_view one) { return name.starts_with(one); });
}

// Whoever owns the folder could put a link in the place of a file meanwhile, to be given another's:
// so no link is followed, and no file that has a second name is given away.
void GiveWhatIsIn(core::FileDescriptor folder, const struct stat& to, int depth) {
  struct Close {
    void operator()(DIR* list) const { ::closedir(list); }
  };
  const std::unique_ptr<DIR, Close> list(::fdopendir(folder.number()));
  if (list == nullptr) {
    return;
  }
  const int at = folder.Release();  // The list closes it.
  while (const dirent* const entry = ::readdir(list.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || (depth == 0 && !IsOurs(name))) {
      continue;
    }
    core::FileDescriptor file(
        ::openat(at, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status{};
    if (file.number() < 0 || ::fstat(file.number(), &status) != 0) {
      continue;  // A link, a socket, or gone again.
    }
    const bool is_folder = S_ISDIR(status.st_mode);
    if (status.st_uid == 0 && (is_folder || (S_ISREG(status.st_mode) && status.st_nlink == 1))) {
      (void)!::fchown(file.number(), to.st_uid, to.st_gid);
    }
    if (is_folder && depth < 2) {  // db/lost/ is the deepest.
      GiveWhatIsIn(std::move(file), to, depth + 1);
    }
  }
}

}  // namespace

void GiveToFoldersOwner(const fs::path& folder) {
  if (::geteuid() != 0) {
    return;
  }
  core::FileDescriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat status{};
  if (opened.number() >= 0 && ::fstat(opened.number(), &status) == 0 && status.st_uid != 0) {
    GiveWhatIsIn(std::move(opened), status, 0);
  }
}

std::string AdviseOnOwner(const fs::path& folder, std::string_view command) {
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) {
    return "; give it to the user that runs schoolwatch (chown), here user number " +
           std::to_string(::geteuid());
  }
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  const bool has_name =
      ::getpwuid_r(status.st_uid, &entry, buffer.data(), buffer.size(), &found) == 0 &&
      found != nullptr;
  const std::string name = has_name ? found->pw_name : "#" + std::to_string(status.st_uid);
  const std::string quoted = has_name ? name : "'" + name + "'";
  if (status.st_uid == ::geteuid()) {
    const std::string given = has_name ? name : name.substr(1);  // chown wants no '#'.
    return "; something in it belongs to another user: give it back (sudo chown -R " + given +
           " '" + folder.string() + "')";
  }
  if (status.st_uid == 0) {
    return "; it belongs to root: run this as root (sudo " + std::string(command) +
           "), or give it to the user that is to run schoolwatch (sudo chown -R USER '" +
           folder.string() + "')";
  }
  return "; it belongs to '" + name + "': run this as that user: sudo -u " + quoted + " " +
         std::string(command);
}

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
