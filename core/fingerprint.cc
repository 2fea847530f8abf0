#include "core/fingerprint.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "core/hash.h"
#include "core/post.h"
#include "core/text/copy_form.h"

namespace schoolwatch::core {
namespace {

using Kind = FingerprintWord::Kind;

// 26 bits of hash, 26 of letters, 5 of first, 4 of length, 3 of kind: 64 in all.
constexpr unsigned kHashBits = 26;
constexpr unsigned kLettersAt = kHashBits;
constexpr unsigned kFirstAt = kLettersAt + 26;
constexpr unsigned kLengthAt = kFirstAt + 5;
constexpr unsigned kKindAt = kLengthAt + 4;

constexpr std::uint64_t Mask(unsigned bits) { return (std::uint64_t{1} << bits) - 1; }

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

// Aligning two texts costs the product of their lengths; longer ones are compared as sets.
constexpr std::size_t kMaxAligned = 256;

// All sets and counts follow from the words in their order.
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

}  // namespace

FingerprintWord MakeFingerprintWord(Kind kind, std::string_view text) {
  FingerprintWord word;
  word.kind = kind;
  word.hash = static_cast<std::uint32_t>(Hash64(text) & Mask(kHashBits));
  word.length = static_cast<std::uint8_t>(std::min<std::size_t>(text.size(), Mask(4)));
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  if (!text.empty() && std::ranges::all_of(text, is_letter)) {
    word.first = static_cast<std::uint8_t>(text.front() - 'a' + 1);
    for (const char letter : text) {
      word.letters |= std::uint32_t{1} << (letter - 'a');
    }
  }
  return word;
}

std::uint64_t Pack(const FingerprintWord& word) {
  return std::uint64_t{word.hash} | std::uint64_t{word.letters} << kLettersAt |
         std::uint64_t{word.first} << kFirstAt | std::uint64_t{word.length} << kLengthAt |
         static_cast<std::uint64_t>(word.kind) << kKindAt;
}

FingerprintWord UnpackFingerprintWord(std::uint64_t packed) {
  const auto field = [packed](unsigned at, unsigned bits) { return (packed >> at) & Mask(bits); };
  FingerprintWord word;
  word.hash = static_cast<std::uint32_t>(field(0, kHashBits));
  word.letters = static_cast<std::uint32_t>(field(kLettersAt, 26));
  word.first = static_cast<std::uint8_t>(field(kFirstAt, 5));
  word.length = static_cast<std::uint8_t>(field(kLengthAt, 4));
  // Stored bytes may be anything: the one bit pattern that names no kind is a plain word.
  const std::uint64_t kind = field(kKindAt, 3);
  word.kind = kind > static_cast<std::uint64_t>(Kind::kCut)
                  ? Kind::kPlain
                  : static_cast<FingerprintWord::Kind>(kind);
  return word;
}

Fingerprint MakeFingerprint(std::string_view text) {
  const CopyForm form = MakeCopyForm(text);
  std::vector<std::uint64_t> packed;
  packed.reserve(form.words.size() + 1);
  for (const CopyWord& word : form.words) {
    packed.push_back(Pack(MakeFingerprintWord(word.kind, word.text)));
  }
  if (form.is_cut) {
    packed.push_back(Pack(MakeFingerprintWord(Kind::kCut, "")));
  }
  Fingerprint print = FingerprintOfWords(std::move(packed));
  if (form.words.size() > kMaxAligned) {
    print.sequence.clear();
  }
  return print;
}

Fingerprint FingerprintOf(const Post& post) {
  return MakeFingerprint(post.title + "\n" + post.text);
}

}  // namespace schoolwatch::core
