#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/fingerprint.h"

namespace schoolwatch::storage {

struct Resemblance {
  bool same = false;
  double jaccard = 0;      // Of words and word pairs.
  double containment = 0;  // Of the shorter in the longer.
  std::string why;  // For people: "same words", "87 % of words and pairs; but the names differ"
};

// Whether two texts say the same thing in nearly the same words. Never where a name, a number, a
// day or a negation differs.
Resemblance Compare(const core::Fingerprint& a, const core::Fingerprint& b);

// Groups near-duplicates: result[i] is the smallest index of i's group. Uses the banded index, so
// not quadratic for texts that are unlike.
std::vector<std::size_t> GroupNearDuplicates(std::span<const core::Fingerprint> fingerprints);

}  // namespace schoolwatch::storage
