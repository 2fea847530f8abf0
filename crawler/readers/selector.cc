#include "crawler/readers/selector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// A step is one bit of a node's state.
constexpr std::size_t kMaxSteps = 16;
constexpr std::size_t kMaxAlternatives = 16;

bool IsNameChar(char c) {
  return IsAsciiAlpha(c) || IsAsciiDigit(c) || c == '-' || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

class Selector::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  core::Result<Selector> Parse() {
    Selector selector;
    const std::size_t at_sign = text_.rfind('@');
    if (at_sign != std::string_view::npos &&
        text_.find_first_of("]\"'", at_sign) == std::string_view::npos) {
      selector.attribute_ = Trim(text_.substr(at_sign + 1));
      text_ = text_.substr(0, at_sign);
      if (selector.attribute_.empty()) {
        return Bad("an attribute's name is missing behind '@'");
      }
    }
    do {
      SW_ASSIGN(Path path, ParsePath());
      selector.alternatives_.push_back(std::move(path));
    } while (Take(','));
    SkipSpace();
    if (at_ != text_.size()) {
      return Bad("something else was expected");
    }
    if (selector.alternatives_.size() > kMaxAlternatives) {
      return Bad("more than 16 alternatives");
    }
    return selector;
  }

 private:
  std::unexpected<core::Error> Bad(std::string_view what) const {
    return core::Fail(core::ErrorKind::kBadInput, fmt::format("'{}': {}, at character {}",
                                                              text_.substr(0, 120), what, at_ + 1));
  }
  void SkipSpace() {
    while (at_ < text_.size() && IsAsciiSpace(text_[at_])) {
      ++at_;
    }
  }
  bool Take(char c) {
    SkipSpace();
    if (at_ < text_.size() && text_[at_] == c) {
      ++at_;
      return true;
    }
    return false;
  }
  std::string TakeName() {
    const std::size_t start = at_;
    while (at_ < text_.size() && IsNameChar(text_[at_])) {
      ++at_;
    }
    return std::string(text_.substr(start, at_ - start));
  }

  core::Result<Path> ParsePath() {
    Path path;
    for (;;) {
      const bool is_child = Take('>');
      SkipSpace();
      if (at_ == text_.size() || text_[at_] == ',') {
        if (path.empty() || is_child) {
          return Bad("a step is missing");
        }
        return path;
      }
      if (path.size() == kMaxSteps) {
        return Bad("more than 16 steps");
      }
      SW_ASSIGN(Compound compound, ParseCompound(true));
      compound.is_child = is_child;
      path.push_back(std::move(compound));
    }
  }

  core::Result<Compound> ParseCompound(bool may_negate) {
    Compound compound;
    const std::size_t start = at_;
    if (at_ < text_.size() && text_[at_] == '*') {
      ++at_;
    } else {
      compound.tag = ToAsciiLower(TakeName());
    }
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '.' || c == '#') {
        ++at_;
        Test test;
        test.kind = c == '.' ? Test::Kind::kClass : Test::Kind::kIs;
        test.name = c == '.' ? "class" : "id";
        test.value = TakeName();
        if (test.value.empty()) {
          return Bad("a name is missing");
        }
        compound.tests.push_back(std::move(test));
      } else if (c == '[') {
        ++at_;
        SW_ASSIGN(Test test, ParseAttribute());
        compound.tests.push_back(std::move(test));
      } else if (may_negate && text_.substr(at_).starts_with(":not(")) {
        at_ += 5;
        SkipSpace();
        SW_ASSIGN(Compound inner, ParseCompound(false));
        if (!Take(')')) {
          return Bad("')' was expected");
        }
        compound.none_of.push_back(std::move(inner));
      } else {
        break;
      }
    }
    if (at_ == start) {
      return Bad("a step was expected");
    }
    return compound;
  }

  core::Result<Test> ParseAttribute() {
    Test test;
    SkipSpace();
    test.name = ToAsciiLower(TakeName());
    SkipSpace();
    if (test.name.empty()) {
      return Bad("an attribute's name was expected");
    }
    if (Take(']')) {
      return test;
    }
    const char sign = at_ < text_.size() ? text_[at_] : '\0';
    test.kind = sign == '^'   ? Test::Kind::kStarts
                : sign == '*' ? Test::Kind::kHolds
                : sign == '$' ? Test::Kind::kEnds
                              : Test::Kind::kIs;
    at_ += test.kind == Test::Kind::kIs ? 0u : 1u;
    if (!Take('=')) {
      return Bad("'=' was expected");
    }
    SkipSpace();
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      const std::size_t close = text_.find(text_[at_], at_ + 1);
      if (close == std::string_view::npos) {
        return Bad("the quote has no end");
      }
      test.value = text_.substr(at_ + 1, close - at_ - 1);
      at_ = close + 1;
    } else {
      test.value = TakeName();
    }
    if (!Take(']')) {
      return Bad("']' was expected");
    }
    return test;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

core::Result<Selector> Selector::Compile(std::string_view written) {
  return Parser(Trim(written)).Parse();
}

bool Selector::Matches(const Test& test, const HtmlTree& tree, NodeId id) {
  if (test.kind == Test::Kind::kClass) {
    return tree.HasClass(id, test.value);
  }
  if (!tree.HasAttribute(id, test.name)) {
    return false;
  }
  const std::string_view value = tree.Attribute(id, test.name);
  switch (test.kind) {
    case Test::Kind::kHas:
    case Test::Kind::kClass:
      return true;
    case Test::Kind::kIs:
      return value == test.value;
    case Test::Kind::kStarts:
      return !test.value.empty() && value.starts_with(test.value);
    case Test::Kind::kHolds:
      return !test.value.empty() && value.find(test.value) != std::string_view::npos;
    case Test::Kind::kEnds:
      return !test.value.empty() && value.ends_with(test.value);
  }
  return false;
}

bool Selector::Matches(const Compound& compound, const HtmlTree& tree, NodeId id) {
  if (!compound.tag.empty() && tree[id].name != compound.tag) {
    return false;
  }
  // Nothing is asked of an element without attributes.
  if (!compound.tests.empty() && tree[id].attributes == 0) {
    return false;
  }
  return std::all_of(compound.tests.begin(), compound.tests.end(),
                     [&](const Test& test) { return Matches(test, tree, id); }) &&
         std::none_of(compound.none_of.begin(), compound.none_of.end(),
                      [&](const Compound& inner) { return Matches(inner, tree, id); });
}

bool Selector::MatchesLastStep(const HtmlTree& tree, NodeId id) const {
  return !tree[id].is_text && std::ranges::any_of(alternatives_, [&](const Path& path) {
    return Matches(path.back(), tree, id);
  });
}

// For each open element: which first steps of each path it matches, and which any of its ancestors
// does.
template <class Visit>
void Selector::Walk(const HtmlTree& tree, NodeId first, NodeId end, Visit visit) const {
  struct Level {
    NodeId end = 0;
    std::vector<std::uint32_t> here;
    std::vector<std::uint32_t> above;
  };
  std::vector<Level> levels;
  std::size_t open = 0;
  for (NodeId id = first; id < end; ++id) {
    while (open > 0 && id >= levels[open - 1].end) {
      --open;
    }
    if (tree[id].is_text) {
      continue;
    }
    if (open == levels.size()) {
      levels.push_back({0, std::vector<std::uint32_t>(alternatives_.size()),
                        std::vector<std::uint32_t>(alternatives_.size())});
    }
    Level& level = levels[open];
    const Level* parent = open > 0 ? &levels[open - 1] : nullptr;
    bool matches = false;
    for (std::size_t path = 0; path < alternatives_.size(); ++path) {
      const std::uint32_t of_parent = parent == nullptr ? 0 : parent->here[path];
      level.above[path] = parent == nullptr ? 0 : parent->above[path] | of_parent;
      level.here[path] = 0;
      const Path& steps = alternatives_[path];
      for (std::size_t step = 0; step < steps.size(); ++step) {
        const std::uint32_t before = step == 0 ? 1 : 1u << (step - 1);
        const std::uint32_t allowed = step == 0              ? 1
                                      : steps[step].is_child ? of_parent
                                                             : level.above[path];
        if ((allowed & before) != 0 && Matches(steps[step], tree, id)) {
          level.here[path] |= 1u << step;
        }
      }
      matches = matches || (level.here[path] >> (steps.size() - 1) & 1) != 0;
    }
    level.end = tree[id].end;
    ++open;
    if (matches && !visit(id)) {
      return;
    }
  }
}

std::vector<NodeId> Selector::All(const HtmlTree& tree, NodeId first, NodeId end) const {
  std::vector<NodeId> found;
  Walk(tree, first, end, [&](NodeId id) {
    found.push_back(id);
    return true;
  });
  return found;
}

NodeId Selector::First(const HtmlTree& tree, NodeId first, NodeId end) const {
  NodeId found = kNoNode;
  // Where no element matches a last step, no way to one needs to be looked at.
  NodeId last = first;
  while (last < end && !MatchesLastStep(tree, last)) {
    ++last;
  }
  if (last >= end) {
    return found;
  }
  Walk(tree, first, end, [&](NodeId id) {
    found = id;
    return false;
  });
  return found;
}

bool Selector::MayMatch(const TreeWords& words) const {
  const auto may_hold = [&words](const Test& test) {
    if (test.kind == Test::Kind::kClass) {
      return words.MayHold("class", test.value);
    }
    if (test.kind == Test::Kind::kIs && test.name == "id") {
      return words.MayHold("id", test.value);
    }
    return words.MayHold("", test.name);
  };
  return std::ranges::any_of(alternatives_, [&](const Path& path) {
    return std::ranges::all_of(
        path, [&](const Compound& step) { return std::ranges::all_of(step.tests, may_hold); });
  });
}

TreeWords::TreeWords(const HtmlTree& tree) {
  for (NodeId id = 0; id < tree.size(); ++id) {
    for (const HtmlAttribute& attribute : tree.Attributes(id)) {
      bits_.set(PlaceOf("", attribute.name));
      if (attribute.name == "id") {
        bits_.set(PlaceOf("id", attribute.value));
      } else if (attribute.name == "class") {
        for (std::size_t at = 0; at < attribute.value.size();) {
          std::size_t end = at;
          while (end < attribute.value.size() && !IsAsciiSpace(attribute.value[end])) {
            ++end;
          }
          bits_.set(PlaceOf("class", attribute.value.substr(at, end - at)));
          at = end + 1;
        }
      }
    }
  }
}

bool TreeWords::MayHold(std::string_view kind, std::string_view word) const {
  return bits_.test(PlaceOf(kind, word));
}

// FNV-1a; the kind is part of the word.
std::size_t TreeWords::PlaceOf(std::string_view kind, std::string_view word) {
  std::uint32_t hash = 0x811c9dc5U;
  for (const std::string_view part : {kind, std::string_view("="), word}) {
    for (const char c : part) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
    }
  }
  return (hash ^ (hash >> 15)) % kBits;
}

}  // namespace schoolwatch::crawler
