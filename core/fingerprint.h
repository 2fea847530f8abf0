#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace schoolwatch::core {

struct Post;

// One word of a text's canonical form, small enough to keep and rich enough to see a typo.
struct FingerprintWord {
  enum class Kind : std::uint8_t {
    kPlain,
    kMinor,     // "to" and "for", which are also written 2 and 4: may be missing.
    kNumber,    // "7", "seven", "seventh", "3.15".
    kDay,       // Weekdays and months.
    kName,      // Capitalised inside a sentence, or after a title.
    kNegation,  // "not", "no", "never", "nobody", …
    kCut,       // The end of a text that was cut short ("… see more").
  };
  Kind kind = Kind::kPlain;
  std::uint8_t first = 0;     // Its first letter, 1 to 26; 0 for other scripts and numbers.
  std::uint8_t length = 0;    // In letters, 15 at most.
  std::uint32_t letters = 0;  // Bit n: the n-th letter of the alphabet occurs.
  std::uint32_t hash = 0;     // 26 bits.

  // The same word, whatever its kind: who writes all in small letters names nobody.
  bool SameAs(const FingerprintWord& other) const {
    return hash == other.hash && letters == other.letters && length == other.length;
  }
};

FingerprintWord MakeFingerprintWord(FingerprintWord::Kind kind, std::string_view text);
std::uint64_t Pack(const FingerprintWord& word);
FingerprintWord UnpackFingerprintWord(std::uint64_t packed);

// What near-duplicate comparison needs of a text: hashes and no text. Indexed and compared in
// storage, which keeps none: they are made again of the posts that it has.
struct Fingerprint {
  std::uint64_t exact = 0;  // Hash of the canonical form; equal means the same words.
  std::array<std::uint32_t, 64> sketch{};  // One-permutation MinHash over words and word pairs.
  std::vector<std::uint64_t> shingles;     // Sorted hashes of words and word pairs.
  std::vector<std::uint64_t> sequence;     // Packed words in order, for alignment; empty for texts
                                           // that are too long to align.
  std::vector<std::uint64_t> facts;        // Sorted hashes of names, numbers and days: where these
                                           // differ, two texts say different things.
  std::uint32_t negations = 0;             // How many negating words.
  std::uint32_t words = 0;                 // Length of the canonical form.
  bool operator==(const Fingerprint&) const = default;
};

// Canonical form (text/copy_form.h), then its one-permutation MinHash, shingles, and the facts that
// must agree. Never fails; linear time. The store's index is made of it: a change of what is made
// of a text needs a new schema, whose migration makes the index anew.
Fingerprint MakeFingerprint(std::string_view text);
// Of its title and text.
Fingerprint FingerprintOf(const Post& post);

}  // namespace schoolwatch::core
