#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "crawler/readers/html_tree.h"

namespace schoolwatch::crawler {

// What the words in an element's class, id, role and itemprop say about it. Mark-up is written for
// people who maintain it, so its names are the best evidence there is after structured data.
enum Hint : std::uint32_t {
  kNoHint = 0,
  kHintAuthor = 1u << 0,       // The name of who wrote, or the panel about them.
  kHintSignature = 1u << 1,    // A forum member's standing words under each post.
  kHintTools = 1u << 2,        // Buttons, shares, votes, replies, reports.
  kHintMeta = 1u << 3,         // Dates, counts, headers and footers of posts.
  kHintQuote = 1u << 4,        // Words of somebody else.
  kHintBody = 1u << 5,         // The text itself.
  kHintComments = 1u << 6,     // The readers' comments, whole.
  kHintBoilerplate = 1u << 7,  // Menus, related stories, banners, sign-up boxes.
  kHintArticle = 1u << 8,      // The article, whole.
  kHintNotice = 1u << 9,       // "Edited by …", attachments and the like.
  kHintCaption = 1u << 10,     // What stands under a picture, and whose it is.
};

// Free: they are worked out when the tree is made.
inline std::uint32_t HintsOf(const HtmlTree& tree, NodeId id) { return tree[id].hints; }

// Working them out; elements with the same class and nothing else share an answer. The memory is
// for one tree.
struct HintMemory {
  std::unordered_map<std::string_view, std::uint32_t> of_class;
  std::string names;
  std::string spelled;
};
std::uint32_t FindHints(const HtmlTree& tree, NodeId id, HintMemory& memory);

// Class names that are the same for all of a kind: digits removed, "odd", "even", "first" and the
// like left out, at most two, in their order. "div.post" for one, with the tag.
std::string ShapeOf(const HtmlTree& tree, NodeId id);

// Whether a link's address looks like a member's page.
bool IsPersonLink(std::string_view href);

}  // namespace schoolwatch::crawler
