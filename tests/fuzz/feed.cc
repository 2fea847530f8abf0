#include "crawler/readers/feed.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

// Any bytes as a feed: read or refused, in time and memory.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  const std::vector<char> copy(data, data + size);
  crawler::RawDocument raw;
  raw.body = std::string_view(copy.data(), copy.size());
  static const std::unique_ptr<crawler::Reader> kReader = crawler::kFeedReader.make();
  (void)kReader->Read(raw, {});
  return 0;
}
