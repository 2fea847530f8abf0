// Pages that somebody reported a link to: whatever they say of where their oEmbed lies, it is a web
// address or nothing.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "crawler/readers/oembed_link.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // An exact-size copy, so that the sanitizer sees one byte too many.
  const std::unique_ptr<char[]> copy(new char[size]);
  std::copy_n(reinterpret_cast<const char*>(data), size, copy.get());
  static const auto kPage = schoolwatch::core::HttpUrl::Parse("https://notes.example/a/b");
  const auto found = schoolwatch::crawler::FindOEmbedLink({copy.get(), size}, *kPage);
  if (found && !found->href().starts_with("http")) {
    std::abort();
  }
  return 0;
}
