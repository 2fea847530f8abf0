#include "alerts/channels/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/file_descriptor.h"
#include "core/hash.h"

namespace schoolwatch::alerts {
namespace {

std::unexpected<core::Error> FailErrno(const std::filesystem::path& path, std::string_view what) {
  return core::Fail(core::ErrorKind::kUnavailable, path.string() + ": " + std::string(what) + ": " +
                                                       std::generic_category().message(errno));
}

core::Result<void> WriteAll(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      return FailErrno(path, "cannot be written");
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) {
    return FailErrno(path, "cannot be brought to disk");
  }
  return {};
}

core::Result<void> MakeFolder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) {
    return {};
  }
  if (folder.has_parent_path() && folder.parent_path() != folder) {
    std::filesystem::create_directories(folder.parent_path(), error);
  }
  // Messages hold what people wrote about people.
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return FailErrno(folder, "the folder for messages cannot be made");
  }
  if (!std::filesystem::is_directory(folder, error)) {
    return core::Fail(core::ErrorKind::kUnavailable, folder.string() + ": is not a folder");
  }
  return {};
}

core::Result<std::unique_ptr<AlertSink>> Make(const ChannelParts& parts) {
  const config::Settings& settings = parts.settings;
  if (settings.alerts.folder.empty()) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "alerts: channel 'folder' needs 'folder', the folder for messages");
  }
  return std::make_unique<FolderSink>(settings.folder / settings.alerts.folder, parts.composer);
}

}  // namespace

const ChannelInfo kFolderChannel{
    .name = "folder", .help = "writes each message as an .eml file", .make = &Make};

std::string FolderSink::FileName(const core::OutboxBatch& batch) {
  // 2026-11-20T180211Z: sorts by time, and no colon, which some file systems refuse.
  std::string time =
      core::FormatRfc3339(std::chrono::floor<std::chrono::seconds>(batch.created_at));
  std::erase(time, ':');
  return time + "-" + core::ShortHash(batch.message_id) + ".eml";
}

core::Result<void> FolderSink::Deliver(const AlertBatch& batch) {
  SW_ASSIGN(const MailMessage message, composer_.Compose(batch));
  SW_TRY(MakeFolder(folder_));
  const std::string name = FileName(batch.batch);
  const std::filesystem::path path = folder_ / name;
  struct stat known{};
  if (::lstat(path.c_str(), &known) == 0) {
    return {};
  }
  const std::filesystem::path unfinished = folder_ / ("." + name + ".part");
  // One left over by a crash; never followed if it has become a link.
  ::unlink(unfinished.c_str());
  {
    const core::FileDescriptor file(
        ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.number() < 0) {
      return FailErrno(unfinished, "cannot be made");
    }
    if (core::Result<void> written = WriteAll(file.number(), message.rfc5322, unfinished);
        !written.has_value()) {
      ::unlink(unfinished.c_str());
      return written;
    }
  }
  if (::rename(unfinished.c_str(), path.c_str()) != 0) {
    return FailErrno(path, "cannot be renamed into place");
  }
  const core::FileDescriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0 || ::fsync(folder.number()) != 0) {
    return FailErrno(folder_, "cannot be brought to disk");
  }
  return {};
}

}  // namespace schoolwatch::alerts
