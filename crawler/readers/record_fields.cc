#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <utility>

#include "crawler/readers/engines.h"
#include "crawler/readers/feed_xml.h"
#include "crawler/readers/hints.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/record_authors.h"
#include "crawler/readers/record_links.h"
#include "crawler/readers/record_places.h"
#include "crawler/readers/record_view.h"
#include "crawler/readers/records.h"
#include "crawler/readers/signatures.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxShownDate = 100;

// "wrote", "said on": what stands around a name and a date.
constexpr std::size_t kHeadingWords = 3;

// vBulletin's own texts stand in <blockquote class="postcontent">.
bool IsQuote(const HtmlTree& tree, NodeId id, std::uint32_t hints) {
  return (tree[id].tag == Tag::kBlockquote && (hints & kHintBody) == 0) ||
         ((hints & kHintQuote) != 0 && Has(tree[id].tag, kBlock));
}

// "2026-11-12T09:15:00Z" is shown to nobody.
bool IsMachineForm(std::string_view date) {
  return date.size() > 10 && date[4] == '-' && date[7] == '-' && date[10] == 'T';
}

class SetReader {
 public:
  SetReader(const Page& page, const std::vector<Stamp>& stamps, const RecordSet& set)
      : page_(page),
        tree_(page.tree),
        stamps_(stamps),
        set_(set),
        view_(page.tree, set),
        places_(view_),
        body_(places_.ChooseBody()),
        authors_(view_, stamps, places_, body_, page.dates),
        links_(page, view_, stamps) {}

  RecordPosts Read() {
    RecordPosts result;
    for (std::size_t i = 0; i < set_.records.size(); ++i) {
      core::Post post = MakePost(i, result);
      if (post.text.empty() && post.quoted.empty()) {
        continue;
      }
      if (const NodeId heading = links_.TeaserLink(i); heading != kNoNode) {
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
  void SetAuthor(NodeId best, core::Post& post) const {
    if (best == kNoNode) {
      return;
    }
    post.author = authors_.NameAt(best);
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

  // Some engines say it on the post's own element.
  std::string_view NamedAuthor(std::size_t index) const {
    for (const std::string_view name : {"data-author", "data-username", "data-user-name"}) {
      const std::string_view value = tree_.Attribute(set_.records[index].first, name);
      if (!value.empty() && value.size() <= 100) {
        return value;
      }
    }
    return {};
  }

  core::Post MakePost(std::size_t index, RecordPosts& result) const {
    core::Post post;
    post.kind = core::PostKind::kThreadPost;
    const NodeId author = authors_.Find(index);
    NodeWords words = BodyOf(index, author, result);
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
    if (const std::string_view named = NamedAuthor(index); !named.empty()) {
      post.author = CollapseSpace(named);
    }
    links_.SetLinkAndId(index, post);
    if (!set_.parts.empty()) {
      ApplyParts(set_.parts[index], post);
    }
    ApplyEngine(index, post);
    ShowDate(index, post);
    CutHeadLine(post);
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
          std::any_of(view_.NestedIn(index).begin(), view_.NestedIn(index).end(),
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

  void SetDate(NodeId date, core::Post& post) const {
    const std::string shown = CollapseSpace(PlainText(tree_, date));
    if (const auto found = FindDate(shown, page_.dates)) {
      post.published_text = shown.substr(found->start, found->end - found->start);
      post.published = found->time;
    }
    // What holds the date may be more than its own element, such as all of a comment's head.
    const NodeId inner = tree_.Find(date, Tag::kTime);
    for (const NodeId node : {date, inner}) {
      if (node != kNoNode && SetMachineDate(node, post)) {
        return;
      }
    }
  }

  bool SetMachineDate(NodeId date, core::Post& post) const {
    for (const std::string_view name : {"datetime", "content", "data-time", "title"}) {
      if (const auto time = ParseMachineDate(tree_.Attribute(date, name))) {
        post.published = time;
        if (post.published_text.empty()) {
          post.published_text = Trim(tree_.Attribute(date, name));
        }
        return true;
      }
    }
    return false;
  }

  // Where the date was taken from what only machines see, but the same day is shown beside it.
  void ShowDate(std::size_t index, core::Post& post) const {
    if (!post.published || !IsMachineForm(post.published_text)) {
      return;
    }
    const Record& record = set_.records[index];
    auto stamp = std::lower_bound(stamps_.begin(), stamps_.end(), record.first,
                                  [](const Stamp& one, NodeId node) { return one.node < node; });
    for (; stamp != stamps_.end() && stamp->node < record.end; ++stamp) {
      const bool same_day =
          stamp->time && std::chrono::abs(*stamp->time - *post.published) <= std::chrono::days(1);
      if (same_day && !IsMachineForm(stamp->shown)) {
        post.published_text = stamp->shown;
        return;
      }
    }
  }

  // What mark-up says wins over what was guessed.
  void ApplyParts(const RecordParts& parts, core::Post& post) const {
    post.kind = parts.kind;
    if (parts.author != kNoNode) {
      SetAuthor(parts.author, post);
    }
    if (parts.date != kNoNode) {
      const std::string guessed = std::exchange(post.published_text, {});
      SetDate(parts.date, post);
      // What the page shows, whole; a machine's form only where nothing is shown.
      const std::string shown = CollapseSpace(PlainText(tree_, parts.date));
      post.published_text = !shown.empty() && shown.size() <= kMaxShownDate ? shown
                            : !guessed.empty()                              ? guessed
                                                                            : post.published_text;
    }
    if (parts.link != kNoNode) {
      post.url = ResolveLink(tree_.Attribute(parts.link, "href"), page_.base);
    }
    if (parts.title != kNoNode) {
      post.title = CollapseSpace(PlainText(tree_, parts.title));
    }
    if (!parts.reply_to.empty()) {
      post.parent = ResolveLink(parts.reply_to, page_.base);
    }
  }

  // What the engine knows wins over what was guessed.
  void ApplyEngine(std::size_t index, core::Post& post) const {
    if (set_.engine == nullptr) {
      return;
    }
    if (const NodeId author = Select(index, &Engine::author);
        author != kNoNode && NamedAuthor(index).empty()) {
      SetAuthor(author, post);
    }
    if (const NodeId date = Select(index, &Engine::date); date != kNoNode) {
      SetDate(date, post);
    }
    if (set_.engine->signed_at_end) {
      CutSignature(post);
      post.url.clear();  // The links beside the date are their writers'.
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

  // The element that says "Dana wrote on Monday:" and little else.
  NodeId HeadingOf(const Record& record, NodeId author) const {
    if (author == kNoNode || record.stamp == Record::kNoStamp) {
      return kNoNode;
    }
    const NodeId stamp = stamps_[record.stamp].node;
    NodeId both = author;
    for (int level = 0; level < 4 && both != kNoNode && !tree_.Contains(both, stamp); ++level) {
      both = tree_[both].parent;
    }
    if (both == kNoNode || both <= record.first || !tree_.Contains(both, stamp)) {
      return kNoNode;
    }
    const std::size_t said = CountWords(PlainText(tree_, author)) +
                             CountWords(stamps_[record.stamp].shown) + kHeadingWords;
    return tree_[both].end - both < 60 && CountWords(PlainText(tree_, both)) <= said ? both
                                                                                     : kNoNode;
  }

  NodeWords BodyOf(std::size_t index, NodeId author, RecordPosts& result) const {
    const Record& record = set_.records[index];
    // The body's element in this record; records without it are taken whole.
    NodeId first = record.first;
    NodeId end = record.end;
    bool found = body_ == 0;
    std::size_t link_words = 0;
    const NodeId said = set_.parts.empty() ? Select(index, &Engine::body) : set_.parts[index].body;
    if (said != kNoNode) {
      first = said;
      end = tree_[said].end;
      found = true;
    }
    const NodeId heading = HeadingOf(record, author);
    const std::vector<NodeId> skipped = SelectAll(first, end, &Engine::skip);
    const std::vector<NodeId> quotes = SelectAll(first, end, &Engine::quote);
    const auto among = [](const std::vector<NodeId>& nodes, NodeId id) {
      return std::binary_search(nodes.begin(), nodes.end(), id);
    };
    if (!found) {
      view_.Walk(index, [&](NodeId id) {
        if (!found && !tree_[id].is_text && places_.PlaceAt(id) == body_) {
          first = id;
          end = tree_[id].end;
          found = true;
        }
        return !found;
      });
    }
    TextOptions options;
    options.picture_texts = true;
    NodeId quote_end = 0;  // What stands in a quotation is all quoted.
    options.step = [&](NodeId id) {
      if (id < quote_end) {
        return IsToolElement(tree_[id].tag) ? TextStep::kSkip : TextStep::kTake;
      }
      const bool nested = id != record.first &&
                          std::any_of(view_.NestedIn(index).begin(), view_.NestedIn(index).end(),
                                      [&](std::size_t n) { return set_.records[n].first == id; });
      if (nested) {
        return TextStep::kSkip;
      }
      const std::size_t place = places_.PlaceAt(id);
      if (id == first || place == 0) {
        return TextStep::kTake;
      }
      if (among(skipped, id)) {
        return TextStep::kSkip;
      }
      if (among(quotes, id)) {
        quote_end = tree_[id].end;
        return TextStep::kQuote;
      }
      // Before what is out by name: "UserQuote" is a quotation, not a user.
      if (tree_[id].tag == Tag::kBlockquote && IsQuote(tree_, id, places_[place].hints)) {
        quote_end = tree_[id].end;
        return TextStep::kQuote;
      }
      if (IsToolElement(tree_[id].tag) || places_[place].out || places_.IsButton(id)) {
        return TextStep::kSkip;
      }
      // Where nothing sets the text apart from its heading.
      const bool is_stamp = record.stamp != Record::kNoStamp && stamps_[record.stamp].node == id &&
                            tree_[id].end - id < 12;
      if (is_stamp || (id == author && id != first) || (id == heading && id != first)) {
        return TextStep::kSkip;
      }
      if (IsQuote(tree_, id, places_[place].hints)) {
        quote_end = tree_[id].end;
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
      if (outer != Record::kNoRecord && post_of.contains(outer) && result.posts[i].parent.empty()) {
        const core::Post& parent = result.posts[post_of[outer]];
        result.posts[i].parent = !parent.id.empty() ? parent.id : parent.url;
      }
    }
  }

  const Page& page_;
  const HtmlTree& tree_;
  const std::vector<Stamp>& stamps_;
  const RecordSet& set_;
  const RecordView view_;
  const RecordPlaces places_;
  const std::size_t body_;
  const RecordAuthors authors_;
  const RecordLinks links_;
};

}  // namespace

RecordPosts ReadRecords(const Page& page, const std::vector<Stamp>& stamps, const RecordSet& set) {
  return SetReader(page, stamps, set).Read();
}

}  // namespace schoolwatch::crawler
