#pragma once

#include <vector>

#include "crawler/readers/page.h"
#include "crawler/readers/records.h"
#include "crawler/readers/stamps.h"

namespace schoolwatch::crawler {

// Posts that the page's own mark-up names: schema.org's types as microdata or RDFa Lite, SIOC's as
// Drupal writes them, microformats2 (h-entry, h-cite, h-review) and hReview. Each record has its
// parts where its properties are. One set for reviews and one for all else; an h-entry or article
// that is the page itself is in none, only the comments in it are.
std::vector<RecordSet> FindMarkedItems(const HtmlTree& tree, const std::vector<Stamp>& stamps);

// What types of any of these vocabularies say of the whole page.
struct MarkedTypes {
  bool discussion = false;
  bool article = false;
};
MarkedTypes FindMarkedTypes(const HtmlTree& tree, NodeId id);

}  // namespace schoolwatch::crawler
