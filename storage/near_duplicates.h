#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/fingerprint.h"

namespace schoolwatch::storage {

struct Resemblance {
  bool same = false;
  bool conflicts = false;  // A name, number, day or negation differs: never one story.
  double jaccard = 0;      // Of words and word pairs.
  double containment = 0;  // Of the shorter in the longer.
  std::string why;  // For people: "same words", "87 % of words and pairs; but a name differs"
};

// Whether two texts say the same thing in nearly the same words: copies with words in front or
// behind, cut short, or misspelled. Never where a name, a number, a day or a negation differs, nor
// in short texts where any word was put in another's place. Symmetric.
Resemblance Compare(const core::Fingerprint& a, const core::Fingerprint& b);

// Hashes under which a text is looked up: near-duplicates nearly always share one. Bands of the
// sketch, and the first and the last three words, since a copy cut short shares few bands.
std::vector<std::uint64_t> LookupKeys(const core::Fingerprint& fingerprint);

// Groups near-duplicates: result[i] is the smallest index of i's group. Uses LookupKeys, so not
// quadratic for texts that are unlike. Groups that hold conflicting texts are never joined through
// a third one, and a text that was cut short joins one group only: its beginning may fit several.
std::vector<std::size_t> GroupNearDuplicates(std::span<const core::Fingerprint> fingerprints);

}  // namespace schoolwatch::storage
