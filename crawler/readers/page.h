#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/post.h"
#include "core/url.h"
#include "crawler/readers/dates.h"
#include "crawler/readers/html_tree.h"

namespace schoolwatch::crawler {

// What a page says about itself, gathered once and used by all that read it.
struct Page {
  explicit Page(const HtmlTree& parsed) : tree(parsed) {}
  const HtmlTree& tree;
  std::optional<core::HttpUrl> base;  // With <base href> applied.
  DateContext dates;
  std::string title;
  std::string author;
  std::string author_url;
  std::string language;
  std::string canonical;
  std::optional<core::Timestamp> published;
  std::string published_text;
  std::optional<core::Timestamp> updated;
  std::string og_type;
  // From JSON-LD: the article's own text, and posts that it lists.
  std::string article_body;
  std::vector<core::Post> structured_posts;
  // Whether JSON-LD or microdata call the page a discussion.
  bool says_discussion = false;
  bool says_article = false;
};

// Reads <head>, JSON-LD and the first heading. `base` is the page's own address.
Page MakePage(const HtmlTree& tree, const std::optional<core::HttpUrl>& base,
              std::optional<core::Timestamp> reference);

}  // namespace schoolwatch::crawler
