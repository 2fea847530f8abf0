#include "matchers/rule_set.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "core/parallel.h"
#include "matchers/pattern_set.h"
#include "matchers/rule_links.h"

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

// Each of `all` and where its set goes.
void CompilePatterns(
    std::span<const std::pair<const OwnedPatterns*, std::unique_ptr<const PatternSet>*>> all,
    config::Diagnostics& problems) {
  std::vector<std::vector<PatternSet::Failure>> failures(all.size());
  core::ForEachIndex(all.size(), [&](std::size_t index) {
    core::Result<std::unique_ptr<const PatternSet>> set =
        PatternSet::Compile(all[index].first->patterns, failures[index]);
    if (set.has_value()) {
      *all[index].second = *std::move(set);
    }
  });
  for (std::size_t index = 0; index < all.size(); ++index) {
    const OwnedPatterns& owned = *all[index].first;
    for (const PatternSet::Failure& failure : failures[index]) {
      problems.Add(owned.where[failure.pattern],
                   owned.described[failure.pattern] + ": " + failure.message);
    }
  }
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
    ResolvedRules resolved = ResolveRules(pack_, problems);
    links_ = std::move(resolved.links);
    composites_ = std::move(resolved.composites);
    for (std::size_t index = 0; index < pack_.rules.size(); ++index) {
      const Rule& rule = pack_.rules[index];
      const std::string name = "rule '" + rule.id + "'";
      rules_owned_.Add(index, rule.patterns, rule.pattern_where, rule.where, name);
      unless_owned_.Add(index, rule.unless, {}, rule.where, name + ": unless");
      unless_post_owned_.Add(index, rule.unless_post, {}, rule.where, name + ": unless_post");
    }
    for (std::size_t index = 0; index < pack_.cues.size(); ++index) {
      const Cue& cue = pack_.cues[index];
      cues_owned_.Add(index, cue.patterns, {}, cue.where, "cue '" + cue.id + "'");
      except_owned_.Add(index, cue.except, {}, cue.where, "cue '" + cue.id + "': except");
    }
    for (std::size_t index = 0; index < pack_.subjects.size(); ++index) {
      const Subject& subject = pack_.subjects[index];
      subjects_owned_.Add(index, subject.patterns, {}, subject.where,
                          "subject '" + subject.id + "'");
    }
    const std::size_t rules = pack_.rules.size();
    rules_owned_.of.resize(rules);
    unless_owned_.of.resize(rules);
    unless_post_owned_.of.resize(rules);
    cues_owned_.of.resize(pack_.cues.size());
    except_owned_.of.resize(pack_.cues.size());
    const std::array<std::pair<const OwnedPatterns*, std::unique_ptr<const PatternSet>*>, 6> all{
        {{&rules_owned_, &rules_},
         {&unless_owned_, &unless_},
         {&unless_post_owned_, &unless_post_},
         {&cues_owned_, &cues_},
         {&except_owned_, &except_},
         {&subjects_owned_, &subjects_}}};
    CompilePatterns(all, problems);
    for (const auto& [owned, set] :
         {std::pair(&rules_owned_, &rules_), std::pair(&unless_owned_, &unless_),
          std::pair(&unless_post_owned_, &unless_post_)}) {
      if (*set != nullptr) {
        FindRunaways(*owned, **set, problems);
      }
    }
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

  std::vector<Match> FindSubjects(std::string_view text) const override {
    return ToOwners(subjects_->FindAll(text), subjects_owned_);
  }
  bool MatchesJust(std::size_t rule, std::string_view text, std::size_t start,
                   std::size_t end) const override {
    return std::ranges::any_of(rules_owned_.of[rule], [&](std::size_t pattern) {
      return rules_->MatchesJust(pattern, text, start, end);
    });
  }

  const RuleLinks& LinksOf(std::size_t rule) const override { return links_[rule]; }
  std::span<const std::size_t> Composites() const override { return composites_; }

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

  // Patterns that would cost or match without end.
  void FindRunaways(const OwnedPatterns& owned, const PatternSet& set,
                    config::Diagnostics& problems) {
    for (std::size_t pattern = 0; pattern < owned.patterns.size(); ++pattern) {
      const PatternShape& shape = set.ShapeOf(pattern);
      std::string wrong;
      if (shape.matches_empty && set.Matches(pattern, "")) {
        wrong = "matches nothing at all, so it is everywhere: something in it must be needed";
      } else if (shape.is_runaway) {
        wrong =
            "runs on without end ('.*' or the like): say how far, as in '.{0,40}' or "
            "'(?:\\w+\\W+){0,4}'";
      } else if (shape.branches.empty() && &owned == &rules_owned_) {
        wrong = "has no letters that must occur, so it would be tried on every post: give it some";
      }
      if (!wrong.empty()) {
        problems.Add(owned.where[pattern], owned.described[pattern] + ": the pattern '" +
                                               config::ForMessage(owned.patterns[pattern]) + "' " +
                                               wrong);
      }
    }
  }

  RulePack pack_;
  std::vector<RuleLinks> links_;
  std::vector<std::size_t> composites_;
  OwnedPatterns rules_owned_, unless_owned_, unless_post_owned_, cues_owned_, except_owned_,
      subjects_owned_;
  std::unique_ptr<const PatternSet> rules_, unless_, unless_post_, cues_, except_, subjects_;
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
