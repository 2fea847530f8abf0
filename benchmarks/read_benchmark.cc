// Reading pages: the cheap pass that asks the gate, against building a tree of every page with
// Gumbo and walking its text, which is what a reader without the gate must do; and reading in full
// against the parse alone. SW_PAGES names a folder of saved pages (*.html) to read beside the made
// ones: tools/reading-cost FOLDER runs that and prints the ratio.
#include <benchmark/benchmark.h>
#include <gumbo.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <system_error>
#include <vector>

#include "benchmarks/generated_pages.h"
#include "crawler/readers/engines.h"
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

// Schools with made-up names, the first in the town of Quillbrook.
std::shared_ptr<const matchers::SchoolIndex> MakeIndex(std::size_t count) {
  std::mt19937 random(3);
  std::vector<core::School> schools(count);
  for (std::size_t number = 0; number < count; ++number) {
    core::School& school = schools[number];
    school.key = "s" + std::to_string(number);
    std::string name(1, static_cast<char>('A' + random() % 26));
    for (std::size_t letters = 6 + random() % 6; letters > 0; --letters) {
      name += static_cast<char>('a' + random() % 26);
    }
    school.town = number == 0 ? "Quillbrook" : "Town" + std::to_string(number % 900);
    school.name = number == 0 ? "Quillbrook Academy" : name + " Community Primary School";
  }
  return matchers::SchoolIndex::Make(std::move(schools)).value();
}

void ReadGated(benchmark::State& state, crawler::WantLinks links) {
  const auto index = MakeIndex(static_cast<std::size_t>(state.range(0)));
  const auto url = core::HttpUrl::Parse("https://town.example/news/").value();
  Pages();  // Made outside of the time that counts.
  std::size_t i = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string& page = Pages()[i++ % Pages().size()];
    const auto document =
        crawler::ReadDocument({.url = url, .content_type = "text/html", .body = page},
                              {.gate = index.get(), .gated_links = links});
    bytes += page.size();
    if (!document || !document->gated_out) {
      state.SkipWithError("a page that mentions nothing was read");
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.SetItemsProcessed(state.iterations());
}

void BM_ReadPageThatMentionsNothing(benchmark::State& state) {
  ReadGated(state, crawler::WantLinks::kNo);
}
BENCHMARK(BM_ReadPageThatMentionsNothing)
    ->Arg(1)
    ->Arg(100)
    ->Arg(24'000)
    ->Unit(benchmark::kMicrosecond);

void BM_ReadPageThatMentionsNothingForItsLinks(benchmark::State& state) {
  ReadGated(state, crawler::WantLinks::kYes);
}
BENCHMARK(BM_ReadPageThatMentionsNothingForItsLinks)->Arg(1)->Unit(benchmark::kMicrosecond);

// Saved pages, of the folder that $SW_PAGES names; none without it. Made ones flatter, for they
// hold few scripts, addresses and typographic signs.
const std::vector<std::string>& SavedPages() {
  static const std::vector<std::string> kPages = [] {
    std::vector<std::string> pages;
    const char* const folder = std::getenv("SW_PAGES");
    if (folder == nullptr) {
      return pages;
    }
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      if (entry.path().extension() == ".html") {
        std::ifstream file(entry.path(), std::ios::binary);
        pages.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
      }
    }
    return pages;
  }();
  return kPages;
}

void BM_GateSavedPages(benchmark::State& state) {
  if (SavedPages().empty()) {
    state.SkipWithError("SW_PAGES names no folder of pages");
    return;
  }
  const auto index = MakeIndex(static_cast<std::size_t>(state.range(0)));
  std::size_t bytes = 0;
  std::size_t passed = 0;
  for (auto _ : state) {
    for (const std::string& page : SavedPages()) {
      passed += crawler::RunCheapPass(page, *index, crawler::WantLinks::kNo).may_mention ? 1U : 0U;
      bytes += page.size();
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["passed"] = static_cast<double>(passed) / static_cast<double>(state.iterations());
}
BENCHMARK(BM_GateSavedPages)->Arg(1)->Arg(24'000)->Unit(benchmark::kMillisecond);

const crawler::EngineSet& Engines() {
  static const crawler::EngineSet kEngines = [] {
    config::Diagnostics problems;
    return crawler::LoadEngines(SW_SOURCE_DIR "/config/engines", problems);
  }();
  return kEngines;
}

// Every page once an iteration.
template <class Read>
void ReadAll(benchmark::State& state, const std::vector<std::string>& pages, Read read) {
  if (pages.empty()) {
    state.SkipWithError("SW_PAGES names no folder with pages");
    return;
  }
  std::size_t bytes = 0;
  for (auto _ : state) {
    for (const std::string& page : pages) {
      read(page);
      bytes += page.size();
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(pages.size()));
}

void ReadInFull(const std::string& page) {
  static const auto kUrl = core::HttpUrl::Parse("https://town.example/news/").value();
  benchmark::DoNotOptimize(crawler::ReadDocument(
      {.url = kUrl, .content_type = "text/html", .body = page}, {.engines = &Engines()}));
}

void ParseAlone(const std::string& page) {
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  gumbo_destroy_output(&options, gumbo_parse_with_options(&options, page.data(), page.size()));
}

void BM_ReadPageInFull(benchmark::State& state) { ReadAll(state, Pages(), ReadInFull); }
BENCHMARK(BM_ReadPageInFull)->Unit(benchmark::kMillisecond);
void BM_GumboParseAlone(benchmark::State& state) { ReadAll(state, Pages(), ParseAlone); }
BENCHMARK(BM_GumboParseAlone)->Unit(benchmark::kMillisecond);
void BM_ReadSavedPagesInFull(benchmark::State& state) { ReadAll(state, SavedPages(), ReadInFull); }
BENCHMARK(BM_ReadSavedPagesInFull)->Unit(benchmark::kMillisecond);
void BM_GumboParseSavedPagesAlone(benchmark::State& state) {
  ReadAll(state, SavedPages(), ParseAlone);
}
BENCHMARK(BM_GumboParseSavedPagesAlone)->Unit(benchmark::kMillisecond);

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
