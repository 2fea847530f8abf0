#include "net/mail_transport.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "net/curl_support.h"

namespace schoolwatch::net {
namespace {

constexpr std::size_t kMaxAddressBytes = 254;
constexpr std::size_t kMaxLocalPartBytes = 64;
constexpr std::size_t kMaxLineBytes = 998;

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// The unquoted form of RFC 5321, 4.1.2: what every real address uses. Where dots stand is the
// server's business; some providers gave out addresses with two in a row.
bool IsLocalPart(std::string_view text) {
  return !text.empty() && text.size() <= kMaxLocalPartBytes &&
         std::ranges::all_of(text, [](char c) {
           return IsLetterOrDigit(c) || std::string_view("!#$%&'*+-/=?^_`{|}~.").contains(c);
         });
}

bool IsDomain(std::string_view text) {
  return !text.empty() && !text.starts_with('.') && !text.ends_with('.') && !text.contains("..") &&
         !text.starts_with('-') && std::ranges::all_of(text, [](char c) {
           return IsLetterOrDigit(c) || c == '-' || c == '.';
         });
}

}  // namespace

core::Result<void> CheckMailAddress(std::string_view address) {
  const auto bad = [address](std::string_view why) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("'{}' is not a mail address: {}", Printable(address, 80), why));
  };
  if (address.size() > kMaxAddressBytes) {
    return bad("it is longer than 254 bytes");
  }
  const std::size_t at = address.find('@');
  if (at == std::string_view::npos || address.find('@', at + 1) != std::string_view::npos) {
    return bad("it needs one '@'");
  }
  if (!IsLocalPart(address.substr(0, at))) {
    return bad("before the '@' may stand up to 64 plain letters, digits and !#$%&'*+-/=?^_`{|}~.");
  }
  if (!IsDomain(address.substr(at + 1))) {
    return bad("after the '@' must stand a domain such as school.example ('xn--' form if need be)");
  }
  return {};
}

core::Result<void> CheckMailMessage(std::string_view message) {
  std::size_t line = 1;
  const auto bad = [&line](std::string_view why) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("the message's line {} {}", line, why));
  };
  if (message.empty()) {
    return core::Fail(core::ErrorKind::kBadInput, "the message is empty");
  }
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < message.size(); ++i) {
    switch (message[i]) {
      case '\0':
        return bad("has a NUL byte");
      case '\n':
        // Some servers take a bare LF for a line end and some do not: between two of them, text
        // becomes commands ("SMTP smuggling").
        return bad("has a line feed without a carriage return");
      case '\r':
        if (i + 1 == message.size() || message[i + 1] != '\n') {
          return bad("has a carriage return without a line feed");
        }
        if (i - line_start > kMaxLineBytes) {
          return bad("is longer than 998 bytes");
        }
        ++i;
        ++line;
        line_start = i + 1;
        break;
      default:
        break;
    }
  }
  if (line_start != message.size()) {
    return bad("does not end with CRLF");
  }
  return {};
}

}  // namespace schoolwatch::net
