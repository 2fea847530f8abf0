#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace schoolwatch::alerts {

// Foreign text made fit to be shown: valid UTF-8; line ends and separators as "\n"; tabs and other
// controls as spaces; overrides of direction, invisible characters and non-characters gone. What
// joins emoji and letters stays (ZWJ, ZWNJ, variation selectors, the tags of flags).
std::string CleanText(std::string_view text);

// The same on one line, runs of spaces as one, none at the ends; more than `max_bytes` are cut
// between characters and end in "…".
std::string CleanLine(std::string_view text, std::size_t max_bytes);

// The first `max_bytes` of valid UTF-8 at most, whole characters.
std::string_view CutUtf8(std::string_view text, std::size_t max_bytes);

// Breaks lines longer than `columns` at spaces. A broken line goes on under the first one's text:
// its leading spaces, "> " and "- " are repeated or filled. A word that is too long stays whole.
std::string WrapLines(std::string_view text, std::size_t columns);

}  // namespace schoolwatch::alerts
