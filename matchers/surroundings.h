#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "matchers/text_scan.h"

namespace schoolwatch::matchers {

// What the words around all names say, without those that belong to them.
struct Surroundings {
  bool school_near = false;
  bool school = false;
  bool strong_near = false;  // Words that are hardly said of anything but a school.
  bool strong = false;
  bool family = false;
  bool much_family = false;  // Three or more different words about children or parents.
  bool elsewhere = false;
  bool other_town = false;  // "in Otherton": a known town or county that is not its own.
  bool other_school = false;
  bool trade = false;      // Words of another business.
  bool kind = false;       // A word of the school's own kind: "special".
  std::size_t senses = 0;  // Distinct words of other senses.
};

// `names` are those that may be the school's, `own` everything of its own, `type_words` those of
// its name, `place_words` those of its places.
Surroundings LookAround(std::span<const TextScan> scans, std::span<const Span> names,
                        std::span<const Span> own, std::span<const std::string> type_words,
                        std::span<const std::string> place_words);

// "… in Otherton", "… Primary, Otherton", "… (Otherton)" right after a name, and none of `places`
// soon after it.
bool IsFollowedByOtherTown(const TextScan& scan, const Span& span, std::span<const Span> places,
                           std::span<const Span> own);

// Whether the words of a name are written with capitals, small ones ("or", "y") apart.
bool IsCapitalName(const TextScan& scan, const Span& span);

// "The Quill Borough Transport Company (QBTC)": as many words with these initials in a row, which
// are not ours.
bool IsSpelledOut(std::string_view initials, std::span<const TextScan> scans,
                  std::span<const Span> own);

}  // namespace schoolwatch::matchers
