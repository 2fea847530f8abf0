#include "crawler/readers/text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "core/text/byte_block.h"
#include "core/text/utf8.h"

namespace schoolwatch::crawler {
namespace {

// As AppendCollapsed, of the block at `bytes`, of which `size` bytes count and stand at `at` of
// `text`. Returns where to go on: behind the block, or further.
std::size_t AppendCollapsedBlock(const char* bytes, std::size_t size, std::string_view text,
                                 std::size_t at, std::string& out) {
  const core::ByteBlock block(bytes);
  const std::uint64_t spaces = block.Equal(' ');
  const std::uint64_t white = spaces | block.Between('\t', '\r');
  // Most of a text goes over as it is: words with single spaces between.
  std::uint64_t stops = white & ~(spaces & ~(white << 1));
  if (block.NotAscii() != 0) {
    stops |= block.Equal('\xC2') | block.Equal('\xE2') | block.Equal('\xE3');
  }
  const auto ends_in_space = [&out] {
    return out.empty() || out.back() == ' ' || out.back() == '\n';
  };
  if ((white & 1) != 0 && ends_in_space()) {
    stops |= 1;
  }
  std::size_t from = 0;
  while (from < size) {
    const std::uint64_t left = stops >> from << from;
    const std::size_t stop =
        left == 0 ? size : std::min(size, static_cast<std::size_t>(std::countr_zero(left)));
    out.append(bytes + from, stop - from);
    if (stop == size) {
      break;
    }
    auto length = static_cast<std::size_t>(std::countr_one(white >> stop));
    if (length == 0) {
      length = SpaceLength(text, at + stop);
    }
    if (length == 0) {
      out += bytes[stop];  // Began as a wide space does, but is none.
      length = 1;
    } else if (!ends_in_space()) {
      out += ' ';
    }
    from = stop + length;
    if (from < core::ByteBlock::kSize) {
      stops |= white & std::uint64_t{1} << from;  // Behind a wide space.
    }
  }
  return at + std::max(from, size);
}

// What words are made of: letters, digits, everything beyond ASCII.
constexpr std::array<std::uint8_t, 256> kIsLetter = [] {
  std::array<std::uint8_t, 256> letters{};
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const char c = static_cast<char>(i);
    letters[i] = i >= 0x80 || IsAsciiAlpha(c) || IsAsciiDigit(c) ? 1 : 0;
  }
  return letters;
}();

}  // namespace

std::string ToAsciiLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = ToAsciiLower(c);
  }
  return lower;
}

bool ContainsIgnoreCase(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(), [](char x, char y) {
           return ToAsciiLower(x) == ToAsciiLower(y);
         }) != text.end();
}

bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && EqualsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

std::size_t SpaceLength(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  if (IsAsciiSpace(text[at])) {
    return 1;
  }
  if (byte(at) == 0xC2 && byte(at + 1) == 0xA0) {
    return 2;
  }
  if (byte(at) == 0xE2) {
    // U+2000…U+200A (not the zero-width ones after it), U+2028, U+2029, U+202F, U+205F.
    const unsigned third = byte(at + 2);
    if (byte(at + 1) == 0x80 &&
        ((third >= 0x80 && third <= 0x8A) || third == 0xA8 || third == 0xA9 || third == 0xAF)) {
      return 3;
    }
    if (byte(at + 1) == 0x81 && third == 0x9F) {
      return 3;
    }
  }
  if (byte(at) == 0xE3 && byte(at + 1) == 0x80 && byte(at + 2) == 0x80) {
    return 3;
  }
  return 0;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = SpaceLength(text, 0);
    if (length == 0) {
      break;
    }
    text.remove_prefix(length);
  }
  while (!text.empty()) {
    if (IsAsciiSpace(text.back())) {
      text.remove_suffix(1);
    } else if (text.ends_with("\xC2\xA0")) {
      text.remove_suffix(2);
    } else {
      break;
    }
  }
  return text;
}

std::string CollapseSpace(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool space = false;
  for (std::size_t i = 0; i < text.size();) {
    if (const std::size_t length = SpaceLength(text, i); length != 0) {
      space = true;
      i += length;
      continue;
    }
    if (space && !out.empty()) {
      out += ' ';
    }
    space = false;
    out += text[i++];
  }
  return out;
}

void AppendCollapsed(std::string_view text, std::size_t size, std::string& out) {
  constexpr std::size_t kSize = core::ByteBlock::kSize;
  const std::string_view used = text.substr(0, size);
  for (std::size_t at = 0; at < size;) {
    const std::size_t count = std::min(size - at, kSize);
    if (at + kSize <= text.size()) {
      at = AppendCollapsedBlock(text.data() + at, count, used, at, out);
    } else {
      std::array<char, kSize> last{};
      std::memcpy(last.data(), text.data() + at, count);
      at = AppendCollapsedBlock(last.data(), count, used, at, out);
    }
  }
}

void AppendCollapsed(std::string_view text, std::string& out) {
  AppendCollapsed(text, text.size(), out);
}

std::size_t CountWords(std::string_view text) {
  std::size_t words = 0;
  unsigned inside = 0;
  for (const char c : text) {
    const unsigned letter = kIsLetter[static_cast<unsigned char>(c)];
    words += letter & ~inside;
    inside = letter;
  }
  return words;
}

std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

void AppendUtf8(char32_t code, std::string& out) {
  const bool scalar = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  core::AppendUtf8(scalar ? code : core::kReplacementCharacter, out);
}

void TextBuilder::Flush() {
  if (out_.size() > start_) {
    if (pending_ == Pending::kBreak) {
      out_ += '\n';
    } else if (pending_ == Pending::kSpace) {
      out_ += ' ';
    }
  }
  pending_ = Pending::kNone;
}

void TextBuilder::Add(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (const std::size_t length = SpaceLength(text, i); length != 0) {
      Space();
      i += length;
      continue;
    }
    Flush();
    // Whole words at once; bytes that may begin a wide space are looked at singly.
    const std::size_t word = i;
    do {
      ++i;
    } while (i < text.size() && !IsAsciiSpace(text[i]) && text[i] != '\xC2' && text[i] != '\xE2' &&
             text[i] != '\xE3');
    out_.append(text.substr(word, i - word));
  }
}

void TextBuilder::AddPreformatted(std::string_view text) {
  if (Trim(text).empty() && text.find('\n') == std::string_view::npos) {
    Space();
    return;
  }
  std::size_t line = 0;
  while (line <= text.size()) {
    std::size_t end = text.find('\n', line);
    const bool last = end == std::string_view::npos;
    end = last ? text.size() : end;
    std::string_view row = text.substr(line, end - line);
    while (!row.empty() && row.back() == '\r') {
      row.remove_suffix(1);
    }
    if (!row.empty()) {
      Flush();
      out_.append(row);
    }
    if (last) {
      break;
    }
    Break();
    line = end + 1;
  }
}

}  // namespace schoolwatch::crawler
