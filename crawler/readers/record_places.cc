#include "crawler/readers/record_places.h"

#include <algorithm>
#include <functional>
#include <map>

#include "crawler/readers/hints.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// Deeper structure and more variety than this tells records apart no better.
constexpr std::size_t kMaxPlaceDepth = 48;
constexpr std::size_t kMaxPlaces = 20'000;
// A text that all records share and that is longer than this is no label.
constexpr std::size_t kLabelWords = 5;
// In fewer records the same link may be chance.
constexpr std::size_t kFewRecords = 3;

constexpr std::uint32_t kNotBody =
    kHintAuthor | kHintSignature | kHintTools | kHintMeta | kHintBoilerplate | kHintNotice;

// The same for "Posts: 12" and "Posts: 7".
std::size_t HashLabel(std::string_view text) {
  std::string label;
  for (const char c : Trim(text).substr(0, 80)) {
    label += IsAsciiDigit(c) ? '0' : c;
  }
  return std::hash<std::string>()(label);
}

std::size_t CountSame(std::vector<std::pair<std::string, std::size_t>>& children,
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

}  // namespace

bool IsToolElement(Tag tag) {
  return tag == Tag::kButton || tag == Tag::kForm || tag == Tag::kTextarea || tag == Tag::kNav ||
         tag == Tag::kSelect || tag == Tag::kLabel || tag == Tag::kMenu;
}

RecordPlaces::RecordPlaces(const RecordView& view)
    : view_(view), tree_(view.tree()), set_(view.set()) {
  places_.push_back({});
  for (std::size_t i = 0; i < set_.records.size(); ++i) {
    Survey(i);
  }
  CountWordsOfPlaces();
  MarkOutsiders();
}

// Elements of one shape that always stand side by side are told apart by their order.
std::size_t RecordPlaces::PlaceOf(std::size_t parent, NodeId id, std::size_t order) {
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
bool RecordPlaces::IsOrdered(NodeId id) const {
  const Tag tag = tree_[id].tag;
  return Has(tag, kBlock) && tag != Tag::kP && tag != Tag::kLi && tag != Tag::kBlockquote &&
         tag != Tag::kPre && tag != Tag::kUl && tag != Tag::kOl && !Has(tag, kHeading) &&
         tag != Tag::kHr;
}

void RecordPlaces::Survey(std::size_t index) {
  struct Level {
    NodeId end;
    std::size_t place;
    // Shapes of its boxes so far, and how many of each.
    std::vector<std::pair<std::string, std::size_t>> children = {};
  };
  std::vector<Level> levels;
  NodeId link_end = 0;
  places_[0].records += 1;
  view_.Walk(index, [&](NodeId id) {
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
      if (const auto label = LinkLabel(id)) {
        ++link_labels_[{place, *label}];
      }
    }
    levels.push_back({node.end, place});
    return true;
  });
}

// What most records say in the same place ("Join date", "Reply") is nobody's words.
void RecordPlaces::CountWordsOfPlaces() {
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

std::optional<std::size_t> RecordPlaces::LinkLabel(NodeId id) const {
  if (tree_[id].end != id + 2 || !tree_[id + 1].is_text ||
      CountWords(tree_[id + 1].text) > kLabelWords) {
    return std::nullopt;
  }
  return HashLabel(tree_[id + 1].text);
}

bool RecordPlaces::IsButton(NodeId id) const {
  if (tree_[id].tag != Tag::kA) {
    return false;
  }
  const auto label = LinkLabel(id);
  if (!label) {
    return false;
  }
  const std::string_view href = Trim(tree_.Attribute(id, "href"));
  if (href == "#" || StartsWithIgnoreCase(href, "javascript:")) {
    return true;
  }
  const auto found = link_labels_.find({PlaceAt(id), *label});
  return set_.records.size() >= kFewRecords && found != link_labels_.end() &&
         found->second * 2 > set_.records.size();
}

// Panels, signatures, buttons: by name, unless most of the words stand there.
void RecordPlaces::MarkOutsiders() {
  const std::size_t all = places_[0].words;
  for (std::size_t i = 1; i < places_.size(); ++i) {
    Place& place = places_[i];
    const bool named = (place.hints & kNotBody) != 0 || IsToolElement(place.tag);
    const bool body = (place.hints & kHintBody) != 0 && (place.hints & kHintSignature) == 0;
    place.out = named && !(body && !IsToolElement(place.tag)) && place.words * 2 < all;
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
void RecordPlaces::MuteBelow(std::size_t index) {
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
std::size_t RecordPlaces::ChooseBody() const {
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
bool RecordPlaces::IsRepeated(const Place& place) const {
  return std::any_of(places_[place.parent].children.begin(), places_[place.parent].children.end(),
                     [&](std::size_t child) {
                       const Place& sister = places_[child];
                       return sister.shape == place.shape && sister.order != place.order &&
                              !sister.out && sister.records * 10 < place.records * 9 &&
                              sister.records * 50 > place.records;
                     });
}

bool RecordPlaces::IsInside(std::size_t place, std::size_t outer) const {
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

std::size_t RecordPlaces::PlaceAt(NodeId id) const {
  const auto found = place_of_.find(id);
  return found == place_of_.end() ? 0 : found->second;
}

}  // namespace schoolwatch::crawler
