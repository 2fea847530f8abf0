#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "matchers/canonical_words.h"

namespace schoolwatch::matchers {

// A name taken apart: "The | Holy Trinity | CE | Junior School".
struct NameParts {
  Words core;
  int faith = -1;  // For FaithSpellings.
  Words tail;      // Words for its kind.
};
NameParts TakeApart(Words words);

// Every way in which a faith is written: {"church", "of", "england"}, {"ce"}, …; first none at all.
std::vector<Words> FaithSpellings(int faith);

// The words with every spelling of their parts: "st" and "saint", "tolland's" and "tolland", "and"
// and "n". `written` is the name as the configuration has it.
std::set<Words> Spellings(const Words& words, std::string_view written);

// Words that look like `word` to a hurried writer: two letters swapped, one left out or doubled.
// The first letter stands. Empty for words of fewer than seven letters, whose misspellings are
// other words too often.
std::vector<std::string> Misspellings(std::string_view word);

// "QBA", "R.O.S.E.": capitals that stand for words.
bool IsInitials(std::string_view written);

// Whether a word by itself means other things, too: it stands in the dictionary, is somebody's name
// or a place.
bool IsKnownWord(std::string_view word);

// Which ages a word for a kind of school speaks of: "primary" and "high" exclude one another.
enum class Phase { kAny, kYoung, kOlder };
Phase PhaseOf(std::string_view type_word);

}  // namespace schoolwatch::matchers
