#include "crawler/sitemap.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

// Any bytes as a sitemap: read or refused, within its limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  const std::vector<char> copy(data, data + size);
  const auto map = crawler::ReadSitemap(std::string_view(copy.data(), copy.size()));
  if (map && map->entries.size() > crawler::kMaxSitemapEntries) {
    std::abort();
  }
  return 0;
}
