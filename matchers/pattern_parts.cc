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

void Append(Item& first, const Item& second) {
  first.edge_before = first.edge_before || (first.text.empty() && second.edge_before);
  first.edge_after = second.edge_after || (second.text.empty() && first.edge_after);
  first.text += second.text;
}

std::size_t LongestOf(const Items& items) {
  std::size_t longest = 0;
  for (const Item& item : items) {
    longest = std::max(longest, item.text.size());
  }
  return longest;
}

struct Spacing {
  std::size_t words = 0;  // What is between white space and holds a word.
  bool has_space = false;
};

// Without branches: it is asked of every string of every group.
Spacing SpacingOf(std::string_view text) {
  Spacing spacing;
  bool is_counted = false;
  for (const char byte : text) {
    const bool is_space = IsSpaceByte(byte);
    const bool is_word = IsWordByte(byte);
    spacing.words += is_word && !is_counted ? 1U : 0U;
    spacing.has_space |= is_space;
    is_counted = (is_counted || is_word) && !is_space;
  }
  return spacing;
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

// Many ways as one: any of the rarest of each.
std::vector<Conjunction> Collapse(const std::vector<Conjunction>& branches) {
  Items items;
  bool at_start = true;
  bool at_end = true;
  for (const Conjunction& branch : branches) {
    const Needed& rarest = *std::ranges::min_element(
        branch, {}, [](const Needed& needed) { return needed.Frequency(); });
    items.insert(items.end(), rarest.items().begin(), rarest.items().end());
    at_start = at_start && rarest.at_start();
    at_end = at_end && rarest.at_end();
  }
  SortAndDropRepeats(items);
  return WaysOf(std::move(items), at_start, at_end);
}

// What is needed of a part that is repeated: only the first of many stands where the part did.
void KeepOne(Part& part) {
  if (part.exact) {
    part.branches = WaysOf(*std::move(part.exact), true, false);
  }
  for (Conjunction& branch : part.branches) {
    for (Needed& needed : branch) {
      Items items = needed.items();
      for (Item& item : items) {
        item.edge_before = false;
      }
      needed = Needed(std::move(items), needed.at_start(), false);
    }
  }
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
    const Spacing spacing = SpacingOf(item.text);
    part.words = std::max(part.words, spacing.words);
    has_space = has_space || spacing.has_space;
    if (item.text.empty()) {
      part.can_be_empty = true;
      continue;
    }
    part.begins_outside_word = part.begins_outside_word && !IsWordByte(item.text.front());
    part.ends_outside_word = part.ends_outside_word && !IsWordByte(item.text.back());
  }
  part.is_one_word = !has_space;
  part.size = bytes + items.size();
  part.exact = std::move(items);
  return part;
}

Part EdgePart() { return ExactPart({{.text = {}, .edge_before = true, .edge_after = true}}); }

double Needed::Frequency() const {
  if (!choice_->frequency) {
    double sum = 0;
    for (const Item& item : choice_->items) {
      sum += KeyOf(ToLiteral(item)).frequency;
    }
    choice_->frequency = sum;
  }
  return *choice_->frequency;
}

void Needed::MarkEnd() {
  Items marked = choice_->items;
  for (Item& item : marked) {
    item.edge_after = true;
  }
  choice_ = std::make_shared<Choice>(std::move(marked));
}

std::vector<Conjunction> WaysOf(Items items, bool at_start, bool at_end) {
  if (items.empty() || items.size() > kMaxSet ||
      std::ranges::any_of(items, [](const Item& item) { return item.text.empty(); })) {
    return {};
  }
  return {{Needed(std::move(items), at_start, at_end)}};
}

Sequence::Sequence(bool at_edge) {
  open_.push_back({.text = {}, .edge_before = at_edge, .edge_after = at_edge});
}

bool Sequence::AtEdge() const {
  return std::ranges::all_of(open_, [](const Item& item) {
    return item.edge_after || (!item.text.empty() && !IsWordByte(item.text.back()));
  });
}

void Sequence::AddBounds(bool begins_outside_word, bool ends_outside_word, bool can_be_empty) {
  if (!begin_is_known_) {
    begins_outside_word_ = begins_outside_word;
    begin_is_known_ = !begins_outside_word || !can_be_empty;
  }
  ends_outside_word_ = ends_outside_word && (!can_be_empty || ends_outside_word_);
}

void Sequence::AddText(std::string_view text) {
  if (!Fits(1, text.size())) {
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at + 1;
      while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
        ++end;
      }
      Add(ExactPart({{.text = std::string(text.substr(at, end - at))}}));
      at = end;
    }
    return;
  }
  size_ = Plus(size_, 2 * text.size());
  can_be_empty_ = false;
  AddBounds(!IsWordByte(text.front()), !IsWordByte(text.back()), false);
  if (!IsWordByte(text.front())) {
    MarkEnds();
  }
  for (Item& item : open_) {
    item.text += text;
    item.edge_after = false;
  }
  ClearEnds();
}

void Sequence::Add(Part part) {
  size_ = Plus(size_, part.size);
  is_runaway_ = is_runaway_ || part.is_runaway;
  can_be_empty_ = can_be_empty_ && part.can_be_empty;
  const bool is_mark = part.exact && part.exact->size() == 1 && part.exact->front().text.empty();
  if (!is_mark) {
    AddBounds(part.begins_outside_word, part.ends_outside_word, part.can_be_empty);
  }
  if (BeginsAtEdge(part)) {
    MarkEnds();
  }
  if (part.exact && Fits(part.exact->size(), LongestOf(*part.exact))) {
    if (part.exact->size() == 1) {
      for (Item& item : open_) {
        Append(item, part.exact->front());
      }
    } else {
      Items joined;
      joined.reserve(open_.size() * part.exact->size());
      for (const Item& first : open_) {
        for (const Item& second : *part.exact) {
          Append(joined.emplace_back(first), second);
        }
      }
      open_ = std::move(joined);
    }
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
  if (!is_at_start_) {
    for (Conjunction& branch : part.branches) {
      for (Needed& needed : branch) {
        needed.ClearStart();
      }
    }
  }
  is_at_start_ = false;
  Merge(std::move(part.branches));
  const bool at_edge = part.ends_outside_word && (!part.can_be_empty || was_at_edge);
  open_.assign(1, {.text = {}, .edge_before = at_edge, .edge_after = at_edge});
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
  part.begins_outside_word = begins_outside_word_;
  part.ends_outside_word = ends_outside_word_;
  part.is_runaway = is_runaway_;
  part.words = words_;
  part.size = size_;
  return part;
}

bool Sequence::Fits(std::size_t more, std::size_t longest_more) const {
  return open_.size() * more <= kMaxExact && LongestOf(open_) + longest_more <= kMaxLiteral;
}

// What ends where the next part begins ends a word, if it ends with a word byte.
void Sequence::MarkEnds() {
  for (Conjunction& branch : branches_) {
    for (Needed& needed : branch) {
      if (needed.at_end()) {
        needed.MarkEnd();
      }
    }
  }
}
void Sequence::ClearEnds() {
  for (Conjunction& branch : branches_) {
    for (Needed& needed : branch) {
      needed.ClearEnd();
    }
  }
}

// Ends what is open; what is to come is no part of it.
void Sequence::Flush(bool at_end) {
  std::size_t words = 0;
  for (const Item& item : open_) {
    words = std::max(words, SpacingOf(item.text).words);
  }
  words_ = Plus(words_, words);
  const bool at_start = is_at_start_;
  is_at_start_ = at_start && LongestOf(open_) == 0;
  std::vector<Conjunction> ways = WaysOf(std::move(open_), at_start, at_end);
  open_.clear();
  if (ways.empty()) {
    return;
  }
  ClearEnds();
  Merge(std::move(ways));
}

void Sequence::Merge(std::vector<Conjunction> more) {
  if (more.empty()) {
    return;
  }
  if (branches_.empty()) {
    branches_ = std::move(more);
    return;
  }
  if (branches_.size() > 1 && more.size() > 1) {
    more = Collapse(more);
    if (more.empty()) {
      return;
    }
  }
  if (more.size() == 1) {
    for (Conjunction& branch : branches_) {
      branch.insert(branch.end(), more.front().begin(), more.front().end());
    }
    return;
  }
  for (Conjunction& branch : more) {
    branch.insert(branch.begin(), branches_.front().begin(), branches_.front().end());
  }
  branches_ = std::move(more);
}

Part Alternatives(std::vector<Part> all) {
  if (all.size() == 1 && (!all.front().exact || all.front().exact->size() <= 1)) {
    return std::move(all.front());
  }
  Items written;
  std::vector<Conjunction> branches;
  Part part;
  part.begins_outside_word = part.ends_outside_word = true;
  part.size = all.size();
  bool is_exact = true;
  bool is_known = true;
  for (Part& one : all) {
    part.can_be_empty = part.can_be_empty || one.can_be_empty;
    part.begins_outside_word = part.begins_outside_word && one.begins_outside_word;
    part.ends_outside_word = part.ends_outside_word && one.ends_outside_word;
    part.is_runaway = part.is_runaway || one.is_runaway;
    part.words = std::max(part.words, one.words);
    part.size = Plus(part.size, one.size);
    if (one.exact) {
      std::ranges::move(*one.exact, std::back_inserter(written));
    } else {
      is_exact = false;
      is_known = is_known && !one.branches.empty();
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
    std::vector<Conjunction> ways = WaysOf(std::move(written), true, true);
    is_known = is_known && !ways.empty();
    std::ranges::move(ways, std::back_inserter(branches));
  }
  if (!is_known) {
    return part;
  }
  part.branches = branches.size() > kMaxBranches ? Collapse(branches) : std::move(branches);
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
  if (least == 0) {
    part.branches.clear();
    part.can_be_empty = true;
  } else {
    KeepOne(part);
  }
  part.exact.reset();
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
