#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "core/judgement.h"
#include "core/result.h"

namespace schoolwatch::matchers {

// One rule as written in a pack (config/rules/*.yaml; docs/rules.md).
struct Rule {
  std::string id;  // "threat.weapon.bring"
  core::Category category = core::Category::kReputational;
  std::string topic;  // One of the list in docs/rules.md.
  core::Severity severity = core::Severity::kLow;
  double weight = 0;                   // Log-odds, 0.2 (a hint) … 4 (decisive).
  std::string group;                   // Shares a cap with others of its group.
  std::vector<std::string> patterns;   // RE2, macros expanded, matched on folded text.
  std::vector<std::string> unless;     // RE2: the rule does not count where one of these matches.
  std::vector<std::string> damped_by;  // Names of cues that lower it: negation, hedge, awareness, …
  core::Severity floor = core::Severity::kNone;  // Cues may not lower the post below this.
  std::string why;                               // Plain English for a headteacher.
  std::vector<std::string> hits;                 // Examples that must match.
  std::vector<std::string> misses;               // Examples that must not.
  config::Location where;                        // Of the rule in its file.
};

// A word or phrase that changes what others mean: "allegedly", "assembly about".
struct Cue {
  std::string id;
  double weight = 0;  // Added to the sum once where it applies.
  std::vector<std::string> patterns;
  enum class Scope { kBefore, kSentence, kPost } scope = Scope::kSentence;
  std::string why;
  config::Location where;
};

struct Group {
  std::string id;
  double cap = 0;  // The most that its rules may add together.
};

// What one or more packs hold together.
struct RulePack {
  std::string version;  // Of the packs' contents; stored with every judgement.
  std::vector<Rule> rules;
  std::vector<Cue> cues;
  std::vector<Group> groups;
};

// Compiled rules, never changed after Compile, so safe to share between threads. A reload builds a
// new set and swaps a shared_ptr<const RuleSet>: one document meets one version of the rules.
class RuleSet {
 public:
  // Compiles all rules or none; every bad rule is reported with file, line and id in `problems`.
  static core::Result<std::shared_ptr<const RuleSet>> Compile(RulePack pack,
                                                              config::Diagnostics& problems);
  virtual ~RuleSet() = default;
  virtual const RulePack& pack() const = 0;

  // A rule or cue that matched, as byte offsets into the text given.
  struct Match {
    std::size_t rule = 0;  // Index into pack().rules.
    std::size_t start = 0;
    std::size_t end = 0;
  };
  // The rules whose patterns match folded `text`, by index, all matches of each. Time is linear in
  // the text. If the combined automaton runs out of memory, rules run one by one: same answer.
  virtual std::vector<Match> FindMatches(std::string_view text) const = 0;
  // The same for cues (Match::rule is an index into pack().cues); only asked on posts with a match.
  virtual std::vector<Match> FindCues(std::string_view text) const = 0;
};

}  // namespace schoolwatch::matchers
