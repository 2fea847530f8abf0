#include "net/mail_transport.h"

#include <fmt/format.h>

#include <cstddef>

#include "core/mail_address.h"
#include "net/curl_support.h"

namespace schoolwatch::net {
namespace {

constexpr std::size_t kMaxLineBytes = 998;

}  // namespace

core::Result<void> CheckMailAddress(std::string_view address) {
  if (core::Result<void> good = core::CheckMailAddress(address); !good) {
    return core::Fail(good.error().kind,
                      fmt::format("'{}' is {}", Printable(address, 80), good.error().message));
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
