#include "matchers/pattern_triggers.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kFar = 200;  // Words.

struct LiteralHash {
  std::size_t operator()(const Literal& literal) const {
    return std::hash<std::string>()(literal.text) * 4 + (literal.word_start ? 2 : 0) +
           (literal.word_end ? 1 : 0);
  }
};

bool Holds(std::span<const std::uint32_t> literals, std::uint32_t literal) {
  return std::ranges::binary_search(literals, literal);
}

}  // namespace

PatternTriggers::PatternTriggers(std::span<const PatternShape> shapes) {
  std::unordered_map<Literal, std::uint32_t, LiteralHash> numbers;
  std::vector<Literal> literals;
  std::vector<std::pair<std::uint32_t, Trigger>> triggers;  // With their literals.
  const auto number = [&](const std::vector<Literal>& all) {
    std::vector<std::uint32_t> found;
    for (const Literal& literal : all) {
      const auto [known, is_new] =
          numbers.emplace(literal, static_cast<std::uint32_t>(literals.size()));
      if (is_new) {
        literals.push_back(literal);
        sizes_.push_back(static_cast<std::uint32_t>(literal.text.size()));
      }
      found.push_back(known->second);
    }
    std::ranges::sort(found);
    return found;
  };
  std::map<std::vector<std::uint32_t>, std::uint32_t> known_lists{{{}, 0}};
  lists_begin_ = {0, 0};
  const auto list = [&](std::vector<std::uint32_t> of) {
    const auto [known, is_new] =
        known_lists.emplace(std::move(of), static_cast<std::uint32_t>(lists_begin_.size() - 1));
    if (is_new) {
      lists_.insert(lists_.end(), known->first.begin(), known->first.end());
      lists_begin_.push_back(static_cast<std::uint32_t>(lists_.size()));
    }
    return known->second;
  };
  for (const PatternShape& shape : shapes) {
    const auto pattern = static_cast<std::uint32_t>(plans_.size());
    Plan& plan = plans_.emplace_back();
    plan.reach = shape.max_words;
    plan.begins_with_trigger = !shape.branches.empty() &&
                               std::ranges::all_of(shape.branches, &PatternShape::Branch::at_start);
    plan.way = shape.is_just_triggers     ? Way::kJust
               : shape.gap                ? Way::kGap
               : plan.begins_with_trigger ? Way::kFromStart
                                          : Way::kAround;
    for (const PatternShape::Branch& branch : shape.branches) {
      const std::vector<std::uint32_t> of_branch = number(branch.triggers);
      const std::uint32_t guards = list(number(branch.guards));
      // A literal of signs counts for the word before it.
      const auto reach = static_cast<std::uint32_t>(std::min(plan.reach, kFar - 1) + 1);
      Trigger trigger{.pattern = pattern,
                      .guards = guards,
                      .reach = reach,
                      .reach_back = branch.at_start ? 0 : reach};
      for (const std::uint32_t literal : ListOf(guards)) {
        trigger.may_guard |= std::uint64_t{1} << (literal & 63);
      }
      for (const std::uint32_t literal : of_branch) {
        triggers.emplace_back(literal, trigger);
      }
      if (shape.gap) {
        plan.gap = static_cast<std::uint32_t>(*shape.gap);
        plan.triggers = list(of_branch);
        plan.guards = guards;
      }
    }
  }
  std::ranges::stable_sort(triggers, {}, &std::pair<std::uint32_t, Trigger>::first);
  triggers_begin_.reserve(literals.size() + 1);
  for (const auto& [literal, trigger] : triggers) {
    while (triggers_begin_.size() <= literal) {
      triggers_begin_.push_back(static_cast<std::uint32_t>(triggers_.size()));
    }
    triggers_.push_back(trigger);
  }
  triggers_begin_.resize(literals.size() + 1, static_cast<std::uint32_t>(triggers_.size()));
  scanner_.emplace(std::move(literals));
}

void PatternTriggers::Find(std::string_view text, Found& found) const {
  found.touches.clear();
  scanner_->Find(text, found.literals);
  const std::vector<LiteralScanner::Occurrence>& all = found.literals.occurrences;
  for (std::size_t index = 0; index < all.size(); ++index) {
    const LiteralScanner::Occurrence& one = all[index];
    const std::uint32_t end = triggers_begin_[one.literal + 1];
    for (std::uint32_t at = triggers_begin_[one.literal]; at < end; ++at) {
      if (IsGuarded(triggers_[at], found.literals, index)) {
        found.touches.push_back({.pattern = triggers_[at].pattern,
                                 .word = one.stretch,
                                 .start = one.start,
                                 .size = sizes_[one.literal]});
      }
    }
  }
}

std::span<const std::uint32_t> PatternTriggers::ListOf(std::uint32_t number) const {
  return std::span(lists_).subspan(lists_begin_[number],
                                   lists_begin_[number + 1] - lists_begin_[number]);
}

// Whether one of the trigger's guards stands near enough to the occurrence for a match to hold
// both.
bool PatternTriggers::IsGuarded(const Trigger& trigger, const LiteralScanner::Found& found,
                                std::size_t index) const {
  if (trigger.guards == 0) {
    return true;
  }
  const std::vector<LiteralScanner::Occurrence>& all = found.occurrences;
  const std::size_t word = all[index].stretch;
  if (trigger.reach >= kFar) {
    // In a long text there may be more near it than there are guards.
    return std::ranges::any_of(ListOf(trigger.guards),
                               [&found](std::uint32_t literal) { return found.Has(literal); });
  }
  const auto is_guard = [&](std::uint32_t literal) {
    return (trigger.may_guard >> (literal & 63) & 1) != 0 && Holds(ListOf(trigger.guards), literal);
  };
  for (std::size_t at = index; at < all.size() && all[at].stretch - word <= trigger.reach; ++at) {
    if (is_guard(all[at].literal)) {
      return true;
    }
  }
  for (std::size_t at = index; at-- > 0 && word - all[at].stretch <= trigger.reach_back;) {
    if (is_guard(all[at].literal)) {
      return true;
    }
  }
  return false;
}

void PatternTriggers::FindFirsts(std::span<const Touch> touches, const Found& found,
                                 std::vector<Touch>& firsts) const {
  firsts.clear();
  const Plan& plan = plans_[touches.front().pattern];
  if (plan.begins_with_trigger) {
    firsts.assign(touches.begin(), touches.end());
  } else {
    const std::span<const std::uint32_t> guards = ListOf(plan.guards);
    const std::vector<LiteralScanner::Occurrence>& all = found.literals.occurrences;
    for (const Touch& touch : touches) {
      auto at = std::ranges::upper_bound(all, touch.word, {}, &LiteralScanner::Occurrence::stretch);
      while (at != all.begin() && touch.word - std::prev(at)->stretch <= plan.reach) {
        --at;
        if (at->start < touch.start && Holds(guards, at->literal)) {
          firsts.push_back({.pattern = touch.pattern,
                            .word = at->stretch,
                            .start = at->start,
                            .size = sizes_[at->literal]});
        }
      }
    }
  }
  std::ranges::sort(firsts, {}, &Touch::start);
  const auto same = std::ranges::unique(firsts, {}, &Touch::start);
  firsts.erase(same.begin(), same.end());
}

std::optional<std::size_t> PatternTriggers::MatchGap(const Touch& first, const Found& found,
                                                     std::string_view text) const {
  const Plan& plan = plans_[first.pattern];
  const std::span<const std::uint32_t> seconds =
      ListOf(plan.begins_with_trigger ? plan.guards : plan.triggers);
  const std::vector<LiteralScanner::Occurrence>& all = found.literals.occurrences;
  const auto begin =
      std::ranges::lower_bound(all, first.word, {}, &LiteralScanner::Occurrence::stretch);
  const std::size_t from = first.start + first.size;
  // The farthest second, as a gap takes as many words as it can.
  const auto farthest_before = [&](std::size_t limit) {
    const LiteralScanner::Occurrence* farthest = nullptr;
    for (auto at = begin; at != all.end() && at->stretch - first.word <= plan.reach; ++at) {
      if (at->start > from && at->start <= limit && Holds(seconds, at->literal) &&
          (farthest == nullptr || at->start > farthest->start)) {
        farthest = &*at;
      }
    }
    return farthest;
  };
  const LiteralScanner::Occurrence* second = farthest_before(text.size());
  if (second == nullptr) {
    return std::nullopt;
  }
  std::size_t ended = 0;  // Words, the last of the first literal included.
  for (std::size_t at = from; at < second->start; ++at) {
    if (!IsWordByte(text[at]) && IsWordByte(text[at - 1]) && ++ended > plan.gap + 1) {
      second = farthest_before(at - 1);
      break;
    }
  }
  if (second == nullptr) {
    return std::nullopt;
  }
  return second->start + sizes_[second->literal];
}

}  // namespace schoolwatch::matchers
