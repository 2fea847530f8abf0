// robots.txt is whatever a server sends. The first line of the input is the target, the rest the
// file.

#include "crawler/robots.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Exactly as large as the input, so that the sanitizer sees one byte too many.
  const std::unique_ptr<char[]> copy(new char[size]);
  for (std::size_t i = 0; i < size; ++i) {
    copy[i] = static_cast<char>(data[i]);
  }
  using schoolwatch::crawler::RobotsRules;
  const std::string_view input(copy.get(), size);
  const std::size_t end = input.find('\n');
  const std::string_view target = input.substr(0, end);
  const std::string_view body =
      end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
  const RobotsRules rules = RobotsRules::Parse(body, "schoolwatch");
  const bool allowed = rules.IsAllowed(target);
  // What forbids is always a line that can be named.
  if (!allowed && rules.Explain(target).empty()) {
    std::abort();
  }
  if (!rules.IsAllowed("/robots.txt")) {
    std::abort();
  }
  (void)schoolwatch::crawler::RobotsTarget(input);
  return 0;
}
