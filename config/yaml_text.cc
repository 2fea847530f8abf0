#include "config/yaml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace schoolwatch::config {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Words that some YAML reader takes for something else than text.
constexpr std::string_view kReserved[] = {"true", "false", "yes", "no", "on",
                                          "off",  "null",  "y",   "n"};

// Letters, digits, spaces and a few harmless signs, starting with a letter: "Quillbrook Academy",
// "head@school.example". Mail addresses stay readable, all else is quoted.
bool IsSafeBare(std::string_view text) {
  if (text.empty() || !IsLetter(text.front()) || text.ends_with(' ')) {
    return false;
  }
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::ranges::find(kReserved, lower) == std::end(kReserved) &&
         std::ranges::all_of(text, [](char c) {
           return IsLetter(c) || IsDigit(c) || std::string_view(" .@_-/").contains(c);
         });
}

// Code points past ASCII that break lines, are invisible or turn the direction of what follows.
bool NeedsEscape(char32_t point) {
  return (point >= 0x80 && point < 0xA0) || (point >= 0x200B && point <= 0x200F) ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2060 && point <= 0x206F) ||
         point == 0xFEFF || point == 0xFFFE || point == 0xFFFF;
}

// Valid UTF-8 only.
char32_t Decode(std::string_view text, std::size_t at, std::size_t& length) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<char32_t>(static_cast<unsigned char>(text[i])) : 0U;
  };
  const char32_t first = byte(at);
  if (first < 0x80) {
    length = 1;
    return first;
  }
  length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t point = first & (length == 2 ? 0x1FU : length == 3 ? 0x0FU : 0x07U);
  for (std::size_t i = 1; i < length; ++i) {
    point = (point << 6U) | (byte(at + i) & 0x3FU);
  }
  return point;
}

}  // namespace

std::string QuoteYaml(std::string_view text) {
  if (IsSafeBare(text)) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 1;
    const char32_t point = Decode(text, at, length);
    if (point == '"' || point == '\\') {
      quoted += '\\';
      quoted += text[at];
    } else if (point == '\n') {
      quoted += "\\n";
    } else if (point == '\t') {
      quoted += "\\t";
    } else if (point < 0x20 || point == 0x7F) {
      quoted += fmt::format("\\x{:02X}", static_cast<unsigned>(point));
    } else if (NeedsEscape(point)) {
      quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(point));
    } else {
      quoted += text.substr(at, length);
    }
    at += length;
  }
  return quoted + "\"";
}

}  // namespace schoolwatch::config
