#pragma once

#include <string>
#include <vector>

#include "crawler/readers/page.h"

namespace schoolwatch::crawler {

// Stretches of the tree, [first, end), in document order.
struct NodeRange {
  NodeId first = 0;
  NodeId end = 0;
};

struct ArticleText {
  std::string text;           // Plain, blocks on lines of their own; empty where there is none.
  std::string with_pictures;  // The same with pictures' texts.
  NodeId root = kNoNode;      // The element that holds it.
  std::size_t words = 0;
};

// The page's main text: the element whose paragraphs score best by length, punctuation and lack of
// links, less what mark-up calls menus, related stories and the like. `excluded` (readers'
// comments, say) never counts.
ArticleText ExtractArticle(const Page& page, const std::vector<NodeRange>& excluded);

}  // namespace schoolwatch::crawler
