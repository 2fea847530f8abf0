#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "crawler/readers/html.h"
#include "matchers/school_index.h"

namespace {

using namespace schoolwatch;  // One function and its fixture; nothing else is in this program.

// Short names, so that they are found often.
const matchers::SchoolIndex& Schools() {
  static const auto index = [] {
    core::School school;
    school.key = "quillbrook";
    school.name = "Quillbrook Academy";
    school.also = {"QBA", "Quill Hall"};
    school.handles = {"@QuillAcad"};
    school.places = {"Quill", "Tanner's Lane"};
    school.headteacher = "Mrs Odile Marchbank";
    auto made = matchers::SchoolIndex::Make({school});
    if (!made.has_value()) {
      std::abort();
    }
    return *made;
  }();
  return *index;
}

}  // namespace

// The gate against the full path: a page in which a post is found to be about a school must not be
// passed over by the cheap pass.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<char> copy(data, data + size);
  crawler::RawDocument raw;
  raw.content_type = "text/html";
  raw.body = std::string_view(copy.data(), copy.size());
  static const std::unique_ptr<crawler::Reader> kReader = crawler::kHtmlReader.make();
  crawler::ReadOptions options;
  options.gate = &Schools();
  const auto gated = kReader->Read(raw, options);
  if (!gated || !gated->gated_out) {
    return 0;
  }
  const auto full = kReader->Read(raw, {});
  if (!full) {
    return 0;
  }
  for (core::Post post : full->posts) {
    if (post.thread_title.empty()) {
      post.thread_title = full->title;
    }
    if (!Schools().Find(post).schools.empty()) {
      std::abort();
    }
  }
  return 0;
}
