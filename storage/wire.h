#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace schoolwatch::storage {

// The bytes under the records of codec.h: protobuf's wire format (varint, 8 bytes, or bytes with
// their length before them, each after a key of field number and type), so that `protoc
// --decode_raw` shows a record to somebody who has only the store.
enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2 };

class WireWriter {
 public:
  void PutVarint(std::uint32_t field, std::uint64_t value);
  void PutFixed64(std::uint32_t field, std::uint64_t value);
  void PutBytes(std::uint32_t field, std::string_view bytes);
  std::string Take() && { return std::move(bytes_); }

 private:
  void Varint(std::uint64_t value);
  void Key(std::uint32_t field, WireType type);
  std::string bytes_;
};

struct WireField {
  std::uint32_t number = 0;
  WireType type = WireType::kVarint;
  std::uint64_t value = 0;  // kVarint, kFixed64.
  std::string_view bytes;   // kBytes: into what the reader was given.
};

// Reads fields one by one, from any bytes whatever. Fields must come in the order of their numbers,
// as WireWriter's callers write them; a repeated one repeats its number.
class WireReader {
 public:
  // Borrows the bytes.
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}
  // Moves to the next field. False at the end and at damage: then problem() is not empty.
  bool Next(WireField& field);
  std::string_view problem() const { return problem_; }

 private:
  bool Stop(std::string_view problem);
  bool Varint(std::uint64_t& value);
  std::string_view rest_;
  std::string_view problem_;
  std::uint32_t last_number_ = 0;
};

// Signed numbers as unsigned ones that stay small near zero.
constexpr std::uint64_t ZigZag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t UnZigZag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

}  // namespace schoolwatch::storage
