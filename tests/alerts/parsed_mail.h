#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace schoolwatch::alerts::testing {

// A message as another mail program reads it, parsed by GMime.
struct ParsedMail {
  std::vector<std::pair<std::string, std::string>> headers;  // In order, decoded.
  std::vector<std::string> part_types;                       // "text/plain", "text/html"
  std::string text;
  std::string html;
  std::vector<std::string> recipients;  // Everybody in To, Cc and Bcc.

  std::string Header(std::string_view name) const;  // "" where there is none.
  std::vector<std::string> HeaderNames() const;
};
ParsedMail ParseMail(const std::string& bytes);

// Every line ends in CRLF, none is over 998 bytes, and no bare CR or LF or NUL stands anywhere.
bool HasCleanLines(std::string_view bytes);

}  // namespace schoolwatch::alerts::testing
