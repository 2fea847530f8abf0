#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "config/section.h"
#include "core/result.h"
#include "core/time.h"
#include "matchers/rule_set.h"

namespace schoolwatch::matchers {

// Reads all *.yaml of `folders` (docs/rules.md), in the order of folders and then of names, as one
// pack: macros expanded, overrides applied, `version` a short hash of all bytes read. Everything
// that is wrong goes into `problems` with file, line and column; the value is whole only where
// nothing was added. A folder that does not exist holds no rules; one that cannot be read is a
// problem.
RulePack LoadRulePacks(std::span<const std::filesystem::path> folders,
                       config::Diagnostics& problems);

// One file's bytes and the name that errors give it.
struct PackFile {
  std::string name;
  std::string bytes;
};
// The same from memory.
RulePack ReadRulePacks(std::span<const PackFile> files, config::Diagnostics& problems);

// Warns of every rule whose last day is over.
void WarnOfExpired(const RulePack& pack, core::Timestamp now, config::Diagnostics& problems);

// The JSON Schema (2020-12) of a pack file, for editors.
std::string RulePackJsonSchema();

// Words that may stand under `topic:`.
std::span<const std::string_view> Topics();

// An example of a rule that does not do what it says.
struct ExampleFailure {
  std::string rule;
  std::string example;
  enum class Kind { kShouldHit, kShouldMiss } kind = Kind::kShouldHit;
  std::string why;  // "no pattern matches", "excluded, not needed or damped", "counts 3.2 of 3.2"
  config::Location where;
};
// Runs the examples inside all rules: an example is a hit where the rule matches it and its cues
// leave at least half of its weight.
std::vector<ExampleFailure> RunExamples(const RuleSet& rules);

}  // namespace schoolwatch::matchers
