#include "matchers/pattern_reader.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/text/fold.h"
#include "core/text/utf8.h"

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kMaxDepth = 200;    // Groups in groups.
constexpr std::size_t kLongestText = 32;  // Of an alternative that is taken whole.
constexpr std::size_t kMaxCount = 1000;   // RE2's own limit, on counts inside counts as well.
constexpr std::size_t kUnbounded = PatternShape::kUnbounded;

// Bytes that stand for themselves anywhere outside a class.
constexpr std::array<bool, 256> kIsPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const char letter = static_cast<char>(byte);
    plain[byte] = byte >= 0x80 || IsWordByte(letter) ||
                  std::string_view(" '\"-,:;!%&/#@<>=~").contains(letter);
  }
  return plain;
}();

bool IsPlain(char byte) { return kIsPlain[static_cast<unsigned char>(byte)]; }
bool IsBeyondAscii(char byte) { return static_cast<unsigned char>(byte) >= 0x80; }
bool IsInsideCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }
bool IsDigit(char byte) { return byte >= '0' && byte <= '9'; }
bool IsCount(char byte) { return byte == '*' || byte == '+' || byte == '?' || byte == '{'; }

// Reads RE2's syntax. What it does not understand ends the reading with nothing known; what it does
// understand may still be more than RE2 takes, as `a**`, so what is not surely right is doubtful.
class Reader {
 public:
  explicit Reader(std::string_view pattern)
      : text_(pattern),
        is_doubtful_(std::ranges::any_of(pattern, IsBeyondAscii) && !core::IsValidUtf8(pattern)) {}

  PatternReading Read() {
    const bool begins_word = text_.starts_with("\\b");
    const bool ends_word = text_.size() > 3 && text_.ends_with("\\b") && !text_.ends_with("\\\\b");
    Part part = ReadAlternatives(false, 0);
    if (is_lost_ || at_ < text_.size()) {
      return {};
    }
    const bool is_well_formed = !is_doubtful_ && repeats_ <= kMaxCount;
    // Edges elsewhere ask for what an item does not say.
    const std::size_t expected = (begins_word ? 1U : 0U) + (ends_word ? 1U : 0U);
    const bool is_just_items = is_well_formed && part.exact && edges_ == expected &&
                               (expected == 0 || !has_top_alternatives_) &&
                               std::ranges::all_of(*part.exact, [&](const Item& item) {
                                 return !item.text.empty() && item.edge_before == begins_word &&
                                        item.edge_after == ends_word &&
                                        (!begins_word || IsWordByte(item.text.front())) &&
                                        (!ends_word || IsWordByte(item.text.back()));
                               });
    return {
        .part = std::move(part), .is_well_formed = is_well_formed, .is_just_items = is_just_items};
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
    Items written;
    std::size_t repeats = 1;
    do {
      std::string_view text = ReadText();
      if (!text.empty() && text.size() <= kLongestText && IsAtEndOfAlternative()) {
        written.push_back({.text = std::string(text), .edge_before = at_edge});
        continue;
      }
      Sequence sequence(at_edge);
      while (!text.empty() || !IsAtEndOfAlternative()) {
        if (!text.empty()) {
          sequence.AddText(text);
        } else {
          sequence.Add(ReadRepeated(sequence.AtEdge(), depth));
          repeats = std::max(repeats, repeats_);
        }
        text = ReadText();
      }
      all.push_back(sequence.Finish());
    } while (TakeBar(depth));
    if (!written.empty()) {
      all.push_back(ExactPart(std::move(written)));
    }
    repeats_ = repeats;
    return Alternatives(std::move(all));
  }

  bool TakeBar(std::size_t depth) {
    const bool is_there = Has() && Take("|");
    has_top_alternatives_ = has_top_alternatives_ || (is_there && depth == 0);
    return is_there;
  }

  bool IsAtEndOfAlternative() const { return !Has() || text_[at_] == '|' || text_[at_] == ')'; }

  // Characters that stand for themselves, each just once.
  std::string_view ReadText() {
    const std::size_t begin = at_;
    while (Has() && IsPlain(text_[at_])) {
      ++at_;
    }
    if (Has() && IsCount(text_[at_])) {
      // The last character belongs to the count.
      do {
        at_ -= at_ > begin ? 1 : 0;
      } while (at_ > begin && IsInsideCharacter(text_[at_]));
    }
    return text_.substr(begin, at_ - begin);
  }

  // Leaves in repeats_ how often the counts {…} in it can repeat anything.
  Part ReadRepeated(bool at_edge, std::size_t depth) {
    repeats_ = 1;
    Part part = ReadAtom(at_edge, depth);
    std::size_t counts = 0;
    while (Has()) {
      std::size_t least = 0;
      std::size_t most = kUnbounded;
      if (Take("*")) {
      } else if (Take("+")) {
        least = 1;
      } else if (Take("?")) {
        most = 1;
      } else if (text_[at_] != '{') {
        break;
      } else if (ReadCounts(least, most)) {
        const std::size_t highest = std::max(least, most == kUnbounded ? 1 : most);
        is_doubtful_ = is_doubtful_ || least > most || highest > kMaxCount;
        repeats_ *= std::clamp<std::size_t>(highest, 1, kMaxCount + 1);
        is_doubtful_ = is_doubtful_ || repeats_ > kMaxCount;
        repeats_ = std::min(repeats_, kMaxCount + 1);
      } else {
        is_doubtful_ = true;
        break;
      }
      Take("?");
      // One count for one thing that can be something.
      is_doubtful_ = is_doubtful_ || ++counts > 1 ||
                     (part.exact && part.exact->size() == 1 && part.exact->front().text.empty());
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
      for (; at < text_.size() && IsDigit(text_[at]) && at - begin < 6; ++at) {
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
    while (at_ + length < text_.size() && IsInsideCharacter(text_[at_ + length])) {
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
        ++edges_;
        return EdgePart();
      case '\\':
        ++at_;
        return ReadEscape();
      default:
        is_doubtful_ = is_doubtful_ || !IsPlain(text_[at_]);
        return ExactPart({{.text = ReadCharacter()}});
    }
  }

  Part ReadGroup(bool at_edge, std::size_t depth) {
    is_doubtful_ =
        is_doubtful_ || (Has() && text_[at_] == '?' && !text_.substr(at_).starts_with("?:"));
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
        is_doubtful_ = true;
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
        is_doubtful_ = is_doubtful_ || IsBeyondAscii(letter);
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
    const bool is_character = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    if (digits == 0 || !is_character || (braces && !Take("}"))) {
      is_lost_ = true;
      return false;
    }
    is_doubtful_ = is_doubtful_ || digits < 2;
    std::string character;
    core::AppendUtf8(code, character);
    into.Add(std::move(character));
    return true;
  }

  Part ReadEscape() {
    if (Take("b") || Take("A") || Take("z")) {
      ++edges_;
      return EdgePart();
    }
    if (Take("B")) {
      ++edges_;
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
    is_doubtful_ = is_doubtful_ || !Has() || text_[at_] == ']';
    while (Has() && (is_first || text_[at_] != ']')) {
      if (Take("[:")) {
        is_doubtful_ = true;
        one.AddMany(true, true, true);
        at_ = std::min(text_.find(":]", at_), text_.size() - 2) + 2;
        is_first = false;
        continue;
      }
      const std::size_t before = one.written.size();
      // Where '-' is no range it stands first or last, or RE2 may have its own view.
      const bool is_hyphen = text_[at_] == '-';
      is_doubtful_ = is_doubtful_ || text_[at_] == '[' ||
                     (is_hyphen && !is_first && !text_.substr(at_).starts_with("-]"));
      if (Take("\\")) {
        ReadEscapedInto(one);
      } else {
        one.Add(ReadCharacter());
      }
      is_first = false;
      // A range: of letters, of digits, or of anything.
      if (one.written.size() == before + 1 && at_ + 1 < text_.size() && text_[at_] == '-' &&
          text_[at_ + 1] != ']') {
        ++at_;
        if (Take("\\")) {
          ReadEscapedInto(one);
        } else {
          one.Add(ReadCharacter());
        }
        const std::string& from = one.written[before];
        const std::string& to = one.written.back();
        const char first = from.front();
        const char last = to.front();
        const bool inside = IsWordByte(first) && IsWordByte(last) &&
                            ((first <= '9') == (last <= '9')) && ((first <= 'Z') == (last <= 'Z'));
        const bool outside = IsBeyondAscii(first) && IsBeyondAscii(last);
        is_doubtful_ = is_doubtful_ || is_hyphen || one.written.size() != before + 2 || !inside ||
                       first > last;
        one.AddMany(!outside, !inside, !outside && !inside);
      }
    }
    is_lost_ = is_lost_ || !Take("]");
    if (negated) {
      CharClass other;
      other.AddMany(!one.has_all_words, true, !one.has_all_spaces);
      other.size += one.size;
      return other;
    }
    return one;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool is_lost_ = false;
  bool is_doubtful_ = false;  // RE2 may not take it, or take it for something else.
  bool has_top_alternatives_ = false;
  std::size_t edges_ = 0;  // Places between characters, asked for anywhere.
  std::size_t repeats_ = 1;
};

}  // namespace

PatternReading ReadPattern(std::string_view pattern) { return Reader(pattern).Read(); }

}  // namespace schoolwatch::matchers
