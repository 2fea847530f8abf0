#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "crawler/readers/engines.h"
#include "crawler/readers/feed_xml.h"
#include "crawler/readers/hints.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/records.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// Deeper structure and more variety than this tells records apart no better.
constexpr std::size_t kMaxPlaceDepth = 48;
constexpr std::size_t kMaxPlaces = 20'000;
// A text that all records share and that is longer than this is no label.
constexpr std::size_t kLabelWords = 5;

constexpr std::uint32_t kNotBody =
    kHintAuthor | kHintSignature | kHintTools | kHintMeta | kHintBoilerplate | kHintNotice;

bool IsTool(Tag tag) {
  return tag == Tag::kButton || tag == Tag::kForm || tag == Tag::kTextarea || tag == Tag::kNav ||
         tag == Tag::kSelect || tag == Tag::kLabel || tag == Tag::kMenu;
}

// vBulletin's own texts stand in <blockquote class="postcontent">.
bool IsQuote(const HtmlTree& tree, NodeId id, std::uint32_t hints) {
  return (tree[id].tag == Tag::kBlockquote && (hints & kHintBody) == 0) ||
         ((hints & kHintQuote) != 0 && Has(tree[id].tag, kBlock));
}

// What one place (path from the record's root) holds over all records.
struct Place {
  std::size_t parent = 0;
  std::size_t depth = 0;
  std::size_t words = 0;    // Outside links.
  std::size_t records = 0;  // Records that have it.
  std::size_t occurrences = 0;
  std::size_t last_record = static_cast<std::size_t>(-1);
  std::uint32_t hints = 0;
  std::string shape;
  std::size_t order = 0;  // Among its sisters of the same shape.
  Tag tag = Tag::kUnknown;
  bool out = false;  // Its words are no body's.
  std::vector<std::size_t> children;
};

// A text outside links, and where it stands.
struct PlaceText {
  std::size_t place;
  std::size_t label;
  std::size_t words;
};

class SetReader {
 public:
  SetReader(const Page& page, const std::vector<Stamp>& stamps, const RecordSet& set)
      : page_(page), tree_(page.tree), stamps_(stamps), set_(set) {
    nested_.resize(set.records.size());
    for (std::size_t i = 0; i < set.records.size(); ++i) {
      if (set.records[i].outer != Record::kNoRecord) {
        nested_[set.records[i].outer].push_back(i);
      }
    }
  }

  RecordPosts Read() {
    places_.push_back({});
    for (std::size_t i = 0; i < set_.records.size(); ++i) {
      Survey(i);
    }
    CountWordsOfPlaces();
    MarkOutsiders();
    const std::size_t body = ChooseBody();
    ChooseAuthor(body, Where::kOutsideBody);
    if (author_places_.empty()) {
      ChooseAuthor(body, Where::kAnywhere);
    }
    RecordPosts result;
    for (std::size_t i = 0; i < set_.records.size(); ++i) {
      core::Post post = MakePost(i, body, result);
      if (post.text.empty() && post.quoted.empty()) {
        continue;
      }
      if (const NodeId heading = TeaserLink(i); heading != kNoNode) {
        ++result.teasers;
        post.title = CollapseSpace(PlainText(tree_, heading));
        post.url = ResolveLink(tree_.Attribute(heading, "href"), page_.base);
      }
      result.with_author += post.author.empty() ? 0u : 1u;
      result.with_date += post.published_text.empty() ? 0u : 1u;
      result.posts.push_back(std::move(post));
      result.record_of.push_back(i);
    }
    LinkParents(result);
    return result;
  }

 private:
  // Calls `visit` for each node of a record outside the records nested in it; its answer false
  // skips the node's inside.
  template <class Visit>
  void Walk(std::size_t index, Visit visit) const {
    const Record& record = set_.records[index];
    std::size_t next_nested = 0;
    for (NodeId id = record.first; id < record.end;) {
      if (next_nested < nested_[index].size() &&
          set_.records[nested_[index][next_nested]].first == id) {
        id = set_.records[nested_[index][next_nested]].end;
        ++next_nested;
        continue;
      }
      if (visit(id) || tree_[id].is_text) {
        ++id;
      } else {
        const NodeId end = tree_[id].end;
        while (next_nested < nested_[index].size() &&
               set_.records[nested_[index][next_nested]].first < end) {
          ++next_nested;
        }
        id = end;
      }
    }
  }

  // Elements of one shape that always stand side by side are told apart by their order.
  std::size_t PlaceOf(std::size_t parent, NodeId id, std::size_t order) {
    if (places_[parent].depth >= kMaxPlaceDepth || places_.size() >= kMaxPlaces) {
      return parent;
    }
    std::string key = std::to_string(parent) + '>' + ShapeOf(tree_, id);
    const std::string_view name = tree_.Attribute(id, "id");
    if (!name.empty()) {
      key += '#';
      for (const char c : name.substr(0, 40)) {
        if (!IsAsciiDigit(c)) {
          key += c;
        }
      }
    } else if (IsOrdered(id)) {
      key += '[' + std::to_string(std::min<std::size_t>(order, 9)) + ']';
    }
    const auto [found, added] = index_.try_emplace(key, places_.size());
    if (added) {
      Place place;
      place.parent = parent;
      place.shape = ShapeOf(tree_, id);
      place.order = IsOrdered(id) ? order : 0;
      place.depth = places_[parent].depth + 1;
      place.hints = HintsOf(tree_, id);
      place.tag = tree_[id].tag;
      places_.push_back(place);
      places_[parent].children.push_back(found->second);
    }
    return found->second;
  }

  // Paragraphs and the like are one place however many there are.
  bool IsOrdered(NodeId id) const {
    const Tag tag = tree_[id].tag;
    return Has(tag, kBlock) && tag != Tag::kP && tag != Tag::kLi && tag != Tag::kBlockquote &&
           tag != Tag::kPre && tag != Tag::kUl && tag != Tag::kOl && !Has(tag, kHeading) &&
           tag != Tag::kHr;
  }

  void Survey(std::size_t index) {
    struct Level {
      NodeId end;
      std::size_t place;
      // Shapes of its boxes so far, and how many of each.
      std::vector<std::pair<std::string, std::size_t>> children = {};
    };
    std::vector<Level> levels;
    NodeId link_end = 0;
    places_[0].records += 1;
    Walk(index, [&](NodeId id) {
      while (!levels.empty() && id >= levels.back().end) {
        levels.pop_back();
      }
      const std::size_t parent = levels.empty() ? 0 : levels.back().place;
      const HtmlNode& node = tree_[id];
      if (node.is_text) {
        if (const std::size_t words = id >= link_end ? CountWords(node.text) : 0; words > 0) {
          texts_.push_back({parent, HashLabel(node.text), words});
        }
        return true;
      }
      if (IsHidden(tree_, id)) {
        return false;
      }
      // The record's own element is the place that all records share.
      if (id == set_.records[index].first && node.end == set_.records[index].end) {
        levels.push_back({node.end, 0});
        return true;
      }
      std::size_t order = 0;
      if (!levels.empty() && IsOrdered(id)) {
        order = CountSame(levels.back().children, ShapeOf(tree_, id));
      }
      const std::size_t place = PlaceOf(parent, id, order);
      place_of_[id] = place;
      ++places_[place].occurrences;
      if (places_[place].last_record != index) {
        places_[place].last_record = index;
        ++places_[place].records;
      }
      if (node.tag == Tag::kA) {
        link_end = std::max(link_end, node.end);
      }
      levels.push_back({node.end, place});
      return true;
    });
  }

  // The same for "Posts: 12" and "Posts: 7".
  static std::size_t HashLabel(std::string_view text) {
    std::string label;
    for (const char c : Trim(text).substr(0, 80)) {
      label += IsAsciiDigit(c) ? '0' : c;
    }
    return std::hash<std::string>()(label);
  }

  // What most records say in the same place ("Join date", "Reply") is nobody's words.
  void CountWordsOfPlaces() {
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> same;
    for (const PlaceText& text : texts_) {
      ++same[{text.place, text.label}];
    }
    for (const PlaceText& text : texts_) {
      if (text.words <= kLabelWords && set_.records.size() > 1 &&
          same[{text.place, text.label}] * 2 > set_.records.size()) {
        continue;
      }
      for (std::size_t place = text.place;; place = places_[place].parent) {
        places_[place].words += text.words;
        if (place == 0) {
          break;
        }
      }
    }
  }

  // Panels, signatures, buttons: by name, unless most of the words stand there.
  void MarkOutsiders() {
    const std::size_t all = places_[0].words;
    for (std::size_t i = 1; i < places_.size(); ++i) {
      Place& place = places_[i];
      const bool named = (place.hints & kNotBody) != 0 || IsTool(place.tag);
      const bool body = (place.hints & kHintBody) != 0 && (place.hints & kHintSignature) == 0;
      place.out = named && !(body && !IsTool(place.tag)) && place.words * 2 < all;
      if (place.out) {
        for (std::size_t up = place.parent;; up = places_[up].parent) {
          places_[up].words -= std::min(places_[up].words, place.words);
          if (up == 0) {
            break;
          }
        }
        MuteBelow(i);
      }
    }
  }

  // What stands in an outsider is out with it, and is not taken off twice.
  void MuteBelow(std::size_t index) {
    std::vector<std::size_t> todo = places_[index].children;
    while (!todo.empty()) {
      const std::size_t at = todo.back();
      todo.pop_back();
      places_[at].out = true;
      places_[at].words = 0;
      todo.insert(todo.end(), places_[at].children.begin(), places_[at].children.end());
    }
  }

  // Goes down from the record while one place holds nearly all the words.
  std::size_t ChooseBody() const {
    std::size_t at = 0;
    for (;;) {
      const Place& place = places_[at];
      std::size_t best = 0;
      for (const std::size_t child : place.children) {
        if (!places_[child].out && (best == 0 || places_[child].words > places_[best].words)) {
          best = child;
        }
      }
      if (best == 0) {
        return at;
      }
      const Place& child = places_[best];
      const std::size_t needed = (child.hints & kHintBody) != 0 ? 50 : 72;
      const bool usual = child.records * 10 >= set_.records.size() * 6;
      const bool once = child.occurrences * 10 <= child.records * 12;
      const bool paragraph =
          (child.tag == Tag::kP || child.tag == Tag::kLi) && (child.hints & kHintBody) == 0;
      const bool in_line =
          !Has(child.tag, kBlock) && child.tag != Tag::kUnknown && child.tag != Tag::kSpan;
      if (!usual || !once || in_line || paragraph || IsRepeated(child) ||
          child.words * 100 < place.words * needed) {
        return at;
      }
      at = best;
    }
  }

  // Whether its sisters come and go from record to record, as lines of a text do; boxes of a layout
  // are always there.
  bool IsRepeated(const Place& place) const {
    return std::any_of(places_[place.parent].children.begin(), places_[place.parent].children.end(),
                       [&](std::size_t child) {
                         const Place& sister = places_[child];
                         return sister.shape == place.shape && sister.order != place.order &&
                                !sister.out && sister.records * 10 < place.records * 9 &&
                                sister.records * 50 > place.records;
                       });
  }

  static std::size_t CountSame(std::vector<std::pair<std::string, std::size_t>>& children,
                               const std::string& shape) {
    for (auto& [known, count] : children) {
      if (known == shape) {
        return ++count;
      }
    }
    if (children.size() < 32) {
      children.emplace_back(shape, 0);
    }
    return 0;
  }

  bool IsInside(std::size_t place, std::size_t outer) const {
    for (;;) {
      if (place == outer) {
        return true;
      }
      if (place == 0) {
        return false;
      }
      place = places_[place].parent;
    }
  }

  std::size_t PlaceAt(NodeId id) const {
    const auto found = place_of_.find(id);
    return found == place_of_.end() ? 0 : found->second;
  }

  // A name: short, with a letter, no date, no number alone.
  std::string NameAt(NodeId id) const {
    std::string name = CollapseSpace(PlainText(tree_, id));
    if (name.empty() && tree_[id].tag == Tag::kMeta) {
      name = CollapseSpace(tree_.Attribute(id, "content"));
    }
    for (const std::string_view lead : {"by ", "By ", "von ", "par ", "Posted by ", "posted by ",
                                        "@", "Written by ", "Author: "}) {
      if (name.size() > lead.size() && name.starts_with(lead)) {
        name.erase(0, lead.size());
      }
    }
    const bool letter = std::any_of(name.begin(), name.end(), [](char c) {
      return IsAsciiAlpha(c) || static_cast<unsigned char>(c) >= 0x80;
    });
    if (!letter || CountCharacters(name) > 50 || CountWords(name) > 6) {
      return {};
    }
    return FindDate(name, page_.dates) ? std::string() : name;
  }

  int AuthorScore(NodeId id) const {
    const std::string_view property = tree_.Attribute(id, "itemprop");
    const std::string_view rel = tree_.Attribute(id, "rel");
    const HtmlNode& node = tree_[id];
    int score = 0;
    if (property == "name" || property == "author" || property == "creator") {
      score += property == "name" ? 3 : 4;
    }
    if (rel.find("author") != std::string_view::npos) {
      score += 4;
    }
    const std::string classes = ToAsciiLower(tree_.Class(id));
    for (const std::string_view mark : {"author", "username", "user-name", "nick", "poster", "user",
                                        "member", "fn", "name", "byline", "handle", "profile"}) {
      if (classes.find(mark) != std::string::npos) {
        score += 3;
        break;
      }
    }
    if (node.tag == Tag::kA && IsPersonLink(tree_.Attribute(id, "href"))) {
      score += 4;
    }
    if (score > 0 && (node.tag == Tag::kA || Has(node.tag, kFormatting))) {
      score += 1;
    }
    // A name in bold or in a list of terms may stand unmarked.
    if (score == 0 && (node.tag == Tag::kStrong || node.tag == Tag::kB || node.tag == Tag::kDt)) {
      score = 1;
    }
    return score;
  }

  enum class Where { kOutsideBody, kAnywhere };

  struct Vote {
    std::size_t records = 0;
    long score = 0;
    std::size_t last = static_cast<std::size_t>(-1);
    std::set<std::string> names;
  };

  // Whose places hold names: short, marked as such or in bold, not the same for everybody.
  void ChooseAuthor(std::size_t body, Where where) {
    std::map<std::size_t, Vote> votes;
    for (std::size_t i = 0; i < set_.records.size(); ++i) {
      Walk(i, [&](NodeId id) {
        if (tree_[id].is_text) {
          return true;
        }
        if (tree_[id].tag != Tag::kMeta && IsHidden(tree_, id)) {
          return false;
        }
        const std::size_t place = PlaceAt(id);
        if (where == Where::kOutsideBody && body != 0 && IsInside(place, body)) {
          return false;
        }
        if (tree_[id].end - id > 40) {
          return true;
        }
        const int score = AuthorScore(id);
        if (score == 0) {
          return true;
        }
        Vote& vote = votes[place];
        if (vote.last == i) {
          return true;
        }
        if (std::string name = NameAt(id); !name.empty()) {
          vote.last = i;
          ++vote.records;
          vote.score += score;
          vote.names.insert(std::move(name));
        }
        return true;
      });
    }
    std::vector<std::pair<double, std::size_t>> ranked;
    for (const auto& [place, vote] : votes) {
      const double share =
          static_cast<double>(vote.records) / static_cast<double>(set_.records.size());
      const double mean = static_cast<double>(vote.score) / static_cast<double>(vote.records);
      // "Member" under every name is a rank.
      const bool same = vote.names.size() == 1 && vote.records >= 3;
      if (mean < 2 && (share < 0.5 || same)) {
        continue;
      }
      ranked.emplace_back(-share * (1 + mean) * (same ? 0.3 : 1.0), place);
    }
    std::sort(ranked.begin(), ranked.end());
    for (const auto& [score, place] : ranked) {
      author_places_.push_back(place);
    }
  }

  NodeId AuthorNode(std::size_t index) const {
    NodeId best = kNoNode;
    std::size_t best_rank = author_places_.size();
    Walk(index, [&](NodeId id) {
      if (!tree_[id].is_text && best_rank > 0) {
        const auto rank = static_cast<std::size_t>(
            std::find(author_places_.begin(), author_places_.end(), PlaceAt(id)) -
            author_places_.begin());
        if (PlaceAt(id) != 0 && rank < best_rank && AuthorScore(id) > 0 && !NameAt(id).empty()) {
          best = id;
          best_rank = rank;
        }
      }
      return true;
    });
    return best;
  }

  void SetAuthor(NodeId best, core::Post& post) const {
    if (best == kNoNode) {
      return;
    }
    post.author = NameAt(best);
    // The link is the name itself, around it, or in it.
    NodeId link = best;
    for (int level = 0; level < 3 && link != kNoNode && tree_[link].tag != Tag::kA; ++level) {
      link = tree_[link].parent;
    }
    if (link == kNoNode || tree_[link].tag != Tag::kA) {
      link = tree_.Find(best, Tag::kA);
    }
    if (link != kNoNode) {
      const std::string_view href = tree_.Attribute(link, "href");
      if (!href.empty() && !href.starts_with("#") && !StartsWithIgnoreCase(href, "javascript:")) {
        post.author_url = ResolveLink(href, page_.base);
      }
    }
  }

  // The number that a platform gives a post: of its anchor or element id.
  void SetLinkAndId(std::size_t index, core::Post& post) const {
    std::string best;
    int best_score = 0;
    NodeId stamp = kNoNode;
    if (set_.records[index].stamp != Record::kNoStamp) {
      stamp = stamps_[set_.records[index].stamp].node;
    }
    Walk(index, [&](NodeId id) {
      if (tree_[id].is_text) {
        return true;
      }
      if (post.id.empty()) {
        for (const std::string_view name :
             {"id", "data-post-id", "data-comment-id", "data-id", "name"}) {
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

  // The link to another page in the record's heading; kNoNode for none.
  NodeId TeaserLink(std::size_t index) const {
    NodeId link = kNoNode;
    NodeId heading_end = 0;
    NodeId link_end = 0;
    NodeId open_link = kNoNode;
    Walk(index, [&](NodeId id) {
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
      if (in_both && LeadsElsewhere(tree_.Attribute(open_link, "href"))) {
        link = open_link;
      }
      return true;
    });
    return link;
  }

  bool LeadsElsewhere(std::string_view href) const {
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

  int PermalinkScore(NodeId id, NodeId stamp) const {
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
    for (const std::string_view mark : {"/post/", "/comment", "p=", "post=", "pid=", "permalink",
                                        "showpost", "/posts/", "viewtopic"}) {
      if (lower.find(mark) != std::string::npos) {
        score += 1;
        break;
      }
    }
    if (ContainsIgnoreCase(tree_.Attribute(id, "rel"), "bookmark") ||
        ContainsIgnoreCase(tree_.Class(id), "permalink") ||
        tree_.Attribute(id, "itemprop") == "url") {
      score += 3;
    }
    for (const std::string_view mark :
         {"reply", "report", "quote", "login", "register", "edit", "share", "vote", "like"}) {
      if (lower.find(mark) != std::string::npos) {
        score -= 3;
        break;
      }
    }
    // The counter "#12" is a permalink by custom.
    const std::string text = CollapseSpace(PlainText(tree_, id));
    if (text.size() >= 2 && text.size() < 8 && text[0] == '#' && IsAsciiDigit(text[1])) {
      score += 3;
    }
    return score;
  }

  core::Post MakePost(std::size_t index, std::size_t body, RecordPosts& result) const {
    core::Post post;
    post.kind = core::PostKind::kThreadPost;
    const NodeId author = AuthorNode(index);
    NodeWords words = BodyOf(index, body, author, result);
    post.text = std::move(words.text);
    post.quoted = std::move(words.quoted);
    if (post.text.empty() && post.quoted.empty()) {
      return post;
    }
    const Record& record = set_.records[index];
    if (record.stamp != Record::kNoStamp) {
      post.published = stamps_[record.stamp].time;
      post.published_text = stamps_[record.stamp].shown;
    }
    SetAuthor(author, post);
    SetLinkAndId(index, post);
    ApplyEngine(index, post);
    post.language = page_.language;
    return post;
  }

  // What the engine says stands in a record's own nodes; kNoNode where it says nothing.
  NodeId Select(std::size_t index, std::optional<Selector> Engine::* part) const {
    if (set_.engine == nullptr || !(set_.engine->*part)) {
      return kNoNode;
    }
    const Record& record = set_.records[index];
    for (const NodeId id : (set_.engine->*part)->All(tree_, record.first, record.end)) {
      const bool nested =
          std::any_of(nested_[index].begin(), nested_[index].end(),
                      [&](std::size_t n) { return tree_.Contains(set_.records[n].first, id); });
      if (!nested) {
        return id;
      }
    }
    return kNoNode;
  }

  std::vector<NodeId> SelectAll(NodeId first, NodeId end,
                                std::optional<Selector> Engine::* part) const {
    if (set_.engine == nullptr || !(set_.engine->*part)) {
      return {};
    }
    return (set_.engine->*part)->All(tree_, first, end);
  }

  // The attribute that the selector names, else the words.
  std::string SelectText(std::size_t index, std::optional<Selector> Engine::* part) const {
    const NodeId id = Select(index, part);
    if (id == kNoNode) {
      return {};
    }
    const std::string& attribute = (set_.engine->*part)->attribute();
    return attribute.empty() ? CollapseSpace(PlainText(tree_, id))
                             : std::string(Trim(tree_.Attribute(id, attribute)));
  }

  // What the engine knows wins over what was guessed.
  void ApplyEngine(std::size_t index, core::Post& post) const {
    if (set_.engine == nullptr) {
      return;
    }
    if (const NodeId author = Select(index, &Engine::author); author != kNoNode) {
      SetAuthor(author, post);
    }
    if (const NodeId date = Select(index, &Engine::date); date != kNoNode) {
      const std::string shown = CollapseSpace(PlainText(tree_, date));
      if (const auto found = FindDate(shown, page_.dates)) {
        post.published_text = shown.substr(found->start, found->end - found->start);
        post.published = found->time;
      }
      for (const std::string_view name : {"datetime", "data-time", "title", "content"}) {
        if (const auto time = ParseMachineDate(tree_.Attribute(date, name))) {
          post.published = time;
          break;
        }
      }
    }
    if (std::string id = SelectText(index, &Engine::id); !id.empty()) {
      post.id = std::move(id);
    }
    if (const NodeId link = Select(index, &Engine::permalink); link != kNoNode) {
      const std::string_view href = tree_.Attribute(link, "href");
      if (!href.empty()) {
        post.url = ResolveLink(href, page_.base);
      }
    }
    if (std::string parent = SelectText(index, &Engine::parent); !parent.empty()) {
      post.parent = std::move(parent);
    }
  }

  NodeWords BodyOf(std::size_t index, std::size_t body, NodeId author, RecordPosts& result) const {
    const Record& record = set_.records[index];
    // The body's element in this record; records without it are taken whole.
    NodeId first = record.first;
    NodeId end = record.end;
    bool found = body == 0;
    std::size_t link_words = 0;
    const NodeId said = Select(index, &Engine::body);
    if (said != kNoNode) {
      first = said;
      end = tree_[said].end;
      found = true;
    }
    const std::vector<NodeId> skipped = SelectAll(first, end, &Engine::skip);
    const std::vector<NodeId> quotes = SelectAll(first, end, &Engine::quote);
    const auto among = [](const std::vector<NodeId>& nodes, NodeId id) {
      return std::binary_search(nodes.begin(), nodes.end(), id);
    };
    if (!found) {
      Walk(index, [&](NodeId id) {
        if (!found && !tree_[id].is_text && PlaceAt(id) == body) {
          first = id;
          end = tree_[id].end;
          found = true;
        }
        return !found;
      });
    }
    TextOptions options;
    options.picture_texts = true;
    options.step = [&](NodeId id) {
      const bool nested = id != record.first &&
                          std::any_of(nested_[index].begin(), nested_[index].end(),
                                      [&](std::size_t n) { return set_.records[n].first == id; });
      if (nested) {
        return TextStep::kSkip;
      }
      const std::size_t place = PlaceAt(id);
      if (id == first || place == 0) {
        return TextStep::kTake;
      }
      if (among(skipped, id)) {
        return TextStep::kSkip;
      }
      if (among(quotes, id)) {
        return TextStep::kQuote;
      }
      if (IsTool(tree_[id].tag) || places_[place].out) {
        return TextStep::kSkip;
      }
      // Where nothing sets the text apart from its heading.
      const bool is_stamp = record.stamp != Record::kNoStamp && stamps_[record.stamp].node == id &&
                            tree_[id].end - id < 12;
      if (is_stamp || (id == author && id != first)) {
        return TextStep::kSkip;
      }
      if (IsQuote(tree_, id, places_[place].hints)) {
        return TextStep::kQuote;
      }
      if (tree_[id].tag == Tag::kA) {
        link_words += CountWords(PlainText(tree_, id));
      }
      return TextStep::kTake;
    };
    NodeWords words = TextOfRange(tree_, first, end, options);
    const std::size_t all = CountWords(words.text);
    result.words += all - std::min(all, link_words);
    if (all > 0 && link_words * 2 > all) {
      ++result.linked;
    }
    return words;
  }

  void LinkParents(RecordPosts& result) const {
    std::unordered_map<std::size_t, std::size_t> post_of;
    for (std::size_t i = 0; i < result.record_of.size(); ++i) {
      post_of[result.record_of[i]] = i;
    }
    for (std::size_t i = 0; i < result.posts.size(); ++i) {
      const std::size_t outer = set_.records[result.record_of[i]].outer;
      if (outer != Record::kNoRecord && post_of.contains(outer)) {
        const core::Post& parent = result.posts[post_of[outer]];
        result.posts[i].parent = !parent.id.empty() ? parent.id : parent.url;
      }
    }
  }

  const Page& page_;
  const HtmlTree& tree_;
  const std::vector<Stamp>& stamps_;
  const RecordSet& set_;
  std::vector<std::vector<std::size_t>> nested_;
  std::vector<Place> places_;
  std::vector<PlaceText> texts_;
  std::unordered_map<std::string, std::size_t> index_;
  std::unordered_map<NodeId, std::size_t> place_of_;
  std::vector<std::size_t> author_places_;
};

}  // namespace

RecordPosts ReadRecords(const Page& page, const std::vector<Stamp>& stamps, const RecordSet& set) {
  return SetReader(page, stamps, set).Read();
}

}  // namespace schoolwatch::crawler
