#include "matchers/pattern_triggers.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>
#include <map>
#include <numeric>
#include <utility>

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kFar = 200;  // Words.

// Gives each different literal a number, in the order in which they come. Packs have a hundred
// thousand of them, so they are looked at where they are.
class LiteralNumbers {
 public:
  // `most`: how many will be asked for.
  explicit LiteralNumbers(std::size_t most) : slots_(std::bit_ceil(2 * most + 2)) {}

  std::uint32_t NumberOf(const Literal& literal) {
    const std::size_t hash = std::hash<std::string_view>()(literal.text) * 4 +
                             (literal.word_start ? 2 : 0) + (literal.word_end ? 1 : 0);
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t at = hash;; ++at) {
      Slot& slot = slots_[at & (slots_.size() - 1)];
      if (slot.number_plus_one == 0) {
        literals_.push_back(&literal);
        slot = {.tag = tag, .number_plus_one = static_cast<std::uint32_t>(literals_.size())};
      } else if (slot.tag != tag || *literals_[slot.number_plus_one - 1] != literal) {
        continue;
      }
      return slot.number_plus_one - 1;
    }
  }
  std::span<const Literal* const> literals() const { return literals_; }

 private:
  struct Slot {
    std::uint32_t tag = 0;              // Of the hash, to compare few.
    std::uint32_t number_plus_one = 0;  // 0: free.
  };
  std::vector<Slot> slots_;
  std::vector<const Literal*> literals_;  // By number.
};

bool Holds(std::span<const std::uint32_t> literals, std::uint32_t literal) {
  return std::ranges::binary_search(literals, literal);
}

}  // namespace

PatternTriggers::PatternTriggers(std::span<const PatternShape> shapes) {
  std::size_t most = 0;
  for (const PatternShape& shape : shapes) {
    for (const PatternShape::Branch& branch : shape.branches) {
      most += branch.triggers.size() + branch.guards.size();
    }
  }
  LiteralNumbers numbers(most);
  std::vector<std::pair<std::uint32_t, Trigger>> triggers;  // With their literals.
  triggers.reserve(most);
  const auto number = [&numbers](const std::vector<Literal>& all) {
    std::vector<std::uint32_t> found;
    found.reserve(all.size());
    for (const Literal& literal : all) {
      found.push_back(numbers.NumberOf(literal));
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
        trigger.may_guard.Add(literal);
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
  std::vector<Literal> literals;
  literals.reserve(numbers.literals().size());
  for (const Literal* const literal : numbers.literals()) {
    literals.push_back(*literal);
    literals_.push_back({.size = static_cast<std::uint32_t>(literal->text.size())});
  }
  literals_.emplace_back();
  SortTriggers(triggers);
  scanner_.emplace(std::move(literals));
}

// By literal; of one, in the order in which they are given.
void PatternTriggers::SortTriggers(std::span<const std::pair<std::uint32_t, Trigger>> given) {
  std::vector<std::uint32_t> next(literals_.size());  // Where the next one of a literal goes.
  for (const auto& [literal, trigger] : given) {
    ++next[literal + 1];
  }
  std::partial_sum(next.begin(), next.end(), next.begin());
  for (std::size_t literal = 0; literal < literals_.size(); ++literal) {
    literals_[literal].triggers = next[literal];
  }
  triggers_.resize(given.size());
  for (const auto& [literal, trigger] : given) {
    triggers_[next[literal]++] = trigger;
  }
}

void PatternTriggers::Find(std::string_view text, Found& found) const {
  found.touches.clear();
  if (found.is_present_known) {
    // Few of many thousands, perhaps of another set's.
    for (const LiteralScanner::Occurrence& one : found.literals.occurrences) {
      found.present[one.literal / 64] = 0;
    }
    found.is_present_known = false;
  }
  scanner_->Find(text, found.literals);
  const std::vector<LiteralScanner::Occurrence>& all = found.literals.occurrences;
  for (const LiteralScanner::Occurrence& one : all) {
    __builtin_prefetch(triggers_.data() + literals_[one.literal].triggers);
  }
  for (std::size_t index = 0; index < all.size(); ++index) {
    const LiteralScanner::Occurrence& one = all[index];
    const std::uint32_t end = literals_[one.literal + 1].triggers;
    for (std::uint32_t at = literals_[one.literal].triggers; at < end; ++at) {
      if (triggers_[at].guards == 0 || IsGuarded(triggers_[at], found, index)) {
        found.touches.push_back({.pattern = triggers_[at].pattern,
                                 .word = one.stretch,
                                 .start = one.start,
                                 .size = literals_[one.literal].size});
      }
    }
  }
}

void PatternTriggers::MarkPresent(Found& found) const {
  found.present.resize(std::max(found.present.size(), (literals_.size() + 63) / 64));
  for (const LiteralScanner::Occurrence& one : found.literals.occurrences) {
    found.present[one.literal / 64] |= std::uint64_t{1} << (one.literal % 64);
  }
  found.is_present_known = true;
}

std::span<const std::uint32_t> PatternTriggers::ListOf(std::uint32_t number) const {
  return std::span(lists_).subspan(lists_begin_[number],
                                   lists_begin_[number + 1] - lists_begin_[number]);
}

// Whether one of the trigger's guards stands near enough to the occurrence for a match to hold
// both.
bool PatternTriggers::IsGuarded(const Trigger& trigger, Found& found, std::size_t index) const {
  if (trigger.reach >= kFar) {
    // In a long text there may be more near it than there are guards.
    if (!found.is_present_known) {
      MarkPresent(found);
    }
    return std::ranges::any_of(ListOf(trigger.guards), [&found](std::uint32_t literal) {
      return (found.present[literal / 64] >> (literal % 64) & 1) != 0;
    });
  }
  const std::vector<LiteralScanner::Occurrence>& all = found.literals.occurrences;
  const std::size_t word = all[index].stretch;
  const auto is_guard = [&](std::uint32_t literal) {
    return trigger.may_guard.MayHold(literal) && Holds(ListOf(trigger.guards), literal);
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
                            .size = literals_[at->literal].size});
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
  return second->start + literals_[second->literal].size;
}

}  // namespace schoolwatch::matchers
