#pragma once

#include <cstddef>
#include <vector>

#include "config/diagnostics.h"
#include "matchers/rule_set.h"

namespace schoolwatch::matchers {

struct ResolvedRules {
  std::vector<RuleLinks> links;         // By rule.
  std::vector<std::size_t> composites;  // Rules that need rules, each after those that it needs.
};

// Finds what the names in rules stand for. Into `problems` go names of nothing, ids that stand
// twice, rules that contradict themselves and rules that need themselves, by whatever way.
ResolvedRules ResolveRules(const RulePack& pack, config::Diagnostics& problems);

}  // namespace schoolwatch::matchers
