#include "net/header_collector.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

// The input's lines are a response's header. What is kept must be fit to pass on, and within
// limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using schoolwatch::net::HeaderCollector;
  const std::vector<char> copy(data, data + size);
  std::string_view rest(copy.data(), copy.size());
  HeaderCollector collector({.max_fields = 20, .max_bytes = 2000});
  std::size_t bytes = 0;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end == std::string_view::npos ? end : end + 1);
    rest.remove_prefix(line.size());
    bytes += line.size();
    const bool taken = collector.Add(line).has_value();
    if (!taken) {
      break;
    }
    if (bytes > 2000) {
      std::abort();
    }
  }
  if (collector.fields().size() > 20) {
    std::abort();
  }
  for (const auto& [name, value] : collector.fields()) {
    if (!schoolwatch::net::IsHeaderName(name) || !schoolwatch::net::IsHeaderValue(value) ||
        name.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string_view::npos) {
      std::abort();
    }
  }
  return 0;
}
