#include <fmt/format.h>

#include <algorithm>

#include "core/text/fold.h"
#include "matchers/rule_pack.h"
#include "matchers/score.h"

namespace schoolwatch::matchers {

std::vector<ExampleFailure> RunExamples(const RuleSet& rules) {
  std::vector<ExampleFailure> failures;
  const std::vector<Rule>& all = rules.pack().rules;
  for (std::size_t index = 0; index < all.size(); ++index) {
    const Rule& rule = all[index];
    // An example that calls for the school's own page stands on it.
    const bool on_own_page = std::ranges::any_of(rule.needs, [](const std::vector<Need>& needs) {
      return std::ranges::any_of(
          needs, [](const Need& need) { return need.name == "own_page" && !need.absent; });
    });
    const bool in_review = std::ranges::any_of(rule.needs, [](const std::vector<Need>& needs) {
      return std::ranges::any_of(
          needs, [](const Need& need) { return need.name == "review" && !need.absent; });
    });
    const auto try_one = [&](const std::string& example, ExampleFailure::Kind kind) {
      core::Post post;
      post.text = example;
      post.page_of = on_own_page ? "example" : "";
      post.platform = in_review ? "review" : "";
      const std::vector<CountedMatch> matches = FindCountedMatches(post, rules, {}, {});
      const auto found = std::ranges::find(matches, index, &CountedMatch::rule);
      const double left = found == matches.end() ? 0 : WeightLeft(*found, rules);
      const bool hit = found != matches.end() && left * 2 >= rule.weight;
      if (hit == (kind == ExampleFailure::Kind::kShouldHit)) {
        return;
      }
      std::string why;
      if (hit) {
        why = fmt::format("it counts {:.2g} of {:.2g}, on \"{}\"", left, rule.weight,
                          example.substr(found->start, found->end - found->start));
      } else if (found == matches.end()) {
        const core::FoldedText folded = core::Fold(example);
        const bool touched = std::ranges::any_of(
            rules.FindMatches(folded.text),
            [index](const RuleSet::Match& match) { return match.rule == index; });
        why = touched ? "its 'unless' or 'needs' keep it from counting" : "no pattern matches";
      } else {
        why = fmt::format("cues leave {:.2g} of {:.2g}:", left, rule.weight);
        for (const std::size_t cue : found->cues) {
          why += " " + rules.pack().cues[cue].id;
        }
      }
      failures.push_back({.rule = rule.id,
                          .example = example,
                          .kind = kind,
                          .why = std::move(why),
                          .where = rule.where});
    };
    for (const std::string& example : rule.hits) {
      try_one(example, ExampleFailure::Kind::kShouldHit);
    }
    for (const std::string& example : rule.misses) {
      try_one(example, ExampleFailure::Kind::kShouldMiss);
    }
  }
  return failures;
}

}  // namespace schoolwatch::matchers
