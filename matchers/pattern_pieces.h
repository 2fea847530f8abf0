#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace schoolwatch::matchers {

// One thing that a pattern asks for, with its count: a letter, "[ae]", "\W+", "(?:a|b)?".
struct PatternPiece {
  enum class Kind { kLetter, kOther, kClass, kEscape, kEdge, kGroup };
  Kind kind = Kind::kOther;
  std::string_view text;  // As written, count included; a view into the pattern.
  bool optional = false;  // Its count allows none.
  // Of a group; empty where it is nested too deep to be worth looking into.
  std::vector<std::vector<PatternPiece>> alternatives;
};

// The top alternatives of a pattern, cut into pieces: for advice about patterns, not for matching.
// What RE2 would refuse gives some answer. Views into `pattern`.
std::vector<std::vector<PatternPiece>> SplitPattern(std::string_view pattern);

// How far a pattern that does not match gets in a folded text.
struct PartialTrace {
  std::string_view reached;  // Of the text: what the first pieces match.
  std::string_view wanted;   // Of the pattern: the piece that is then not found.
};
// Of all alternatives the one that gets furthest. Costs a few compilations: for people who wait.
PartialTrace TracePattern(std::string_view pattern, std::string_view text);

// Where words are not held to their edges, so that "ass" would match in "class".
struct LooseEdges {
  bool start = false;
  bool end = false;
};
LooseEdges FindLooseEdges(std::string_view pattern);

}  // namespace schoolwatch::matchers
