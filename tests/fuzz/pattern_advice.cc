// What is said about a pattern holds for any bytes: advice stands inside it, pieces are parts of it
// in order, and a trace's words are words of the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "matchers/pattern_pieces.h"
#include "matchers/pattern_typos.h"

namespace {

void Require(bool good) {
  if (!good) {
    std::abort();
  }
}

bool IsInside(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  constexpr std::size_t kLongEnough = 2'000;  // Longer ones only take longer.
  if (size > kLongEnough) {
    return 0;
  }
  const std::vector<char> copy(data, data + size);
  const std::string_view pattern(copy.data(), copy.size());
  for (const matchers::PatternTypo& typo : matchers::FindPatternTypos(pattern)) {
    Require(typo.offset < pattern.size() && !typo.message.empty());
  }
  for (const auto& pieces : matchers::SplitPattern(pattern)) {
    const char* last = pattern.data();
    for (const matchers::PatternPiece& piece : pieces) {
      Require(!piece.text.empty() && IsInside(piece.text, pattern) && piece.text.data() >= last);
      last = piece.text.data() + piece.text.size();
    }
  }
  matchers::FindLooseEdges(pattern);
  constexpr std::string_view kText = "the dinners were stone cold again";
  const matchers::PartialTrace trace = matchers::TracePattern(pattern, kText);
  Require(trace.reached.empty() || IsInside(trace.reached, kText));
  Require(trace.wanted.empty() || IsInside(trace.wanted, pattern));
  return 0;
}
