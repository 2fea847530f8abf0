#include "core/url.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "core/text/fold.h"
#include "core/url_host.h"

namespace schoolwatch::core {
namespace {

constexpr std::size_t kMaxInputBytes = 8000;

// Percent-encode sets of section 1.3, one bit each.
enum : std::uint8_t { kFragmentSet = 1, kQuerySet = 2, kPathSet = 4, kUserinfoSet = 8 };

constexpr std::array<std::uint8_t, 256> MakeEncodeTable() {
  std::array<std::uint8_t, 256> table{};
  const auto add = [&table](std::string_view characters, int sets) {
    for (const char c : characters) {
      auto& entry = table[static_cast<unsigned char>(c)];
      entry = static_cast<std::uint8_t>(entry | sets);
    }
  };
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (i < 0x20 || i > 0x7E) {
      table[i] = kFragmentSet | kQuerySet | kPathSet | kUserinfoSet;
    }
  }
  add(" \"<>", kFragmentSet | kQuerySet | kPathSet | kUserinfoSet);
  add("`", kFragmentSet | kPathSet | kUserinfoSet);
  add("#", kQuerySet | kPathSet | kUserinfoSet);
  add("'", kQuerySet);  // The special-query set: our schemes are special.
  add("?^{}", kPathSet | kUserinfoSet);
  add("/:;=@[\\]|", kUserinfoSet);
  return table;
}

constexpr std::array<std::uint8_t, 256> kEncodeTable = MakeEncodeTable();

void AppendEncoded(std::string_view text, std::uint8_t set, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((kEncodeTable[byte] & set) != 0) {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 0xF];
    } else {
      out += c;
    }
  }
}

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSlash(char c) { return c == '/' || c == '\\'; }  // As special schemes have it.

std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

// Valid UTF-8 without the outer control characters and spaces, and without tabs and newlines.
std::string Clean(std::string_view input) {
  const auto is_outer = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  while (!input.empty() && is_outer(input.front())) {
    input.remove_prefix(1);
  }
  while (!input.empty() && is_outer(input.back())) {
    input.remove_suffix(1);
  }
  std::string cleaned = RepairUtf8(input);
  std::erase_if(cleaned, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
  return cleaned;
}

// The scheme before ":" in lower case; empty where the input starts with none.
std::optional<std::string> ReadScheme(std::string_view text) {
  if (text.empty() || !IsAlpha(text.front())) {
    return std::nullopt;
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ':') {
      return AsciiLower(text.substr(0, i));
    }
    if (!IsAlpha(c) && !IsDigit(c) && c != '+' && c != '-' && c != '.') {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

bool IsSingleDot(std::string_view segment) {
  return segment == "." || AsciiLower(segment) == "%2e";
}

bool IsDoubleDot(std::string_view segment) {
  if (segment.size() > 6) {
    return false;
  }
  const std::string lower = AsciiLower(segment);
  return lower == ".." || lower == ".%2e" || lower == "%2e." || lower == "%2e%2e";
}

// Removes the last segment of "/a/b".
void ShortenPath(std::string& path) {
  if (!path.empty()) {
    path.erase(path.rfind('/'));
  }
}

// The "path state": adds the segments of `text`, which holds neither "?" nor "#", to `path`.
void AppendPath(std::string_view text, std::string& path) {
  for (std::size_t start = 0;;) {
    std::size_t end = start;
    while (end < text.size() && !IsSlash(text[end])) {
      ++end;
    }
    const std::string_view segment = text.substr(start, end - start);
    const bool is_last = end == text.size();
    if (IsDoubleDot(segment)) {
      ShortenPath(path);
      path += is_last ? "/" : "";
    } else if (IsSingleDot(segment)) {
      path += is_last ? "/" : "";
    } else {
      path += '/';
      AppendEncoded(segment, kPathSet, path);
    }
    if (is_last) {
      return;
    }
    start = end + 1;
  }
}

}  // namespace

// What the state machine fills in, already serialised part by part.
struct HttpUrl::Parts {
  bool https = false;
  std::string userinfo;  // With its "@", or empty.
  std::string host;
  std::optional<std::uint16_t> port;
  std::string path;
  std::optional<std::string> query;
  std::optional<std::string> fragment;

  Result<void> ReadAuthority(std::string_view text);
  Result<void> ReadHostAndPort(std::string_view text);
};

Result<void> HttpUrl::Parts::ReadAuthority(std::string_view text) {
  // Every "@" but the last belongs to the credentials.
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    const std::string_view credentials = text.substr(0, at);
    const std::size_t colon = credentials.find(':');
    std::string password;
    if (colon != std::string_view::npos) {
      AppendEncoded(credentials.substr(colon + 1), kUserinfoSet, password);
    }
    AppendEncoded(credentials.substr(0, colon), kUserinfoSet, userinfo);
    if (!password.empty()) {
      userinfo += ":" + password;
    }
    if (!userinfo.empty()) {
      userinfo += '@';
    }
    text.remove_prefix(at + 1);
  }
  return ReadHostAndPort(text);
}

Result<void> HttpUrl::Parts::ReadHostAndPort(std::string_view text) {
  std::size_t colon = 0;
  for (bool inside_brackets = false; colon < text.size(); ++colon) {
    if (text[colon] == ':' && !inside_brackets) {
      break;
    }
    inside_brackets = text[colon] == '[' || (inside_brackets && text[colon] != ']');
  }
  if (colon == 0) {
    return Fail(ErrorKind::kBadInput, "the host is missing");
  }
  SW_ASSIGN(host, ParseHost(text.substr(0, colon)));
  if (colon == text.size()) {
    return {};
  }
  std::uint32_t value = 0;
  for (const char c : text.substr(colon + 1)) {
    if (!IsDigit(c)) {
      return Fail(ErrorKind::kBadInput, "the port is not a number");
    }
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
    if (value > 65535) {
      return Fail(ErrorKind::kBadInput, "the port is over 65535");
    }
  }
  if (colon + 1 < text.size() && value != (https ? 443u : 80u)) {
    port = static_cast<std::uint16_t>(value);
  }
  return {};
}

Result<HttpUrl> HttpUrl::Parse(std::string_view input) { return ParseAgainst(input, nullptr); }

Result<HttpUrl> HttpUrl::Parse(std::string_view input, const HttpUrl& base) {
  return ParseAgainst(input, &base);
}

Result<HttpUrl> HttpUrl::ParseAgainst(std::string_view input, const HttpUrl* base) {
  if (input.size() > kMaxInputBytes) {
    return Fail(ErrorKind::kBadInput, "the address is longer than 8,000 bytes");
  }
  const std::string cleaned = Clean(input);
  std::string_view rest = cleaned;
  Parts parts;

  if (const std::size_t hash = rest.find('#'); hash != std::string_view::npos) {
    AppendEncoded(rest.substr(hash + 1), kFragmentSet, parts.fragment.emplace());
    rest = rest.substr(0, hash);
  }
  // Which of the Standard's branches is taken hangs on the scheme, so it goes first. A "#" cannot
  // be part of one, nor can "?".
  const auto scheme = ReadScheme(rest);
  if (scheme) {
    if (*scheme != "http" && *scheme != "https") {
      return Fail(ErrorKind::kBadInput, "not an http or https address");
    }
    parts.https = *scheme == "https";
    rest.remove_prefix(scheme->size() + 1);
  } else if (base == nullptr) {
    return Fail(ErrorKind::kBadInput, "no http:// or https:// at the start");
  } else {
    parts.https = base->is_https();
  }
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    AppendEncoded(rest.substr(mark + 1), kQuerySet, parts.query.emplace());
    rest = rest.substr(0, mark);
  }

  // "http:page" is relative to an http base only; "http:\\host" and "//host" name a host always.
  const bool is_relative = base != nullptr && parts.https == base->is_https();
  const bool names_host = rest.size() >= 2 && IsSlash(rest[0]) && IsSlash(rest[1]);
  if (!is_relative || names_host) {
    while (!rest.empty() && IsSlash(rest.front())) {
      rest.remove_prefix(1);
    }
    const std::size_t end = std::min(rest.find_first_of("/\\"), rest.size());
    SW_TRY(parts.ReadAuthority(rest.substr(0, end)));
    rest.remove_prefix(end);
    if (!rest.empty()) {
      rest.remove_prefix(1);
    }
    AppendPath(rest, parts.path);
    return Assemble(parts);
  }

  const std::string_view base_href = base->href_;
  const std::size_t userinfo_start = base->is_https() ? 8 : 7;
  parts.userinfo = base_href.substr(userinfo_start, base->host_start_ - userinfo_start);
  parts.host = base->host();
  if (base->host_end_ != base->path_start_) {
    parts.port = base->port_;
  }
  if (rest.empty()) {
    parts.path = base->path();
    if (!parts.query && base->query_start_ != base->fragment_start_) {
      parts.query = base->query();
    }
  } else if (IsSlash(rest.front())) {
    AppendPath(rest.substr(1), parts.path);
  } else {
    parts.path = base->path();
    ShortenPath(parts.path);
    AppendPath(rest, parts.path);
  }
  return Assemble(parts);
}

HttpUrl HttpUrl::Assemble(const Parts& parts) {
  HttpUrl url;
  std::string& href = url.href_;
  const auto here = [&href] { return static_cast<std::uint32_t>(href.size()); };
  href = parts.https ? "https://" : "http://";
  href += parts.userinfo;
  url.host_start_ = here();
  href += parts.host;
  url.host_end_ = here();
  url.port_ = parts.port.value_or(parts.https ? 443 : 80);
  if (parts.port) {
    href += ":" + std::to_string(*parts.port);
  }
  url.path_start_ = here();
  href += parts.path;
  url.query_start_ = here();
  if (parts.query) {
    href += "?" + *parts.query;
  }
  url.fragment_start_ = here();
  if (parts.fragment) {
    href += "#" + *parts.fragment;
  }
  return url;
}

bool HttpUrl::is_https() const { return href_.starts_with("https:"); }

std::string_view HttpUrl::host() const {
  return std::string_view(href_).substr(host_start_, host_end_ - host_start_);
}

std::uint16_t HttpUrl::port() const { return port_; }

std::string HttpUrl::origin() const {
  return (is_https() ? "https://" : "http://") +
         href_.substr(host_start_, path_start_ - host_start_);
}

std::string_view HttpUrl::path() const {
  return std::string_view(href_).substr(path_start_, query_start_ - path_start_);
}

std::string_view HttpUrl::query() const {
  const std::string_view with_mark =
      std::string_view(href_).substr(query_start_, fragment_start_ - query_start_);
  return with_mark.empty() ? with_mark : with_mark.substr(1);
}

std::string_view HttpUrl::target() const {
  return std::string_view(href_).substr(path_start_, fragment_start_ - path_start_);
}

std::string_view HttpUrl::fragment() const {
  const std::string_view with_mark = std::string_view(href_).substr(fragment_start_);
  return with_mark.empty() ? with_mark : with_mark.substr(1);
}

bool HttpUrl::has_credentials() const { return href_[host_start_ - 1] == '@'; }

}  // namespace schoolwatch::core
