#include "crawler/readers/record_links.h"

#include <algorithm>
#include <array>
#include <string>

#include "crawler/readers/feed_xml.h"
#include "crawler/readers/hints.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {

void RecordLinks::SetLinkAndId(std::size_t index, core::Post& post) const {
  std::string best;
  int best_score = 0;
  NodeId stamp = kNoNode;
  if (set_.records[index].stamp != Record::kNoStamp) {
    stamp = stamps_[set_.records[index].stamp].node;
  }
  view_.Walk(index, [&](NodeId id) {
    if (tree_[id].is_text) {
      return true;
    }
    if (post.id.empty()) {
      for (const std::string_view name :
           {"id", "data-post-id", "data-comment-id", "data-id", "data-post", "data-comment",
            "data-message-id", "data-pid", "data-cid", "name"}) {
        const std::string_view value = tree_.Attribute(id, name);
        if (value.empty() || value.size() > 80 || (name == "name" && tree_[id].tag != Tag::kA)) {
          continue;
        }
        const bool digits = std::any_of(value.begin(), value.end(), IsAsciiDigit);
        if (digits) {
          post.id = value;
          break;
        }
      }
    }
    if (tree_[id].tag == Tag::kA) {
      const int score = PermalinkScore(id, stamp);
      if (score > best_score) {
        best_score = score;
        best = tree_.Attribute(id, "href");
      }
    }
    return true;
  });
  if (best_score > 0) {
    post.url = ResolveLink(best, page_.base);
  } else if (!post.id.empty() && page_.base) {
    post.url = ResolveLink("#" + post.id, page_.base);
  }
}

NodeId RecordLinks::TeaserLink(std::size_t index) const {
  NodeId link = kNoNode;
  NodeId heading_end = 0;
  NodeId link_end = 0;
  NodeId open_link = kNoNode;
  view_.Walk(index, [&](NodeId id) {
    if (tree_[id].is_text || link != kNoNode) {
      return true;
    }
    if (tree_[id].tag == Tag::kA) {
      open_link = id;
      link_end = tree_[id].end;
    }
    if (Has(tree_[id].tag, kHeading)) {
      heading_end = tree_[id].end;
    }
    const bool in_both = (tree_[id].tag == Tag::kA && id < heading_end) ||
                         (Has(tree_[id].tag, kHeading) && id < link_end);
    // Some papers set the names of those who comment as headings.
    if (in_both && (HintsOf(tree_, open_link) & kHintAuthor) == 0 &&
        LeadsElsewhere(tree_.Attribute(open_link, "href"))) {
      link = open_link;
    }
    return true;
  });
  return link;
}

bool RecordLinks::LeadsElsewhere(std::string_view href) const {
  if (href.empty() || href[0] == '#' || IsPersonLink(href)) {
    return false;
  }
  const std::string here = page_.base ? page_.base->href() : std::string();
  const std::string there = ResolveLink(href, page_.base);
  const auto path = [](std::string_view url) { return url.substr(0, url.find_first_of("?#")); };
  // "…/topic-12/?p=3#post3" stands under "…/topic-12/".
  return path(there) != path(here) && !path(there).starts_with(path(here)) &&
         there.find('#') == std::string::npos;
}

int RecordLinks::PermalinkScore(NodeId id, NodeId stamp) const {
  const std::string_view href = tree_.Attribute(id, "href");
  if (href.empty() || href.size() > 500 || href == "#" ||
      StartsWithIgnoreCase(href, "javascript:") || StartsWithIgnoreCase(href, "mailto:") ||
      IsPersonLink(href)) {
    return 0;
  }
  int score = 0;
  if (stamp != kNoNode && (tree_.Contains(id, stamp) || tree_.Contains(stamp, id))) {
    score += 4;
  }
  const std::size_t hash = href.find('#');
  const std::string_view fragment =
      hash == std::string_view::npos ? std::string_view() : href.substr(hash + 1);
  if (std::any_of(fragment.begin(), fragment.end(), IsAsciiDigit)) {
    score += 3;
  }
  const std::string lower = ToAsciiLower(href);
  static constexpr PartList kPostMarks(
      std::to_array<std::string_view>({"/post/", "/comment", "p=", "post=", "pid=", "permalink",
                                       "showpost", "/posts/", "viewtopic"}));
  if (kPostMarks.IsIn(lower)) {
    score += 1;
  }
  if (ContainsIgnoreCase(tree_.Attribute(id, "rel"), "bookmark") ||
      ContainsIgnoreCase(tree_.Class(id), "permalink") ||
      tree_.Attribute(id, "itemprop") == "url") {
    score += 3;
  }
  static constexpr PartList kDeedMarks(std::to_array<std::string_view>(
      {"reply", "report", "quote", "login", "register", "edit", "share", "vote", "like"}));
  if (kDeedMarks.IsIn(lower)) {
    score -= 3;
  }
  // The counter "#12" is a permalink by custom.
  const std::string text = CollapseSpace(PlainText(tree_, id));
  if (text.size() >= 2 && text.size() < 8 && text[0] == '#' && IsAsciiDigit(text[1])) {
    score += 3;
  }
  return score;
}

}  // namespace schoolwatch::crawler
