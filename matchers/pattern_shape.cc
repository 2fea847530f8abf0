#include "matchers/pattern_shape.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "matchers/pattern_reader.h"

namespace schoolwatch::matchers {
namespace {

constexpr double kUselessFrequency = 0.6;  // Beyond a single letter there is nothing to look for.
constexpr double kGuardFrequency = 0.02;   // To look for commoner guards costs more than it saves …
constexpr double kRareTrigger = 0.0001;    // … as it does where triggers are rare anyway.
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

}  // namespace

PatternShape ShapeOf(std::string_view pattern) {
  PatternShape shape;
  auto [part, is_well_formed] = ReadPattern(pattern);
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
    part->branches = WaysOf(*std::move(part->exact), true);
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
    if (branch.size() > 1 && branch[1].Frequency() <= kGuardFrequency && rarest > kRareTrigger) {
      out.guards = ToLiterals(branch[1].items());
    }
  }
  return shape;
}

}  // namespace schoolwatch::matchers
