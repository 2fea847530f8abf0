#include "app/rule_fitting.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <set>
#include <utility>

#include "config/section.h"

namespace schoolwatch::app {
namespace {

constexpr std::string_view kFirstLine = "# Written by `schoolwatch rules fit`.";
constexpr double kLeastChange = 0.05;  // What is less says nothing.

// The rules that some file overrides.
std::set<std::string> OverriddenRules(const RuleFiles& files) {
  std::set<std::string> overridden;
  for (const matchers::PackFile& file : files.files) {
    const auto root = config::ParseYaml(file.name, file.bytes);
    const auto overrides = root ? root->Find("overrides") : std::nullopt;
    if (overrides) {
      for (const config::Section& one : overrides->items()) {
        if (const auto rule = one.Find("rule")) {
          overridden.emplace(rule->text());
        }
      }
    }
  }
  return overridden;
}

bool Has(const std::vector<core::Category>& categories, core::Category category) {
  return std::ranges::find(categories, category) != categories.end();
}

}  // namespace

core::Result<std::unique_ptr<RuleFitter>> RuleFitter::Make(RuleFiles files, FitJudges judges,
                                                           std::span<const FitPost> posts,
                                                           std::size_t least_posts,
                                                           const matchers::FitSettings& settings) {
  std::unique_ptr<RuleFitter> fitter(
      new RuleFitter(std::move(files), std::move(judges), posts, settings));
  SW_ASSIGN(fitter->rules_, CompileRules(fitter->files_));
  for (const matchers::Rule& rule : fitter->rules_->pack().rules) {
    fitter->numbers_.emplace(rule.id, fitter->uses_.size());
    fitter->uses_.push_back({.rule = rule.id, .before = rule.weight, .after = rule.weight});
  }
  const matchers::Judge judge(fitter->judges_.schools, fitter->rules_, fitter->judges_.second);
  for (std::size_t index = 0; index < posts.size(); ++index) {
    core::Judgement judgement = judge.Evaluate(posts[index].line.post);
    fitter->Observe(index, judgement);
    fitter->before_.Add(posts[index].line, std::move(judgement));
  }
  fitter->FreeRules(least_posts);
  return fitter;
}

void RuleFitter::Observe(std::size_t post, const core::Judgement& judgement) {
  const PostLabel& label = posts_[post].line.label;
  // Where the school is missed or wrongly named, no rule is to blame.
  const bool right_school =
      std::ranges::find(judgement.schools, label.school, &core::SchoolScore::school) !=
      judgement.schools.end();
  if (!label.mentions || !right_school) {
    return;
  }
  for (const core::Category category : core::kCategories) {
    matchers::FitExample example;
    example.asserted = Has(label.categories, category);
    for (const core::Term& term : judgement.terms) {
      example.rest += term.category == category ? term.value : 0.0;
    }
    for (const core::Hit& hit : judgement.hits) {
      const auto rule = numbers_.find(hit.rule);
      if (hit.category != category || hit.weight <= 0 || rule == numbers_.end()) {
        continue;
      }
      example.rest -= hit.weight;
      WeightChange& use = uses_[rule->second];
      example.shares.emplace_back(rule->second, hit.weight / use.before);
      ++(example.asserted ? use.right : use.wrong);
    }
    if (!example.shares.empty()) {
      examples_.push_back(std::move(example));
      post_of_.push_back(post);
    }
  }
}

void RuleFitter::FreeRules(std::size_t least_posts) {
  const std::set<std::string> overridden = OverriddenRules(files_);
  for (const matchers::Rule& rule : rules_->pack().rules) {
    const WeightChange& use = uses_[weights_.size()];
    matchers::FitWeight weight{.written = rule.weight};
    weight.fixed = true;
    if (rule.floor != core::Severity::kNone) {
      ++freedom_.floored;
    } else if (rule.shadow) {
      ++freedom_.shadow;
    } else if (overridden.contains(rule.id)) {
      ++freedom_.overridden;
    } else if (use.right + use.wrong < least_posts) {
      ++freedom_.rare;
    } else {
      ++freedom_.free;
      weight.fixed = false;
    }
    weights_.push_back(weight);
  }
}

std::vector<WeightChange> RuleFitter::Fit(const std::function<bool(std::size_t)>& train) const {
  std::vector<matchers::FitExample> examples;
  for (std::size_t index = 0; index < examples_.size(); ++index) {
    if (train(post_of_[index])) {
      examples.push_back(examples_[index]);
    }
  }
  const std::vector<double> fitted = matchers::FitWeights(examples, weights_, settings_);
  std::vector<WeightChange> changes;
  for (const auto& [id, number] : numbers_) {
    const double rounded = std::round(fitted[number] * 100) / 100;
    if (std::abs(rounded - uses_[number].before) >= kLeastChange - 1e-9) {
      changes.push_back(uses_[number]);
      changes.back().after = rounded;
    }
  }
  return changes;
}

core::Result<Scorecard> RuleFitter::CrossValidate(
    std::size_t groups, const std::function<std::size_t(std::size_t)>& group_of,
    const std::function<void(std::size_t)>& progress) const {
  Scorecard card;
  for (std::size_t group = 0; group < groups; ++group) {
    progress(group);
    const std::vector<WeightChange> changes =
        Fit([&](std::size_t post) { return group_of(post) != group; });
    // The very file that --write would leave, so that what is measured is what would run.
    RuleFiles files = files_;
    files.files.push_back({"fitted.yaml", OverridesText(changes)});
    SW_ASSIGN(std::shared_ptr<const matchers::RuleSet> rules, CompileRules(files));
    const matchers::Judge judge(judges_.schools, std::move(rules), judges_.second);
    for (std::size_t post = 0; post < posts_.size(); ++post) {
      if (group_of(post) == group) {
        card.Add(posts_[post].line, judge.Evaluate(posts_[post].line.post));
      }
    }
  }
  return card;
}

std::string OverridesText(std::span<const WeightChange> changes) {
  std::string text = fmt::format(
      "{}\n# The next fit writes it anew: changes by hand belong in another file, and a rule that "
      "is "
      "overridden\n# there keeps the weight given to it.\n",
      kFirstLine);
  if (changes.empty()) {
    return text;
  }
  text += "overrides:\n";
  for (const WeightChange& change : changes) {
    text += fmt::format(
        "  - {{rule: {}, weight: {:.2f}, note: \"fitted: right in {} and wrong in {} of the "
        "labelled "
        "posts; written {:.2f}\"}}\n",
        boost::json::serialize(boost::json::string(change.rule)), change.after, change.right,
        change.wrong, change.before);
  }
  return text;
}

bool IsOverridesText(std::string_view text) { return text.starts_with(kFirstLine); }

}  // namespace schoolwatch::app
