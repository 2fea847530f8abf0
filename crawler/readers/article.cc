#include "crawler/readers/article.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "crawler/readers/hints.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// Per node: characters of text below it, and of those inside links; prefix sums, so that each
// subtree's figure is one subtraction.
struct Measures {
  std::vector<std::size_t> characters;
  std::vector<std::size_t> linked;
  std::vector<std::size_t> prose;  // Of those in paragraphs that read like text.
  std::size_t Characters(NodeId first, NodeId end) const {
    return characters[end] - characters[first];
  }
  std::size_t Linked(NodeId first, NodeId end) const { return linked[end] - linked[first]; }
  std::size_t Prose(NodeId first, NodeId end) const { return prose[end] - prose[first]; }
};

// So far apart a heading and its text do not belong together.
constexpr NodeId kLeadNodes = 300;
constexpr std::size_t kProseCharacters = 80;

double Share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

class Extractor {
 public:
  Extractor(const Page& page, const std::vector<NodeRange>& excluded)
      : page_(page), tree_(page.tree), removed_(page.tree.size(), false) {
    for (const NodeRange& range : excluded) {
      std::fill(removed_.begin() + range.first, removed_.begin() + range.end, true);
    }
  }

  ArticleText Run() {
    ArticleText article;
    if (tree_.root() == kNoNode) {
      return article;
    }
    Measure();
    RemoveBoilerplate();
    Measure();
    Score();
    const NodeId top = Choose();
    if (top == kNoNode) {
      return article;
    }
    article.root = top;
    const std::string lead = LeadBefore(top);
    article.text = lead + TextBelow(top, false);
    article.with_pictures = lead + TextBelow(top, true);
    article.words = CountWords(article.text);
    return article;
  }

 private:
  void Measure() {
    measures_.characters.assign(tree_.size() + 1, 0);
    measures_.linked.assign(tree_.size() + 1, 0);
    NodeId hidden = 0;
    NodeId link = 0;
    for (NodeId id = 0; id < tree_.size(); ++id) {
      const HtmlNode& node = tree_[id];
      std::size_t characters = 0;
      if (node.is_text) {
        if (id >= hidden && !removed_[id]) {
          characters = CountCharacters(Trim(node.text));
        }
      } else if (id >= hidden) {
        if (IsHidden(tree_, id)) {
          hidden = node.end;
        }
        if (node.tag == Tag::kA) {
          link = std::max(link, node.end);
        }
      }
      measures_.characters[id + 1] = measures_.characters[id] + characters;
      measures_.linked[id + 1] = measures_.linked[id] + (id < link ? characters : 0);
    }
  }

  bool IsStructural(Tag tag) const {
    return tag == Tag::kHtml || tag == Tag::kBody || tag == Tag::kMain || tag == Tag::kArticle;
  }

  void Remove(NodeId id) {
    std::fill(removed_.begin() + id, removed_.begin() + tree_[id].end, true);
  }

  void RemoveBoilerplate() {
    const std::size_t all = measures_.Characters(0, static_cast<NodeId>(tree_.size()));
    for (NodeId id = 0; id < tree_.size(); ++id) {
      const HtmlNode& node = tree_[id];
      if (node.is_text || removed_[id]) {
        continue;
      }
      const std::size_t inside = measures_.Characters(id, node.end);
      const bool most = inside * 2 > all;
      switch (node.tag) {
        case Tag::kNav:
        case Tag::kAside:
        case Tag::kFooter:
        case Tag::kForm:
          // Some sites wrap the whole page in a form.
          if (!most) {
            Remove(id);
          }
          continue;
        case Tag::kButton:
        case Tag::kMenu:
        case Tag::kDialog:
          Remove(id);
          continue;
        default:
          break;
      }
      // Headings are found by their names: "nav-the-second-day" is an anchor.
      if (Has(node.tag, kHeading)) {
        continue;
      }
      if (IsStructural(node.tag) || most || !Has(node.tag, kBlock)) {
        // In-line elements are only dropped where they are plainly tools.
        if (IsStructural(node.tag) || most || node.tag != Tag::kSpan) {
          continue;
        }
      }
      const std::uint32_t hints = HintsOf(tree_, id);
      const bool article = (hints & (kHintArticle | kHintBody)) != 0;
      const bool comments = (hints & kHintComments) != 0;
      const bool boilerplate = (hints & kHintBoilerplate) != 0;
      const bool menu = tree_.Attribute(id, "role") == "navigation" ||
                        tree_.Attribute(id, "role") == "complementary";
      if (menu || (comments && !HoldsHeading(id)) ||
          (boilerplate && !(article && inside * 5 > all) && !IsProse(id))) {
        Remove(id);
      }
    }
  }

  // Three good paragraphs with few links: no box of menus, whatever its class says ("with-sidebar",
  // "subscribers-only").
  bool IsProse(NodeId id) const {
    if (Share(measures_.Linked(id, tree_[id].end), measures_.Characters(id, tree_[id].end)) > 0.2) {
      return false;
    }
    std::size_t paragraphs = 0;
    for (NodeId below = id; below < tree_[id].end && paragraphs < 3; ++below) {
      const HtmlNode& node = tree_[below];
      if (!node.is_text && node.tag == Tag::kP && measures_.Characters(below, node.end) >= 100) {
        ++paragraphs;
      }
    }
    return paragraphs >= 3;
  }

  // The page's own heading is not among the readers' comments ("comments-open" is a class of whole
  // articles).
  bool HoldsHeading(NodeId id) const { return tree_.HoldsMainHeading(id); }

  // Text that stands directly in the element or in in-line elements below it.
  std::size_t OwnCharacters(NodeId id) const {
    std::size_t own = measures_.Characters(id, tree_[id].end);
    for (NodeId child = tree_.FirstChild(id); child != kNoNode; child = tree_.NextSibling(child)) {
      if (!tree_[child].is_text && Has(tree_[child].tag, kBlock)) {
        own -= measures_.Characters(child, tree_[child].end);
      }
    }
    return own;
  }

  void Score() {
    measures_.prose.assign(tree_.size() + 1, 0);
    for (NodeId id = 0; id < tree_.size(); ++id) {
      const HtmlNode& node = tree_[id];
      measures_.prose[id + 1] += measures_.prose[id];
      if (node.is_text || removed_[id] || !Has(node.tag, kBlock) || Has(node.tag, kHeading) ||
          node.tag == Tag::kFigcaption) {
        continue;
      }
      const std::size_t own = OwnCharacters(id);
      if (own < 25) {
        continue;
      }
      const std::size_t linked = measures_.Linked(id, node.end);
      const std::size_t all = measures_.Characters(id, node.end);
      const double density = Share(linked, all);
      if (density > 0.6) {
        continue;
      }
      if (own >= kProseCharacters && density < 0.2) {
        measures_.prose[id + 1] += own;
      }
      double points = 1 + std::min(static_cast<double>(own) / 60.0, 12.0);
      points *= 1 - density;
      if (node.tag == Tag::kLi || node.tag == Tag::kDt) {
        points *= 0.4;
      }
      if (node.tag == Tag::kP || node.tag == Tag::kPre || node.tag == Tag::kBlockquote) {
        points *= 1.25;
      }
      // A paragraph speaks for its parent, less for those above; a text without paragraphs for
      // itself.
      double weight = 1;
      NodeId up = node.tag == Tag::kP || node.tag == Tag::kPre ? node.parent : id;
      for (int level = 0; level < 5 && up != kNoNode; ++level) {
        if (!tree_[up].is_text && Has(tree_[up].tag, kBlock)) {
          scores_[up] += points * weight;
        } else if (tree_[up].tag == Tag::kBody || tree_[up].tag == Tag::kUnknown) {
          scores_[up] += points * weight;
        }
        weight *= level == 0 ? 0.6 : 0.6;
        up = tree_[up].parent;
      }
    }
  }

  double Final(NodeId id) const {
    const auto found = scores_.find(id);
    if (found == scores_.end()) {
      return 0;
    }
    const std::size_t all = measures_.Characters(id, tree_[id].end);
    double score = found->second * (1 - Share(measures_.Linked(id, tree_[id].end), all));
    const std::uint32_t hints = HintsOf(tree_, id);
    if ((hints & kHintArticle) != 0 || tree_[id].tag == Tag::kArticle ||
        tree_[id].tag == Tag::kMain) {
      score *= 1.3;
    } else if ((hints & kHintBody) != 0) {
      score *= 1.15;
    }
    return score;
  }

  NodeId Choose() const {
    NodeId best = kNoNode;
    double best_score = 0;
    for (const auto& [id, raw] : scores_) {
      const double score = Final(id);
      if (score > best_score || (score == best_score && id < best)) {
        best = id;
        best_score = score;
      }
    }
    if (best == kNoNode) {
      return best;
    }
    // The article may be spread over several such elements: go up while that brings much more
    // text without many links.
    for (NodeId up = tree_[best].parent; up != kNoNode; up = tree_[up].parent) {
      if (tree_[up].tag == Tag::kHtml) {
        break;
      }
      const std::size_t here = measures_.Characters(best, tree_[best].end);
      const std::size_t there = measures_.Characters(up, tree_[up].end);
      const std::size_t linked_here = measures_.Linked(best, tree_[best].end);
      const std::size_t linked_there = measures_.Linked(up, tree_[up].end);
      const std::size_t more = there - here;
      const std::size_t more_linked = linked_there - linked_here;
      // Page builders put every paragraph into boxes of its own, too deep for the score.
      const std::size_t more_prose =
          measures_.Prose(up, tree_[up].end) - measures_.Prose(best, tree_[best].end);
      const bool whole = tree_[best].tag == Tag::kArticle || tree_[best].tag == Tag::kMain ||
                         (HintsOf(tree_, best) & kHintArticle) != 0;
      const bool prose = !whole && more_prose * 20 >= more * 17 && more > here / 8;
      if ((Final(up) > best_score * 0.75 && more > here / 5 && Share(more_linked, more) < 0.25) ||
          prose) {
        best = up;
      } else if (there > here * 3) {
        break;
      }
    }
    return best;
  }

  // The standfirst often stands between the heading and the element that holds the rest.
  std::string LeadBefore(NodeId top) const {
    NodeId from = 0;
    for (NodeId id = 0; id < top; ++id) {
      if (!tree_[id].is_text && tree_[id].tag == Tag::kH1 && !tree_.Contains(id, top)) {
        from = tree_[id].end;
      }
    }
    std::string lead;
    if (from == 0 || top - from > kLeadNodes) {
      return lead;
    }
    for (NodeId id = from; id < top;) {
      const HtmlNode& node = tree_[id];
      if (node.is_text || tree_.Contains(id, top) || !Has(node.tag, kBlock)) {
        ++id;
        continue;
      }
      const std::size_t own = OwnCharacters(id);
      if (removed_[id] || IsHidden(tree_, id) || IsTool(id) || IsCaption(id)) {
        id = node.end;
        continue;
      }
      if (own >= 60 && Share(measures_.Linked(id, node.end), own) < 0.2) {
        lead += TextBelow(id, false);
        lead += '\n';
        id = node.end;
      } else {
        ++id;
      }
    }
    return lead;
  }

  // Whether a block inside the article is no part of it: lists of links, lone link lines.
  bool IsLinkBlock(NodeId id) const {
    const HtmlNode& node = tree_[id];
    const std::size_t all = measures_.Characters(id, node.end);
    if (all == 0) {
      return false;
    }
    const double density = Share(measures_.Linked(id, node.end), all);
    if (node.tag == Tag::kUl || node.tag == Tag::kOl || node.tag == Tag::kTable ||
        node.tag == Tag::kDl) {
      return density > 0.6;
    }
    if (node.tag == Tag::kDiv || node.tag == Tag::kSection || node.tag == Tag::kP ||
        node.tag == Tag::kH3 || node.tag == Tag::kH4 || node.tag == Tag::kH2 ||
        node.tag == Tag::kHeader) {
      return density > 0.75 && all < 400;
    }
    return false;
  }

  std::string TextBelow(NodeId top, bool pictures) const {
    TextOptions options;
    options.picture_texts = pictures;
    options.step = [&](NodeId id) {
      if (removed_[id] || IsTool(id)) {
        return TextStep::kSkip;
      }
      if (tree_[id].tag == Tag::kH1 && IsTitle(id)) {
        return TextStep::kSkip;  // The title has its own field.
      }
      if (!pictures && IsCaption(id)) {
        return TextStep::kSkip;
      }
      return IsLinkBlock(id) ? TextStep::kSkip : TextStep::kTake;
    };
    return TextOf(tree_, top, options).text;
  }

  // Some pages set all their headings in <h1>.
  bool IsTitle(NodeId id) const {
    const std::string text = CollapseSpace(PlainText(tree_, id));
    return page_.title.empty() || ContainsIgnoreCase(page_.title, text) ||
           ContainsIgnoreCase(text, page_.title);
  }

  bool IsCaption(NodeId id) const {
    const HtmlNode& node = tree_[id];
    return node.tag == Tag::kFigcaption ||
           (Has(node.tag, kBlock) && node.attributes > 0 &&
            (HintsOf(tree_, id) & (kHintCaption | kHintBody | kHintArticle)) == kHintCaption &&
            measures_.Characters(id, node.end) < 400);
  }

  bool IsTool(NodeId id) const {
    if (!Has(tree_[id].tag, kBlock) || tree_[id].attributes == 0) {
      return false;
    }
    const std::uint32_t hints = HintsOf(tree_, id);
    const std::size_t inside = measures_.Characters(id, tree_[id].end);
    if (inside >= 200 || (hints & (kHintBody | kHintArticle)) != 0) {
      return false;
    }
    // The "header" of a part of the text is its heading.
    const bool header = (hints & (kHintTools | kHintMeta | kHintAuthor)) == kHintMeta;
    return (hints & (kHintTools | kHintMeta | kHintAuthor)) != 0 &&
           !(header && HoldsSubheading(id));
  }

  bool HoldsSubheading(NodeId id) const {
    return tree_.Find(id, Tag::kTime) == kNoNode &&
           (tree_.Find(id, Tag::kH2) != kNoNode || tree_.Find(id, Tag::kH3) != kNoNode);
  }

  const Page& page_;
  const HtmlTree& tree_;
  std::vector<bool> removed_;
  Measures measures_;
  std::unordered_map<NodeId, double> scores_;
};

}  // namespace

ArticleText ExtractArticle(const Page& page, const std::vector<NodeRange>& excluded) {
  return Extractor(page, excluded).Run();
}

}  // namespace schoolwatch::crawler
