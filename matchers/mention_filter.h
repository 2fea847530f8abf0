#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "matchers/phrase_table.h"

namespace schoolwatch::matchers {

// Tells in one pass over the bytes as written that none of many phrases can stand in a text, in
// either view (core/text/fold.h), without making the views. Nearly every text that names no school
// ends here, at several hundred megabytes a second and at the same cost for one name and for
// 24,000 schools' names.
//
// Why nothing is missed: a phrase is found by its first word, or its first two, in skeleton
// spelling, which equal words share in both views. Words of plain ASCII are spelt and hashed where
// they stand. Whatever folding or the evasion view could change (bytes that are not ASCII, figures
// and signs next to letters, threefold letters, letters standing alone in a row, apostrophes,
// handles) is found by masks that may say too much but never too little; around it the real
// functions make both views, of whole runs between white space, where neither reaches across.
//
// Immutable, thread-safe.
class MentionFilter {
 public:
  explicit MentionFilter(std::span<const Phrase> phrases);

  // False only where none of the phrases stands in the text, whether as written or hidden.
  bool MayHold(std::string_view text) const;

 private:
  friend class FilterWalk;

  void Insert(std::uint64_t start);
  // Whether a phrase starts with the word or pair of words of this hash. The bitmap has three bits
  // of one place for each start, in sixteen a start: it lets one in a hundred others by, so that
  // the table behind it, which is too large for the cache, is hardly touched.
  bool IsStart(std::uint64_t hash) const {
    const std::uint64_t bits = std::uint64_t{1} << (hash & 63) |
                               std::uint64_t{1} << (hash >> 6 & 63) |
                               std::uint64_t{1} << (hash >> 12 & 63);
    return (bitmap_[(hash >> 32) & bitmap_mask_] & bits) == bits && IsInTable(hash);
  }
  bool IsInTable(std::uint64_t hash) const;

  std::vector<std::uint64_t> bitmap_;
  std::uint64_t bitmap_mask_ = 0;
  std::vector<std::uint64_t> starts_;  // Open addressing; 0: free.
  std::uint64_t starts_mask_ = 0;
};

}  // namespace schoolwatch::matchers
