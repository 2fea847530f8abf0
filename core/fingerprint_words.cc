#include "core/fingerprint_words.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

namespace schoolwatch::core {
namespace {

using Kind = FingerprintWord::Kind;

// The sets of a very long text are sampled: the smallest hashes of both texts are still comparable.
constexpr std::size_t kMaxShingles = 2048;

// Spreads a packed word's bits over all 64 (the end of SplitMix64): sets are told apart by the
// upper ones.
std::uint64_t Mix(std::uint64_t value) {
  value += 0x9E37'79B9'7F4A'7C15U;
  value = (value ^ (value >> 30)) * 0xBF58'476D'1CE4'E5B9U;
  value = (value ^ (value >> 27)) * 0x94D0'49BB'1331'11EBU;
  return value ^ (value >> 31);
}

void SortUnique(std::vector<std::uint64_t>& hashes) {
  std::ranges::sort(hashes);
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

// One permutation, 64 bins. A short text leaves most bins empty: those take the next full bin's
// value, mixed with the distance, so that equal texts agree in all of them and unlike ones in few.
void FillSketch(Fingerprint& print) {
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

Fingerprint FingerprintOfWords(std::vector<std::uint64_t> packed) {
  Fingerprint print;
  print.shingles.reserve(2 * packed.size());
  std::uint64_t previous = 0;
  for (const std::uint64_t one : packed) {
    FingerprintWord word = UnpackFingerprintWord(one);
    const Kind kind = word.kind;
    if (kind == Kind::kMinor || kind == Kind::kCut) {
      continue;
    }
    word.kind = Kind::kPlain;  // Who writes all in small letters names nobody.
    const std::uint64_t hash = Mix(Pack(word));
    print.exact = Mix(print.exact ^ hash);
    print.shingles.push_back(hash);
    if (print.words > 0) {
      print.shingles.push_back(Mix(Mix(previous) ^ hash));
    }
    previous = hash;
    ++print.words;
    if (kind == Kind::kName || kind == Kind::kNumber || kind == Kind::kDay) {
      print.facts.push_back(hash);
    }
    print.negations += kind == Kind::kNegation ? 1u : 0u;
  }
  SortUnique(print.facts);
  SortUnique(print.shingles);
  print.shingles.resize(std::min(print.shingles.size(), kMaxShingles));
  FillSketch(print);
  print.sequence = std::move(packed);
  return print;
}

}  // namespace schoolwatch::core
