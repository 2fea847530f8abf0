#include "matchers/pattern_shape.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "matchers/pattern_reader.h"

namespace schoolwatch::matchers {
namespace {

constexpr double kUselessFrequency = 0.6;  // Beyond a single letter there is nothing to look for.
constexpr double kGuardFrequency = 0.02;   // To look for commoner guards costs more than it saves …
constexpr double kRareTrigger = 0.0001;    // … as it does where triggers are rare anyway.
constexpr std::size_t kLongestGap = 1000;  // Words; RE2 takes no higher count.
constexpr std::size_t kUnbounded = PatternShape::kUnbounded;

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

// Whether two of the literals, which are sorted, can begin in one place of a text: then only the
// pattern says which of them counts.
bool CanBeginTogether(const std::vector<Literal>& literals) {
  for (std::size_t one = 0; one < literals.size(); ++one) {
    const std::string& text = literals[one].text;
    for (std::size_t other = one + 1;
         other < literals.size() && literals[other].text.starts_with(text); ++other) {
      const std::string_view rest = std::string_view(literals[other].text).substr(text.size());
      if (rest.empty() || !literals[one].word_end || !IsWordByte(rest.front())) {
        return true;
      }
    }
  }
  return false;
}

// The literals that are just what the pattern matches; none where it matches more, or where two of
// them can begin in one place.
std::optional<Needed> JustLiterals(std::string_view pattern) {
  PatternReading reading = ReadPattern(pattern);
  if (!reading.is_just_items || CanBeginTogether(ToLiterals(*reading.part->exact))) {
    return std::nullopt;
  }
  return Needed(*std::move(reading.part->exact), true, true);
}

// Two of a few words or phrases with a gap between them: as every word of the gap is followed by
// something that is no word, it ends where a word of the text does, so that words can be counted
// instead of running RE2, whose automaton is large here.
void TakeGap(std::string_view pattern, PatternShape& shape) {
  constexpr std::string_view kGap = R"(\W+(?:\w+\W+){0,)";
  const std::size_t begin = pattern.find(kGap);
  if (begin == std::string_view::npos || pattern.substr(0, begin).ends_with('\\')) {
    return;
  }
  const std::string_view left = pattern.substr(0, begin);
  const std::string_view rest = pattern.substr(begin + kGap.size());
  std::size_t words = 0;
  const auto [digits_end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), words);
  const std::string_view right = rest.substr(static_cast<std::size_t>(digits_end - rest.data()));
  if (error != std::errc() || words > kLongestGap || !right.starts_with('}') ||
      right.substr(1).find_first_of("?*+{") == 0) {
    return;
  }
  // With further gaps or open ends it is no list of literals: nearly all that have one, so that
  // they need not be read again.
  const auto has_open_part = [](std::string_view part) {
    return part.find(R"(\w)") != std::string_view::npos ||
           part.find(R"(\W)") != std::string_view::npos;
  };
  if (has_open_part(left) || has_open_part(right)) {
    return;
  }
  const std::optional<Needed> first = JustLiterals(std::string(left) + R"(\b)");
  const std::optional<Needed> second = JustLiterals(R"(\b)" + std::string(right.substr(1)));
  if (!first || !second) {
    return;
  }
  const bool at_start = first->Frequency() <= second->Frequency();
  const Needed& rarer = at_start ? *first : *second;
  if (rarer.Frequency() <= kUselessFrequency) {
    shape.gap = words;
    shape.branches = {{.triggers = ToLiterals(rarer.items()),
                       .guards = ToLiterals((at_start ? second : first)->items()),
                       .at_start = at_start}};
  }
}

}  // namespace

PatternShape ShapeOf(std::string_view pattern) {
  PatternShape shape;
  auto [part, is_well_formed, is_just_items] = ReadPattern(pattern);
  shape.is_well_formed = is_well_formed;
  if (!part) {
    shape.size = kUnbounded;
    return shape;
  }
  shape.matches_empty = part->can_be_empty;
  shape.max_words = part->words;
  shape.size = part->size;
  shape.is_runaway = part->is_runaway;
  if (part->exact) {
    part->branches = WaysOf(*std::move(part->exact), true, true);
  }
  for (Conjunction& branch : part->branches) {
    std::ranges::stable_sort(branch, {}, [](const Needed& one) { return one.Frequency(); });
    const double rarest = branch.front().Frequency();
    if (rarest > kUselessFrequency) {
      shape.branches.clear();
      return shape;
    }
    PatternShape::Branch& out = shape.branches.emplace_back();
    out.triggers = ToLiterals(branch.front().items());
    out.at_start = branch.front().at_start();
    if (branch.size() > 1 && branch[1].Frequency() <= kGuardFrequency && rarest > kRareTrigger) {
      out.guards = ToLiterals(branch[1].items());
    }
  }
  shape.is_just_triggers = is_just_items && shape.branches.size() == 1 &&
                           !CanBeginTogether(shape.branches.front().triggers);
  TakeGap(pattern, shape);
  return shape;
}

}  // namespace schoolwatch::matchers
