#include "storage/audit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/file_descriptor.h"
#include "storage/codec.h"
#include "storage/keys.h"
#include "storage/store_folder.h"

namespace schoolwatch::storage {

namespace {

namespace fs = std::filesystem;

constexpr KeyFile kAuditKey{.name = "audit.key",
                            .what = "the audit log's key",
                            .if_damaged =
                                "put back the one of a backup, or move the file away, "
                                "and the log goes on with a new key; what was erased "
                                "before is then taken in again where it still stands"};
constexpr std::string_view kKeptKeyPrefix = "audit.key.replaced-";

fs::path BroughtKey(const fs::path& database) { return database / kAuditKey.name; }

std::unexpected<core::Error> FailKey(const fs::path& path) {
  return core::Fail(core::ErrorKind::kUnavailable, "'" + path.string() + "' cannot be written: " +
                                                       std::generic_category().message(errno));
}

}  // namespace

core::Result<AuditKey> LoadAuditKey(const fs::path& folder, MissingKey missing) {
  std::error_code error;
  const fs::path database = DatabaseFolder(folder);
  const bool brought = fs::exists(BroughtKey(database), error);
  return LoadKeyFile(brought ? database : folder, kAuditKey, missing);
}

core::Result<std::vector<std::string>> LoadKeptKeys(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    std::string name = at->path().filename().string();
    if (name.starts_with(kKeptKeyPrefix)) {
      names.push_back(std::move(name));
    }
  }
  std::ranges::sort(names);
  std::vector<std::string> keys;
  for (const std::string& name : names) {
    KeyFile file = kAuditKey;
    file.name = name;
    core::Result<LoadedKey> key = LoadKeyFile(folder, file, MissingKey::kLeaveEmpty);
    if (!key && key.error().kind != core::ErrorKind::kCorrupt) {
      return core::Fail(std::move(key).error());
    }
    if (key && !key->key.empty()) {
      keys.push_back(std::move(key->key));
    }
  }
  return keys;
}

core::Result<void> WriteKeptKey(const fs::path& path, const std::string& key) {
  const std::string text = key + "\n";
  const core::FileDescriptor out(::open(
      path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (out.number() < 0 ||
      ::write(out.number(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fsync(out.number()) != 0) {
    return FailKey(path);
  }
  return {};
}

core::Result<void> BringAuditKey(const fs::path& database, const std::string& key) {
  return WriteKeptKey(BroughtKey(database), key);
}

core::Result<void> TakeBroughtAuditKey(const fs::path& folder) {
  const fs::path path = folder / kAuditKey.name;
  if (::rename(BroughtKey(DatabaseFolder(folder)).c_str(), path.c_str()) != 0) {
    return errno == ENOENT ? core::Result<void>{} : FailKey(path);
  }
  const core::FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.number() < 0 || ::fsync(directory.number()) != 0) {
    return FailKey(path);
  }
  return {};
}

core::Result<void> AppendAudit(Batch& batch, const RecordReader& reader,
                               const AuditContext& context, const core::AuditEvent& event) {
  SW_ASSIGN(const auto last, reader.Find<core::AuditHead>(std::string(kAuditHeadKey)));
  const std::string tail_key = Key(kAuditTailPrefix, event.case_id);
  core::AuditHead of_case;
  if (!event.case_id.empty()) {
    SW_ASSIGN(const auto tail, reader.Find<core::AuditHead>(tail_key));
    of_case = tail.value_or(core::AuditHead{});
  }
  const core::AuditEntry entry =
      core::MakeEntry(event, context.key, context.now, last.value_or(core::AuditHead{}), of_case);
  batch.Put(AuditKeyOf(entry.number), Encode(entry));
  batch.Put(std::string(kAuditHeadKey),
            Encode(core::AuditHead{entry.number, entry.number, entry.hash}));
  if (!event.case_id.empty()) {
    batch.Put(tail_key, Encode(core::AuditHead{entry.number, entry.case_entry, entry.hash}));
  }
  return {};
}

}  // namespace schoolwatch::storage
