#include "matchers/pattern_shape.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kMaxExact = 128;     // Strings of a part that are kept whole.
constexpr std::size_t kMaxSet = 512;       // Literals of which one must occur.
constexpr std::size_t kMaxLiteral = 32;    // Bytes.
constexpr std::size_t kMaxBranches = 64;   // Ways that are told apart.
constexpr std::size_t kMaxDepth = 200;     // Groups in groups.
constexpr std::size_t kSmallClass = 4;     // Characters of a class that are written out.
constexpr double kUselessFrequency = 0.3;  // What nearly every post holds tells nothing.
constexpr double kGuardFrequency = 0.02;   // To look for commoner guards costs more than it saves …
constexpr double kRareTrigger = 0.0001;    // … as it does where triggers are rare anyway.
constexpr std::size_t kUnbounded = PatternShape::kUnbounded;

std::size_t Plus(std::size_t a, std::size_t b) { return a > kUnbounded - b ? kUnbounded : a + b; }
std::size_t Times(std::size_t a, std::size_t b) {
  return a != 0 && b > kUnbounded / a ? kUnbounded : a * b;
}

// A string that a part can match. The edges say that a word byte there begins or ends a word.
struct Item {
  std::string text;
  bool edge_before = false;
  bool edge_after = false;
  auto operator<=>(const Item&) const = default;
};
using Items = std::vector<Item>;

Item Join(const Item& first, const Item& second) {
  return {.text = first.text + second.text,
          .edge_before = first.edge_before || (first.text.empty() && second.edge_before),
          .edge_after = second.edge_after || (second.text.empty() && first.edge_after)};
}

Literal ToLiteral(const Item& item) {
  return {.text = item.text,
          .word_start = item.edge_before && IsWordByte(item.text.front()),
          .word_end = item.edge_after && IsWordByte(item.text.back())};
}

// One of `items` is in every match of a part; `at_end` where it ends with the part.
struct Needed {
  Items items;
  bool at_end = false;
  double frequency = 0;
};
using Conjunction = std::vector<Needed>;  // All of these; none: nothing is known.

struct Part {
  std::optional<Items> exact;             // All that it matches, where that is little.
  std::vector<Conjunction> branches{{}};  // Else: one of these holds.
  bool can_be_empty = false;
  bool begins_outside_word = false;  // Where it matches anything, its first byte is no word's.
  bool ends_outside_word = false;
  bool is_one_word = false;  // However often repeated: there is no white space in it.
  bool is_any = false;       // One character, of words, of white space and of what else there is.
  bool is_runaway = false;
  std::size_t words = 0;
  std::size_t size = 1;
};

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

// A place between two characters where a word may begin or end, such as \b.
Part EdgePart() { return ExactPart({{.text = {}, .edge_before = true, .edge_after = true}}); }

bool BeginsAtEdge(const Part& part) {
  if (!part.exact) {
    return part.begins_outside_word && !part.can_be_empty;
  }
  return std::ranges::all_of(*part.exact, [](const Item& item) {
    return item.edge_before || (!item.text.empty() && !IsWordByte(item.text.front()));
  });
}

// Nothing where an item is empty or there are too many.
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
  std::ranges::sort(items);
  const auto same = std::ranges::unique(items);
  items.erase(same.begin(), same.end());
  return ToNeeded(items, at_end);
}

bool IsKnown(const std::vector<Conjunction>& branches) {
  return std::ranges::none_of(branches, &Conjunction::empty);
}

// Parts one after another.
class Sequence {
 public:
  explicit Sequence(bool at_edge) {
    open_.push_back({.text = {}, .edge_before = at_edge, .edge_after = at_edge});
  }

  // Whether a word byte that comes next begins a word.
  bool AtEdge() const {
    return std::ranges::all_of(open_, [](const Item& item) {
      return item.edge_after || (!item.text.empty() && !IsWordByte(item.text.back()));
    });
  }

  void Add(Part part) {
    words_ = Plus(words_, part.words);
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
    Merge(std::move(part.branches));
    const bool at_edge = part.ends_outside_word && (!part.can_be_empty || was_at_edge);
    open_ = {{.text = {}, .edge_before = at_edge, .edge_after = at_edge}};
  }

  Part Finish() {
    Part part;
    if (is_exact_) {
      std::ranges::sort(open_);
      const auto same = std::ranges::unique(open_);
      open_.erase(same.begin(), same.end());
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

 private:
  bool Fits(const Items& more) const {
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
  void MarkEnds() {
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
  void ClearEnds() {
    for (Conjunction& branch : branches_) {
      for (Needed& needed : branch) {
        needed.at_end = false;
      }
    }
  }

  void Flush(bool at_end) {
    if (const std::optional<Needed> needed = ToNeeded(open_, at_end)) {
      ClearEnds();
      for (Conjunction& branch : branches_) {
        branch.push_back(*needed);
      }
    }
  }

  void Merge(std::vector<Conjunction> more) {
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

  Items open_;  // What the parts since the last that could not be written out may be.
  bool is_exact_ = true;
  std::vector<Conjunction> branches_{{}};
  std::vector<bool> begins_, begin_is_open_;
  bool can_be_empty_ = true;
  bool is_runaway_ = false;
  bool ends_outside_word_ = true;
  std::size_t words_ = 0;
  std::size_t size_ = 0;
};

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
  std::ranges::sort(written);
  const auto same = std::ranges::unique(written);
  written.erase(same.begin(), same.end());
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

// What a character class may match.
struct CharClass {
  std::vector<std::string> written;  // While `is_small`.
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
    written.push_back(std::move(character));
    is_small = is_small && written.size() <= kSmallClass;
  }
  void AddMany(bool word, bool other, bool space) {
    has_word = has_word || word;
    has_other = has_other || other;
    has_space = has_space || space;
    is_small = false;
    size += 12;
  }
};

Part ClassPart(const CharClass& one) {
  if (one.is_small && !one.written.empty()) {
    Items items;
    for (const std::string& character : one.written) {
      items.push_back({.text = character});
    }
    std::ranges::sort(items);
    const auto same = std::ranges::unique(items);
    items.erase(same.begin(), same.end());
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

// Reads RE2's syntax. What it does not understand ends the reading with nothing known.
class Reader {
 public:
  explicit Reader(std::string_view pattern) : text_(pattern) {}

  std::optional<Part> Read() {
    Part part = ReadAlternatives(false, 0);
    if (is_lost_ || at_ < text_.size()) {
      return std::nullopt;
    }
    return part;
  }

 private:
  bool Has() const { return at_ < text_.size() && !is_lost_; }
  bool Take(std::string_view what) {
    if (!text_.substr(at_).starts_with(what)) {
      return false;
    }
    at_ += what.size();
    return true;
  }

  Part ReadAlternatives(bool at_edge, std::size_t depth) {
    if (depth > kMaxDepth) {
      is_lost_ = true;
      return {};
    }
    std::vector<Part> all;
    do {
      Sequence sequence(at_edge);
      while (Has() && text_[at_] != '|' && text_[at_] != ')') {
        sequence.Add(ReadRepeated(sequence.AtEdge(), depth));
      }
      all.push_back(sequence.Finish());
    } while (Has() && Take("|"));
    return Alternatives(std::move(all));
  }

  Part ReadRepeated(bool at_edge, std::size_t depth) {
    Part part = ReadAtom(at_edge, depth);
    while (Has()) {
      std::size_t least = 0;
      std::size_t most = kUnbounded;
      if (Take("*")) {
      } else if (Take("+")) {
        least = 1;
      } else if (Take("?")) {
        most = 1;
      } else if (text_[at_] != '{' || !ReadCounts(least, most)) {
        break;
      }
      Take("?");
      part = Repeated(std::move(part), least, most);
    }
    return part;
  }

  // {2}, {2,}, {2,5}; anything else in braces is text, as RE2 has it.
  bool ReadCounts(std::size_t& least, std::size_t& most) {
    std::size_t at = at_ + 1;
    const auto number = [&](std::size_t& value) {
      const std::size_t begin = at;
      value = 0;
      for (; at < text_.size() && text_[at] >= '0' && text_[at] <= '9' && at - begin < 6; ++at) {
        value = value * 10 + static_cast<std::size_t>(text_[at] - '0');
      }
      return at > begin;
    };
    if (!number(least)) {
      return false;
    }
    most = least;
    if (at < text_.size() && text_[at] == ',') {
      ++at;
      if (!number(most)) {
        most = kUnbounded;
      }
    }
    if (at >= text_.size() || text_[at] != '}') {
      return false;
    }
    at_ = at + 1;
    return true;
  }

  std::string ReadCharacter() {
    std::size_t length = 1;
    while (at_ + length < text_.size() &&
           (static_cast<unsigned char>(text_[at_ + length]) & 0xC0) == 0x80) {
      ++length;
    }
    std::string character(text_.substr(at_, length));
    at_ += length;
    return character;
  }

  Part ReadAtom(bool at_edge, std::size_t depth) {
    switch (text_[at_]) {
      case '(':
        ++at_;
        return ReadGroup(at_edge, depth);
      case '[':
        ++at_;
        return ClassPart(ReadClass());
      case '.': {
        ++at_;
        CharClass any;
        any.AddMany(true, true, true);
        return ClassPart(any);
      }
      case '^':
      case '$':
        ++at_;
        return EdgePart();
      case '\\':
        ++at_;
        return ReadEscape();
      default:
        return ExactPart({{.text = ReadCharacter()}});
    }
  }

  Part ReadGroup(bool at_edge, std::size_t depth) {
    if (Take("?P<") || Take("?<")) {
      at_ = std::min(text_.find('>', at_), text_.size() - 1) + 1;
    } else if (Take("?")) {
      while (Has() && text_[at_] != ':' && text_[at_] != ')') {
        // Case folding would make other letters of ours; the rest changes nothing here.
        is_lost_ = is_lost_ || text_[at_] == 'i';
        ++at_;
      }
      if (Take(")")) {
        return ExactPart({{}});
      }
      Take(":");
    }
    Part part = ReadAlternatives(at_edge, depth + 1);
    is_lost_ = is_lost_ || !Take(")");
    return part;
  }

  static void AppendUtf8(std::uint32_t code, std::string& out) {
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xC0 | (code >> 6));
      out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      out += static_cast<char>(0xE0 | (code >> 12));
      out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
      out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      out += static_cast<char>(0xF0 | (code >> 18));
      out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
      out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
      out += static_cast<char>(0x80 | (code & 0x3F));
    }
  }

  // After a backslash: a character, or a class of them added to `into`; false where it is a place
  // between characters or not understood.
  bool ReadEscapedInto(CharClass& into) {
    if (!Has()) {
      is_lost_ = true;
      return false;
    }
    const char letter = text_[at_];
    switch (letter) {
      case 'w':
        into.has_all_words = true;
        into.AddMany(true, false, false);
        break;
      case 'd':
        into.AddMany(true, false, false);
        break;
      case 's':
        into.has_all_spaces = true;
        [[fallthrough]];
      case 'W':
        into.AddMany(false, true, true);
        break;
      case 'D':
        into.AddMany(true, true, true);
        break;
      case 'S':
        into.AddMany(true, true, false);
        break;
      case 'p':
      case 'P':
        into.AddMany(true, true, true);
        into.size += 2000;
        ++at_;
        if (Has() && text_[at_] == '{') {
          at_ = std::min(text_.find('}', at_), text_.size() - 1);
        }
        break;
      case 'n':
        into.Add("\n");
        break;
      case 't':
        into.Add("\t");
        break;
      case 'r':
        into.Add("\r");
        break;
      case 'x':
        ++at_;
        return ReadHexInto(into);
      default:
        if (IsWordByte(letter)) {
          is_lost_ = true;  // \C, \Q, octal numbers, …
          return false;
        }
        into.Add(ReadCharacter());
        return true;
    }
    ++at_;
    return true;
  }

  bool ReadHexInto(CharClass& into) {
    const bool braces = Take("{");
    std::uint32_t code = 0;
    std::size_t digits = 0;
    for (; Has() && digits < (braces ? 8 : 2); ++digits, ++at_) {
      const char byte = text_[at_];
      if (byte >= '0' && byte <= '9') {
        code = code * 16 + static_cast<std::uint32_t>(byte - '0');
      } else if ((byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F')) {
        code = code * 16 + static_cast<std::uint32_t>((byte | 0x20) - 'a' + 10);
      } else {
        break;
      }
    }
    if (digits == 0 || (braces && !Take("}"))) {
      is_lost_ = true;
      return false;
    }
    std::string character;
    AppendUtf8(code, character);
    into.Add(std::move(character));
    return true;
  }

  Part ReadEscape() {
    if (Take("b") || Take("A") || Take("z")) {
      return EdgePart();
    }
    if (Take("B")) {
      return ExactPart({{}});
    }
    CharClass one;
    if (!ReadEscapedInto(one)) {
      return {};
    }
    return ClassPart(one);
  }

  CharClass ReadClass() {
    CharClass one;
    const bool negated = Take("^");
    bool is_first = true;
    while (Has() && (is_first || text_[at_] != ']')) {
      is_first = false;
      if (Take("[:")) {
        one.AddMany(true, true, true);
        at_ = std::min(text_.find(":]", at_), text_.size() - 2) + 2;
        continue;
      }
      const std::size_t before = one.written.size();
      if (Take("\\")) {
        ReadEscapedInto(one);
      } else {
        one.Add(ReadCharacter());
      }
      // A range: of letters, of digits, or of anything.
      if (one.written.size() == before + 1 && at_ + 1 < text_.size() && text_[at_] == '-' &&
          text_[at_ + 1] != ']') {
        ++at_;
        if (Take("\\")) {
          ReadEscapedInto(one);
        } else {
          one.Add(ReadCharacter());
        }
        const char first = one.written[before].front();
        const char last = one.written.back().front();
        const bool inside = IsWordByte(first) && IsWordByte(last) &&
                            ((first <= '9') == (last <= '9')) && ((first <= 'Z') == (last <= 'Z'));
        const bool outside =
            static_cast<unsigned char>(first) >= 0x80 && static_cast<unsigned char>(last) >= 0x80;
        one.AddMany(!outside, !inside, !outside && !inside);
      }
    }
    is_lost_ = is_lost_ || !Take("]");
    if (negated) {
      CharClass other;
      other.AddMany(!one.has_all_words, true, !one.has_all_spaces);
      return other;
    }
    return one;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool is_lost_ = false;
};

std::vector<Literal> ToLiterals(const Items& items) {
  std::vector<Literal> literals;
  for (const Item& item : items) {
    literals.push_back(ToLiteral(item));
  }
  std::ranges::sort(literals);
  const auto same = std::ranges::unique(literals);
  literals.erase(same.begin(), same.end());
  return literals;
}

}  // namespace

PatternShape ShapeOf(std::string_view pattern) {
  PatternShape shape;
  std::optional<Part> part = Reader(pattern).Read();
  if (!part) {
    shape.size = kUnbounded;
    return shape;
  }
  shape.matches_empty = part->can_be_empty;
  shape.max_words = part->words;
  shape.size = part->size;
  shape.is_runaway = part->is_runaway;
  if (part->exact) {
    const std::optional<Needed> needed = ToNeeded(*part->exact, true);
    part->branches = {needed ? Conjunction{*needed} : Conjunction{}};
  }
  for (Conjunction& branch : part->branches) {
    std::ranges::stable_sort(branch, {}, &Needed::frequency);
    if (branch.empty() || branch.front().frequency > kUselessFrequency) {
      shape.branches.clear();
      return shape;
    }
    PatternShape::Branch& out = shape.branches.emplace_back();
    out.triggers = ToLiterals(branch.front().items);
    if (branch.size() > 1 && branch[1].frequency <= kGuardFrequency &&
        branch.front().frequency > kRareTrigger) {
      out.guards = ToLiterals(branch[1].items);
    }
  }
  return shape;
}

}  // namespace schoolwatch::matchers
