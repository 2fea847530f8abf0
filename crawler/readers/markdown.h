#pragma once

#include <string_view>

#include "crawler/readers/node_text.h"

namespace schoolwatch::crawler {

// Words of a text with marks as platforms take them (CommonMark's emphasis, headings, lists, code,
// links and pictures; Reddit's spoilers and superscript, Discord's spoilers, struck-out text),
// without the marks; lines that begin with ">" go to `quoted`. A picture's description stands on a
// line of its own. Line ends stay. What is not well formed stays as it is. Linear in the text.
NodeWords TextOfMarkdown(std::string_view text);

}  // namespace schoolwatch::crawler
