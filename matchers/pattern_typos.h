#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "matchers/lint_finding.h"

namespace schoolwatch::matchers {

// A slip that RE2 takes for something else than was meant.
struct PatternTypo {
  LintLevel level = LintLevel::kHint;
  std::string_view check;  // "open-count"
  std::size_t offset = 0;  // Bytes into the pattern as written.
  std::string message;
};

// The usual slips in a pattern as it is written, {{macros}} unexpanded: "(i?)", "{,3}", "[A-z]",
// typographic quotation marks, "[a|b]", look-ahead, unescaped dots of web addresses. In the order
// in which they stand.
std::vector<PatternTypo> FindPatternTypos(std::string_view pattern);

}  // namespace schoolwatch::matchers
