#include "matchers/pattern_parts.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kMaxExact = 128;    // Strings of a part that are kept whole.
constexpr std::size_t kMaxSet = 512;      // Literals of which one must occur.
constexpr std::size_t kMaxLiteral = 32;   // Bytes.
constexpr std::size_t kMaxBranches = 64;  // Ways that are told apart.
constexpr std::size_t kUnbounded = PatternShape::kUnbounded;

std::size_t Plus(std::size_t a, std::size_t b) { return a > kUnbounded - b ? kUnbounded : a + b; }
std::size_t Times(std::size_t a, std::size_t b) {
  return a != 0 && b > kUnbounded / a ? kUnbounded : a * b;
}

Item Join(const Item& first, const Item& second) {
  return {.text = first.text + second.text,
          .edge_before = first.edge_before || (first.text.empty() && second.edge_before),
          .edge_after = second.edge_after || (second.text.empty() && first.edge_after)};
}

// What is between white space and holds a word.
std::size_t WordsIn(std::string_view text) {
  std::size_t words = 0;
  bool is_counted = false;
  for (const char byte : text) {
    if (IsSpaceByte(byte)) {
      is_counted = false;
    } else if (IsWordByte(byte) && !is_counted) {
      is_counted = true;
      ++words;
    }
  }
  return words;
}

void SortAndDropRepeats(Items& items) {
  std::ranges::sort(items);
  const auto same = std::ranges::unique(items);
  items.erase(same.begin(), same.end());
}

bool BeginsAtEdge(const Part& part) {
  if (!part.exact) {
    return part.begins_outside_word && !part.can_be_empty;
  }
  return std::ranges::all_of(*part.exact, [](const Item& item) {
    return item.edge_before || (!item.text.empty() && !IsWordByte(item.text.front()));
  });
}

const Needed* Rarest(const Conjunction& all) {
  const auto rarest = std::ranges::min_element(all, {}, &Needed::frequency);
  return rarest == all.end() ? nullptr : &*rarest;
}

// Many ways as one: any of the rarest of each. Nothing where a way has none.
std::optional<Needed> Collapse(const std::vector<Conjunction>& branches) {
  Items items;
  bool at_end = true;
  for (const Conjunction& branch : branches) {
    const Needed* rarest = Rarest(branch);
    if (rarest == nullptr) {
      return std::nullopt;
    }
    items.insert(items.end(), rarest->items.begin(), rarest->items.end());
    at_end = at_end && rarest->at_end;
  }
  SortAndDropRepeats(items);
  return ToNeeded(items, at_end);
}

bool IsKnown(const std::vector<Conjunction>& branches) {
  return std::ranges::none_of(branches, &Conjunction::empty);
}

}  // namespace

Literal ToLiteral(const Item& item) {
  return {.text = item.text,
          .word_start = item.edge_before && IsWordByte(item.text.front()),
          .word_end = item.edge_after && IsWordByte(item.text.back())};
}

Part ExactPart(Items items) {
  Part part;
  part.begins_outside_word = part.ends_outside_word = true;
  bool has_space = false;
  std::size_t bytes = 0;
  for (const Item& item : items) {
    bytes += item.text.size();
    part.words = std::max(part.words, WordsIn(item.text));
    if (item.text.empty()) {
      part.can_be_empty = true;
      continue;
    }
    part.begins_outside_word = part.begins_outside_word && !IsWordByte(item.text.front());
    part.ends_outside_word = part.ends_outside_word && !IsWordByte(item.text.back());
    has_space = has_space || std::ranges::any_of(item.text, IsSpaceByte);
  }
  part.is_one_word = !has_space;
  part.size = bytes + items.size();
  part.exact = std::move(items);
  return part;
}

Part EdgePart() { return ExactPart({{.text = {}, .edge_before = true, .edge_after = true}}); }

std::optional<Needed> ToNeeded(const Items& items, bool at_end) {
  if (items.empty() || items.size() > kMaxSet ||
      std::ranges::any_of(items, [](const Item& item) { return item.text.empty(); })) {
    return std::nullopt;
  }
  Needed needed{.items = items, .at_end = at_end};
  for (const Item& item : items) {
    needed.frequency += KeyOf(ToLiteral(item)).frequency;
  }
  return needed;
}

Sequence::Sequence(bool at_edge) {
  open_.push_back({.text = {}, .edge_before = at_edge, .edge_after = at_edge});
}

bool Sequence::AtEdge() const {
  return std::ranges::all_of(open_, [](const Item& item) {
    return item.edge_after || (!item.text.empty() && !IsWordByte(item.text.back()));
  });
}

void Sequence::Add(Part part) {
  size_ = Plus(size_, part.size);
  is_runaway_ = is_runaway_ || part.is_runaway;
  can_be_empty_ = can_be_empty_ && part.can_be_empty;
  const bool is_mark = part.exact && part.exact->size() == 1 && part.exact->front().text.empty();
  if (!is_mark) {
    begins_.push_back(part.begins_outside_word);
    begin_is_open_.push_back(part.can_be_empty);
    ends_outside_word_ =
        part.can_be_empty ? ends_outside_word_ && part.ends_outside_word : part.ends_outside_word;
  }
  if (BeginsAtEdge(part)) {
    MarkEnds();
  }
  if (part.exact && Fits(*part.exact)) {
    Items joined;
    for (const Item& first : open_) {
      for (const Item& second : *part.exact) {
        joined.push_back(Join(first, second));
      }
    }
    open_ = std::move(joined);
    if (!is_mark) {
      ClearEnds();
    }
    return;
  }
  const bool was_at_edge = AtEdge();
  if (BeginsAtEdge(part)) {
    for (Item& item : open_) {
      item.edge_after = true;
    }
  }
  Flush(false);
  ClearEnds();
  is_exact_ = false;
  if (part.exact) {
    open_ = *std::move(part.exact);
    return;
  }
  words_ = Plus(words_, part.words);
  Merge(std::move(part.branches));
  const bool at_edge = part.ends_outside_word && (!part.can_be_empty || was_at_edge);
  open_ = {{.text = {}, .edge_before = at_edge, .edge_after = at_edge}};
}

Part Sequence::Finish() {
  Part part;
  if (is_exact_) {
    SortAndDropRepeats(open_);
    part = ExactPart(std::move(open_));
    part.size = size_;
    return part;
  }
  Flush(true);
  part.branches = std::move(branches_);
  part.can_be_empty = can_be_empty_;
  part.ends_outside_word = ends_outside_word_;
  for (std::size_t index = 0; index < begins_.size(); ++index) {
    part.begins_outside_word = begins_[index];
    if (!begins_[index] || !begin_is_open_[index]) {
      break;
    }
  }
  part.is_runaway = is_runaway_;
  part.words = words_;
  part.size = size_;
  return part;
}

bool Sequence::Fits(const Items& more) const {
  std::size_t longest = 0;
  std::size_t longest_more = 0;
  for (const Item& item : open_) {
    longest = std::max(longest, item.text.size());
  }
  for (const Item& item : more) {
    longest_more = std::max(longest_more, item.text.size());
  }
  return open_.size() * more.size() <= kMaxExact && longest + longest_more <= kMaxLiteral;
}

// What ends where the next part begins ends a word, if it ends with a word byte.
void Sequence::MarkEnds() {
  for (Conjunction& branch : branches_) {
    for (Needed& needed : branch) {
      if (needed.at_end) {
        for (Item& item : needed.items) {
          item.edge_after = true;
        }
        needed = *ToNeeded(needed.items, true);
      }
    }
  }
}
void Sequence::ClearEnds() {
  for (Conjunction& branch : branches_) {
    for (Needed& needed : branch) {
      needed.at_end = false;
    }
  }
}

void Sequence::Flush(bool at_end) {
  std::size_t words = 0;
  for (const Item& item : open_) {
    words = std::max(words, WordsIn(item.text));
  }
  words_ = Plus(words_, words);
  if (const std::optional<Needed> needed = ToNeeded(open_, at_end)) {
    ClearEnds();
    for (Conjunction& branch : branches_) {
      branch.push_back(*needed);
    }
  }
}

void Sequence::Merge(std::vector<Conjunction> more) {
  if (!IsKnown(more)) {
    return;
  }
  if (branches_.size() > 1 && more.size() > 1) {
    const std::optional<Needed> one = Collapse(more);
    if (!one) {
      return;
    }
    more = {{*one}};
  }
  std::vector<Conjunction> merged;
  for (const Conjunction& first : branches_) {
    for (const Conjunction& second : more) {
      merged.push_back(first);
      merged.back().insert(merged.back().end(), second.begin(), second.end());
    }
  }
  branches_ = std::move(merged);
}

Part Alternatives(std::vector<Part> all) {
  if (all.size() == 1) {
    return std::move(all.front());
  }
  Items written;
  std::vector<Conjunction> branches;
  Part part;
  part.begins_outside_word = part.ends_outside_word = true;
  part.size = all.size();
  bool is_exact = true;
  for (Part& one : all) {
    part.can_be_empty = part.can_be_empty || one.can_be_empty;
    part.begins_outside_word = part.begins_outside_word && one.begins_outside_word;
    part.ends_outside_word = part.ends_outside_word && one.ends_outside_word;
    part.is_runaway = part.is_runaway || one.is_runaway;
    part.words = std::max(part.words, one.words);
    part.size = Plus(part.size, one.size);
    if (one.exact) {
      written.insert(written.end(), one.exact->begin(), one.exact->end());
    } else {
      is_exact = false;
      std::ranges::move(one.branches, std::back_inserter(branches));
    }
  }
  SortAndDropRepeats(written);
  if (is_exact && written.size() <= kMaxExact) {
    const std::size_t size = part.size;
    part = ExactPart(std::move(written));
    part.size = size;
    return part;
  }
  if (!written.empty()) {
    const std::optional<Needed> needed = ToNeeded(written, true);
    branches.push_back(needed ? Conjunction{*needed} : Conjunction{});
  }
  if (!IsKnown(branches)) {
    branches = {{}};
  } else if (branches.size() > kMaxBranches) {
    const std::optional<Needed> one = Collapse(branches);
    branches = {one ? Conjunction{*one} : Conjunction{}};
  }
  part.branches = std::move(branches);
  return part;
}

Part Repeated(Part part, std::size_t least, std::size_t most) {
  if (most == 0) {
    return ExactPart({{}});
  }
  if (least == 1 && most == 1) {
    return part;
  }
  const std::size_t size =
      Times(Plus(part.size, 1), most == kUnbounded ? std::max<std::size_t>(least, 1) + 1 : most);
  if (part.exact && least == 0 && most == 1) {
    Items items = *std::move(part.exact);
    items.push_back({});
    Part optional = ExactPart(std::move(items));
    optional.size = size;
    return optional;
  }
  if (part.exact) {
    const std::optional<Needed> needed = ToNeeded(*part.exact, false);
    part.branches = {needed ? Conjunction{*needed} : Conjunction{}};
    part.exact.reset();
  }
  // Only the first of many stands where the part did.
  for (Conjunction& branch : part.branches) {
    for (Needed& needed : branch) {
      for (Item& item : needed.items) {
        item.edge_before = false;
      }
      needed = *ToNeeded(needed.items, false);
    }
  }
  if (least == 0) {
    part.branches = {{}};
    part.can_be_empty = true;
  }
  if (!part.is_one_word) {
    part.is_runaway = part.is_runaway || (part.is_any && most == kUnbounded);
    part.words = Times(part.words, most);
  }
  part.is_any = false;
  part.size = size;
  return part;
}

Part ClassPart(const CharClass& one) {
  if (one.is_small && !one.written.empty()) {
    Items items;
    for (const std::string& character : one.written) {
      items.push_back({.text = character});
    }
    SortAndDropRepeats(items);
    return ExactPart(std::move(items));
  }
  Part part;
  part.begins_outside_word = part.ends_outside_word = !one.has_word;
  part.is_one_word = !one.has_space;
  part.is_any = one.has_word && one.has_other && one.has_space;
  part.words = one.has_word ? 1 : 0;
  part.size = one.size;
  return part;
}

}  // namespace schoolwatch::matchers
