#pragma once

#include <span>
#include <string_view>

#include "matchers/phrase_table.h"
#include "matchers/start_table.h"

namespace schoolwatch::matchers {

// Tells in one pass over the bytes as written that none of many phrases can stand in a text, in
// either view (core/text/fold.h), without making the views. Nearly every text that names no school
// ends here, at several hundred megabytes a second and at the same cost for one name and for
// 24,000 schools' names.
//
// Why nothing is missed: a phrase is found by its first word, or its first two, in skeleton
// spelling, which equal words share in both views. Words of plain ASCII are spelt and hashed where
// they stand (word_block.h), and asked for in small tables first (start_table.h); typographic signs
// become ASCII ones before. Whatever else folding or the evasion view could change (bytes that are
// not ASCII, figures and signs next to letters, threefold letters, letters standing alone in a row,
// handles) is found by masks that may say too much but never too little; around it the real
// functions make both views, of whole runs between white space, where neither reaches across.
//
// Immutable, thread-safe.
class MentionFilter {
 public:
  explicit MentionFilter(std::span<const Phrase> phrases) : starts_(phrases) {}

  // False only where none of the phrases stands in the text, whether as written or hidden.
  bool MayHold(std::string_view text) const;

 private:
  StartTable starts_;
};

}  // namespace schoolwatch::matchers
