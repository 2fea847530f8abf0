#include "crawler/readers/markdown.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool IsPunctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}
bool IsWordByte(char c) {
  return IsAsciiAlpha(c) || IsAsciiDigit(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

// Where the next of some characters stands, remembered, so that a line of openings without an end
// is not looked through for each of them.
class Next {
 public:
  Next(std::string_view line, std::string_view wanted) : line_(line), wanted_(wanted) {}
  // At or behind `from`, which never goes back; kNone for none.
  std::size_t From(std::size_t from) {
    if (at_ != kNone && (at_ < from || !looked_)) {
      at_ = line_.find_first_of(wanted_, from);
      looked_ = true;
    }
    return at_;
  }

 private:
  std::string_view line_;
  std::string_view wanted_;
  std::size_t at_ = 0;
  bool looked_ = false;
};

// Marks that stand in pairs.
enum class Mark : std::uint8_t {
  kStar,
  kStars2,
  kStars3,
  kLine,
  kLines2,
  kStruck,
  kBars,
  kSpoiler
};
constexpr std::size_t kMarks = 8;

class Line {
 public:
  explicit Line(std::string_view line)
      : line_(line),
        tick_(line, "`"),
        bracket_(line, "]"),
        parenthesis_(line, ")"),
        superscript_(line, ")"),
        angle_(line, ">"),
        space_(line, " \t"),
        address_end_(line, " \t)") {}

  void AppendTo(std::string& out) {
    while (at_ < line_.size()) {
      TakeOne();
    }
    Pair();
    std::size_t copied = 0;
    for (const Delimiter& mark : delimiters_) {
      if (mark.paired) {
        out.append(text_, copied, mark.at - copied);
        copied = mark.at + mark.size;
      }
    }
    out.append(text_, copied);
  }

 private:
  struct Delimiter {
    std::size_t at = 0;  // In text_.
    std::size_t size = 0;
    Mark mark = Mark::kStar;
    bool opens = false;
    bool closes = false;
    bool paired = false;
  };

  void Keep(std::size_t from, std::size_t end) { text_ += line_.substr(from, end - from); }

  // Of a link: "](" and a ")" behind it. The place of "]".
  std::optional<std::pair<std::size_t, std::size_t>> LinkFrom(std::size_t from) {
    const std::size_t close = bracket_.From(from);
    if (close == kNone || !line_.substr(close).starts_with("](")) {
      return std::nullopt;
    }
    const std::size_t end = parenthesis_.From(close + 2);
    return end == kNone ? std::nullopt : std::optional(std::pair(close, end + 1));
  }

  void TakeOne() {
    const std::string_view rest = line_.substr(at_);
    if (at_ == link_close_) {
      at_ = link_end_;
      link_close_ = kNone;
      return;
    }
    switch (rest[0]) {
      case '\\':
        if (rest.size() > 1 && IsPunctuation(rest[1])) {
          text_ += rest[1];
          at_ += 2;
          return;
        }
        break;
      case '`':
        if (const std::size_t end = tick_.From(at_ + 1); end != kNone && end > at_ + 1) {
          Keep(at_ + 1, end);
          at_ = end + 1;
          return;
        }
        break;
      case '<':
        if (TakeAddressInBrackets(rest)) {
          return;
        }
        break;
      case 'h':
        if (TakeAddress(rest)) {
          return;
        }
        break;
      case '!':
        if (rest.starts_with("![") && link_close_ == kNone) {
          if (const auto link = LinkFrom(at_ + 2)) {
            text_ += '\n';
            Keep(at_ + 2, link->first);
            text_ += '\n';
            at_ = link->second;
            return;
          }
        }
        if (rest.starts_with("!<")) {
          TakeMark(Mark::kSpoiler, 2, false, true);
          return;
        }
        break;
      case '[':
        if (link_close_ == kNone) {
          if (const auto link = LinkFrom(at_ + 1)) {
            std::tie(link_close_, link_end_) = *link;
            ++at_;
            return;
          }
        }
        break;
      case '>':
        if (rest.starts_with(">!")) {
          TakeMark(Mark::kSpoiler, 2, true, false);
          return;
        }
        break;
      case '|':
        if (rest.starts_with("||")) {
          TakeMark(Mark::kBars, 2, true, true);
          return;
        }
        break;
      case '~':
        if (rest.starts_with("~~")) {
          TakeMark(Mark::kStruck, 2, true, true);
          return;
        }
        break;
      case '^':
        // Superscript: "^word", "^(some words)".
        if (rest.starts_with("^(")) {
          if (const std::size_t end = superscript_.From(at_ + 2); end != kNone) {
            Keep(at_ + 2, end);
            at_ = end + 1;
            return;
          }
        } else if (rest.size() > 1 && IsWordByte(rest[1])) {
          ++at_;
          return;
        }
        break;
      case '*':
      case '_':
        TakeEmphasis(rest);
        return;
      default:
        break;
    }
    text_ += line_[at_++];
  }

  bool TakeAddressInBrackets(std::string_view rest) {
    if (!rest.starts_with("<http://") && !rest.starts_with("<https://")) {
      return false;
    }
    const std::size_t end = angle_.From(at_);
    if (end == kNone || space_.From(at_) < end) {
      return false;
    }
    Keep(at_ + 1, end);
    at_ = end + 1;
    return true;
  }

  // Lines in an address are part of it.
  bool TakeAddress(std::string_view rest) {
    if ((!rest.starts_with("http://") && !rest.starts_with("https://")) ||
        (at_ > 0 && IsWordByte(line_[at_ - 1]))) {
      return false;
    }
    const std::size_t end = std::min({address_end_.From(at_), link_close_, line_.size()});
    Keep(at_, end);
    at_ = end;
    return true;
  }

  void TakeMark(Mark mark, std::size_t size, bool opens, bool closes) {
    delimiters_.push_back({text_.size(), size, mark, opens, closes, false});
    Keep(at_, at_ + size);
    at_ += size;
  }

  void TakeEmphasis(std::string_view rest) {
    const std::size_t run = std::min(rest.find_first_not_of(rest[0]), rest.size());
    const char before = at_ == 0 ? ' ' : line_[at_ - 1];
    const char after = run < rest.size() ? rest[run] : ' ';
    // "2*3*4" and file_name_x are no emphasis; "**" inside a word is.
    const bool in_words = run == 1 || rest[0] == '_';
    const bool opens = !IsAsciiSpace(after) && !(in_words && IsWordByte(before));
    const bool closes = !IsAsciiSpace(before) && !(in_words && IsWordByte(after));
    constexpr std::array<Mark, 3> kStars = {Mark::kStar, Mark::kStars2, Mark::kStars3};
    constexpr std::array<Mark, 2> kLines = {Mark::kLine, Mark::kLines2};
    if (rest[0] == '*' && run <= kStars.size()) {
      TakeMark(kStars[run - 1], run, opens, closes);
    } else if (rest[0] == '_' && run <= kLines.size()) {
      TakeMark(kLines[run - 1], run, opens, closes);
    } else {
      Keep(at_, at_ + run);
      at_ += run;
    }
  }

  // Each end takes the nearest beginning of its kind that is still open.
  void Pair() {
    std::array<std::vector<std::size_t>, kMarks> open;
    for (std::size_t i = 0; i < delimiters_.size(); ++i) {
      Delimiter& mark = delimiters_[i];
      std::vector<std::size_t>& same = open[static_cast<std::size_t>(mark.mark)];
      // Nothing between the two: "****" is no emphasis of nothing.
      if (mark.closes && !same.empty() &&
          delimiters_[same.back()].at + delimiters_[same.back()].size < mark.at) {
        delimiters_[same.back()].paired = true;
        mark.paired = true;
        same.pop_back();
      } else if (mark.opens) {
        same.push_back(i);
      }
    }
  }

  std::string_view line_;
  Next tick_, bracket_, parenthesis_, superscript_, angle_, space_, address_end_;
  std::size_t at_ = 0;
  // Of the link whose words are being taken.
  std::size_t link_close_ = kNone;
  std::size_t link_end_ = 0;
  std::string text_;  // With the marks that may go.
  std::vector<Delimiter> delimiters_;
};

std::size_t CountSpaces(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

// "---", "* * *": a line across.
bool IsRule(std::string_view line) {
  const std::string_view marks = Trim(line);
  if (marks.empty() || (marks[0] != '-' && marks[0] != '*' && marks[0] != '_')) {
    return false;
  }
  return std::count(marks.begin(), marks.end(), marks[0]) >= 3 &&
         marks.find_first_not_of(std::string{marks[0], ' ', '\t'}) == kNone;
}

std::string_view WithoutQuoteMarks(std::string_view line) {
  line.remove_prefix(CountSpaces(line));
  while (line.starts_with('>')) {
    line.remove_prefix(1);
    line.remove_prefix(!line.empty() && (line[0] == ' ' || line[0] == '\t') ? 1u : 0u);
  }
  return line;
}

// Without the mark of a heading or of a list's item.
std::string_view WithoutBlockMark(std::string_view line) {
  const std::size_t spaces = CountSpaces(line);
  std::string_view rest = line.substr(spaces);
  const std::size_t hashes = std::min(rest.find_first_not_of('#'), rest.size());
  if (spaces <= 3 && hashes >= 1 && hashes <= 6 && hashes < rest.size() &&
      CountSpaces(rest.substr(hashes)) > 0) {
    line = rest.substr(hashes);
    line.remove_prefix(CountSpaces(line));
    rest = line;
  }
  if (rest.size() > 1 && (rest[0] == '-' || rest[0] == '*' || rest[0] == '+') &&
      (rest[1] == ' ' || rest[1] == '\t')) {
    rest.remove_prefix(1);
    rest.remove_prefix(CountSpaces(rest));
    return rest;
  }
  return line;
}

}  // namespace

NodeWords TextOfMarkdown(std::string_view text) {
  NodeWords words;
  bool in_code = false;
  bool first = true;
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    const bool is_last = end == text.size();
    text.remove_prefix(is_last ? end : end + 1);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    const std::size_t spaces = CountSpaces(line);
    const std::string_view rest = line.substr(spaces);
    if (rest.starts_with("```")) {
      in_code = !in_code;
    } else if (!in_code && spaces <= 3 && rest.starts_with('>') && !rest.starts_with(">!")) {
      if (const std::string_view inner = WithoutQuoteMarks(line); !Trim(inner).empty()) {
        words.quoted += words.quoted.empty() ? "" : "\n";
        Line(inner).AppendTo(words.quoted);
      }
    } else if (in_code || !IsRule(line)) {
      words.text += first ? "" : "\n";
      first = false;
      if (in_code) {
        words.text += line;
      } else {
        Line(WithoutBlockMark(line)).AppendTo(words.text);
      }
    }
    if (is_last) {
      return words;
    }
  }
}

}  // namespace schoolwatch::crawler
