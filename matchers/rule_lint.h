#pragma once

#include <span>
#include <vector>

#include "matchers/lint_finding.h"
#include "matchers/rule_pack.h"
#include "matchers/rule_set.h"

// What works, or loads, but is hardly meant so: advice beside the errors that loading reports.
namespace schoolwatch::matchers {

// What shows in the files as they are written, so that it also helps with a set that does not
// compile: slips in patterns, macros, cues and groups that nothing uses, overrides that change
// nothing. Files that cannot be parsed are passed over.
std::vector<LintFinding> LintFiles(std::span<const PackFile> files);

// What shows in the compiled rules: examples that fail, rules that can never count, patterns that
// stand twice or that no example tries, words without edges, what costs much.
std::vector<LintFinding> LintRules(const RuleSet& rules);

// Errors first, then by place.
void SortFindings(std::vector<LintFinding>& findings);

}  // namespace schoolwatch::matchers
