#include "matchers/pattern_typos.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text/fold.h"

namespace schoolwatch::matchers {
namespace {

bool IsCapital(char byte) { return byte >= 'A' && byte <= 'Z'; }
bool IsSmall(char byte) { return byte >= 'a' && byte <= 'z'; }
bool IsDigit(char byte) { return byte >= '0' && byte <= '9'; }

// Walks a pattern once, knowing whether it is inside [...].
class TypoFinder {
 public:
  explicit TypoFinder(std::string_view pattern) : pattern_(pattern) {}

  std::vector<PatternTypo> Find() {
    if (pattern_.starts_with(' ') || pattern_.ends_with(' ')) {
      Add(LintLevel::kWarning, "outer-space", pattern_.starts_with(' ') ? 0 : pattern_.size() - 1,
          "a space at the end of the pattern must be there in the post, too: leave it out, or "
          "write \\b for the edge of a word");
    }
    while (at_ < pattern_.size()) {
      if (pattern_[at_] == '\\') {
        Escape();
      } else if (pattern_.substr(at_).starts_with("{{")) {
        const std::size_t close = pattern_.find("}}", at_);
        at_ = close == std::string_view::npos ? pattern_.size() : close + 2;
      } else if (static_cast<unsigned char>(pattern_[at_]) >= 0x80) {
        Character();
      } else if (in_class_) {
        InClass();
      } else {
        Outside();
      }
    }
    return std::move(typos_);
  }

 private:
  void Add(LintLevel level, std::string_view check, std::size_t offset, std::string message) {
    typos_.push_back({level, check, offset, std::move(message)});
  }
  // For what would otherwise be said of each letter.
  void AddOnce(LintLevel level, std::string_view check, std::size_t offset, std::string message) {
    if (std::ranges::find(typos_, check, &PatternTypo::check) == typos_.end()) {
      Add(level, check, offset, std::move(message));
    }
  }

  void Escape() {
    const char what = at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : '\0';
    if (!in_class_ && what >= '1' && what <= '9') {
      Add(LintLevel::kError, "back-reference", at_,
          fmt::format("RE2 has no back-references such as \\{}: write the words out", what));
    }
    at_ += 2;
    if ((what == 'x' || what == 'p' || what == 'P') && at_ < pattern_.size() &&
        pattern_[at_] == '{') {
      const std::size_t close = pattern_.find('}', at_);
      at_ = close == std::string_view::npos ? pattern_.size() : close + 1;
    }
  }

  // One that is not ASCII: what folding changes can stand in no text that rules see.
  void Character() {
    std::size_t end = at_ + 1;
    while (end < pattern_.size() && (static_cast<unsigned char>(pattern_[end]) & 0xC0) == 0x80) {
      ++end;
    }
    const std::string_view written = pattern_.substr(at_, end - at_);
    const std::string folded = core::Fold(written).text;
    if (folded != written) {
      Add(in_class_ ? LintLevel::kHint : LintLevel::kError, "unfolded", at_,
          folded.empty() ? fmt::format("an invisible character (U+{:04X}) stands here, and folding "
                                       "takes it out of every post: delete it",
                                       CodePoint(written))
          : in_class_    ? fmt::format("posts are folded before matching, so {} never occurs: {} "
                                          "is enough",
                                       written, folded)
                         : fmt::format("posts are folded before matching, so {} never occurs: "
                                          "write {}",
                                       written, folded));
    }
    at_ = end;
  }

  static unsigned CodePoint(std::string_view bytes) {
    const auto first = static_cast<unsigned char>(bytes[0]);
    unsigned value = bytes.size() == 2   ? first & 0x1Fu
                     : bytes.size() == 3 ? first & 0x0Fu
                                         : first & 0x07u;
    for (const char byte : bytes.substr(1)) {
      value = value << 6 | (static_cast<unsigned char>(byte) & 0x3Fu);
    }
    return value;
  }

  void InClass() {
    const char byte = pattern_[at_];
    if (byte == ']' && at_ > class_start_) {
      in_class_ = false;
    } else if (pattern_.substr(at_).starts_with("[:")) {
      const std::size_t close = pattern_.find(":]", at_);
      at_ = close == std::string_view::npos ? pattern_.size() : close + 2;
      return;
    } else if (pattern_.substr(at_).starts_with("A-z")) {
      Add(LintLevel::kWarning, "class-a-z", at_,
          "[A-z] also means [ \\ ] ^ _ and `: write [a-z], posts are folded to small letters");
      at_ += 3;
      return;
    } else if (byte == '|') {
      AddOnce(LintLevel::kWarning, "class-bar", at_,
              "inside [...] a | is an ordinary character: write (?:a|b) for either");
    } else if (IsCapital(byte)) {
      AddOnce(LintLevel::kWarning, "class-capital", at_,
              "posts are folded to small letters, so this cannot tell a name by its capital: "
              "write [a-z], or needs: [named_person]");
    }
    ++at_;
  }

  void Outside() {
    const char byte = pattern_[at_];
    switch (byte) {
      case '[':
        in_class_ = true;
        class_start_ = at_ + 1;
        if (class_start_ < pattern_.size() && pattern_[class_start_] == '^') {
          ++class_start_;
        }
        at_ = class_start_;
        return;
      case '(':
        Parenthesis();
        break;
      case '{':
        if (pattern_.substr(at_).starts_with("{,")) {
          Add(LintLevel::kError, "open-count", at_,
              "RE2 reads {,n} as these very characters, which no post holds: write {0,n}");
        }
        break;
      case '|':
        Bar();
        break;
      case '.':
        Dot();
        break;
      case '\b':
        Add(LintLevel::kError, "backspace", at_,
            "a backspace stands here: in \"double quotes\" YAML reads \\b as one; write patterns "
            "in "
            "'single quotes'");
        break;
      case ' ':
        if (pattern_.substr(at_).starts_with("  ")) {
          AddOnce(LintLevel::kWarning, "two-spaces", at_,
                  "two spaces match two spaces only: write \\W+ for what stands between words");
        }
        break;
      default:
        if (IsCapital(byte)) {
          AddOnce(LintLevel::kHint, "capital", at_,
                  "posts are folded to small letters, and this is read as one: write it small");
        }
    }
    ++at_;
  }

  void Parenthesis() {
    const std::string_view rest = pattern_.substr(at_);
    if (rest.starts_with("(i?)")) {
      Add(LintLevel::kError, "flag-typo", at_,
          "(i?) means an optional letter i, not \"any case\": leave it out, posts are folded to "
          "small letters");
    } else if (rest.starts_with("(?=") || rest.starts_with("(?!") || rest.starts_with("(?<=") ||
               rest.starts_with("(?<!")) {
      Add(LintLevel::kError, "look-around", at_,
          "RE2 has no look-ahead or look-behind: use unless, needs or a cue (docs/rules.md)");
    } else if (rest.starts_with("(?i)") || rest.starts_with("(?i:")) {
      Add(LintLevel::kHint, "flag-case", at_,
          "not needed: posts are folded to small letters before matching");
    }
  }

  // "a||b", and a bar at either end, also match where nothing stands.
  void Bar() {
    const char after = at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : '|';
    if (at_ == 0 || after == '|') {
      Add(LintLevel::kError, "empty-alternative", at_,
          "an alternative is empty here, and matches everywhere: delete this |");
    }
  }

  void Dot() {
    const std::string_view rest = pattern_.substr(at_ + 1);
    const char before = at_ == 0 ? ' ' : pattern_[at_ - 1];
    if (rest.starts_with('*') || rest.starts_with('+')) {
      AddOnce(LintLevel::kHint, "endless-gap", at_,
              "this runs to the end of the line, however long: say how many words may stand "
              "between, such as \\W+(?:\\w+\\W+){0,5}");
      return;
    }
    if (!IsSmall(before) && !IsDigit(before) && before != ']' && before != '}') {
      return;
    }
    static constexpr std::array<std::string_view, 14> kEndings{
        "com", "co", "org", "net", "uk", "gov", "sch", "ac", "io", "info", "tv", "ly", "me", "eu"};
    for (const std::string_view ending : kEndings) {
      if (rest.starts_with(ending) &&
          (rest.size() == ending.size() || !IsSmall(rest[ending.size()]))) {
        AddOnce(LintLevel::kWarning, "domain-dot", at_,
                fmt::format("a bare dot stands for any character: write \\.{} for a web address",
                            ending));
        return;
      }
    }
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  bool in_class_ = false;
  std::size_t class_start_ = 0;  // Where a ']' would still be an ordinary character.
  std::vector<PatternTypo> typos_;
};

}  // namespace

std::string_view LintLevelName(LintLevel level) {
  switch (level) {
    case LintLevel::kError:
      return "error";
    case LintLevel::kWarning:
      return "warning";
    case LintLevel::kHint:
      return "hint";
  }
  return "hint";
}

std::vector<PatternTypo> FindPatternTypos(std::string_view pattern) {
  return TypoFinder(pattern).Find();
}

}  // namespace schoolwatch::matchers
