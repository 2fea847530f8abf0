#include "crawler/readers/encoding.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/text/fold.h"

// The first line is a content type, the rest bytes: whatever they are, valid UTF-8 comes out.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  const std::vector<char> copy(data, data + size);
  const std::string_view input(copy.data(), copy.size());
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view type = input.substr(0, line);
  const std::string_view bytes = input.substr(std::min(line + 1, input.size()));
  for (const auto decode : {crawler::DecodeHtml, crawler::DecodeXml, crawler::DecodeJson}) {
    const crawler::DecodedText decoded = decode(bytes, type);
    if (!core::IsValidUtf8(decoded.text) || decoded.encoding.empty()) {
      std::abort();
    }
  }
  return 0;
}
