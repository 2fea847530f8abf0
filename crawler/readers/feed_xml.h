#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/url.h"
#include "crawler/readers/document.h"

namespace schoolwatch::crawler {

class HtmlParts;

// How a platform's feed is read, where that is known.
struct FeedReading {
  const HtmlParts* parts = nullptr;  // Which elements of entries' mark-up count; null: all.
  bool source_is_author = false;     // What <source> names wrote it.
};

// Fills `document` (feed, posts, links, notes) from an XML feed in UTF-8. kBadInput: no feed.
core::Result<void> ReadXmlFeed(std::string_view text, const std::optional<core::HttpUrl>& base,
                               const FeedReading& reading, Document& document);

// The same from JSON Feed 1.x.
core::Result<void> ReadJsonFeed(std::string_view text, const std::optional<core::HttpUrl>& base,
                                Document& document);

// `reference` made absolute against `base`; as it was where it is no http(s) address.
std::string ResolveLink(std::string_view reference, const std::optional<core::HttpUrl>& base);

}  // namespace schoolwatch::crawler
