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
      const std::size_t length = Little(block.substr(4, 2));
      const auto type = static_cast<Piece>(block[6]);
      if (type == Piece::kZero && length == 0 && Little(block.substr(0, 4)) == 0) {
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
      if (Mask(Crc32c(block.substr(6, 1 + length))) != Little(block.substr(0, 4)) ||
          type > Piece::kLast || type == Piece::kZero) {
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
        record.clear();
        inside = false;
      }
    }
  }
  return read;
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
