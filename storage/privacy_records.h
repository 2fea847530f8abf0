#pragma once

#include <cstdint>

#include "core/time.h"

namespace schoolwatch::storage {

// What an erasure leaves behind, so that neither the next look at the site nor a restored backup
// brings back what was erased. Its key is a keyed hash of what it is about, and nothing else tells.
struct ErasureMark {
  enum class What {
    kPost,    // A post, by a key that it was seen under or by its own address.
    kWords,   // A post by its author and words, wherever it stands.
    kAuthor,  // All of an author's posts read before `at`. For restoring alone.
    kUrl,     // All posts read before `at` from there. For restoring alone.
    kCase,    // A case. For restoring alone.
  };
  What what = What::kPost;
  core::Timestamp at{};
  core::Timestamp until{};  // What comes back after this may stay.
  bool operator==(const ErasureMark&) const = default;
};

// How often what one author wrote was looked at. Its key is a keyed hash of the name.
struct LookCount {
  std::uint32_t looks = 0;  // Since `since`.
  core::Timestamp since{};
  core::Timestamp last{};
  bool operator==(const LookCount&) const = default;
};

}  // namespace schoolwatch::storage
