#include "storage/wire.h"

namespace schoolwatch::storage {
namespace {

constexpr std::uint32_t kMaxField = 1000;  // Ours are below 30; more is damage.

}  // namespace

void WireWriter::Varint(std::uint64_t value) {
  while (value >= 0x80) {
    bytes_ += static_cast<char>(static_cast<unsigned char>(value | 0x80));
    value >>= 7;
  }
  bytes_ += static_cast<char>(static_cast<unsigned char>(value));
}

void WireWriter::Key(std::uint32_t field, WireType type) {
  Varint((std::uint64_t{field} << 3) | static_cast<std::uint64_t>(type));
}

void WireWriter::PutVarint(std::uint32_t field, std::uint64_t value) {
  Key(field, WireType::kVarint);
  Varint(value);
}

void WireWriter::PutFixed64(std::uint32_t field, std::uint64_t value) {
  Key(field, WireType::kFixed64);
  for (int shift = 0; shift < 64; shift += 8) {
    bytes_ += static_cast<char>(static_cast<unsigned char>(value >> shift));
  }
}

void WireWriter::PutBytes(std::uint32_t field, std::string_view bytes) {
  Key(field, WireType::kBytes);
  Varint(bytes.size());
  bytes_ += bytes;
}

bool WireReader::Stop(std::string_view problem) {
  problem_ = problem;
  rest_ = {};
  return false;
}

bool WireReader::Varint(std::uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) {
      return Stop("it ends in the middle of a number");
    }
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == 63 && byte > 1) {
      return Stop("a number has more than 64 bits");
    }
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) {
      return true;
    }
  }
  return Stop("a number has more than 64 bits");
}

bool WireReader::Next(WireField& field) {
  if (rest_.empty()) {
    return false;
  }
  std::uint64_t key = 0;
  if (!Varint(key)) {
    return false;
  }
  const std::uint64_t number = key >> 3;
  if (number == 0 || number > kMaxField) {
    return Stop("a field has an impossible number");
  }
  if (number < last_number_) {
    return Stop("its fields are out of order");
  }
  last_number_ = static_cast<std::uint32_t>(number);
  field = WireField{};
  field.number = last_number_;
  switch (key & 7) {
    case 0:
      field.type = WireType::kVarint;
      return Varint(field.value);
    case 1:
      field.type = WireType::kFixed64;
      if (rest_.size() < 8) {
        return Stop("it ends in the middle of a field");
      }
      for (std::size_t i = 0; i < 8; ++i) {
        field.value |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
      }
      rest_.remove_prefix(8);
      return true;
    case 2: {
      field.type = WireType::kBytes;
      std::uint64_t size = 0;
      if (!Varint(size)) {
        return false;
      }
      if (size > rest_.size()) {
        return Stop("a field is longer than what is left");
      }
      field.bytes = rest_.substr(0, size);
      rest_.remove_prefix(size);
      return true;
    }
    default:
      return Stop("a field has an unknown type");
  }
}

}  // namespace schoolwatch::storage
