#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "crawler/readers/engines.h"
#include "tests/crawler/readers/read_page.h"

// For every config/engines/NAME.yaml, tests/data/engines/NAME.html is a page as the engine makes it
// and NAME.posts what it must give. SW_UPDATE_GOLDEN=1 writes the latter anew.
namespace schoolwatch::crawler {
namespace {

namespace fs = std::filesystem;

const fs::path kPages = SW_SOURCE_DIR "/tests/data/engines";

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

const EngineSet& Shipped() {
  static const EngineSet kEngines = [] {
    config::Diagnostics problems;
    EngineSet engines = LoadEngines(SW_SOURCE_DIR "/config/engines", problems);
    EXPECT_TRUE(problems.empty()) << problems.ToText();
    return engines;
  }();
  return kEngines;
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& engine : Shipped()) {
    names.push_back(engine->name);
  }
  return names;
}

std::string Show(const Document& document) {
  std::ostringstream out;
  out << "page: " << DocumentKindName(document.kind) << "\n";
  for (const core::Post& post : document.posts) {
    out << "---\nkind: " << core::PostKindName(post.kind) << "\n";
    const auto line = [&](std::string_view name, std::string_view value) {
      if (!value.empty()) {
        out << name << ": " << value << "\n";
      }
    };
    line("author", post.author);
    line("author_url", post.author_url);
    line("published", post.published ? core::FormatRfc3339(*post.published) : std::string());
    line("published_text", post.published_text);
    line("url", post.url);
    line("id", post.id);
    line("parent", post.parent);
    line("quoted", post.quoted);
    line("text", post.text);
  }
  return out.str();
}

class EnginePageTest : public testing::TestWithParam<std::string> {};

TEST_P(EnginePageTest, GivesItsPosts) {
  const fs::path page = kPages / (GetParam() + ".html");
  const fs::path golden = kPages / (GetParam() + ".posts");
  ASSERT_TRUE(fs::exists(page)) << "an engine needs a page to be tested with: " << page;
  ReadOptions options;
  options.engines = &Shipped();
  const std::string html = ReadFile(page);
  const std::string shown = Show(ReadHtml(html, options));
  if (std::getenv("SW_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(golden, std::ios::binary) << shown;
  }
  EXPECT_EQ(shown, ReadFile(golden));
}

// Whatever is guessed without it: the engine's own file finds the elements.
TEST_P(EnginePageTest, ItsMarksAndPostsAreOnItsPage) {
  const std::string html = ReadFile(kPages / (GetParam() + ".html"));
  const HtmlTree tree = HtmlTree::Parse(html);
  const auto all = static_cast<NodeId>(tree.size());
  for (const auto& engine : Shipped()) {
    if (engine->name != GetParam()) {
      continue;
    }
    bool marked = false;
    for (const Selector& mark : engine->marks) {
      marked = marked || mark.First(tree, 0, all) != kNoNode;
    }
    EXPECT_TRUE(marked);
    EXPECT_GE(engine->post->All(tree, 0, all).size(), 2u);
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, EnginePageTest, testing::ValuesIn(Names()),
                         [](const auto& row) { return row.param; });

}  // namespace
}  // namespace schoolwatch::crawler
