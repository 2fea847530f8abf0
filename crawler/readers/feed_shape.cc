#include "crawler/readers/feed_shape.h"

#include <algorithm>
#include <utility>

#include "core/url.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// "*" stands for anything. Each part between two of them is taken where it stands first, which is
// enough: what matches at all matches so.
bool IsLike(std::string_view line, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) {
    return line == pattern;
  }
  if (!line.starts_with(pattern.substr(0, star))) {
    return false;
  }
  line.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  for (std::size_t end = pattern.find('*'); end != std::string_view::npos;
       end = pattern.find('*')) {
    const std::size_t at = line.find(pattern.substr(0, end));
    if (at == std::string_view::npos) {
      return false;
    }
    line.remove_prefix(at + end);
    pattern.remove_prefix(end + 1);
  }
  return line.ends_with(pattern);
}

}  // namespace

std::string WithoutLines(std::string_view text, const std::vector<std::string>& patterns) {
  std::string out;
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (std::ranges::none_of(
            patterns, [line](const std::string& pattern) { return IsLike(Trim(line), pattern); })) {
      out += first ? "" : "\n";
      out += line;
      first = false;
    }
  }
  return out;
}

void SettleAuthor(core::Post& post) {
  if (!post.author_url.empty() || (!StartsWithIgnoreCase(post.author, "https://") &&
                                   !StartsWithIgnoreCase(post.author, "http://"))) {
    return;
  }
  const auto url = core::HttpUrl::Parse(post.author);
  if (!url) {
    return;
  }
  post.author_url = url->href();
  std::string_view path = url->path();
  while (path.ends_with('/')) {
    path.remove_suffix(1);
  }
  const std::string_view name = path.substr(path.rfind('/') + 1);
  post.author = name.empty() ? std::string(url->host()) : std::string(name);
}

void ShapeFeed(const Recipe& recipe, Document& document) {
  const RecipeFeed& feed = recipe.feed;
  for (core::Post& post : document.posts) {
    post.kind = recipe.kind;
    post.platform = recipe.name;
    if (!feed.drop_lines.empty()) {
      post.text = WithoutLines(post.text, feed.drop_lines);
      post.summary = WithoutLines(post.summary, feed.drop_lines);
    }
    if (feed.headline_only) {
      post.text.clear();
      post.quoted.clear();
      post.summary.clear();
    }
    if (feed.source_is_author && !post.author.empty()) {
      const std::string ending = " - " + post.author;
      if (post.title.size() > ending.size() && post.title.ends_with(ending)) {
        post.title.resize(post.title.size() - ending.size());
      }
    }
  }
}

}  // namespace schoolwatch::crawler
