#pragma once

#include <string>

#include "core/url.h"
#include "crawler/readers/document.h"

namespace schoolwatch::crawler {

// The thread or article that a document was followed to as a page of; empty: none.
struct KnownThread {
  std::string url;
  std::string title;
};

// Whether what stands in the document answers each other, so that a later post is about whom an
// earlier one named.
bool IsConversation(const Document& document, const KnownThread& thread);

// Says of each post which conversation it belongs to: the address that its posts share, for
// grouping into cases, and the conversation's title. A page's title that a reader gave to each of
// its posts is no longer theirs afterwards: it is not the author's own words.
void PlacePosts(const core::HttpUrl& url, const KnownThread& thread, Document& document);

// An address without its fragment.
std::string WithoutFragment(std::string_view url);

}  // namespace schoolwatch::crawler
