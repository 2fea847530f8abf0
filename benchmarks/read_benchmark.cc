// Reading pages: the cheap pass that asks the gate, against building a tree of every page with
// Gumbo and walking its text, which is what a reader without the gate must do.
#include <benchmark/benchmark.h>
#include <gumbo.h>

#include <string>
#include <vector>

#include "benchmarks/generated_pages.h"
#include "crawler/readers/reader.h"
#include "matchers/school_index.h"

namespace schoolwatch {
namespace {

constexpr std::size_t kPageBytes = 130'000;

const std::vector<std::string>& Pages() {
  static const std::vector<std::string> kPages = [] {
    std::vector<std::string> pages;
    for (unsigned i = 0; i < 20; ++i) {
      pages.push_back(benchmarks::MakePage(kPageBytes, "", i));
    }
    return pages;
  }();
  return kPages;
}

void Finish(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kPageBytes));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void BM_ReadPageThatMentionsNothing(benchmark::State& state) {
  core::School school;
  school.key = "quillbrook";
  school.name = "Quillbrook Academy";
  school.town = "Quillbrook";
  const auto index = matchers::SchoolIndex::Make({school}).value();
  std::size_t i = 0;
  for (auto _ : state) {
    const std::string& page = Pages()[i++ % Pages().size()];
    benchmark::DoNotOptimize(crawler::ReadDocument(
        {.url = {}, .content_type = "text/html", .body = page}, {.gate = index.get()}));
  }
  Finish(state);
}
BENCHMARK(BM_ReadPageThatMentionsNothing)->Unit(benchmark::kMicrosecond);

void BM_ReadPageInFull(benchmark::State& state) {
  std::size_t i = 0;
  for (auto _ : state) {
    const std::string& page = Pages()[i++ % Pages().size()];
    benchmark::DoNotOptimize(
        crawler::ReadDocument({.url = {}, .content_type = "text/html", .body = page}, {}));
  }
  Finish(state);
}
BENCHMARK(BM_ReadPageInFull)->Unit(benchmark::kMicrosecond);

void BM_GumboParseAndWalkText(benchmark::State& state) {
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  std::size_t i = 0;
  for (auto _ : state) {
    const std::string& page = Pages()[i++ % Pages().size()];
    GumboOutput* output = gumbo_parse_with_options(&options, page.data(), page.size());
    std::string text;
    std::vector<const GumboNode*> open{output->root};
    while (!open.empty()) {
      const GumboNode* node = open.back();
      open.pop_back();
      if (node->type == GUMBO_NODE_TEXT) {
        text += node->v.text.text;
      } else if (node->type == GUMBO_NODE_ELEMENT) {
        for (unsigned int child = node->v.element.children.length; child > 0; --child) {
          open.push_back(static_cast<const GumboNode*>(node->v.element.children.data[child - 1]));
        }
      }
    }
    benchmark::DoNotOptimize(text);
    gumbo_destroy_output(&options, output);
  }
  Finish(state);
}
BENCHMARK(BM_GumboParseAndWalkText)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace schoolwatch
