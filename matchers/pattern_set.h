#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "matchers/pattern_shape.h"

namespace schoolwatch::matchers {

// Many RE2 patterns over folded (lower-case) text. One pass finds the literals that patterns cannot
// do without, and only the patterns touched by it are run, on the words around what touched them;
// patterns without such a literal share one RE2::Set. A pattern's automaton is made when it is
// first run: most never are. Thread-safe.
class PatternSet {
 public:
  struct Failure {
    std::size_t pattern = 0;  // Index into what was given to Compile.
    std::string message;      // What RE2 says, and what would be right.
  };
  // All or none. kBadInput: `failures` names every pattern that RE2 refuses or that is too large
  // (kMaxProgram instructions), which a few nested counts can reach.
  static core::Result<std::unique_ptr<const PatternSet>> Compile(
      std::span<const std::string> patterns, std::vector<Failure>& failures);
  virtual ~PatternSet() = default;

  struct Match {
    std::size_t pattern = 0;
    std::size_t start = 0;
    std::size_t end = 0;
    bool operator==(const Match&) const = default;
  };
  // All matches, by pattern and place; of one pattern they do not overlap, and at most kMaxMatches
  // are given, so that no text can make the search quadratic. Empty matches are left out.
  virtual std::vector<Match> FindAll(std::string_view text) const = 0;
  // The same answer without the prefilter: the reference that tests compare with.
  virtual std::vector<Match> FindAllOneByOne(std::string_view text) const = 0;
  // Whether one pattern matches anywhere in `text`.
  virtual bool Matches(std::size_t pattern, std::string_view text) const = 0;
  // Whether one pattern matches just [start, end) of `text`; what stands around it counts for \b.
  virtual bool MatchesJust(std::size_t pattern, std::string_view text, std::size_t start,
                           std::size_t end) const = 0;

  // What is known of a pattern without running it.
  virtual const PatternShape& ShapeOf(std::size_t pattern) const = 0;
  // RE2's instructions; makes the automaton.
  virtual int ProgramSize(std::size_t pattern) const = 0;

  static constexpr std::size_t kMaxMatches = 32;
  static constexpr int kMaxProgram = 20'000;
};

// Small letters for capitals, except in escapes (\W, \S, \pL), flags and names of groups: patterns
// are matched on folded text, and RE2's own case folding would break up the literals that the
// prefilter lives on.
std::string LowerPattern(std::string_view pattern);

}  // namespace schoolwatch::matchers
