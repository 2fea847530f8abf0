#include "crawler/readers/entities.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

struct Named {
  std::string_view name;  // Without "&"; with the semicolon where it is wanted.
  char32_t first;
  char32_t second;
};

constexpr Named kNamed[] = {
#include "crawler/readers/entity_table.inc"
};

// Where the names of each first letter begin, so that a search stays short.
struct FirstLetters {
  std::array<std::uint16_t, 129> start{};
  constexpr FirstLetters() {
    std::size_t row = 0;
    for (std::size_t letter = 0; letter < 128; ++letter) {
      start[letter] = static_cast<std::uint16_t>(row);
      while (row < std::size(kNamed) && static_cast<unsigned char>(kNamed[row].name[0]) == letter) {
        ++row;
      }
    }
    start[128] = static_cast<std::uint16_t>(row);
  }
};
constexpr FirstLetters kFirstLetters;

constexpr std::size_t kLongestName = 33;

// 13.2.5.80: C1 controls are what windows-1252 has in their place.
constexpr std::array<char16_t, 32> kC1 = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

EntityMatch MatchNumber(std::string_view text) {
  std::size_t at = 2;
  const bool hex = at < text.size() && (text[at] == 'x' || text[at] == 'X');
  at += hex ? 1 : 0;
  const std::size_t digits = at;
  char32_t code = 0;
  for (; at < text.size(); ++at) {
    const char c = ToAsciiLower(text[at]);
    char32_t digit = 0;
    if (IsAsciiDigit(c)) {
      digit = static_cast<char32_t>(c - '0');
    } else if (hex && c >= 'a' && c <= 'f') {
      digit = static_cast<char32_t>(c - 'a' + 10);
    } else {
      break;
    }
    code = std::min<char32_t>(code * (hex ? 16 : 10) + digit, 0x110000);
  }
  if (at == digits) {
    return {};
  }
  if (at < text.size() && text[at] == ';') {
    ++at;
  }
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
    code = 0xFFFD;
  } else if (code >= 0x80 && code <= 0x9F) {
    code = kC1[code - 0x80];
  }
  return {at, code, 0};
}

}  // namespace

EntityMatch MatchEntity(std::string_view text, EntityContext context) {
  if (text.size() < 2 || text[0] != '&') {
    return {};
  }
  if (text[1] == '#') {
    return MatchNumber(text);
  }
  if (!IsAsciiAlpha(text[1])) {
    return {};
  }
  std::size_t length = 1;
  while (length < text.size() && length <= kLongestName &&
         (IsAsciiAlpha(text[length]) || IsAsciiDigit(text[length]))) {
    ++length;
  }
  if (length < text.size() && text[length] == ';') {
    ++length;
  }
  const auto letter = static_cast<std::size_t>(text[1]);
  const Named* const begin = std::begin(kNamed) + kFirstLetters.start[letter];
  const Named* const end = std::begin(kNamed) + kFirstLetters.start[letter + 1];
  for (; length > 2; --length) {
    const std::string_view name = text.substr(1, length - 1);
    const Named* const found = std::lower_bound(
        begin, end, name, [](const Named& row, std::string_view n) { return row.name < n; });
    if (found == end || found->name != name) {
      continue;
    }
    if (context == EntityContext::kAttribute && name.back() != ';' && length < text.size() &&
        (text[length] == '=' || IsAsciiAlpha(text[length]) || IsAsciiDigit(text[length]))) {
      return {};
    }
    return {length, found->first, found->second};
  }
  return {};
}

void AppendDecoded(std::string_view text, EntityContext context, std::string& out) {
  while (!text.empty()) {
    const std::size_t ampersand = text.find('&');
    if (ampersand == std::string_view::npos) {
      out.append(text);
      return;
    }
    out.append(text.substr(0, ampersand));
    text.remove_prefix(ampersand);
    const EntityMatch match = MatchEntity(text, context);
    if (match.length == 0) {
      out += '&';
      text.remove_prefix(1);
      continue;
    }
    AppendUtf8(match.first, out);
    if (match.second != 0) {
      AppendUtf8(match.second, out);
    }
    text.remove_prefix(match.length);
  }
}

std::string DecodeEntities(std::string_view text, EntityContext context) {
  std::string out;
  out.reserve(text.size());
  AppendDecoded(text, context, out);
  return out;
}

}  // namespace schoolwatch::crawler
