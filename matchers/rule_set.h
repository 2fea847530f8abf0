#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "core/judgement.h"
#include "core/result.h"

namespace schoolwatch::matchers {

// One thing that must hold for a rule to count: a cue, a condition (matchers/conditions.h) or
// another rule.
struct Need {
  std::string name;
  bool absent = false;     // "not name": it must not hold.
  std::string value = {};  // "name=value".
  bool operator==(const Need&) const = default;
};

// One rule as written in a pack (config/rules/*.yaml; docs/rules.md).
struct Rule {
  static constexpr int kUsualNear = 60;
  static constexpr int kSameSentence = 0;

  std::string id;  // "threat.weapon.bring"
  core::Category category = core::Category::kReputational;
  std::string topic;  // One of the list in docs/rules.md.
  core::Severity severity = core::Severity::kLow;
  double weight = 0;  // Log-odds, 0.2 (a hint) … 4 (decisive).
  std::string group;  // Shares a cap with others of its group.
  // RE2, macros expanded, matched on folded text. None: it counts where the rules that it needs do.
  std::vector<std::string> patterns;
  std::vector<std::string>
      unless;  // RE2: no match counts in a sentence where one of these matches.
  std::vector<std::string> unless_post;  // The same for the whole of title and text.
  std::vector<std::string> damped_by;  // Names of cues that lower it: negation, hedge, awareness, …
  std::vector<std::vector<Need>> needs;  // All of these, of each at least one alternative.
  int near = kUsualNear;  // Tokens from a mention in which it counts in full; or kSameSentence.
  core::Severity floor = core::Severity::kNone;  // Cues may not lower the post below this.
  bool doubted = false;  // The second reader may take from what it says, even where that is enough.
  bool shadow = false;   // Its hits are shown and can be counted, but add nothing.
  std::optional<std::chrono::year_month_day> expires;  // The last day on which it counts (UTC).
  std::string why;                                     // Plain English for a headteacher.
  std::vector<std::string> hits;                       // Examples that must match.
  std::vector<std::string> misses;                     // Examples that must not.
  config::Location where;                              // Of the rule in its file.
  std::vector<config::Location> pattern_where;         // Of each pattern, where known.
};

// A word or phrase that changes what others mean: "allegedly", "assembly about".
struct Cue {
  std::string id;
  double weight = 0;  // Added to the sum once where it applies; 0 for those only needed by rules.
  std::vector<std::string> patterns;
  std::vector<std::string> except;  // RE2: where one of these overlaps a match, it is none.
  enum class Scope { kBefore, kClause, kSentence, kPost } scope = Scope::kSentence;
  int within = 4;  // Tokens before the match, for kBefore.
  int lowers = 0;  // Severity steps taken from the matches that it touches.
  std::string why;
  config::Location where;
};

// Words for one kind of person or thing that may have done what a rule is about.
struct Subject {
  std::string id;  // "staff"; rules ask for `subject=staff`.
  std::vector<std::string> patterns;
  config::Location where;
};

struct Group {
  std::string id;
  double cap = 0;  // The most that its rules may add together in one category.
  config::Location where;
};

// What a rule's names stand for, resolved by Compile.
struct RuleLinks {
  std::vector<std::size_t> cues;  // Indices into RulePack::cues that lower or raise it.
  struct ResolvedNeed {
    enum class Kind { kCue, kCondition, kRule } kind = Kind::kCue;
    std::size_t index = 0;  // Into RulePack::cues, Conditions() or RulePack::rules.
    bool absent = false;
    std::string value = {};  // Of a condition.
  };
  std::vector<std::vector<ResolvedNeed>> needs;
  std::optional<std::size_t> group;  // Index into RulePack::groups.
};

// What one or more packs hold together.
struct RulePack {
  std::string version;  // Of the packs' contents; stored with every judgement.
  std::vector<Rule> rules;
  std::vector<Cue> cues;
  std::vector<Group> groups;
  std::vector<Subject> subjects;
};

// Compiled rules, never changed after Compile, so safe to share between threads. A reload builds a
// new set and swaps a shared_ptr<const RuleSet>: one document meets one version of the rules.
class RuleSet {
 public:
  // Compiles all rules or none; every bad rule is reported with file, line and id in `problems`:
  // patterns that RE2 refuses, ids that stand twice, names of groups, cues or conditions that do
  // not exist, rules that contradict themselves or go round in a circle, patterns that match
  // nothing at all, run on without end or are found by no letters.
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
  // At most PatternSet::kMaxMatches of each pattern are given.
  virtual std::vector<Match> FindMatches(std::string_view text) const = 0;
  // The same answer from every rule run by itself: the reference that tests compare with.
  virtual std::vector<Match> FindMatchesOneByOne(std::string_view text) const = 0;
  // The same for cues (Match::rule is an index into pack().cues); only asked on posts with a match.
  virtual std::vector<Match> FindCues(std::string_view text) const = 0;

  // The same for subjects (Match::rule is an index into pack().subjects).
  virtual std::vector<Match> FindSubjects(std::string_view text) const = 0;
  // Whether a pattern of the rule matches just these bytes of folded `text`.
  virtual bool MatchesJust(std::size_t rule, std::string_view text, std::size_t start,
                           std::size_t end) const = 0;

  virtual const RuleLinks& LinksOf(std::size_t rule) const = 0;
  // The rules that need other rules, each after those that it needs.
  virtual std::span<const std::size_t> Composites() const = 0;
  // Whether the rule's `unless` matches the folded sentence in which it matched.
  virtual bool IsExcludedBySentence(std::size_t rule, std::string_view sentence) const = 0;
  // Whether the rule's `unless_post` matches the folded title or text.
  virtual bool IsExcludedByText(std::size_t rule, std::string_view text) const = 0;

  // What a rule costs, for `rules lint`.
  struct Cost {
    int program_size = 0;     // RE2's instructions, of the largest of its patterns.
    std::size_t words = 0;    // That a match can touch; PatternShape::kUnbounded: any number.
    bool has_literal = true;  // All its patterns are found by literals, so it is run rarely.
    std::vector<std::string> literals;  // One of which must occur, sorted.
    double frequency = 0;  // How often they do, by the word of ordinary posts; only to compare.
  };
  virtual Cost CostOf(std::size_t rule) const = 0;
};

}  // namespace schoolwatch::matchers
