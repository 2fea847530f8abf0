#include "core/url.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

// The input's first line is a base (used where it parses), the rest the address. What parses must
// serialise to something that parses to itself, and its parts must tile it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using schoolwatch::core::HttpUrl;
  const std::vector<char> copy(data, data + size);
  const std::string_view input(copy.data(), copy.size());
  const std::size_t line = std::min(input.find('\n'), input.size());
  const auto base = HttpUrl::Parse(input.substr(0, line));
  const std::string_view address = input.substr(std::min(line + 1, input.size()));
  const auto url = base ? HttpUrl::Parse(address, *base) : HttpUrl::Parse(address);
  if (!url) {
    return 0;
  }
  // Escaping triples a byte at most, so a long address may be refused the second time.
  const auto again = HttpUrl::Parse(url->href());
  if (url->href().size() <= 8000 && (!again || *again != *url)) {
    std::abort();
  }
  if (url->host().empty() || !url->path().starts_with('/') ||
      !url->target().starts_with(url->path()) ||
      CanonicalKey(*url).find('#') != std::string::npos || RegistrableDomain(*url).empty()) {
    std::abort();
  }
  return 0;
}
