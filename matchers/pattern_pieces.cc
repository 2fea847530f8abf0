#include "matchers/pattern_pieces.h"

#include <re2/re2.h>

#include <algorithm>
#include <string>

#include "matchers/pattern_set.h"

namespace schoolwatch::matchers {
namespace {

using Kind = PatternPiece::Kind;
using Alternatives = std::vector<std::vector<PatternPiece>>;

constexpr std::size_t kMaxDepth = 20;

bool IsWordByte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte == '_';
}

class Splitter {
 public:
  explicit Splitter(std::string_view pattern) : pattern_(pattern) {}

  // Up to the end or the ')' that closes what the caller opened.
  Alternatives Split(std::size_t depth) {
    Alternatives all(1);
    while (at_ < pattern_.size() && pattern_[at_] != ')') {
      if (pattern_[at_] == '|') {
        ++at_;
        all.emplace_back();
        continue;
      }
      all.back().push_back(TakePiece(depth));
    }
    return all;
  }
  bool AtEnd() const { return at_ >= pattern_.size(); }
  void Skip() { ++at_; }

 private:
  PatternPiece TakePiece(std::size_t depth) {
    PatternPiece piece;
    const std::size_t begin = at_;
    switch (pattern_[at_]) {
      case '\\':
        TakeEscape(piece);
        break;
      case '[':
        piece.kind = Kind::kClass;
        TakeClass();
        break;
      case '(':
        piece.kind = Kind::kGroup;
        TakeGroup(piece, depth);
        break;
      case '^':
      case '$':
        piece.kind = Kind::kEdge;
        ++at_;
        break;
      default:
        piece.kind = IsWordByte(pattern_[at_]) ? Kind::kLetter : Kind::kOther;
        ++at_;
        while (at_ < pattern_.size() &&
               (static_cast<unsigned char>(pattern_[at_]) & 0xC0) == 0x80) {
          ++at_;  // The rest of a character of several bytes.
        }
    }
    TakeCount(piece);
    piece.text = pattern_.substr(begin, at_ - begin);
    return piece;
  }

  void TakeEscape(PatternPiece& piece) {
    piece.kind = Kind::kEscape;
    if (++at_ >= pattern_.size()) {
      return;
    }
    const char what = pattern_[at_++];
    if (what == 'b' || what == 'B' || what == 'A' || what == 'z') {
      piece.kind = Kind::kEdge;
    } else if ((what == 'x' || what == 'p' || what == 'P') && at_ < pattern_.size()) {
      const std::size_t close = pattern_[at_] == '{' ? pattern_.find('}', at_) : at_;
      at_ = close == std::string_view::npos ? pattern_.size() : close + 1;
    }
  }

  void TakeClass() {
    ++at_;
    if (at_ < pattern_.size() && pattern_[at_] == '^') {
      ++at_;
    }
    bool first = true;
    while (at_ < pattern_.size() && (first || pattern_[at_] != ']')) {
      if (pattern_.substr(at_).starts_with("[:")) {
        const std::size_t close = pattern_.find(":]", at_);
        at_ = close == std::string_view::npos ? pattern_.size() : close + 2;
      } else {
        at_ += pattern_[at_] == '\\' ? 2u : 1u;
      }
      first = false;
    }
    at_ = std::min(at_ + 1, pattern_.size());
  }

  void TakeGroup(PatternPiece& piece, std::size_t depth) {
    ++at_;
    if (at_ < pattern_.size() && pattern_[at_] == '?') {
      while (at_ < pattern_.size() && pattern_[at_] != ':' && pattern_[at_] != '>' &&
             pattern_[at_] != ')') {
        ++at_;
      }
      if (at_ < pattern_.size() && pattern_[at_] != ')') {
        ++at_;
      }
    }
    if (depth < kMaxDepth) {
      piece.alternatives = Split(depth + 1);
    } else {
      SkipGroup();
    }
    if (!AtEnd()) {
      Skip();  // The ')'.
    }
  }

  void SkipGroup() {
    std::size_t open = 0;
    while (at_ < pattern_.size() && (open > 0 || pattern_[at_] != ')')) {
      if (pattern_[at_] == '\\') {
        ++at_;
      } else if (pattern_[at_] == '(') {
        ++open;
      } else if (pattern_[at_] == ')') {
        --open;
      }
      ++at_;
    }
    at_ = std::min(at_, pattern_.size());
  }

  void TakeCount(PatternPiece& piece) {
    if (at_ >= pattern_.size()) {
      return;
    }
    const char what = pattern_[at_];
    if (what == '?' || what == '*') {
      piece.optional = true;
      ++at_;
    } else if (what == '+') {
      ++at_;
    } else if (what == '{' && at_ + 1 < pattern_.size() && pattern_[at_ + 1] >= '0' &&
               pattern_[at_ + 1] <= '9') {
      const std::size_t close = pattern_.find('}', at_);
      piece.optional = pattern_[at_ + 1] == '0';
      at_ = close == std::string_view::npos ? pattern_.size() : close + 1;
    } else {
      return;
    }
    if (at_ < pattern_.size() && pattern_[at_] == '?') {
      ++at_;  // Not greedy.
    }
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
};

enum class Side { kStart, kEnd };

bool IsLoose(const Alternatives& alternatives, Side side);

// Whether the pieces can begin (or end) in the midst of a word.
bool IsLoose(const std::vector<PatternPiece>& pieces, Side side) {
  for (std::size_t number = 0; number < pieces.size(); ++number) {
    const PatternPiece& piece =
        side == Side::kStart ? pieces[number] : pieces[pieces.size() - 1 - number];
    switch (piece.kind) {
      case Kind::kLetter:
        return true;
      case Kind::kGroup:
        if (IsLoose(piece.alternatives, side)) {
          return true;
        }
        break;
      default:
        // Signs, classes and "\w+" say themselves where they end.
        return false;
    }
    if (!piece.optional) {
      return false;
    }
  }
  return false;
}

bool IsLoose(const Alternatives& alternatives, Side side) {
  return std::ranges::any_of(
      alternatives, [side](const std::vector<PatternPiece>& one) { return IsLoose(one, side); });
}

}  // namespace

Alternatives SplitPattern(std::string_view pattern) {
  Splitter splitter(pattern);
  Alternatives all = splitter.Split(0);
  while (!splitter.AtEnd()) {
    splitter.Skip();  // A ')' that closes nothing.
    std::ranges::move(splitter.Split(0), std::back_inserter(all));
  }
  return all;
}

PartialTrace TracePattern(std::string_view pattern, std::string_view text) {
  RE2::Options options;
  options.set_log_errors(false);
  PartialTrace best;
  for (const std::vector<PatternPiece>& pieces : SplitPattern(pattern)) {
    if (pieces.empty()) {
      continue;
    }
    const char* const begin = pieces.front().text.data();
    for (std::size_t count = pieces.size(); count-- > 0;) {
      const std::string_view& missing = pieces[count].text;
      const std::string_view head(begin, static_cast<std::size_t>(missing.data() - begin));
      const RE2 regex(LowerPattern(head), options);
      re2::StringPiece found;
      const re2::StringPiece whole(text.data(), text.size());
      if (!regex.ok() || !regex.Match(whole, 0, whole.size(), RE2::UNANCHORED, &found, 1)) {
        continue;
      }
      if (best.wanted.empty() || found.size() > best.reached.size()) {
        best = {.reached = {found.data(), found.size()}, .wanted = missing};
      }
      break;
    }
  }
  return best;
}

LooseEdges FindLooseEdges(std::string_view pattern) {
  const Alternatives all = SplitPattern(pattern);
  return {.start = IsLoose(all, Side::kStart), .end = IsLoose(all, Side::kEnd)};
}

}  // namespace schoolwatch::matchers
