#include "core/text/utf8.h"

#include <cstring>

#include "core/text/fold.h"

namespace schoolwatch::core {

Utf8Step DecodeUtf8(std::string_view text, std::size_t position) {
  const auto byte_at = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char lead = byte_at(position);
  if (lead < 0x80) {
    return {.code_point = lead, .size = 1, .valid = true};
  }
  std::uint32_t needed = 0;
  unsigned lower = 0x80;
  unsigned upper = 0xBF;
  char32_t code_point = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    needed = 1;
    code_point = lead & 0x1Fu;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    needed = 2;
    code_point = lead & 0x0Fu;
    lower = lead == 0xE0 ? 0xA0 : lower;  // Overlong below.
    upper = lead == 0xED ? 0x9F : upper;  // Surrogates above.
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    needed = 3;
    code_point = lead & 0x07u;
    lower = lead == 0xF0 ? 0x90 : lower;
    upper = lead == 0xF4 ? 0x8F : upper;  // Above U+10FFFF.
  } else {
    return {};
  }
  for (std::uint32_t taken = 1; taken <= needed; ++taken) {
    if (position + taken >= text.size()) {
      return {.size = taken};
    }
    const unsigned char next = byte_at(position + taken);
    if (next < lower || next > upper) {
      return {.size = taken};
    }
    lower = 0x80;
    upper = 0xBF;
    code_point = (code_point << 6) | (next & 0x3Fu);
  }
  return {.code_point = code_point, .size = needed + 1, .valid = true};
}

void AppendUtf8(char32_t code_point, std::string& out) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3F));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

namespace {

// The first byte at or behind `position` that is not ASCII; most of what is read is nothing else.
std::size_t SkipAscii(std::string_view text, std::size_t position) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::uint64_t eight = 0;
  while (text.size() - position >= sizeof(eight)) {
    std::memcpy(&eight, text.data() + position, sizeof(eight));
    if ((eight & kHighBits) != 0) {
      break;
    }
    position += sizeof(eight);
  }
  while (position < text.size() && static_cast<unsigned char>(text[position]) < 0x80) {
    ++position;
  }
  return position;
}

}  // namespace

bool IsValidUtf8(std::string_view text) {
  for (std::size_t position = SkipAscii(text, 0); position < text.size();
       position = SkipAscii(text, position)) {
    const Utf8Step step = DecodeUtf8(text, position);
    if (!step.valid) {
      return false;
    }
    position += step.size;
  }
  return true;
}

std::string RepairUtf8(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size());
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t end = SkipAscii(text, position);
    repaired += text.substr(position, end - position);
    position = end;
    if (position == text.size()) {
      break;
    }
    const Utf8Step step = DecodeUtf8(text, position);
    if (step.valid) {
      repaired += text.substr(position, step.size);
    } else {
      AppendUtf8(kReplacementCharacter, repaired);
    }
    position += step.size;
  }
  return repaired;
}

}  // namespace schoolwatch::core
