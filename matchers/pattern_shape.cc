#include "matchers/pattern_shape.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "matchers/pattern_parts.h"

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kMaxDepth = 200;     // Groups in groups.
constexpr double kUselessFrequency = 0.6;  // Beyond a single letter there is nothing to look for.
constexpr double kGuardFrequency = 0.02;   // To look for commoner guards costs more than it saves …
constexpr double kRareTrigger = 0.0001;    // … as it does where triggers are rare anyway.
constexpr std::size_t kUnbounded = PatternShape::kUnbounded;

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
