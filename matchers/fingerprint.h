#pragma once

#include <string_view>

#include "core/fingerprint.h"

namespace schoolwatch::matchers {

// Canonical form (retweet mark, @handles, links, #tags, emoji, punctuation and case dropped), then
// its one-permutation MinHash, shingles, and the facts that must agree. Never fails; linear time.
core::Fingerprint MakeFingerprint(std::string_view text);

}  // namespace schoolwatch::matchers
