#include "crawler/readers/json.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "crawler/readers/recipe.h"

// Any bytes as a platform's answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  const std::vector<char> copy(data, data + size);
  static const crawler::Recipe kRecipe = [] {
    crawler::Recipe recipe;
    recipe.items = {{""}, {"/data/*/x"}, {"/**/items"}};
    recipe.unwrap.at = "/reblog";
    recipe.id.from = {{"/id"}, {"/0"}};
    recipe.url.from = {{"/url"}};
    recipe.text.from = {{"/title"}, {"/content"}};
    recipe.text.join = "\n";
    recipe.text.transforms = {"html"};
    recipe.parent.from = {{"/path"}};
    recipe.parent.transforms = {"path_parent", "basename", "unescape"};
    recipe.published.from = {{"/date"}};
    recipe.next_page.from = {{"/next"}};
    recipe.filters = {{"/visibility", {"private"}, true}};
    return recipe;
  }();
  crawler::RawDocument raw;
  raw.body = std::string_view(copy.data(), copy.size());
  crawler::ReadOptions options;
  options.recipe = &kRecipe;
  static const std::unique_ptr<crawler::Reader> kReader = crawler::kJsonReader.make();
  (void)kReader->Read(raw, options);
  return 0;
}
