#include "storage/byte_scan.h"

#include <leveldb/env.h>
#include <leveldb/iterator.h>
#include <leveldb/options.h>
#include <leveldb/table.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

#include "storage/address_finder.h"
#include "storage/store_folder.h"

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;

// How often each needle was found, by file and kind of record.
class Finds {
 public:
  explicit Finds(std::span<const Needle> needles) : needles_(needles) {}

  void Look(const std::string& file, std::string_view record, std::string_view bytes) {
    for (const Needle& needle : needles_) {
      std::size_t times = 0;
      for (std::size_t at = FindNeedle(bytes, needle); at != std::string_view::npos;
           at = FindNeedle(bytes, needle, at + needle.bytes.size())) {
        ++times;
      }
      if (times > 0) {
        found_[{file, std::string(record), needle.what}] += times;
      }
    }
  }
  void AddUnknown(const std::string& file) { ++found_[{file, "", std::string(kUnknownBytes)}]; }

  std::vector<Sighting> Take() && {
    std::vector<Sighting> sightings;
    for (const auto& [where, times] : found_) {
      const auto& [file, record, what] = where;
      sightings.push_back({file, record, what, times});
    }
    return sightings;
  }

 private:
  const std::span<const Needle> needles_;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> found_;
};

std::unexpected<core::Error> FailFile(const fs::path& file, std::string_view why) {
  return core::Fail(core::ErrorKind::kUnavailable,
                    "the file '" + file.string() + "' cannot be read: " + std::string(why));
}

core::Result<std::string> ReadWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    return FailFile(path, "it may have gone");
  }
  return bytes;
}

// Every key and value of a table, those too that newer tables have replaced or deleted.
// kUnavailable: it cannot be opened; kCorrupt: it is damaged.
core::Result<void> ScanTable(const fs::path& path, const std::string& name, Finds& finds) {
  leveldb::Env& env = *leveldb::Env::Default();
  leveldb::RandomAccessFile* opened_file = nullptr;
  std::uint64_t size = 0;
  leveldb::Status status = env.GetFileSize(path.string(), &size);
  if (status.ok()) {
    status = env.NewRandomAccessFile(path.string(), &opened_file);
  }
  const std::unique_ptr<leveldb::RandomAccessFile> file(opened_file);
  if (!status.ok()) {
    return FailFile(path, status.ToString());
  }
  leveldb::Options options;
  options.paranoid_checks = true;
  leveldb::Table* opened_table = nullptr;
  status = leveldb::Table::Open(options, file.get(), size, &opened_table);
  const std::unique_ptr<leveldb::Table> table(opened_table);
  if (status.ok()) {
    leveldb::ReadOptions reading;
    reading.verify_checksums = true;
    reading.fill_cache = false;
    const std::unique_ptr<leveldb::Iterator> iterator(table->NewIterator(reading));
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
      // The last eight bytes of a key are LevelDB's own.
      const std::string_view key(iterator->key().data(), iterator->key().size());
      const std::string_view record = key.substr(0, key.find('/'));
      finds.Look(name, record, key);
      finds.Look(name, record, {iterator->value().data(), iterator->value().size()});
    }
    status = iterator->status();
  }
  if (!status.ok()) {
    return core::Fail(core::ErrorKind::kCorrupt, "the table '" + path.string() + "' is damaged");
  }
  return {};
}

// LevelDB's logs are cut into blocks of 32 KB, and records into pieces behind headers of 7 bytes
// (doc/log_format.md): what a header cuts apart is put together.
std::string JoinLog(std::string_view log) {
  constexpr std::size_t kBlock = 32'768;
  constexpr std::size_t kHeader = 7;
  std::string joined;
  joined.reserve(log.size());
  for (std::size_t block = 0; block < log.size(); block += kBlock) {
    std::string_view rest = log.substr(block, kBlock);
    while (rest.size() > kHeader) {
      const auto low = static_cast<unsigned char>(rest[4]);
      const auto high = static_cast<unsigned char>(rest[5]);
      const std::size_t length = low + (std::size_t{high} << 8U);
      rest.remove_prefix(kHeader);
      const std::size_t taken = std::min(length, rest.size());
      joined += rest.substr(0, taken);
      rest.remove_prefix(taken);
    }
  }
  return joined;
}

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') {
    return static_cast<unsigned>(c - '0');
  }
  if (c >= 'A' && c <= 'F') {
    return static_cast<unsigned>(c - 'A') + 10;
  }
  if (c >= 'a' && c <= 'f') {
    return static_cast<unsigned>(c - 'a') + 10;
  }
  return std::nullopt;
}

std::string DecodeQuotedPrintable(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      decoded += text[i];
      continue;
    }
    const std::string_view rest = text.substr(i + 1);
    if (rest.starts_with("\r\n")) {
      i += 2;
    } else if (rest.starts_with('\n')) {
      i += 1;
    } else if (rest.size() >= 2 && HexDigit(rest[0]) && HexDigit(rest[1])) {
      decoded += static_cast<char>(*HexDigit(rest[0]) * 16 + *HexDigit(rest[1]));
      i += 2;
    } else {
      decoded += '=';
    }
  }
  return decoded;
}

std::optional<unsigned> Base64Digit(char c) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::size_t at = kDigits.find(c);
  return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<unsigned>(at));
}

// Runs of base64 lines, decoded; what is none is left out.
std::string DecodeBase64Lines(std::string_view text) {
  std::string decoded;
  unsigned bits = 0;
  int count = 0;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    std::string_view line = text.substr(from, end - from);
    from = end + 1;
    while (!line.empty() && (line.back() == '\r' || line.back() == '=')) {
      line.remove_suffix(1);
    }
    bool digits = line.size() >= 4;
    for (const char c : line) {
      digits = digits && Base64Digit(c).has_value();
    }
    if (!digits) {
      bits = 0;
      count = 0;
      continue;
    }
    for (const char c : line) {
      bits = (bits << 6U) | *Base64Digit(c);
      count += 6;
      if (count >= 8) {
        count -= 8;
        decoded += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
      }
    }
  }
  return decoded;
}

// Words of hexadecimal digits, decoded; the others are left out.
std::string DecodeHexWords(std::string_view text) {
  std::string decoded;
  std::optional<unsigned> high;
  for (const char c : text) {
    const std::optional<unsigned> digit = HexDigit(c);
    if (digit && high) {
      decoded += static_cast<char>(*high * 16 + *digit);
      high.reset();
    } else if (digit) {
      high = digit;
    } else {
      high.reset();
      decoded += c;
    }
  }
  return decoded;
}

enum class FileKind { kTable, kLog, kMail, kQuarantine, kOther };

// Copies of the database lie beside it, under other names.
FileKind KindOf(const fs::path& path) {
  const std::string extension = path.extension().string();
  const std::string stem = path.stem().string();
  const bool is_number = !stem.empty() && stem.find_first_not_of("0123456789") == std::string::npos;
  if (is_number && (extension == ".ldb" || extension == ".sst")) {
    return FileKind::kTable;
  }
  if ((is_number && extension == ".log") || stem.starts_with("MANIFEST-")) {
    return FileKind::kLog;
  }
  if (stem.starts_with(kQuarantinePrefix)) {
    return FileKind::kQuarantine;
  }
  return extension == ".eml" ? FileKind::kMail : FileKind::kOther;
}

core::Result<void> ScanFile(const fs::path& path, const std::string& name, Finds& finds) {
  const FileKind kind = KindOf(path);
  finds.Look(name, "", name);
  if (kind == FileKind::kTable) {
    core::Result<void> scanned = ScanTable(path, name, finds);
    if (!scanned && scanned.error().kind == core::ErrorKind::kCorrupt) {
      finds.AddUnknown(name);
      return {};
    }
    return scanned;
  }
  SW_ASSIGN(const std::string bytes, ReadWhole(path));
  switch (kind) {
    case FileKind::kLog:
      finds.Look(name, "", JoinLog(bytes));
      break;
    case FileKind::kMail:
      finds.Look(name, "", DecodeMail(bytes));
      break;
    case FileKind::kQuarantine:
      finds.Look(name, "", DecodeHexWords(bytes));
      break;
    case FileKind::kTable:
    case FileKind::kOther:
      finds.Look(name, "", bytes);
      break;
  }
  return {};
}

core::Result<void> ScanFolder(const fs::path& folder, Finds& finds) {
  std::error_code error;
  fs::recursive_directory_iterator files(folder, error);
  for (; !error && files != fs::recursive_directory_iterator(); files.increment(error)) {
    std::error_code gone;
    if (files->is_regular_file(gone) && !files->is_symlink(gone)) {
      const fs::path& path = files->path();
      SW_TRY(ScanFile(path, path.lexically_relative(folder).string(), finds));
    }
  }
  if (error) {
    return FailFile(folder, error.message());
  }
  return {};
}

}  // namespace

std::size_t FindNeedle(std::string_view bytes, const Needle& needle, std::size_t from) {
  if (needle.bytes.empty()) {
    return std::string_view::npos;
  }
  return needle.is_address ? FindAddress(bytes, needle.bytes, from)
                           : bytes.find(needle.bytes, from);
}

std::string DecodeMail(std::string_view mail) {
  std::string decoded(mail);
  decoded += '\n';
  decoded += DecodeQuotedPrintable(mail);
  decoded += '\n';
  decoded += DecodeBase64Lines(mail);
  return decoded;
}

core::Result<std::vector<Sighting>> ScanFiles(const fs::path& folder,
                                              std::span<const Needle> needles) {
  Finds finds(needles);
  SW_TRY(ScanFolder(folder, finds));
  return std::move(finds).Take();
}

core::Result<std::vector<fs::path>> FindOldCopies(const fs::path& folder,
                                                  std::span<const Needle> needles) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    const fs::path& path = at->path();
    const std::string name = path.filename().string();
    std::error_code gone;
    Finds finds(needles);
    if (name.starts_with(kQuarantinePrefix) && at->is_regular_file(gone)) {
      SW_TRY(ScanFile(path, name, finds));
    } else if ((name.starts_with(kDamagedPrefix) || name.starts_with(kReplacedPrefix) ||
                name.starts_with(kUnfinishedPrefix)) &&
               at->is_directory(gone) && !at->is_symlink(gone)) {
      SW_TRY(ScanFolder(path, finds));
    }
    if (!std::move(finds).Take().empty()) {
      found.push_back(path);
    }
  }
  if (error) {
    return FailFile(folder, error.message());
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace schoolwatch::storage
