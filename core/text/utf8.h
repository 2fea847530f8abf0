#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace schoolwatch::core {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

// One step of the Encoding Standard's UTF-8 decoder.
struct Utf8Step {
  char32_t code_point = kReplacementCharacter;
  std::uint32_t size = 1;  // Bytes taken, at least 1; a malformed sequence takes its valid prefix.
  bool valid = false;
};

// Decodes at `position`, which must be inside `text`.
Utf8Step DecodeUtf8(std::string_view text, std::size_t position);

// Appends a scalar value as UTF-8.
void AppendUtf8(char32_t code_point, std::string& out);

}  // namespace schoolwatch::core
