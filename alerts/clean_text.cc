#include "alerts/clean_text.h"

#include <algorithm>
#include <vector>

#include "core/text/utf8.h"

namespace schoolwatch::alerts {
namespace {

constexpr char32_t kBlackFlag = 0x1F3F4;

bool IsFlagTag(char32_t c) { return c >= 0xE0020 && c <= 0xE007F; }

// Characters that show nothing themselves and change what others show.
bool IsInvisible(char32_t c) {
  return c == 0x00AD || c == 0x034F || c == 0x061C || c == 0x180E || c == 0x200B || c == 0x200E ||
         c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
         c == 0x3164 || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
         (c >= 0xE0000 && c <= 0xE0FFF);
}

bool IsNonCharacter(char32_t c) { return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF); }

std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

}  // namespace

std::string CleanText(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  bool in_flag = false;
  for (std::size_t at = 0; at < text.size();) {
    const core::Utf8Step step = core::DecodeUtf8(text, at);
    const char32_t c = step.code_point;
    at += step.size;
    if (in_flag && IsFlagTag(c)) {
      core::AppendUtf8(c, clean);
      continue;
    }
    in_flag = c == kBlackFlag;
    if (c == U'\r') {
      if (at >= text.size() || text[at] != '\n') {
        clean += '\n';
      }
    } else if (c == U'\n' || c == 0x2028 || c == 0x2029 || c == 0x0085) {
      clean += '\n';
    } else if (c < 0x20 || (c >= 0x7F && c <= 0x9F)) {
      clean += ' ';
    } else if (IsNonCharacter(c)) {
      core::AppendUtf8(core::kReplacementCharacter, clean);
    } else if (!IsInvisible(c)) {
      core::AppendUtf8(c, clean);
    }
  }
  return clean;
}

std::string CleanLine(std::string_view text, std::size_t max_bytes) {
  // A little more than is kept, so that a megabyte in a title costs nothing.
  const bool long_input = text.size() > max_bytes * 4 + 64;
  const std::string clean = CleanText(long_input ? text.substr(0, max_bytes * 4 + 64) : text);
  std::string line;
  for (const char c : clean) {
    if (c != ' ' && c != '\n') {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (line.ends_with(' ')) {
    line.pop_back();
  }
  if (line.size() > max_bytes) {
    constexpr std::string_view kEllipsis = "…";
    line = CutUtf8(line, max_bytes > kEllipsis.size() ? max_bytes - kEllipsis.size() : 0);
    line += kEllipsis;
  }
  return line;
}

std::string_view CutUtf8(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) {
    return text;
  }
  while (max_bytes > 0 && (static_cast<unsigned char>(text[max_bytes]) & 0xC0) == 0x80) {
    --max_bytes;
  }
  return text.substr(0, max_bytes);
}

std::string WrapLines(std::string_view text, std::size_t columns) {
  std::string wrapped;
  wrapped.reserve(text.size() + text.size() / 40);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);

    std::string indent;
    while (!line.empty() &&
           (line.front() == ' ' || line.starts_with("> ") || line.starts_with("- "))) {
      indent += line.front();
      wrapped += line.front();
      line.remove_prefix(1);
      if (indent.back() == '-') {
        indent.back() = ' ';
      }
    }
    std::size_t column = indent.size();
    bool first = true;
    while (!line.empty()) {
      const std::size_t space = line.find(' ');
      const std::string_view word = line.substr(0, space);
      line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
      const std::size_t width = CountCharacters(word);
      if (!first && column + 1 + width > columns) {
        wrapped += "\n" + indent;
        column = indent.size();
      } else if (!first) {
        wrapped += ' ';
        ++column;
      }
      wrapped += word;
      column += width;
      first = false;
    }
    while (wrapped.ends_with(' ')) {
      wrapped.pop_back();
    }
    wrapped += '\n';
  }
  return wrapped;
}

}  // namespace schoolwatch::alerts
