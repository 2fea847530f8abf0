#include "crawler/readers/json_ld.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "crawler/readers/page.h"

// Any bytes as the content of a JSON-LD script: posts have words, and their links are web
// addresses.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  const std::vector<char> copy(data, data + size);
  const crawler::HtmlTree tree;
  crawler::Page page(tree);
  static const auto kBase = core::HttpUrl::Parse("https://quillbrook.example/forum/page");
  page.base = *kBase;
  crawler::ReadJsonLd(std::string_view(copy.data(), copy.size()), page);
  for (const core::Post& post : page.structured_posts) {
    if (post.text.empty() || (!post.url.empty() && !core::HttpUrl::Parse(post.url))) {
      std::abort();
    }
  }
  return 0;
}
