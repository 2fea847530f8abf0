#include "crawler/readers/markup_strings.h"

#include <algorithm>
#include <cstddef>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

int HexDigit(char c) {
  c = ToAsciiLower(c);
  return IsAsciiDigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

bool IsTextAttribute(std::string_view name) {
  switch (name.size()) {
    case 3:
      return EqualsIgnoreCase(name, "alt");
    case 4:
      return EqualsIgnoreCase(name, "href") || EqualsIgnoreCase(name, "cite");
    case 5:
      return EqualsIgnoreCase(name, "title") || EqualsIgnoreCase(name, "value") ||
             EqualsIgnoreCase(name, "label");
    case 7:
      return EqualsIgnoreCase(name, "content") || EqualsIgnoreCase(name, "summary");
    case 10:
      return EqualsIgnoreCase(name, "aria-label");
    case 11:
      return EqualsIgnoreCase(name, "placeholder");
    default:
      return false;
  }
}

void AppendPercentDecoded(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
        HexDigit(text[i + 2]) >= 0) {
      out += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
}

std::string JsonStrings(std::string_view json) {
  std::string out;
  bool inside = false;
  char32_t lead = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') {
      inside = !inside;
      out += '\n';
    } else if (inside && c == '\\' && i + 1 < json.size()) {
      const char escape = json[++i];
      if (escape == 'u' && i + 4 < json.size()) {
        char32_t code = 0;
        for (std::size_t digit = 1; digit <= 4; ++digit) {
          const int value = HexDigit(json[i + digit]);
          code = code * 16 + static_cast<char32_t>(value < 0 ? 0 : value);
        }
        i += 4;
        if (code >= 0xD800 && code <= 0xDBFF) {
          lead = code;
          continue;
        }
        if (code >= 0xDC00 && code <= 0xDFFF && lead != 0) {
          code = 0x10000 + ((lead - 0xD800) << 10) + (code - 0xDC00);
        }
        AppendUtf8(code, out);
      } else if (escape == 'n' || escape == 't' || escape == 'r') {
        out += ' ';
      } else {
        out += escape;
      }
    } else if (inside) {
      out += c == '\n' ? ' ' : c;
    }
    lead = 0;
  }
  return out;
}

void AppendLines(std::string_view lines, std::string& out) {
  for (std::size_t at = 0; at <= lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    AppendCollapsed(lines.substr(at, end - at), out);
    if (end < lines.size()) {
      out += '\n';
    }
    at = end + 1;
  }
}

}  // namespace schoolwatch::crawler
