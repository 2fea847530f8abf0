#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::crawler {

// A feed's text cut into what stands around the entries and the entries themselves.
struct FeedParts {
  std::string root_name;                  // "rss", "rdf:RDF", "feed"; empty: no feed.
  std::string_view root_tag;              // The whole start tag, with its namespaces.
  std::string header;                     // The feed without its entries.
  std::vector<std::string_view> entries;  // Whole elements, end tag included where there is one.
  bool cut_off = false;                   // The last entry had no end and was left out.
};

// Makes text that libxml2 takes: named references of HTML become characters, a bare "&" becomes
// "&amp;", references to what XML forbids and control characters go, CDATA stays as it is. The XML
// declaration and the document type, with every entity declared there, go too.
std::string CleanXml(std::string_view text);

// `clean` must outlive the parts. At most `max_entries` are listed.
FeedParts SplitFeed(std::string_view clean, std::size_t max_entries);

}  // namespace schoolwatch::crawler
