#pragma once

#include <cstddef>
#include <string_view>

#include "core/result.h"
#include "net/fetcher.h"

namespace schoolwatch::net {

struct HeaderLimits {
  std::size_t max_fields = 200;
  std::size_t max_bytes = 64u << 10;
};

// Builds a response's header fields from lines as they arrive, within limits. Lines of interim
// (1xx) answers and trailers count towards the limits but leave no fields. Malformed lines are
// dropped (libcurl refuses the worst of them before).
class HeaderCollector {
 public:
  explicit HeaderCollector(HeaderLimits limits = {}) : limits_(limits) {}

  // Takes one line with or without its line end. kUnavailable: a limit is passed, with which.
  core::Result<void> Add(std::string_view line);

  // The empty line that ends a header was seen.
  bool is_complete() const { return complete_; }
  const Headers& fields() const { return fields_; }
  Headers TakeFields() { return std::move(fields_); }

 private:
  HeaderLimits limits_;
  Headers fields_;
  std::size_t field_count_ = 0;
  std::size_t byte_count_ = 0;
  bool complete_ = false;  // The empty line was seen; what follows is a new answer or a trailer.
  bool folding_ = false;   // The last line made the last field, so a continuation belongs to it.
};

// True for a field name that may be sent: a token (RFC 9110, 5.6.2).
bool IsHeaderName(std::string_view name);
// True for a field value that may be sent: no control bytes but tab.
bool IsHeaderValue(std::string_view value);

}  // namespace schoolwatch::net
