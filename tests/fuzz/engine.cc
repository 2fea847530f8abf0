#include "crawler/readers/engines.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "crawler/readers/selector.h"

// Any bytes as a selector and as an engine's file: refused in words, or run over a page.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  const std::vector<char> copy(data, data + size);
  const std::string_view bytes(copy.data(), copy.size());
  static const crawler::HtmlTree kTree = crawler::HtmlTree::Parse(
      "<div id=posts class='a b'><article class=post id=p1><a class=author href='/u/1'>Dana</a>"
      "<time datetime='2026-11-12'>12 Nov</time><div class=content>One <b>two</b></div></article>"
      "<article class=post id=p2><p>three</p></article></div>");
  const auto all = static_cast<crawler::NodeId>(kTree.size());
  const auto run = [&](const crawler::Selector& selector) {
    const std::vector<crawler::NodeId> found = selector.All(kTree, 0, all);
    const crawler::NodeId first = selector.First(kTree, 0, all);
    if (found.empty() ? first != crawler::kNoNode : first != found[0]) {
      std::abort();
    }
  };
  const core::Result<crawler::Selector> selector = crawler::Selector::Compile(bytes);
  if (selector) {
    run(*selector);
  } else if (selector.error().message.empty()) {
    std::abort();
  }
  config::Diagnostics problems;
  if (const auto section = config::ParseYaml("fuzz.yaml", bytes, problems)) {
    if (const auto engine = crawler::ReadEngine("fuzz", *section, problems)) {
      for (const crawler::Selector& mark : engine->marks) {
        run(mark);
      }
      run(*engine->post);
    }
  }
  return 0;
}
