#include "app/archive/zip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace schoolwatch::app {
namespace {

constexpr std::string_view kLocalSignature = "PK\x03\x04";
constexpr std::string_view kCentralSignature = "PK\x01\x02";
constexpr std::string_view kEndSignature = "PK\x05\x06";
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kMostNameBytes = 64;

void Put16(std::uint32_t value, std::string& out) {
  out += static_cast<char>(value & 0xFFu);
  out += static_cast<char>((value >> 8) & 0xFFu);
}

void Put32(std::uint32_t value, std::string& out) {
  Put16(value & 0xFFFFu, out);
  Put16(value >> 16, out);
}

std::uint32_t Get(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return value;
}

std::uint32_t CheckSum(std::string_view bytes) {
  uLong sum = crc32(0, nullptr, 0);
  // zlib counts in 32 bits.
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, 1u << 30);
    sum = crc32(sum, reinterpret_cast<const Bytef*>(part.data()), static_cast<uInt>(part.size()));
    bytes.remove_prefix(part.size());
  }
  return static_cast<std::uint32_t>(sum);
}

// MS-DOS time: what zip knows.
std::uint32_t DosTime(core::Timestamp at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  const int year = std::clamp(static_cast<int>(date.year()), 1980, 2107) - 1980;
  return static_cast<std::uint32_t>(year) << 25 | unsigned{date.month()} << 21 |
         unsigned{date.day()} << 16 | static_cast<std::uint32_t>(time.hours().count()) << 11 |
         static_cast<std::uint32_t>(time.minutes().count()) << 5 |
         static_cast<std::uint32_t>(time.seconds().count() / 2);
}

// What local and central headers have in common.
void PutCommon(const ArchivedFile& file, std::uint32_t check_sum, std::uint32_t time,
               std::string& out) {
  Put16(10, out);  // Version needed: 1.0.
  Put16(0, out);   // No flags.
  Put16(0, out);   // Stored.
  Put32(time, out);
  Put32(check_sum, out);
  Put32(static_cast<std::uint32_t>(file.bytes.size()), out);
  Put32(static_cast<std::uint32_t>(file.bytes.size()), out);
  Put16(static_cast<std::uint32_t>(file.name.size()), out);
  Put16(0, out);  // No extra field.
}

std::string LocalHeader(const ArchivedFile& file, std::uint32_t check_sum, std::uint32_t time) {
  std::string out(kLocalSignature);
  PutCommon(file, check_sum, time, out);
  return out + file.name;
}

std::string CentralHeader(const ArchivedFile& file, std::uint32_t check_sum, std::uint32_t time,
                          std::size_t offset) {
  std::string out(kCentralSignature);
  Put16(3 << 8 | 10, out);  // Made on Unix.
  PutCommon(file, check_sum, time, out);
  Put16(0, out);                             // No comment.
  Put16(0, out);                             // Disk.
  Put16(0, out);                             // Internal attributes.
  Put32(std::uint32_t{0100600} << 16, out);  // A plain file for its owner.
  Put32(static_cast<std::uint32_t>(offset), out);
  return out + file.name;
}

std::string EndRecord(std::size_t files, std::size_t directory_bytes, std::size_t offset) {
  std::string out(kEndSignature);
  Put16(0, out);
  Put16(0, out);
  Put16(static_cast<std::uint32_t>(files), out);
  Put16(static_cast<std::uint32_t>(files), out);
  Put32(static_cast<std::uint32_t>(directory_bytes), out);
  Put32(static_cast<std::uint32_t>(offset), out);
  Put16(0, out);  // No comment.
  return out;
}

bool IsPlainName(std::string_view name) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
  return !name.empty() && name.size() <= kMostNameBytes && !name.starts_with('.') &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

class Reading {
 public:
  Reading(std::string_view bytes, const ZipLimits& limits) : bytes_(bytes), limits_(limits) {}

  ZipContents Read() {
    if (bytes_.size() > limits_.bytes) {
      Tell(fmt::format("the archive has {} bytes, more than an exported case has", bytes_.size()));
      return std::move(contents_);
    }
    while (bytes_.substr(at_).starts_with(kLocalSignature)) {
      if (!ReadFile()) {
        return std::move(contents_);
      }
    }
    if (contents_.files.empty()) {
      Tell("this is no archive of schoolwatch, or the header of its first file was changed");
      return std::move(contents_);
    }
    CheckDirectory();
    return std::move(contents_);
  }

 private:
  void Tell(std::string problem) { contents_.problems.push_back(std::move(problem)); }

  std::string Place() const {
    return contents_.files.empty() ? "the first file"
                                   : "the file behind '" + contents_.files.back().name + "'";
  }

  // False: what follows cannot be found.
  bool ReadFile() {
    if (contents_.files.size() >= limits_.files) {
      Tell(fmt::format("the archive has more than {} files", limits_.files));
      return false;
    }
    const std::string_view rest = bytes_.substr(at_);
    if (rest.size() < kLocalBytes) {
      Tell("the archive ends in the header of " + Place());
      return false;
    }
    const std::size_t size = Get(rest, 22, 4);
    const std::size_t name_size = Get(rest, 26, 2);
    if (name_size > kMostNameBytes || rest.size() - kLocalBytes < name_size ||
        rest.size() - kLocalBytes - name_size < size) {
      Tell("the header of " + Place() + " was changed, or the archive was cut behind it");
      return false;
    }
    const std::string_view name = rest.substr(kLocalBytes, name_size);
    if (!IsPlainName(name)) {
      Tell("the name of " + Place() + " is none that schoolwatch writes");
      return false;
    }
    if (std::ranges::find(contents_.files, name, &ArchivedFile::name) != contents_.files.end()) {
      Tell(fmt::format("'{}' stands twice in the archive", name));
      return false;
    }
    Header header{.offset = at_, .time = Get(rest, 10, 4), .check_sum = Get(rest, 14, 4)};
    if (headers_.empty()) {
      contents_.first_header = rest.substr(0, kLocalBytes);
    }
    ArchivedFile file{std::string(name), std::string(rest.substr(kLocalBytes + name_size, size))};
    const std::string expected = LocalHeader(file, header.check_sum, header.time);
    if (rest.substr(0, expected.size()) != expected) {
      Tell(fmt::format("the header of '{}' in the archive was changed", file.name));
    } else if (header.check_sum != CheckSum(file.bytes)) {
      Tell(fmt::format("'{}' was changed: its bytes do not have the check sum before them",
                       file.name));
    }
    at_ += expected.size() + size;
    headers_.push_back(header);
    contents_.files.push_back(std::move(file));
    return true;
  }

  // All files have one time: the one that stands there most often.
  std::uint32_t CommonTime() const {
    const auto count = [this](const Header& header) {
      return std::ranges::count(headers_, header.time, &Header::time);
    };
    return std::ranges::max(headers_, {}, count).time;
  }

  // What stands behind the files must be what WriteZip puts there.
  void CheckDirectory() {
    const std::uint32_t time = CommonTime();
    std::string expected;
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < headers_.size(); ++i) {
      const ArchivedFile& file = contents_.files[i];
      if (headers_[i].time != time) {
        Tell(fmt::format("the header of '{}' in the archive was changed: its time", file.name));
      }
      expected += CentralHeader(file, headers_[i].check_sum, time, headers_[i].offset);
      ends.push_back(expected.size());
    }
    expected += EndRecord(headers_.size(), expected.size(), at_);
    const std::string_view rest = bytes_.substr(at_);
    if (rest == expected) {
      return;
    }
    const auto differ =
        static_cast<std::size_t>(std::ranges::mismatch(rest, expected).in2 - expected.begin());
    if (differ == expected.size()) {
      Tell(fmt::format("{} bytes stand behind the archive's end", rest.size() - expected.size()));
    } else if (differ < kCentralSignature.size()) {
      Tell(fmt::format("the archive was cut or changed right behind '{}'",
                       contents_.files.back().name));
    } else if (const auto entry = std::ranges::upper_bound(ends, differ); entry == ends.end()) {
      Tell("the archive's end record was changed or cut");
    } else {
      Tell(fmt::format("the entry of '{}' in the archive's directory was changed",
                       contents_.files[static_cast<std::size_t>(entry - ends.begin())].name));
    }
  }

  struct Header {
    std::size_t offset = 0;
    std::uint32_t time = 0;
    std::uint32_t check_sum = 0;  // As it stands there.
  };

  std::string_view bytes_;
  const ZipLimits& limits_;
  std::size_t at_ = 0;
  std::vector<Header> headers_;  // Of contents_.files.
  ZipContents contents_;
};

}  // namespace

std::string WriteZip(std::span<const ArchivedFile> files, core::Timestamp at) {
  const std::uint32_t time = DosTime(at);
  std::string out;
  std::string directory;
  for (const ArchivedFile& file : files) {
    const std::uint32_t check_sum = CheckSum(file.bytes);
    directory += CentralHeader(file, check_sum, time, out.size());
    out += LocalHeader(file, check_sum, time);
    out += file.bytes;
  }
  const std::size_t offset = out.size();
  out += directory;
  return out + EndRecord(files.size(), directory.size(), offset);
}

ZipContents ReadZip(std::string_view bytes, const ZipLimits& limits) {
  return Reading(bytes, limits).Read();
}

}  // namespace schoolwatch::app
