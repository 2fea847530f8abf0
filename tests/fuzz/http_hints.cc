// Header values of other people's servers: the first line is "now" in seconds, each further line
// "name: value". What is understood must be within its limits.
#include "crawler/http_hints.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

void Require(bool good) {
  if (!good) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  // Exactly as large as the input, so that the sanitizer sees one byte too many.
  const std::vector<char> copy(data, data + size);
  std::string_view rest(copy.data(), copy.size());
  const auto take_line = [&rest] {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
  };
  const std::string_view first = take_line();
  std::uint32_t seconds = 0;
  std::from_chars(first.data(), first.data() + first.size(), seconds);
  const core::Timestamp now{std::chrono::seconds(seconds)};
  net::Headers headers;
  while (!rest.empty()) {
    const std::string_view line = take_line();
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos) {
      headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
      const auto date = crawler::ParseHttpDate(headers.back().second, now);
      // Four digits of year, so it can be written.
      Require(!date || core::FormatRfc3339(*date).size() >= 20);
    }
  }
  constexpr std::chrono::hours kYear(365 * 24);
  const auto wait = crawler::FindRetryAfter(headers, now);
  Require(!wait || (*wait >= std::chrono::hours(0) && *wait <= kYear));
  const auto fresh = crawler::FreshFor(headers, now);
  Require(fresh >= std::chrono::hours(0) && fresh <= kYear);
  return 0;
}
