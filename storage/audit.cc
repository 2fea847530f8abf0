#include "storage/audit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "core/file_descriptor.h"
#include "core/hash.h"
#include "storage/codec.h"
#include "storage/keys.h"

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kKeyBytes = 32;

std::unexpected<core::Error> FailKey(const std::filesystem::path& file, int cause) {
  return core::Fail(core::ErrorKind::kUnavailable,
                    "the audit log's key '" + file.string() +
                        "' cannot be used: " + std::generic_category().message(cause));
}

// Whole and on disk, or not there: an entry must never be hashed under a key that a power cut
// takes back.
core::Result<std::string> MakeKey(const std::filesystem::path& folder,
                                  const std::filesystem::path& file) {
  std::string key = core::RandomHex(kKeyBytes);
  const std::string text = key + "\n";
  const std::filesystem::path unfinished = folder / "audit.key.part";
  ::unlink(unfinished.c_str());  // Left over by a crash.
  {
    const core::FileDescriptor out(::open(unfinished.c_str(),
                                          O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                                          S_IRUSR | S_IWUSR));
    if (out.number() < 0 ||
        ::write(out.number(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(out.number()) != 0) {
      return FailKey(file, errno);
    }
  }
  if (::rename(unfinished.c_str(), file.c_str()) != 0) {
    return FailKey(file, errno);
  }
  const core::FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.number() < 0 || ::fsync(directory.number()) != 0) {
    return FailKey(file, errno);
  }
  return key;
}

}  // namespace

core::Result<AuditKey> LoadAuditKey(const std::filesystem::path& folder, MissingKey missing) {
  const std::filesystem::path file = folder / "audit.key";
  const core::FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.number() < 0) {
    if (errno != ENOENT) {
      return FailKey(file, errno);
    }
    if (missing == MissingKey::kLeaveEmpty) {
      return AuditKey{};
    }
    SW_ASSIGN(std::string key, MakeKey(folder, file));
    return AuditKey{std::move(key), true};
  }
  std::array<char, 2 * kKeyBytes + 2> bytes{};
  const ssize_t size = ::read(in.number(), bytes.data(), bytes.size());
  if (size < 0) {
    return FailKey(file, errno);
  }
  std::string_view text(bytes.data(), static_cast<std::size_t>(size));
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  const bool is_key = text.size() == 2 * kKeyBytes &&
                      text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!is_key) {
    return core::Fail(core::ErrorKind::kCorrupt,
                      "the audit log's key '" + file.string() +
                          "' is damaged: put back the one of a backup, or move the file away, and "
                          "the log goes on with a new key");
  }
  return AuditKey{std::string(text), false};
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
