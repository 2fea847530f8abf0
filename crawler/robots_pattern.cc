#include "crawler/robots_pattern.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace schoolwatch::crawler {
namespace {

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int HexValue(char c) {
  if (IsDigit(c)) {
    return c - '0';
  }
  const char lower = Lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void AppendEscaped(std::string& out, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  out += '%';
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

// RFC 3986, section 2.3.
bool IsUnreserved(unsigned char byte) {
  const char c = static_cast<char>(byte);
  return byte < 0x80 && (IsAlpha(c) || IsDigit(c) || c == '-' || c == '.' || c == '_' || c == '~');
}

// `$`, and what no URI holds unescaped (RFC 3986, section 2): the URL Standard escapes some of
// these and leaves others.
constexpr std::string_view kNeverRaw = R"($"<>\^`{|})";

}  // namespace

std::string NormaliseRobotsPath(std::string_view text, RobotsSide side) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '%' && i + 2 < text.size() && HexValue(text[i + 1]) >= 0 &&
        HexValue(text[i + 2]) >= 0) {
      const auto value =
          static_cast<unsigned char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2]));
      if (IsUnreserved(value)) {
        out += static_cast<char>(value);
      } else {
        AppendEscaped(out, value);
      }
      i += 2;
    } else if (byte >= 0x7F || byte <= 0x20 || kNeverRaw.contains(c) ||
               (c == '*' && side == RobotsSide::kTarget)) {
      AppendEscaped(out, byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::string UnescapeRobotsQuery(std::string_view text) {
  const std::size_t query = text.find('?');
  if (query == std::string_view::npos || text.find('%', query) == std::string_view::npos) {
    return {};
  }
  constexpr std::array<std::pair<std::string_view, char>, 4> kSame{
      {{"%3A", ':'}, {"%2F", '/'}, {"%3F", '?'}, {"%40", '@'}}};
  std::string out(text.substr(0, query + 1));
  for (std::size_t i = query + 1; i < text.size(); ++i) {
    const auto* const same =
        std::ranges::find(kSame, text.substr(i, 3), &std::pair<std::string_view, char>::first);
    if (same != kSame.end()) {
      out += same->second;
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out.size() == text.size() ? std::string() : out;
}

// `*` is any run of octets, so taking the leftmost place of each piece between stars is enough: no
// backtracking.
bool MatchesRobotsPattern(std::string_view target, std::string_view pattern, bool to_the_end) {
  std::size_t star = pattern.find('*');
  const std::string_view head = pattern.substr(0, star);
  if (!target.starts_with(head)) {
    return false;
  }
  std::size_t at = head.size();
  if (star == std::string_view::npos) {
    return !to_the_end || at == target.size();
  }
  while (true) {
    const std::size_t next = pattern.find('*', star + 1);
    const std::string_view piece =
        pattern.substr(star + 1, next == std::string_view::npos ? next : next - star - 1);
    if (next == std::string_view::npos && to_the_end) {
      return target.size() - at >= piece.size() && target.ends_with(piece);
    }
    const std::size_t found = target.find(piece, at);
    if (found == std::string_view::npos) {
      return false;
    }
    at = found + piece.size();
    if (next == std::string_view::npos) {
      return true;
    }
    star = next;
  }
}

}  // namespace schoolwatch::crawler
