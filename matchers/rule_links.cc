#include "matchers/rule_links.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "config/nearest.h"
#include "matchers/conditions.h"

namespace schoolwatch::matchers {
namespace {

using Numbers = std::map<std::string, std::size_t, std::less<>>;

// Names to indices; reports ids that stand twice.
template <class T>
Numbers NumberAll(const std::vector<T>& all, const std::string& what,
                  config::Diagnostics& problems) {
  Numbers numbers;
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

// As it is written under `needs`.
std::string Written(const Need& need) {
  return (need.absent ? "not " : "") + need.name + (need.value.empty() ? "" : "=" + need.value);
}

class Resolver {
 public:
  Resolver(const RulePack& pack, config::Diagnostics& problems)
      : pack_(pack),
        problems_(problems),
        rules_(NumberAll(pack.rules, "rule", problems)),
        cues_(NumberAll(pack.cues, "cue", problems)),
        groups_(NumberAll(pack.groups, "group", problems)),
        subjects_(NumberAll(pack.subjects, "subject", problems)) {}

  ResolvedRules Resolve() {
    for (const Rule& rule : pack_.rules) {
      resolved_.links.push_back(Link(rule));
      FindContradictions(rule);
    }
    state_.assign(pack_.rules.size(), State::kNew);
    for (std::size_t rule = 0; rule < pack_.rules.size(); ++rule) {
      Visit(rule);
    }
    return std::move(resolved_);
  }

 private:
  enum class State { kNew, kOpen, kDone };

  void Complain(const Rule& rule, const std::string& message) {
    problems_.Add(rule.where, "rule '" + rule.id + "': " + message);
  }
  void ComplainOfNothing(const Rule& rule, const std::string& what, const std::string& name,
                         std::initializer_list<const Numbers*> known) {
    std::vector<std::string> names;
    for (const Numbers* numbers : known) {
      for (const auto& [one, index] : *numbers) {
        names.push_back(one);
      }
    }
    Complain(rule, "there is no " + what + " '" + name + "'" + config::DidYouMean(name, names));
  }

  RuleLinks Link(const Rule& rule) {
    RuleLinks links;
    for (const std::string& name : rule.damped_by) {
      if (const auto cue = cues_.find(name); cue != cues_.end()) {
        links.cues.push_back(cue->second);
      } else {
        ComplainOfNothing(rule, "cue", name, {&cues_});
      }
    }
    for (const std::vector<Need>& alternatives : rule.needs) {
      links.needs.emplace_back();
      for (const Need& need : alternatives) {
        if (const auto one = LinkNeed(rule, need)) {
          links.needs.back().push_back(*one);
        }
      }
    }
    if (!rule.group.empty()) {
      if (const auto group = groups_.find(rule.group); group != groups_.end()) {
        links.group = group->second;
      } else {
        ComplainOfNothing(rule, "group", rule.group, {&groups_});
      }
    }
    return links;
  }

  std::optional<RuleLinks::ResolvedNeed> LinkNeed(const Rule& rule, const Need& need) {
    using Kind = RuleLinks::ResolvedNeed::Kind;
    RuleLinks::ResolvedNeed one{.absent = need.absent, .value = need.value};
    if (const auto condition = FindCondition(need.name); condition.has_value()) {
      const Condition& what = Conditions()[*condition];
      one.kind = Kind::kCondition;
      one.index = *condition;
      if (what.takes == nullptr ? !need.value.empty() : !what.takes(need.value)) {
        Complain(rule, "'" + Written(need) + "' under 'needs' must be " +
                           (what.takes == nullptr
                                ? "'" + need.name + "' alone"
                                : "'" + need.name + "=…' with " + std::string(what.values)));
        return std::nullopt;
      }
      if (need.name == "subject" && !subjects_.contains(need.value)) {
        ComplainOfNothing(rule, "subject", need.value, {&subjects_});
        return std::nullopt;
      }
      return one;
    }
    if (const auto cue = cues_.find(need.name); cue != cues_.end()) {
      one.kind = Kind::kCue;
      one.index = cue->second;
    } else if (const auto other = rules_.find(need.name); other != rules_.end()) {
      one.kind = Kind::kRule;
      one.index = other->second;
    } else {
      ComplainOfNothing(rule, "cue, condition or rule", need.name, {&cues_, &rules_});
      return std::nullopt;
    }
    if (!need.value.empty()) {
      Complain(rule, "'" + need.name + "' takes no value ('" + Written(need) + "')");
      return std::nullopt;
    }
    return one;
  }

  void FindContradictions(const Rule& rule) {
    const auto opposite = [](const Need& a, const Need& b) {
      return a.name == b.name && a.value == b.value && a.absent != b.absent;
    };
    for (std::size_t first = 0; first < rule.needs.size(); ++first) {
      const std::vector<Need>& one = rule.needs[first];
      for (std::size_t a = 0; a < one.size(); ++a) {
        for (std::size_t b = a + 1; b < one.size(); ++b) {
          if (opposite(one[a], one[b])) {
            Complain(rule,
                     "needs '" + Written(one[a]) + "|" + Written(one[b]) + "', which always holds");
          }
        }
      }
      for (std::size_t second = first + 1; second < rule.needs.size(); ++second) {
        const std::vector<Need>& other = rule.needs[second];
        if (one.size() == 1 && other.size() == 1 && opposite(one[0], other[0])) {
          Complain(rule, "needs both '" + Written(one[0]) + "' and '" + Written(other[0]) +
                             "', so it never counts");
        }
      }
    }
    for (const std::vector<std::string>* exclusions : {&rule.unless, &rule.unless_post}) {
      for (const std::string& pattern : *exclusions) {
        if (std::ranges::find(rule.patterns, pattern) != rule.patterns.end()) {
          Complain(rule, std::string(exclusions == &rule.unless ? "'unless'" : "'unless_post'") +
                             " says the same as 're2', so it never counts");
        }
      }
    }
    const bool needs_a_rule = std::ranges::any_of(rule.needs, [this](const auto& alternatives) {
      return std::ranges::all_of(alternatives, [this](const Need& need) {
        return !need.absent && rules_.contains(need.name);
      });
    });
    if (rule.patterns.empty() && !needs_a_rule) {
      Complain(rule, "no pattern; write one under re2:, or a rule's id under needs:");
    }
  }

  // Depth first along `needs`; the depth is that of rules that need rules, which people write.
  void Visit(std::size_t rule) {
    if (state_[rule] == State::kDone) {
      return;
    }
    if (state_[rule] == State::kOpen) {
      const auto begin = std::ranges::find(path_, rule);
      std::string way;
      for (auto at = begin; at != path_.end(); ++at) {
        way += pack_.rules[*at].id + " → ";
      }
      Complain(pack_.rules[rule], "needs itself: " + way + pack_.rules[rule].id);
      return;
    }
    state_[rule] = State::kOpen;
    path_.push_back(rule);
    bool is_composite = false;
    for (const auto& alternatives : resolved_.links[rule].needs) {
      for (const RuleLinks::ResolvedNeed& need : alternatives) {
        if (need.kind == RuleLinks::ResolvedNeed::Kind::kRule) {
          is_composite = true;
          Visit(need.index);
        }
      }
    }
    path_.pop_back();
    state_[rule] = State::kDone;
    if (is_composite) {
      resolved_.composites.push_back(rule);
    }
  }

  const RulePack& pack_;
  config::Diagnostics& problems_;
  const Numbers rules_, cues_, groups_, subjects_;
  ResolvedRules resolved_;
  std::vector<State> state_;
  std::vector<std::size_t> path_;
};

}  // namespace

ResolvedRules ResolveRules(const RulePack& pack, config::Diagnostics& problems) {
  return Resolver(pack, problems).Resolve();
}

}  // namespace schoolwatch::matchers
