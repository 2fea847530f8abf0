#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

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
  // PrivacyHash::key_id of the key that its hash was made under; under another it finds nothing.
  // Empty: see kUnnamedMarksKey.
  std::string key_id{};
  bool operator==(const ErasureMark&) const = default;
};

// Marks of erasures that still count and whose key is lost: what they are of is taken in again.
struct LostMarks {
  std::size_t marks = 0;
  core::Timestamp since{};  // Of the first such erasure…
  core::Timestamp until{};  // …and to when the last one's mark would have counted.
  bool operator==(const LostMarks&) const = default;
};

// How often what one author wrote was looked at. Its key is a keyed hash of the name.
struct LookCount {
  std::uint32_t looks = 0;  // Since `since`.
  core::Timestamp since{};
  core::Timestamp last{};
  bool operator==(const LookCount&) const = default;
};

}  // namespace schoolwatch::storage
