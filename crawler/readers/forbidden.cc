#include "crawler/readers/forbidden.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "core/text/byte_block.h"
#include "core/text/utf8.h"

namespace schoolwatch::crawler {
namespace {

constexpr bool IsForbiddenAscii(char c) {
  return (static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\f' &&
          c != '\r') ||
         c == '\x7F';
}

constexpr bool IsForbidden(char32_t c) {
  return (c >= 0x80 && c <= 0x9F) || (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

// Whether a block may hold such a character: nearly all pages end here. A character of two bytes
// begins with 0xC2 as '£' does; a noncharacter of three or four ends in 0xBE, 0xBF or stands
// behind 0xEF 0xB7.
bool MayHoldForbidden(const char* bytes) {
  const core::ByteBlock block(bytes);
  const std::uint64_t controls = block.UpTo('\x1F');
  if (controls != 0 && (controls & ~block.OneOf('\t', '\n', '\f', '\r')) != 0) {
    return true;
  }
  if (block.UpTo('\x7E') == ~std::uint64_t{0}) {
    return false;
  }
  if (block.Equal('\x7F') != 0) {
    return true;
  }
  return block.OneOf('\xC2', '\xBE', '\xBF', '\xB7') != 0;
}

bool HoldsForbidden(std::string_view text) {
  constexpr std::size_t kSize = core::ByteBlock::kSize;
  for (std::size_t at = 0; at < text.size(); at += kSize) {
    std::array<char, kSize> last{};
    const char* bytes = text.data() + at;
    const std::size_t left = text.size() - at;
    if (left < kSize) {
      last.fill(' ');
      std::memcpy(last.data(), bytes, left);
      bytes = last.data();
    }
    if (!MayHoldForbidden(bytes)) {
      continue;
    }
    std::size_t i = at;
    while (i > 0 && at - i < 3 && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) {
      --i;  // A character may reach in from the block before.
    }
    while (i < std::min(at + kSize, text.size())) {
      if (static_cast<unsigned char>(text[i]) < 0x80) {
        if (IsForbiddenAscii(text[i])) {
          return true;
        }
        ++i;
        continue;
      }
      const core::Utf8Step step = core::DecodeUtf8(text, i);
      if (IsForbidden(step.code_point)) {
        return true;
      }
      i += step.size;
    }
  }
  return false;
}

}  // namespace

void ReplaceForbidden(std::string& text) {
  if (!HoldsForbidden(text)) {
    return;
  }
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const core::Utf8Step step = core::DecodeUtf8(text, i);
    if (step.code_point < 0x80) {
      if (text[i] != '\0') {
        clean += IsForbiddenAscii(text[i]) ? ' ' : text[i];
      }
    } else if (IsForbidden(step.code_point)) {
      core::AppendUtf8(core::kReplacementCharacter, clean);
    } else {
      clean.append(text, i, step.size);
    }
    i += step.size;
  }
  text = std::move(clean);
}

}  // namespace schoolwatch::crawler
