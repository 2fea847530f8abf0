#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "crawler/readers/record_view.h"
#include "crawler/readers/tags.h"

namespace schoolwatch::crawler {

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

// Lays all records of a set over one another: each place is a path of shapes from the record's
// root, with what stands there in all of them. Place 0 is the record itself.
class RecordPlaces {
 public:
  explicit RecordPlaces(const RecordView& view);

  const Place& operator[](std::size_t place) const { return places_[place]; }
  // The place of an element of a record; 0 where it has none of its own.
  std::size_t PlaceAt(NodeId id) const;
  bool IsInside(std::size_t place, std::size_t outer) const;
  // Whether a link is a button: it leads nowhere, or most records have it in the same place
  // ("Reply", "Report").
  bool IsButton(NodeId id) const;
  // Where the text stands: down from the record while one place holds nearly all its words.
  std::size_t ChooseBody() const;

 private:
  std::size_t PlaceOf(std::size_t parent, NodeId id, std::size_t order);
  // What tells one short link text from another; none for long ones and for links with more inside.
  std::optional<std::size_t> LinkLabel(NodeId id) const;
  bool IsOrdered(NodeId id) const;
  void Survey(std::size_t index);
  void CountWordsOfPlaces();
  void MarkOutsiders();
  void MuteBelow(std::size_t index);
  bool IsRepeated(const Place& place) const;

  const RecordView& view_;
  const HtmlTree& tree_;
  const RecordSet& set_;
  std::vector<Place> places_;
  std::vector<PlaceText> texts_;
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> link_labels_;  // By place and label.
  std::unordered_map<std::string, std::size_t> index_;
  std::unordered_map<NodeId, std::size_t> place_of_;
};

// Buttons, forms and the like: nobody's words.
bool IsToolElement(Tag tag);

}  // namespace schoolwatch::crawler
