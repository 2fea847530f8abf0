#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace schoolwatch::core {

// What near-duplicate comparison needs of a post's text, and nothing that could be read back. Made
// by matchers::MakeFingerprint, indexed and compared in storage.
struct Fingerprint {
  std::uint64_t exact = 0;  // Hash of the canonical form; equal means the same words.
  std::array<std::uint32_t, 64> sketch{};  // One-permutation MinHash over words and word pairs.
  std::vector<std::uint64_t> shingles;  // Sorted hashes of words and word pairs, for verification.
  std::vector<std::uint64_t> grams;     // Sorted hashes of character 4-grams, for typos.
  std::vector<std::uint64_t> facts;     // Sorted hashes of names, numbers and days: where these
                                        // differ, two texts say different things.
  std::uint32_t negations = 0;          // How many negating words.
  std::uint32_t words = 0;              // Length of the canonical form.
  bool operator==(const Fingerprint&) const = default;
};

}  // namespace schoolwatch::core
