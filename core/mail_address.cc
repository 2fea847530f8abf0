#include "core/mail_address.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace schoolwatch::core {
namespace {

constexpr std::size_t kMaxAddressBytes = 254;
constexpr std::size_t kMaxLocalPartBytes = 64;

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Where dots stand is the server's business; some providers gave out addresses with two in a row.
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

Result<void> CheckMailAddress(std::string_view address) {
  const auto bad = [](std::string_view why) {
    return Fail(ErrorKind::kBadInput, "not a mail address: " + std::string(why));
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

}  // namespace schoolwatch::core
