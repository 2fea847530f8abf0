#include "storage/log_file.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kBlock = 32768;
constexpr std::size_t kHeader = 7;  // Checksum (4), length (2), type (1).
enum class Piece : unsigned char { kZero = 0, kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

// CRC-32C (Castagnoli), a table of one byte: repair reads some megabytes once.
constexpr std::array<std::uint32_t, 256> kTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ ((value & 1) != 0 ? 0x82F63B78u : 0u);
    }
    table[i] = value;
  }
  return table;
}();

std::uint32_t Crc32c(std::string_view bytes) {
  std::uint32_t value = 0xFFFF'FFFFu;
  for (const char c : bytes) {
    value = kTable[(value ^ static_cast<unsigned char>(c)) & 0xFFu] ^ (value >> 8);
  }
  return ~value;
}

// As it is stored: a checksum over checksums would be weak.
std::uint32_t Mask(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u; }

std::uint32_t Little(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return value;
}

// A piece of a record, at the start of `rest`, or nothing where no such piece can be.
struct Header {
  std::uint32_t checksum = 0;
  std::size_t length = 0;
  Piece type = Piece::kZero;
};

Header HeaderAt(std::string_view rest) {
  return {Little(rest.substr(0, 4)), Little(rest.substr(4, 2)), static_cast<Piece>(rest[6])};
}

bool IsGood(const Header& header, std::string_view rest) {
  return header.type != Piece::kZero && header.type <= Piece::kLast &&
         kHeader + header.length <= rest.size() &&
         Mask(Crc32c(rest.substr(6, 1 + header.length))) == header.checksum;
}

// Where the pieces that begin at `start` say that they end, whether or not they are good.
std::size_t ClaimedEnd(std::string_view bytes, std::size_t start) {
  while (start < bytes.size()) {
    const std::size_t block_end = std::min(bytes.size(), start - start % kBlock + kBlock);
    const std::string_view rest = bytes.substr(start, block_end - start);
    if (rest.size() < kHeader) {
      start = block_end;
      continue;
    }
    const Header header = HeaderAt(rest);
    if (header.type == Piece::kZero || header.type > Piece::kLast ||
        kHeader + header.length > rest.size()) {
      break;
    }
    start += kHeader + header.length;
  }
  return start;
}

// Whether a good record begins anywhere behind `start`, for which lengths before it need not be
// believed.
bool HasRecordAfter(std::string_view bytes, std::size_t start) {
  for (std::size_t at = start + 1; at + kHeader <= bytes.size(); ++at) {
    const auto type = static_cast<Piece>(bytes[at + 6]);
    if (type == Piece::kFull || type == Piece::kFirst) {
      const std::size_t block_end = std::min(bytes.size(), at - at % kBlock + kBlock);
      const std::string_view rest = bytes.substr(at, block_end - at);
      if (rest.size() >= kHeader && IsGood(HeaderAt(rest), rest)) {
        return true;
      }
    }
  }
  return false;
}

// Whether something between `start` and `end` was never written: a part that a disk writes at once,
// or the last few bytes.
bool HasGap(std::string_view bytes, std::size_t start, std::size_t end) {
  constexpr std::size_t kSector = 512;
  constexpr std::size_t kFew = 8;  // More zeros than records of ours end in.
  if (start + kFew <= end &&
      bytes.substr(0, end).ends_with(std::string_view("\0\0\0\0\0\0\0", kFew))) {
    return true;
  }
  while (start < end) {
    const std::size_t next = start - start % kSector + kSector;
    if (bytes.substr(start, next - start).find_first_not_of('\0') == std::string_view::npos) {
      return true;
    }
    start = next;
  }
  return false;
}

void PutLittle(std::string& to, std::uint32_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    to += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  }
}

}  // namespace

LogRecords ReadLog(std::string_view bytes) {
  LogRecords read;
  std::string record;
  bool inside = false;  // A first piece was read, and its last one not yet.
  const auto drop_begun = [&] {
    read.dropped_bytes += inside ? record.size() : 0;
    record.clear();
    inside = false;
  };
  for (std::size_t start = 0; start < bytes.size(); start += kBlock) {
    std::string_view block = bytes.substr(start, kBlock);
    const bool last_block = start + kBlock >= bytes.size();
    while (block.size() >= kHeader) {
      const auto [checksum, length, type] = HeaderAt(block);
      if (type == Piece::kZero && length == 0 && checksum == 0) {
        break;  // Space that was made and never written.
      }
      if (kHeader + length > block.size()) {
        // At the very end it is what a crash leaves: a record that was never whole.
        read.dropped_bytes += last_block ? 0 : block.size();
        if (!last_block) {
          drop_begun();
        }
        break;
      }
      const std::string_view body = block.substr(kHeader, length);
      if (!IsGood({checksum, length, type}, block)) {
        read.dropped_bytes += block.size();
        drop_begun();
        break;
      }
      block.remove_prefix(kHeader + length);
      if (type == Piece::kFull || type == Piece::kFirst) {
        drop_begun();
        record = body;
        inside = true;
      } else if (inside) {
        record += body;
      } else {
        read.dropped_bytes += body.size();  // Its beginning was in a damaged block.
        continue;
      }
      if (type == Piece::kFull || type == Piece::kLast) {
        read.records.push_back(std::move(record));
        read.whole_end = std::min(start + kBlock, bytes.size()) - block.size();
        record.clear();
        inside = false;
      }
    }
  }
  return read;
}

std::size_t WrittenBytes(std::string_view bytes) {
  const std::size_t whole = ReadLog(bytes).whole_end;
  const std::size_t last = bytes.find_last_not_of('\0') + 1;  // 0 if there is none.
  if (last <= whole) {
    return whole;
  }
  // A block's last few bytes hold no piece.
  const std::size_t left = kBlock - whole % kBlock;
  const std::size_t start = left < kHeader ? whole + left : whole;
  const std::size_t end = std::max(last, ClaimedEnd(bytes, start));
  return HasGap(bytes, start, end) && !HasRecordAfter(bytes, start) ? whole
                                                                    : std::min(end, bytes.size());
}

std::string WriteLog(const std::vector<std::string>& records) {
  std::string bytes;
  for (const std::string& record : records) {
    std::string_view rest = record;
    bool first = true;
    do {
      std::size_t left = kBlock - bytes.size() % kBlock;
      if (left < kHeader) {
        bytes.append(left, '\0');
        left = kBlock;
      }
      const std::string_view piece = rest.substr(0, std::min(rest.size(), left - kHeader));
      rest.remove_prefix(piece.size());
      const Piece type = first ? (rest.empty() ? Piece::kFull : Piece::kFirst)
                               : (rest.empty() ? Piece::kLast : Piece::kMiddle);
      std::string body(1, static_cast<char>(type));
      body += piece;
      PutLittle(bytes, Mask(Crc32c(body)), 4);
      PutLittle(bytes, static_cast<std::uint32_t>(piece.size()), 2);
      bytes += body;
      first = false;
    } while (!rest.empty());
  }
  return bytes;
}

}  // namespace schoolwatch::storage
