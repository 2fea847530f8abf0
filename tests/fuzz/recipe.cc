#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/readers/json.h"
#include "crawler/readers/recipe.h"

// The first byte picks a recipe, the others are an answer of the platform. Besides the shipped
// ones there is one with everything that recipes can say.
namespace {

using namespace schoolwatch;

constexpr std::string_view kEverything = R"(
items: ["", "/**/x", "/a/*/b", {at: /c, kind: comment}]
unwrap: {at: /in, when: {at: "/tags/*", is: in, not: true}}
lookup:
  user: {in: /users, where: "/ids/*", is: /by}
gone: {at: /gone, is: "true"}
keep: [{at: 2/k, is: [v], not: true}]
id: {from: ["{/id|basename}-{user:/n}", /id]}
url: {from: /url, prefix: "/p/", suffix: "#x"}
text:
  from: [{at: /html, transform: html}, {at: /md, transform: [unescape, markdown]}, /text]
  join: "\n"
  skip: .skip
  quote: aside
  replace:
    - {each: [/f, "root:/f"], bytes: [/0, /1], with: ["<{/2}>", /2]}
    - {each: /u, find: "@{/s}", with: /l}
quoted: {from: /q, take: p, transform: html}
picture_texts: {from: "/tags/*"}
summary: {from: /m, map: {a: b, "*": c}, empty: x}
author: {from: "user:/n", transform: little_text}
parent: {from: 3/id, transform: path_parent}
next_page: {from: {at: /next, when: {at: "http:/status", is: "200"}}}
links: [{address: {from: /feed}, kind: feed}]
errors: [{when: {at: "/e/*", is: [x]}, means: slow_down, say: /m}, {say: /error}]
)";

std::vector<std::shared_ptr<const crawler::Recipe>> Recipes() {
  std::vector<std::shared_ptr<const crawler::Recipe>> recipes;
  config::Diagnostics problems;
  for (auto& [name, recipe] : crawler::LoadRecipes(SW_SOURCE_DIR "/config/answers", problems)) {
    if (recipe->reader == "json") {
      recipes.push_back(recipe);
    }
  }
  if (const auto section = config::ParseYaml("everything.yaml", kEverything, problems)) {
    if (auto recipe = crawler::ReadRecipe("everything", *section, problems)) {
      recipes.push_back(std::make_shared<const crawler::Recipe>(*std::move(recipe)));
    }
  }
  if (!problems.empty()) {
    std::abort();
  }
  return recipes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<std::shared_ptr<const crawler::Recipe>> kRecipes = Recipes();
  static const std::unique_ptr<crawler::Reader> kReader = crawler::kJsonReader.make();
  if (size == 0) {
    return 0;
  }
  const std::vector<char> copy(data + 1, data + size);
  crawler::RawDocument raw;
  raw.body = std::string_view(copy.data(), copy.size());
  raw.status = 200;
  const std::map<std::string, std::string> request = {{"guild", "1"}, {"videoId", "v"}};
  crawler::ReadOptions options;
  // The last is the one with everything: picked by every second byte.
  options.recipe =
      data[0] >= 0x80u ? kRecipes.back().get() : kRecipes[data[0] % kRecipes.size()].get();
  options.request = &request;
  const core::Result<crawler::Document> document = kReader->Read(raw, options);
  if (document && document->answer_error && !document->posts.empty()) {
    std::abort();
  }
  return 0;
}
