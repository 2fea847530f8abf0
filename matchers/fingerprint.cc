#include "matchers/fingerprint.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "core/hash.h"
#include "matchers/copy_form.h"

namespace schoolwatch::matchers {
namespace {

using Kind = core::FingerprintWord::Kind;

// Aligning two texts costs the product of their lengths; longer ones are compared as sets.
constexpr std::size_t kMaxAligned = 256;

// The sets of a very long text are sampled: the smallest hashes of both texts are still comparable.
constexpr std::size_t kMaxShingles = 2048;

void SortUnique(std::vector<std::uint64_t>& hashes) {
  std::ranges::sort(hashes);
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

// One permutation, 64 bins. A short text leaves most bins empty: those take the next full bin's
// value, mixed with the distance, so that equal texts agree in all of them and unlike ones in few.
void FillSketch(core::Fingerprint& print) {
  constexpr std::uint32_t kEmpty = std::numeric_limits<std::uint32_t>::max();
  auto& sketch = print.sketch;
  const std::size_t bins = sketch.size();
  sketch.fill(kEmpty);
  for (const std::uint64_t hash : print.shingles) {
    std::uint32_t& bin = sketch[hash >> 58];
    bin = std::min(bin, static_cast<std::uint32_t>(hash >> 16) & (kEmpty >> 1));
  }
  const auto full = sketch;
  for (std::size_t i = 0; i < bins && !print.shingles.empty(); ++i) {
    std::uint32_t distance = 0;
    while (full[(i + distance) % bins] == kEmpty) {
      ++distance;
    }
    sketch[i] = full[(i + distance) % bins] + distance * 0x9E3779B1u;
  }
}

}  // namespace

core::Fingerprint MakeFingerprint(std::string_view text) {
  const CopyForm form = MakeCopyForm(text);
  core::Fingerprint print;
  std::string all;
  std::string previous;
  for (const CopyWord& word : form.words) {
    if (word.kind == Kind::kMinor) {
      continue;
    }
    all += word.text + ' ';
    ++print.words;
    print.shingles.push_back(core::Hash64(word.text));
    if (!previous.empty()) {
      print.shingles.push_back(core::Hash64(previous + ' ' + word.text));
    }
    previous = word.text;
    if (word.kind == Kind::kName || word.kind == Kind::kNumber || word.kind == Kind::kDay) {
      print.facts.push_back(core::Hash64(word.text));
    }
    print.negations += word.kind == Kind::kNegation ? 1u : 0u;
  }
  print.exact = core::Hash64(all);
  SortUnique(print.facts);
  SortUnique(print.shingles);
  print.shingles.resize(std::min(print.shingles.size(), kMaxShingles));
  FillSketch(print);
  if (form.words.size() <= kMaxAligned) {
    for (const CopyWord& word : form.words) {
      print.sequence.push_back(Pack(core::MakeFingerprintWord(word.kind, word.text)));
    }
    if (form.is_cut) {
      print.sequence.push_back(Pack(core::MakeFingerprintWord(Kind::kCut, "")));
    }
  }
  return print;
}

}  // namespace schoolwatch::matchers
