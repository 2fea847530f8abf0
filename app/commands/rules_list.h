#pragma once

#include <cstddef>
#include <iosfwd>
#include <map>
#include <string>

#include "app/commands/cases.h"
#include "app/pipeline/shadow_counts.h"
#include "core/result.h"
#include "core/time.h"
#include "matchers/rule_set.h"
#include "storage/store.h"

namespace schoolwatch::app {

// How often a rule matched in what the store remembers.
struct RuleHits {
  std::size_t posts = 0;
  core::Timestamp last{};
};
core::Result<std::map<std::string, RuleHits>> CountRuleHits(const storage::CaseReader& cases);

// What is known of the rules from runs so far.
struct RuleHistory {
  std::map<std::string, RuleHits> hits;
  std::map<std::string, ShadowTrial> trials;
};

// `rules list`: every rule in force, with its history where there is one.
void ListRules(const matchers::RuleSet& rules, const RuleHistory* history, OutputForm form,
               std::ostream& out);

}  // namespace schoolwatch::app
