#include "core/url_host.h"

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/text/fold.h"

namespace schoolwatch::core {
namespace {

using Ipv6Pieces = std::array<std::uint16_t, 8>;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::optional<unsigned> HexValue(char c) {
  if (IsDigit(c)) {
    return static_cast<unsigned>(c - '0');
  }
  if (c >= 'a' && c <= 'f') {
    return static_cast<unsigned>(c - 'a' + 10);
  }
  if (c >= 'A' && c <= 'F') {
    return static_cast<unsigned>(c - 'A' + 10);
  }
  return std::nullopt;
}

std::string PercentDecode(std::string_view input) {
  std::string out;
  out.reserve(input.size());
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (input[i] == '%' && i + 2 < input.size()) {
      const auto high = HexValue(input[i + 1]);
      const auto low = HexValue(input[i + 2]);
      if (high && low) {
        out += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    out += input[i];
  }
  return out;
}

// "Forbidden domain code point" of section 3.2.
bool IsForbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7F ||
         std::string_view("#/:<>?@[\\]^|%").find(c) != std::string_view::npos;
}

// ICU and not libidn2: 2.3.3 has no way to switch off its own rules on symbols (☃.net), hyphens and
// lengths, all of which the Standard's beStrict=false wants off.
const UIDNA* Uts46() {
  struct Close {
    void operator()(UIDNA* idna) const { uidna_close(idna); }
  };
  static const std::unique_ptr<UIDNA, Close> idna = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<UIDNA, Close> opened(uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                                                             UIDNA_NONTRANSITIONAL_TO_ASCII |
                                                             UIDNA_NONTRANSITIONAL_TO_UNICODE,
                                                         &status));
    return opened;
  }();
  return idna.get();
}

Result<std::string> InternationalToAscii(const std::string& domain) {
  constexpr std::uint32_t kIgnored = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
                                     UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | UIDNA_ERROR_LEADING_HYPHEN |
                                     UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;
  const UIDNA* const idna = Uts46();
  if (idna == nullptr) {
    return Fail(ErrorKind::kUnavailable, "ICU's data for international names is missing");
  }
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode status = U_ZERO_ERROR;
  // Punycode of a name can be longer than its UTF-8, by a few bytes a label.
  std::string ascii(domain.size() * 4 + 64, '\0');
  const int32_t size =
      uidna_nameToASCII_UTF8(idna, domain.data(), static_cast<int32_t>(domain.size()), ascii.data(),
                             static_cast<int32_t>(ascii.size()), &info, &status);
  if (U_FAILURE(status) || (info.errors & ~kIgnored) != 0) {
    return Fail(ErrorKind::kBadInput, "the host is no valid international name");
  }
  ascii.resize(static_cast<std::size_t>(size));
  return ascii;
}

Result<std::string> DomainToAscii(const std::string& domain) {
  std::string ascii;
  if (std::ranges::all_of(domain, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    // No look inside "xn--" labels: browsers take such names as they are, and so do the tests.
    ascii = domain;
    std::ranges::transform(ascii, ascii.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
  } else {
    SW_ASSIGN(ascii, InternationalToAscii(domain));
  }
  if (ascii.empty()) {
    return Fail(ErrorKind::kBadInput, "the host is empty");
  }
  if (std::ranges::any_of(ascii, IsForbidden)) {
    return Fail(ErrorKind::kBadInput, "the host holds a character that no host may hold");
  }
  return ascii;
}

std::vector<std::string_view> SplitAtDots(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0;;) {
    const std::size_t dot = text.find('.', start);
    parts.push_back(text.substr(start, dot - start));
    if (dot == std::string_view::npos) {
      return parts;
    }
    start = dot + 1;
  }
}

// The "IPv4 number parser": decimal, 0 octal or 0x hexadecimal. Values past 32 bits are cut to a
// number that is too large for any place, so that no digits can overflow. Empty where it is none.
std::optional<std::uint64_t> ParseIpv4Number(std::string_view text) {
  if (text.empty()) {
    return std::nullopt;
  }
  unsigned base = 10;
  if (text.size() >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() >= 2 && text[0] == '0') {
    base = 8;
    text.remove_prefix(1);
  }
  constexpr std::uint64_t kTooLarge = std::uint64_t{1} << 33;
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto digit = HexValue(c);
    if (!digit || *digit >= base) {
      return std::nullopt;
    }
    value = std::min(kTooLarge, value * base + *digit);
  }
  return value;
}

bool EndsInANumber(std::string_view host) {
  std::vector<std::string_view> parts = SplitAtDots(host);
  if (parts.back().empty()) {
    if (parts.size() == 1) {
      return false;
    }
    parts.pop_back();
  }
  const std::string_view last = parts.back();
  return (!last.empty() && std::ranges::all_of(last, IsDigit)) || ParseIpv4Number(last).has_value();
}

Result<std::string> ParseIpv4(std::string_view input) {
  const auto fail = [] {
    return Fail(ErrorKind::kBadInput, "the host ends in a number but is no IPv4 address");
  };
  std::vector<std::string_view> parts = SplitAtDots(input);
  if (parts.back().empty() && parts.size() > 1) {
    parts.pop_back();
  }
  if (parts.size() > 4) {
    return fail();
  }
  std::uint64_t address = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto number = ParseIpv4Number(parts[i]);
    const bool is_last = i + 1 == parts.size();
    // The last number fills all places that are left.
    const std::size_t places = is_last ? 5 - parts.size() : 1;
    if (!number || *number >= std::uint64_t{1} << (8 * places)) {
      return fail();
    }
    address += is_last ? *number : *number << (8 * (3 - i));
  }
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += std::to_string((address >> shift) & 0xFF);
    out += shift > 0 ? "." : "";
  }
  return out;
}

// Reads "1.2.3.4" at the end of an IPv6 address into two pieces; false where it is malformed.
bool ReadEmbeddedIpv4(std::string_view input, std::size_t& pointer, std::size_t& piece_index,
                      Ipv6Pieces& pieces) {
  if (piece_index > 6) {
    return false;
  }
  int seen = 0;
  while (pointer < input.size()) {
    if (seen > 0) {
      if (input[pointer] != '.' || seen >= 4) {
        return false;
      }
      ++pointer;
    }
    if (pointer >= input.size() || !IsDigit(input[pointer])) {
      return false;
    }
    unsigned value = 0;
    for (bool first = true; pointer < input.size() && IsDigit(input[pointer]); ++pointer) {
      if (!first && value == 0) {
        return false;  // No leading zeros here.
      }
      value = value * 10 + static_cast<unsigned>(input[pointer] - '0');
      first = false;
      if (value > 255) {
        return false;
      }
    }
    pieces[piece_index] = static_cast<std::uint16_t>(pieces[piece_index] * 0x100 + value);
    ++seen;
    if (seen == 2 || seen == 4) {
      ++piece_index;
    }
  }
  return seen == 4;
}

// The "IPv6 parser", on the text inside the brackets.
std::optional<Ipv6Pieces> ParseIpv6(std::string_view input) {
  Ipv6Pieces pieces{};
  std::size_t piece_index = 0;
  std::optional<std::size_t> compress;
  std::size_t pointer = 0;
  const auto at = [&](std::size_t index) { return index < input.size() ? input[index] : '\0'; };
  if (at(0) == ':') {
    if (at(1) != ':') {
      return std::nullopt;
    }
    pointer = 2;
    compress = ++piece_index;
  }
  while (pointer < input.size()) {
    if (piece_index == pieces.size()) {
      return std::nullopt;
    }
    if (input[pointer] == ':') {
      if (compress) {
        return std::nullopt;
      }
      ++pointer;
      compress = ++piece_index;
      continue;
    }
    unsigned value = 0;
    std::size_t length = 0;
    for (; length < 4 && pointer < input.size(); ++length, ++pointer) {
      const auto digit = HexValue(input[pointer]);
      if (!digit) {
        break;
      }
      value = value * 16 + *digit;
    }
    if (at(pointer) == '.') {
      if (length == 0) {
        return std::nullopt;
      }
      pointer -= length;
      if (!ReadEmbeddedIpv4(input, pointer, piece_index, pieces)) {
        return std::nullopt;
      }
      break;
    }
    if (pointer < input.size()) {
      if (input[pointer] != ':' || ++pointer == input.size()) {
        return std::nullopt;
      }
    }
    pieces[piece_index++] = static_cast<std::uint16_t>(value);
  }
  if (compress) {
    std::size_t swaps = piece_index - *compress;
    for (piece_index = 7; piece_index != 0 && swaps > 0; --piece_index, --swaps) {
      std::swap(pieces[piece_index], pieces[*compress + swaps - 1]);
    }
  } else if (piece_index != pieces.size()) {
    return std::nullopt;
  }
  return pieces;
}

std::string SerializeIpv6(const Ipv6Pieces& pieces) {
  // The first longest run of at least two zero pieces becomes "::".
  std::size_t best_start = pieces.size();
  std::size_t best_length = 1;
  for (std::size_t i = 0; i < pieces.size();) {
    std::size_t length = 0;
    while (i + length < pieces.size() && pieces[i + length] == 0) {
      ++length;
    }
    if (length > best_length) {
      best_start = i;
      best_length = length;
    }
    i += std::max<std::size_t>(length, 1);
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "[";
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i == best_start) {
      out += i == 0 ? "::" : ":";
      i += best_length - 1;
      continue;
    }
    bool started = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      const unsigned digit = (static_cast<unsigned>(pieces[i]) >> shift) & 0xF;
      if (digit != 0 || started || shift == 0) {
        out += kDigits[digit];
        started = true;
      }
    }
    if (i + 1 < pieces.size()) {
      out += ':';
    }
  }
  return out + "]";
}

}  // namespace

Result<std::string> ParseHost(std::string_view input) {
  if (input.starts_with('[')) {
    if (!input.ends_with(']')) {
      return Fail(ErrorKind::kBadInput, "the IPv6 address has no closing bracket");
    }
    const auto pieces = ParseIpv6(input.substr(1, input.size() - 2));
    if (!pieces) {
      return Fail(ErrorKind::kBadInput, "the host in brackets is no IPv6 address");
    }
    return SerializeIpv6(*pieces);
  }
  SW_ASSIGN(std::string ascii, DomainToAscii(RepairUtf8(PercentDecode(input))));
  if (EndsInANumber(ascii)) {
    return ParseIpv4(ascii);
  }
  return ascii;
}

bool IsIpHost(std::string_view host) {
  return host.starts_with('[') || (!host.empty() && EndsInANumber(host));
}

}  // namespace schoolwatch::core
