#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matchers/pattern_shape.h"

// What can be said of a part of a pattern, from what can be said of its own parts: the inside of
// ShapeOf.
namespace schoolwatch::matchers {

// A string that a part can match. The edges say that a word byte there begins or ends a word.
struct Item {
  std::string text;
  bool edge_before = false;
  bool edge_after = false;
  auto operator<=>(const Item&) const = default;
};
using Items = std::vector<Item>;

// One of `items` is in every match of a part; `at_start` where the part begins with it, `at_end`
// where it ends with it. Cheap to copy: each way to match has its own list of them.
class Needed {
 public:
  Needed(Items items, bool at_start, bool at_end)
      : choice_(std::make_shared<Choice>(std::move(items))), at_start_(at_start), at_end_(at_end) {}

  const Items& items() const { return choice_->items; }
  bool at_start() const { return at_start_; }
  bool at_end() const { return at_end_; }
  // How often one of the items occurs. Asked of few, and it costs a look-up for each item, so it
  // is worked out when it is first asked for.
  double Frequency() const;

  void ClearStart() { at_start_ = false; }
  void ClearEnd() { at_end_ = false; }
  // What ends with the part ends a word, where it ends with a word byte.
  void MarkEnd();

 private:
  struct Choice {
    Items items;
    std::optional<double> frequency = std::nullopt;
  };
  std::shared_ptr<Choice> choice_;  // Its items never change.
  bool at_start_ = false;
  bool at_end_ = false;
};
using Conjunction = std::vector<Needed>;  // All of these.

struct Part {
  std::optional<Items> exact;         // All that it matches, where that is little.
  std::vector<Conjunction> branches;  // Else: one of these holds; none: nothing is known.
  bool can_be_empty = false;
  bool begins_outside_word = false;  // Where it matches anything, its first byte is no word's.
  bool ends_outside_word = false;
  bool is_one_word = false;  // However often repeated: there is no white space in it.
  bool is_any = false;       // One character, of words, of white space and of what else there is.
  bool is_runaway = false;
  std::size_t words = 0;
  std::size_t size = 1;
};

// What is needed of a part that is one of `items`: nothing where an item is empty or there are too
// many.
std::vector<Conjunction> WaysOf(Items items, bool at_start, bool at_end);

Literal ToLiteral(const Item& item);

// Exactly these strings.
Part ExactPart(Items items);
// A place between two characters where a word may begin or end, such as \b.
Part EdgePart();

// Parts one after another.
class Sequence {
 public:
  // `at_edge`: a word byte that comes first begins a word.
  explicit Sequence(bool at_edge);

  // Whether a word byte that comes next begins a word.
  bool AtEdge() const;
  void Add(Part part);
  // The same as adding each character of `text`, at least one, as a part of its own.
  void AddText(std::string_view text);
  Part Finish();

 private:
  bool Fits(std::size_t more, std::size_t longest_more) const;
  // What a part that can match something says of where the sequence begins and ends.
  void AddBounds(bool begins_outside_word, bool ends_outside_word, bool can_be_empty);
  void MarkEnds();
  void ClearEnds();
  void Flush(bool at_end);
  void Merge(std::vector<Conjunction> more);

  Items open_;  // What the parts since the last that could not be written out may be.
  bool is_exact_ = true;
  bool is_at_start_ = true;            // Nothing stands before what is open.
  std::vector<Conjunction> branches_;  // As of a Part.
  bool begins_outside_word_ = false;
  bool begin_is_known_ = false;
  bool can_be_empty_ = true;
  bool is_runaway_ = false;
  bool ends_outside_word_ = true;
  std::size_t words_ = 0;
  std::size_t size_ = 0;
};

// Any of them. `all` is not empty.
Part Alternatives(std::vector<Part> all);

// {least,most} of it; `most` may be PatternShape::kUnbounded.
Part Repeated(Part part, std::size_t least, std::size_t most);

// What a character class may match.
struct CharClass {
  std::vector<std::string> written;  // While `is_small`, which at most kSmall are.
  static constexpr std::size_t kSmall = 64;
  bool is_small = true;
  bool has_word = false;
  bool has_other = false;
  bool has_space = false;
  bool has_all_words = false;   // \w is in it …
  bool has_all_spaces = false;  // … and \s.
  std::size_t size = 2;

  void Add(std::string character) {
    (IsWordByte(character.front()) ? has_word : has_other) = true;
    has_space = has_space || IsSpaceByte(character.front());
    size += 2 * character.size();
    written.push_back(std::move(character));
    is_small = is_small && written.size() <= kSmall;
  }
  void AddMany(bool word, bool other, bool space) {
    has_word = has_word || word;
    has_other = has_other || other;
    has_space = has_space || space;
    is_small = false;
    size += 12;
  }
};

Part ClassPart(const CharClass& one);

}  // namespace schoolwatch::matchers
