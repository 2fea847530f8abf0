#include "storage/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

#include "core/file_descriptor.h"
#include "core/hash.h"
#include "storage/store_folder.h"

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kKeyBytes = 32;

std::unexpected<core::Error> FailKey(const std::filesystem::path& path, const KeyFile& file,
                                     int cause) {
  return core::Fail(
      core::ErrorKind::kUnavailable,
      std::string(file.what) + " '" + path.string() +
          "' cannot be used: " + std::generic_category().message(cause) +
          (cause == EACCES ? AdviseOnOwner(path.parent_path(), "schoolwatch …") : ""));
}

// Whole and on disk, or not there: nothing may ever be signed under a key that a power cut takes
// back.
core::Result<std::string> MakeKey(const std::filesystem::path& folder,
                                  const std::filesystem::path& path, const KeyFile& file) {
  std::string key = core::RandomHex(kKeyBytes);
  const std::string text = key + "\n";
  const std::filesystem::path unfinished = folder / (std::string(file.name) + ".part");
  ::unlink(unfinished.c_str());  // Left over by a crash.
  {
    const core::FileDescriptor out(::open(unfinished.c_str(),
                                          O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                                          S_IRUSR | S_IWUSR));
    if (out.number() < 0 ||
        ::write(out.number(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(out.number()) != 0) {
      return FailKey(path, file, errno);
    }
  }
  if (::rename(unfinished.c_str(), path.c_str()) != 0) {
    return FailKey(path, file, errno);
  }
  const core::FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.number() < 0 || ::fsync(directory.number()) != 0) {
    return FailKey(path, file, errno);
  }
  return key;
}

}  // namespace

core::Result<LoadedKey> LoadKeyFile(const std::filesystem::path& folder, const KeyFile& file,
                                    MissingKey missing) {
  const std::filesystem::path path = folder / file.name;
  const core::FileDescriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.number() < 0) {
    if (errno != ENOENT) {
      return FailKey(path, file, errno);
    }
    if (missing == MissingKey::kLeaveEmpty) {
      return LoadedKey{};
    }
    SW_ASSIGN(std::string key, MakeKey(folder, path, file));
    return LoadedKey{std::move(key), true};
  }
  std::array<char, 2 * kKeyBytes + 2> bytes{};
  const ssize_t size = ::read(in.number(), bytes.data(), bytes.size());
  if (size < 0) {
    return FailKey(path, file, errno);
  }
  std::string_view text(bytes.data(), static_cast<std::size_t>(size));
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  const bool is_key = text.size() == 2 * kKeyBytes &&
                      text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!is_key) {
    return core::Fail(core::ErrorKind::kCorrupt,
                      std::string(file.what) + " '" + path.string() +
                          "' is damaged: " + std::string(file.if_damaged));
  }
  return LoadedKey{std::string(text), false};
}

core::Result<LoadedKey> LoadAnswerKey(const std::filesystem::path& folder, MissingKey missing) {
  return LoadKeyFile(folder,
                     {.name = "answers.key",
                      .what = "the key of answers by mail",
                      .if_damaged = "move the file away, and a new one is made; the links in mails "
                                    "sent before can then not be used any more"},
                     missing);
}

}  // namespace schoolwatch::storage
