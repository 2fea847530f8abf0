#pragma once

#include <string>
#include <string_view>

#include "config/diagnostics.h"

namespace schoolwatch::matchers {

// How sure it is that something must change.
enum class LintLevel {
  kError,    // It cannot do what was meant.
  kWarning,  // It hardly does.
  kHint,     // It could be better.
};
// "error", "warning", "hint".
std::string_view LintLevelName(LintLevel level);

// One thing that `rules lint` has to say.
struct LintFinding {
  LintLevel level = LintLevel::kHint;
  config::Location where;
  std::string owner;    // "rule 'a.b'", "cue 'hedge'", "macro 'gap'", …
  std::string check;    // Which check said so, in a short word that stays: "open-count".
  std::string message;  // What is wrong, and what would be right.
};

}  // namespace schoolwatch::matchers
