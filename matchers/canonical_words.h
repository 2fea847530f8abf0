#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::matchers {

// Words as names and phrases are compared: folded, without apostrophes, '&' as "and" (see Token).
using Words = std::vector<std::string>;

// Those of any text, tags as plain words.
Words CanonicalWords(std::string_view text);

// With a space between them, and apart again.
std::string JoinWords(const Words& words);
Words SplitWords(std::string_view joined);
std::string WithoutSpaces(const Words& words);

// Whether `part` stands in `words`, in one piece: from one of them on, or anywhere.
bool StartsAt(const Words& words, std::size_t at, const Words& part);
bool ContainsWords(const Words& words, const Words& part);

// The words as the evasion view's spelling has them.
std::string SkeletonOf(std::string_view words);

}  // namespace schoolwatch::matchers
