#pragma once

#include <bit>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "storage/codec.h"
#include "storage/wire.h"

namespace schoolwatch::storage {

// How codec.h's Encode and Decode go through a record's fields. For the codec_*.cc files alone:
// each has a function `Visit(visit, record)` for its records, and SW_RECORD for those that stand
// alone. A number once used is never given to another field.

inline constexpr char kRecordFormat = 1;

// The last enumerator of each enum that is stored, given beside the records that hold it: a larger
// number is damage.
template <class Enum>
struct LastOf;

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

inline std::string PutLittleEndian(std::uint64_t value, std::size_t size, std::string bytes) {
  for (std::size_t i = 0; i < size; ++i) {
    bytes += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  }
  return bytes;
}

inline std::uint64_t GetLittleEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return value;
}

// FieldWriter and FieldReader are handed to the same Visit function of a record, so that each field
// and its number stand in one place. Fields are visited in the order of their numbers.
class FieldWriter {
 public:
  template <class T>
  using Ref = const T&;

  template <class T>
  void operator()(std::uint32_t number, const T& value) {
    if constexpr (std::same_as<T, std::string>) {
      if (!value.empty()) {
        wire_.PutBytes(number, value);
      }
    } else if constexpr (std::is_enum_v<T>) {
      // Always written: some enums' defaults are not their zero.
      wire_.PutVarint(number, static_cast<std::uint64_t>(value));
    } else if constexpr (std::same_as<T, double>) {
      if (const auto bits = std::bit_cast<std::uint64_t>(value); bits != 0) {
        wire_.PutFixed64(number, bits);
      }
    } else if constexpr (std::same_as<T, core::Timestamp>) {
      PutNumber(number, ZigZag(value.time_since_epoch().count()));
    } else if constexpr (std::same_as<T, std::chrono::milliseconds>) {
      PutNumber(number, ZigZag(value.count()));
    } else if constexpr (std::same_as<T, std::optional<core::Timestamp>>) {
      if (value) {
        wire_.PutVarint(number, ZigZag(value->time_since_epoch().count()));
      }
    } else if constexpr (std::unsigned_integral<T>) {  // And bool.
      PutNumber(number, value);
    } else if constexpr (std::signed_integral<T>) {
      PutNumber(number, ZigZag(value));
    } else if constexpr (kIsVector<T>) {
      for (const auto& element : value) {
        PutElement(number, element);
      }
    } else {
      PutElement(number, value);
    }
  }

  // Numbers of `size` bytes each, one after the other.
  template <class Range>
  void Packed(std::uint32_t number, const Range& values, std::size_t size, int shift) {
    std::string bytes;
    bytes.reserve(values.size() * size);
    for (const auto value : values) {
      bytes = PutLittleEndian(std::uint64_t{value} >> shift, size, std::move(bytes));
    }
    if (bytes.find_first_not_of('\0') != std::string::npos || kIsVector<Range>) {
      (*this)(number, bytes);
    }
  }

  std::string Take() && { return std::move(wire_).Take(); }

 private:
  void PutNumber(std::uint32_t number, std::uint64_t value) {
    if (value != 0) {
      wire_.PutVarint(number, value);
    }
  }
  template <class T>
  void PutElement(std::uint32_t number, const T& element) {
    if constexpr (std::same_as<T, std::string>) {
      wire_.PutBytes(number, element);
    } else if constexpr (std::is_enum_v<T>) {
      wire_.PutVarint(number, static_cast<std::uint64_t>(element));
    } else {
      FieldWriter inner;
      Visit(inner, element);
      wire_.PutBytes(number, std::move(inner).Take());
    }
  }
  WireWriter wire_;
};

class FieldReader {
 public:
  template <class T>
  using Ref = T&;

  explicit FieldReader(std::string_view bytes) : wire_(bytes) { Advance(); }

  template <class T>
  void operator()(std::uint32_t number, T& value) {
    // Numbers between two known ones are a newer release's fields.
    while (have_ && field_.number < number) {
      Advance();
    }
    for (bool first = true; have_ && field_.number == number; first = false) {
      if constexpr (kIsVector<T>) {
        value.emplace_back();
        Get(value.back());
      } else {
        if (!first) {
          Stop("a field stands there twice");
          return;
        }
        Get(value);
      }
      Advance();
    }
  }

  template <class Range>
  void Packed(std::uint32_t number, Range& values, std::size_t size, int shift) {
    std::string bytes;
    (*this)(number, bytes);
    if (bytes.empty()) {
      return;
    }
    const std::size_t count = bytes.size() / size;
    if (bytes.size() % size != 0) {
      return Stop("a list of hashes is cut");
    }
    if constexpr (kIsVector<Range>) {
      values.resize(count);
    } else if (count != values.size()) {
      return Stop("a sketch has the wrong length");
    }
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = static_cast<typename Range::value_type>(
          GetLittleEndian(std::string_view(bytes).substr(i * size, size)) << shift);
    }
  }

  // What is wrong; empty if all is well. To be asked when every field has been visited.
  std::string_view Finish() {
    while (have_) {
      Advance();
    }
    return problem_;
  }

 private:
  void Stop(std::string_view problem) {
    have_ = false;
    if (problem_.empty()) {
      problem_ = problem;
    }
  }
  void Advance() {
    have_ = problem_.empty() && wire_.Next(field_);
    if (!wire_.problem().empty()) {
      Stop(wire_.problem());
    }
  }
  bool Is(WireType type) {
    if (field_.type != type) {
      Stop("a field has the wrong type");
      return false;
    }
    return true;
  }

  template <class T>
  void Get(T& value) {
    if constexpr (std::same_as<T, std::string>) {
      if (Is(WireType::kBytes)) {
        value = field_.bytes;
      }
    } else if constexpr (std::is_enum_v<T>) {
      if (Is(WireType::kVarint)) {
        if (field_.value > static_cast<std::uint64_t>(LastOf<T>::kValue)) {
          return Stop("a field has a value that does not exist");
        }
        value = static_cast<T>(field_.value);
      }
    } else if constexpr (std::same_as<T, double>) {
      if (Is(WireType::kFixed64)) {
        value = std::bit_cast<double>(field_.value);
      }
    } else if constexpr (std::same_as<T, core::Timestamp>) {
      if (Is(WireType::kVarint)) {
        value = core::Timestamp{std::chrono::milliseconds{UnZigZag(field_.value)}};
      }
    } else if constexpr (std::same_as<T, std::chrono::milliseconds>) {
      if (Is(WireType::kVarint)) {
        value = std::chrono::milliseconds{UnZigZag(field_.value)};
      }
    } else if constexpr (std::same_as<T, std::optional<core::Timestamp>>) {
      if (Is(WireType::kVarint)) {
        value = core::Timestamp{std::chrono::milliseconds{UnZigZag(field_.value)}};
      }
    } else if constexpr (std::unsigned_integral<T>) {
      if (Is(WireType::kVarint)) {
        if (field_.value > std::numeric_limits<T>::max()) {
          return Stop("a number is too large");
        }
        value = static_cast<T>(field_.value);
      }
    } else if constexpr (std::signed_integral<T>) {
      if (Is(WireType::kVarint)) {
        const std::int64_t number = UnZigZag(field_.value);
        if (!std::in_range<T>(number)) {
          return Stop("a number is too large");
        }
        value = static_cast<T>(number);
      }
    } else if (Is(WireType::kBytes)) {
      // A record inside a record; the types nest three deep, so hostile bytes cannot nest deeper.
      FieldReader inner(field_.bytes);
      Visit(inner, value);
      if (const std::string_view problem = inner.Finish(); !problem.empty()) {
        Stop(problem);
      }
    }
  }

  WireReader wire_;
  WireField field_;
  bool have_ = false;
  std::string_view problem_;
};

template <class T>
std::string Encode(const T& record) {
  FieldWriter writer;
  Visit(writer, record);
  return kRecordFormat + std::move(writer).Take();
}

template <class T>
core::Result<T> Decode(std::string_view bytes) {
  if (bytes.empty()) {
    return core::Fail(core::ErrorKind::kCorrupt, "it is empty");
  }
  if (const char format = bytes.front(); format != kRecordFormat) {
    const int number = static_cast<unsigned char>(format);
    // Formats go up by one a release at most, so a large number is damage and not the future.
    const bool newer = number > kRecordFormat && number < 32;
    return newer ? core::Fail(core::ErrorKind::kBadInput,
                              "it is of format " + std::to_string(number) +
                                  ", which only a newer schoolwatch can read")
                 : core::Fail(core::ErrorKind::kCorrupt, "it has no known format");
  }
  FieldReader reader(bytes.substr(1));
  core::Result<T> record = T{};
  Visit(reader, *record);
  if (const std::string_view problem = reader.Finish(); !problem.empty()) {
    return core::Fail(core::ErrorKind::kCorrupt, std::string(problem));
  }
  return record;
}

// Makes Encode and Decode for a record whose Visit stands above.
#define SW_RECORD(T)                     \
  template std::string Encode(const T&); \
  template core::Result<T> Decode(std::string_view);

}  // namespace schoolwatch::storage
