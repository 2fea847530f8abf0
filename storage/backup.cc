#include "storage/backup.h"

#include <algorithm>
#include <charconv>
#include <istream>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "core/hash.h"
#include "storage/audit.h"
#include "storage/keys.h"
#include "storage/leveldb_store.h"
#include "storage/new_file.h"

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTop = "schoolwatch-backup/";
constexpr std::string_view kManifest = "schoolwatch-backup/MANIFEST";
constexpr std::string_view kKeyFile = "schoolwatch-backup/audit.key";
constexpr std::string_view kRecordFile = "schoolwatch-backup/records-";
constexpr std::string_view kFirstLine = "schoolwatch backup 1";
constexpr std::size_t kTarBlock = 512;
constexpr std::size_t kPartBytes = 4U << 20;       // A record file is ended when it is longer.
constexpr std::size_t kMostPartBytes = 64U << 20;  // Of one file in what we read.

void PutLength(std::string& to, std::size_t size) {
  for (int i = 0; i < 4; ++i) {
    to += static_cast<char>(static_cast<unsigned char>(size >> (8 * i)));
  }
}

std::size_t GetLength(std::string_view bytes) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    size |= std::size_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return size;
}

// --- tar (POSIX ustar), as much of it as plain files with short names need

std::string TarHeader(std::string_view name, std::size_t size, core::Timestamp at) {
  std::string header(kTarBlock, '\0');
  const auto put = [&header](std::size_t offset, std::string_view text) {
    header.replace(offset, text.size(), text);
  };
  const auto octal = [](std::size_t value, std::size_t digits) {
    std::string text(digits, '0');
    for (std::size_t i = digits; i > 0; --i, value >>= 3) {
      text[i - 1] = static_cast<char>('0' + (value & 7));
    }
    return text;
  };
  put(0, name);
  put(100, "0000600");
  put(108, "0000000");
  put(116, "0000000");
  put(124, octal(size, 11));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  put(136, octal(static_cast<std::size_t>(std::max<std::int64_t>(seconds, 0)), 11));
  put(148, "        ");
  put(156, "0");
  put(257, std::string_view("ustar\0"
                            "00",
                            8));
  std::size_t sum = 0;
  for (const char c : header) {
    sum += static_cast<unsigned char>(c);
  }
  put(148, octal(sum, 6));
  header[154] = '\0';
  return header;
}

struct TarFile {
  std::string name;
  std::string bytes;
};

std::unexpected<core::Error> Damaged(const std::string& what) {
  return core::Fail(core::ErrorKind::kCorrupt, "the backup is damaged: " + what);
}

std::optional<std::size_t> Octal(std::string_view text) {
  const std::string_view digits = text.substr(0, text.find_first_of(std::string_view(" \0", 2)));
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 8);
  return error == std::errc() && end == digits.data() + digits.size() ? std::optional(value)
                                                                      : std::nullopt;
}

// The next file; nullopt at the end. `first`: nothing was read yet, so that what is no tar at all
// can be told from one that was damaged.
core::Result<std::optional<TarFile>> NextTarFile(std::istream& in, bool first) {
  std::string header(kTarBlock, '\0');
  in.read(header.data(), static_cast<std::streamsize>(kTarBlock));
  if (in.gcount() != static_cast<std::streamsize>(kTarBlock)) {
    return first ? core::Fail(core::ErrorKind::kBadInput, "this is no backup of schoolwatch")
                 : Damaged("it is cut short");
  }
  if (header.find_first_not_of('\0') == std::string::npos) {
    return std::nullopt;
  }
  const std::optional<std::size_t> recorded = Octal(std::string_view(header).substr(148, 8));
  std::size_t sum = 8 * std::size_t{' '};
  for (std::size_t i = 0; i < kTarBlock; ++i) {
    sum += i >= 148 && i < 156 ? 0u : static_cast<unsigned char>(header[i]);
  }
  TarFile file;
  file.name = header.substr(0, std::min(header.find('\0'), std::size_t{100}));
  const std::optional<std::size_t> size = Octal(std::string_view(header).substr(124, 12));
  if (recorded != sum || !size || !file.name.starts_with(kTop)) {
    return first ? core::Fail(core::ErrorKind::kBadInput, "this is no backup of schoolwatch")
                 : Damaged("the head of a file in it");
  }
  if (*size > kMostPartBytes) {
    return Damaged("'" + file.name + "' is too long");
  }
  const std::size_t padded = (*size + kTarBlock - 1) / kTarBlock * kTarBlock;
  // By pieces, so that a length that lies costs no memory.
  while (file.bytes.size() < padded) {
    const std::size_t had = file.bytes.size();
    file.bytes.resize(std::min(padded, had + (1U << 20)));
    const auto want = static_cast<std::streamsize>(file.bytes.size() - had);
    in.read(file.bytes.data() + had, want);
    if (in.gcount() != want) {
      return Damaged("'" + file.name + "' is cut short");
    }
  }
  if (file.bytes.find_first_not_of('\0', *size) != std::string::npos) {
    return Damaged("what stands behind '" + file.name + "'");
  }
  file.bytes.resize(*size);
  return std::optional(std::move(file));
}

std::string ManifestLine(const TarFile& file) {
  return "sha256 " + core::ToHex(core::HashSha256(file.bytes)) + " " +
         std::to_string(file.bytes.size()) + " " + file.name + "\n";
}

std::string ManifestHead(const BackupFacts& facts) {
  return std::string(kFirstLine) + "\nmade " + core::FormatRfc3339(facts.made_at) + "\nschema " +
         std::to_string(facts.schema) + "\nrecords " + std::to_string(facts.records) + "\nbytes " +
         std::to_string(facts.bytes) + "\n";
}

class BackupWriter {
 public:
  BackupWriter(NewFile& out, BackupFacts& facts) : out_(out), facts_(facts) {}
  core::Result<void> Add(std::string_view key, std::string_view value) {
    PutLength(part_, key.size());
    PutLength(part_, value.size());
    part_ += key;
    part_ += value;
    ++facts_.records;
    facts_.bytes += key.size() + value.size();
    if (key == kSchemaKey) {
      std::from_chars(value.data(), value.data() + value.size(), facts_.schema);
    }
    return part_.size() < kPartBytes ? core::Result<void>{} : EndPart();
  }
  core::Result<void> Finish() {
    if (!part_.empty()) {
      SW_TRY(EndPart());
    }
    if (!facts_.audit_key.empty()) {
      SW_TRY(AddFile({std::string(kKeyFile), facts_.audit_key + "\n"}));
    }
    std::string manifest = ManifestHead(facts_) + files_;
    manifest += "sha256 " + core::ToHex(core::HashSha256(manifest)) + " of the lines above\n";
    SW_TRY(AddFile({std::string(kManifest), std::move(manifest)}));
    return out_.Write(std::string(2 * kTarBlock, '\0'));
  }

 private:
  core::Result<void> EndPart() {
    std::string number = std::to_string(++parts_);
    number.insert(0, number.size() < 6 ? 6 - number.size() : 0, '0');
    return AddFile({std::string(kRecordFile) + number, std::exchange(part_, {})});
  }
  core::Result<void> AddFile(const TarFile& file) {
    files_ += ManifestLine(file);
    SW_TRY(out_.Write(TarHeader(file.name, file.bytes.size(), facts_.made_at)));
    SW_TRY(out_.Write(file.bytes));
    return out_.Write(std::string((kTarBlock - file.bytes.size() % kTarBlock) % kTarBlock, '\0'));
  }
  NewFile& out_;
  BackupFacts& facts_;
  std::string part_;
  std::size_t parts_ = 0;
  std::string files_;  // Their lines in the manifest.
};

core::Result<void> ReadRecords(const TarFile& file, BackupFacts& facts,
                               const RawRecords::Visit& visit) {
  std::string_view rest = file.bytes;
  while (!rest.empty()) {
    if (rest.size() < 8) {
      return Damaged("a record in '" + file.name + "' is cut");
    }
    const std::size_t key_size = GetLength(rest);
    const std::size_t value_size = GetLength(rest.substr(4));
    rest.remove_prefix(8);
    if (key_size > rest.size() || value_size > rest.size() - key_size) {
      return Damaged("a record in '" + file.name + "' is cut");
    }
    ++facts.records;
    facts.bytes += key_size + value_size;
    const std::string_view value = rest.substr(key_size, value_size);
    if (rest.substr(0, key_size) == kSchemaKey) {
      std::from_chars(value.data(), value.data() + value.size(), facts.schema);
    }
    SW_TRY(visit(rest.substr(0, key_size), value));
    rest.remove_prefix(key_size + value_size);
  }
  return {};
}

}  // namespace

core::Result<BackupFacts> WriteBackup(const RawRecords& records, const fs::path& folder,
                                      core::Timestamp now, const fs::path& file) {
  BackupFacts facts;
  facts.made_at = std::chrono::floor<std::chrono::seconds>(now);
  SW_ASSIGN(AuditKey key, LoadAuditKey(folder, MissingKey::kLeaveEmpty));
  facts.audit_key = std::move(key.key);
  NewFile out(file, kTop);
  SW_TRY(out.Open());
  BackupWriter writer(out, facts);
  SW_TRY(records.VisitRecords([&](std::string_view record,
                                  std::string_view value) -> core::Result<void> {
    // Tokens belong on no other disk; a restored store logs in anew.
    return record.starts_with(kSessionPrefix) ? core::Result<void>{} : writer.Add(record, value);
  }));
  SW_TRY(writer.Finish());
  SW_TRY(out.Finish());
  return facts;
}

core::Result<BackupFacts> ReadBackup(std::istream& in, const RawRecords::Visit& visit) {
  BackupFacts facts;
  std::string files;
  for (bool first = true;; first = false) {
    SW_ASSIGN(std::optional<TarFile> file, NextTarFile(in, first));
    if (!file) {
      return Damaged("its manifest is missing");
    }
    if (file->name == kManifest) {
      std::istringstream lines(file->bytes);
      std::string line;
      std::getline(lines, line);
      if (line != kFirstLine) {
        return core::Fail(core::ErrorKind::kBadInput,
                          "this backup was made by another, newer schoolwatch");
      }
      std::getline(lines, line);
      const core::Result<core::Timestamp> made =
          core::ParseRfc3339(line.starts_with("made ") ? line.substr(5) : "");
      if (!made) {
        return Damaged("its manifest does not say when it was made");
      }
      facts.made_at = *made;
      // Made anew from what was read, it must be the same to the last byte.
      std::string manifest = ManifestHead(facts) + files;
      manifest += "sha256 " + core::ToHex(core::HashSha256(manifest)) + " of the lines above\n";
      if (manifest != file->bytes) {
        return Damaged("its files are not those that its manifest names");
      }
      if (facts.schema > kSchemaVersion) {
        return core::Fail(core::ErrorKind::kBadInput,
                          "this backup was made by a newer schoolwatch (format " +
                              std::to_string(facts.schema) + ")");
      }
      return facts;
    }
    files += ManifestLine(*file);
    if (file->name == kKeyFile) {
      facts.audit_key = file->bytes.substr(0, file->bytes.find('\n'));
    } else if (file->name.starts_with(kRecordFile)) {
      SW_TRY(ReadRecords(*file, facts, visit));
    } else {
      return Damaged("it holds '" + file->name.substr(0, 60) + "', which does not belong there");
    }
  }
}

}  // namespace schoolwatch::storage
