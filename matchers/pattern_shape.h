#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "matchers/literal.h"

namespace schoolwatch::matchers {

// What can be said of a pattern's matches without running it.
struct PatternShape {
  // A way to match: every match of it holds one of `triggers`, and one of `guards` where there are
  // any. Triggers are the rarest literals to be had.
  struct Branch {
    std::vector<Literal> triggers;
    std::vector<Literal> guards;
    bool at_start = false;  // Every match of it begins with one of the triggers.
  };
  // Every match is a match of one of these. None: nothing is known, as of `\d{4}` or of anything
  // that is not understood.
  std::vector<Branch> branches;

  // The matches are just the triggers of the only branch, of which no two can begin in one place.
  bool is_just_triggers = false;
  // The matches are a trigger and a guard of the only branch with white space and signs between
  // them and at most so many words, as many as can be. The trigger comes first where it is
  // `at_start`.
  std::optional<std::size_t> gap;

  static constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();
  std::size_t max_words = kUnbounded;  // Words between white space that a match can touch.
  std::size_t size = 0;                // At least as many instructions as RE2 needs, roughly.
  bool matches_empty = true;           // May match nothing at all; may be too much said.
  // Repeats what can be any character, white space included, without end: `.*`, `[^.]+`.
  bool is_runaway = false;
  // Written so plainly that RE2 accepts it beyond doubt; false says nothing.
  bool is_well_formed = false;
};

// The shape of a pattern. Says too little rather than anything wrong of one that RE2 accepts; of
// any other it says nothing that counts, and never that it is well formed.
PatternShape ShapeOf(std::string_view pattern);

}  // namespace schoolwatch::matchers
