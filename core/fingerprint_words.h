#pragma once

#include <cstdint>
#include <vector>

#include "core/fingerprint.h"

namespace schoolwatch::core {

// The fingerprint of a text whose packed words these are, in their order: that sequence, and all
// sets and counts, which follow from it. So a stored fingerprint is its sequence alone, and what
// this makes of one never changes. The same on every machine.
Fingerprint FingerprintOfWords(std::vector<std::uint64_t> packed);

}  // namespace schoolwatch::core
