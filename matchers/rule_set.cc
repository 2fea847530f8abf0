#include "matchers/rule_set.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "matchers/conditions.h"
#include "matchers/pattern_set.h"

namespace schoolwatch::matchers {
namespace {

// Patterns of many owners in one set, with the way back to their owner.
struct OwnedPatterns {
  std::vector<std::string> patterns;
  std::vector<std::size_t> owners;           // By pattern.
  std::vector<std::vector<std::size_t>> of;  // Patterns, by owner.
  std::vector<config::Location> where;       // By pattern.
  std::vector<std::string> described;        // By pattern: "rule 'a.b'".

  void Add(std::size_t owner, const std::vector<std::string>& more,
           const std::vector<config::Location>& places, const config::Location& fallback,
           const std::string& description) {
    of.resize(std::max(of.size(), owner + 1));
    for (std::size_t index = 0; index < more.size(); ++index) {
      of[owner].push_back(patterns.size());
      patterns.push_back(more[index]);
      owners.push_back(owner);
      where.push_back(index < places.size() ? places[index] : fallback);
      described.push_back(description);
    }
  }
};

std::unique_ptr<const PatternSet> CompilePatterns(const OwnedPatterns& owned,
                                                  config::Diagnostics& problems) {
  std::vector<PatternSet::Failure> failures;
  core::Result<std::unique_ptr<const PatternSet>> set =
      PatternSet::Compile(owned.patterns, failures);
  for (const PatternSet::Failure& failure : failures) {
    problems.Add(owned.where[failure.pattern],
                 owned.described[failure.pattern] + ": " + failure.message);
  }
  if (!set.has_value()) {
    return nullptr;
  }
  return *std::move(set);
}

std::vector<RuleSet::Match> ToOwners(std::span<const PatternSet::Match> found,
                                     const OwnedPatterns& owned) {
  std::vector<RuleSet::Match> matches;
  matches.reserve(found.size());
  for (const PatternSet::Match& one : found) {
    matches.push_back({owned.owners[one.pattern], one.start, one.end});
  }
  std::ranges::sort(matches, [](const RuleSet::Match& a, const RuleSet::Match& b) {
    return std::tie(a.rule, a.start, a.end) < std::tie(b.rule, b.start, b.end);
  });
  const auto same = std::ranges::unique(matches, [](const auto& a, const auto& b) {
    return a.rule == b.rule && a.start == b.start && a.end == b.end;
  });
  matches.erase(same.begin(), same.end());
  return matches;
}

class CompiledRuleSet final : public RuleSet {
 public:
  explicit CompiledRuleSet(RulePack pack) : pack_(std::move(pack)) {}

  // False where something is wrong; `problems` then says what.
  bool Build(config::Diagnostics& problems) {
    const std::size_t before = problems.all().size();
    ResolveNames(problems);
    for (std::size_t index = 0; index < pack_.rules.size(); ++index) {
      const Rule& rule = pack_.rules[index];
      const std::string name = "rule '" + rule.id + "'";
      if (rule.patterns.empty()) {
        problems.Add(rule.where, name + ": no pattern; write one under re2:");
      }
      rules_owned_.Add(index, rule.patterns, rule.pattern_where, rule.where, name);
      unless_owned_.Add(index, rule.unless, {}, rule.where, name + ": unless");
      unless_post_owned_.Add(index, rule.unless_post, {}, rule.where, name + ": unless_post");
    }
    for (std::size_t index = 0; index < pack_.cues.size(); ++index) {
      const Cue& cue = pack_.cues[index];
      cues_owned_.Add(index, cue.patterns, {}, cue.where, "cue '" + cue.id + "'");
      except_owned_.Add(index, cue.except, {}, cue.where, "cue '" + cue.id + "': except");
    }
    const std::size_t rules = pack_.rules.size();
    rules_owned_.of.resize(rules);
    unless_owned_.of.resize(rules);
    unless_post_owned_.of.resize(rules);
    cues_owned_.of.resize(pack_.cues.size());
    except_owned_.of.resize(pack_.cues.size());
    rules_ = CompilePatterns(rules_owned_, problems);
    unless_ = CompilePatterns(unless_owned_, problems);
    unless_post_ = CompilePatterns(unless_post_owned_, problems);
    cues_ = CompilePatterns(cues_owned_, problems);
    except_ = CompilePatterns(except_owned_, problems);
    return problems.all().size() == before;
  }

  const RulePack& pack() const override { return pack_; }

  std::vector<Match> FindMatches(std::string_view text) const override {
    return ToOwners(rules_->FindAll(text), rules_owned_);
  }

  std::vector<Match> FindMatchesOneByOne(std::string_view text) const override {
    return ToOwners(rules_->FindAllOneByOne(text), rules_owned_);
  }

  std::vector<Match> FindCues(std::string_view text) const override {
    std::vector<Match> matches = ToOwners(cues_->FindAll(text), cues_owned_);
    if (matches.empty() || except_owned_.patterns.empty()) {
      return matches;
    }
    const std::vector<Match> exceptions = ToOwners(except_->FindAll(text), except_owned_);
    std::erase_if(matches, [&exceptions](const Match& match) {
      return std::ranges::any_of(exceptions, [&match](const Match& exception) {
        return exception.rule == match.rule && exception.start < match.end &&
               match.start < exception.end;
      });
    });
    return matches;
  }

  const RuleLinks& LinksOf(std::size_t rule) const override { return links_[rule]; }

  bool IsExcludedBySentence(std::size_t rule, std::string_view sentence) const override {
    return AnyMatches(*unless_, unless_owned_.of[rule], sentence);
  }
  bool IsExcludedByText(std::size_t rule, std::string_view text) const override {
    return AnyMatches(*unless_post_, unless_post_owned_.of[rule], text);
  }

  Cost CostOf(std::size_t rule) const override {
    Cost cost;
    std::set<std::string> literals;
    for (const std::size_t pattern : rules_owned_.of[rule]) {
      const PatternShape& shape = rules_->ShapeOf(pattern);
      cost.program_size = std::max(cost.program_size, rules_->ProgramSize(pattern));
      cost.words = std::max(cost.words, shape.max_words);
      cost.has_literal = cost.has_literal && !shape.branches.empty();
      for (const PatternShape::Branch& branch : shape.branches) {
        for (const Literal& literal : branch.triggers) {
          literals.insert(literal.text);
          cost.frequency += KeyOf(literal).frequency;
        }
      }
    }
    cost.literals.assign(literals.begin(), literals.end());
    return cost;
  }

 private:
  static bool AnyMatches(const PatternSet& set, std::span<const std::size_t> patterns,
                         std::string_view text) {
    return std::ranges::any_of(patterns,
                               [&](std::size_t pattern) { return set.Matches(pattern, text); });
  }

  // Names to indices; reports ids that stand twice.
  template <class T>
  static std::map<std::string, std::size_t, std::less<>> Number(const std::vector<T>& all,
                                                                const std::string& what,
                                                                config::Diagnostics& problems) {
    std::map<std::string, std::size_t, std::less<>> numbers;
    for (std::size_t index = 0; index < all.size(); ++index) {
      const auto [known, is_new] = numbers.emplace(all[index].id, index);
      if (!is_new) {
        problems.Add(all[index].where, what + " '" + all[index].id +
                                           "' stands twice; the other is at " +
                                           config::Format(all[known->second].where));
      }
    }
    return numbers;
  }

  void ResolveNames(config::Diagnostics& problems) {
    Number(pack_.rules, "rule", problems);
    const auto cues = Number(pack_.cues, "cue", problems);
    const auto groups = Number(pack_.groups, "group", problems);
    for (const Rule& rule : pack_.rules) {
      RuleLinks links;
      const auto complain = [&](std::string_view what, const std::string& name) {
        problems.Add(rule.where, "rule '" + rule.id + "': there is no " + std::string(what) + " '" +
                                     name + "'");
      };
      for (const std::string& name : rule.damped_by) {
        if (const auto cue = cues.find(name); cue != cues.end()) {
          links.cues.push_back(cue->second);
        } else {
          complain("cue", name);
        }
      }
      for (const std::vector<Need>& alternatives : rule.needs) {
        links.needs.emplace_back();
        for (const Need& need : alternatives) {
          if (const auto cue = cues.find(need.name); cue != cues.end()) {
            links.needs.back().push_back({true, cue->second, need.absent});
          } else if (const auto condition = FindCondition(need.name); condition.has_value()) {
            links.needs.back().push_back({false, *condition, need.absent});
          } else {
            complain("cue or condition", need.name);
          }
        }
      }
      if (!rule.group.empty()) {
        if (const auto group = groups.find(rule.group); group != groups.end()) {
          links.group = group->second;
        } else {
          complain("group", rule.group);
        }
      }
      links_.push_back(std::move(links));
    }
  }

  RulePack pack_;
  std::vector<RuleLinks> links_;
  OwnedPatterns rules_owned_, unless_owned_, unless_post_owned_, cues_owned_, except_owned_;
  std::unique_ptr<const PatternSet> rules_, unless_, unless_post_, cues_, except_;
};

}  // namespace

core::Result<std::shared_ptr<const RuleSet>> RuleSet::Compile(RulePack pack,
                                                              config::Diagnostics& problems) {
  const std::size_t before = problems.all().size();
  auto set = std::make_shared<CompiledRuleSet>(std::move(pack));
  if (!set->Build(problems)) {
    config::Diagnostics ours;
    for (std::size_t index = before; index < problems.all().size(); ++index) {
      ours.Add(problems.all()[index].where, problems.all()[index].message);
    }
    return core::Fail(core::ErrorKind::kBadInput, ours.ToText());
  }
  return std::shared_ptr<const RuleSet>(std::move(set));
}

}  // namespace schoolwatch::matchers
