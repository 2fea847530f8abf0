// Folding against ICU's own NFKC case folding of the same posts, in one run. Ours also keeps the
// map back to the original; ICU's also composes across everything. The ratio is what counts.
#include <benchmark/benchmark.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/fold.h"

namespace schoolwatch::core {
namespace {

constexpr std::size_t kPosts = 20'000;

// Invented posts shaped as real ones are: some 80 bytes, two in five with a non-ASCII character.
const std::vector<std::string>& Posts() {
  static const std::vector<std::string> posts = [] {
    constexpr auto kWords = std::to_array<std::string_view>(
        {"The",    "gate",   "at",   "Quillbrook", "is",   "broken", "again",  "and",
         "nobody", "came",   "Year", "7",          "were", "left",   "in",     "the",
         "rain",   "for",    "an",   "hour",       "my",   "son",    "missed", "his",
         "bus,",   "AGAIN.", "Sort", "it",         "out",  "please"});
    constexpr auto kOther =
        std::to_array<std::string_view>({"can’t", "😡", "“sorry”", "café", "–", "…", "❤️"});
    std::mt19937 random(7);
    std::vector<std::string> made(kPosts);
    for (std::string& post : made) {
      for (std::size_t words = 10 + random() % 10; words > 0; --words) {
        post += kWords[random() % kWords.size()];
        post += ' ';
      }
      if (random() % 5 < 2) {
        post += kOther[random() % kOther.size()];
      }
    }
    return made;
  }();
  return posts;
}

template <class Work>
void Run(benchmark::State& state, Work work) {
  std::size_t bytes = 0;
  for (auto _ : state) {
    for (const std::string& post : Posts()) {
      work(post);
      bytes += post.size();
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void FoldWithMap(benchmark::State& state) {
  Run(state, [](const std::string& post) { benchmark::DoNotOptimize(Fold(post)); });
}
BENCHMARK(FoldWithMap);

void FoldWithoutMap(benchmark::State& state) {
  std::string folded;
  Run(state, [&folded](const std::string& post) {
    FoldText(post, folded);
    benchmark::DoNotOptimize(folded.data());
  });
}
BENCHMARK(FoldWithoutMap);

void FoldAndEvasionView(benchmark::State& state) {
  Run(state, [](const std::string& post) { benchmark::DoNotOptimize(EvasionView(Fold(post))); });
}
BENCHMARK(FoldAndEvasionView);

void IcuNfkcCasefold(benchmark::State& state) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status)) {
    state.SkipWithError("ICU has no normalisation data");
    return;
  }
  Run(state, [normalizer](const std::string& post) {
    std::string folded;
    icu::StringByteSink<std::string> sink(&folded, static_cast<int32_t>(post.size()));
    UErrorCode result = U_ZERO_ERROR;
    normalizer->normalizeUTF8(0, icu::StringPiece(post.data(), static_cast<int32_t>(post.size())),
                              sink, nullptr, result);
    benchmark::DoNotOptimize(folded);
  });
}
BENCHMARK(IcuNfkcCasefold);

}  // namespace
}  // namespace schoolwatch::core
