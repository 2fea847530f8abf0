#pragma once

#include <string_view>

#include "crawler/readers/reader.h"

namespace schoolwatch::crawler {

// RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed 1.x. Each entry is parsed on its own, so a
// broken one spoils no other; a feed that is cut off is read to its last whole entry.
extern const ReaderInfo kFeedReader;

// Whether the text (in any ASCII-compatible encoding) begins like an RSS, Atom or RDF feed.
bool LooksLikeXmlFeed(std::string_view bytes);
bool LooksLikeJsonFeed(std::string_view bytes);

}  // namespace schoolwatch::crawler
