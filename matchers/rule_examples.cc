#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "core/text/fold.h"
#include "matchers/rule_pack.h"
#include "matchers/score.h"

namespace schoolwatch::matchers {

namespace {

// A moment of such a period in London.
core::Timestamp MomentIn(std::string_view period) {
  using std::chrono::hours;
  const auto wednesday = std::chrono::sys_days{std::chrono::year{2026} / 1 / 14};
  return period == "weekend"   ? wednesday + std::chrono::days(3) + hours(12)
         : period == "night"   ? wednesday + hours(2)
         : period == "evening" ? wednesday + hours(19)
                               : wednesday + hours(11);
}

// What a rule asks of a post beside its words, an example has: of alternatives the last of a kind.
core::Post ExamplePost(const Rule& rule, const std::string& text) {
  core::Post post;
  post.text = text;
  for (const std::vector<Need>& alternatives : rule.needs) {
    for (const Need& need : alternatives) {
      if (need.absent) {
        continue;
      }
      if (need.name == "own_page") {
        post.page_of = "example";
      } else if (need.name == "review") {
        post.platform = "review";
      } else if (need.name == "platform") {
        post.platform = need.value;
      } else if (need.name == "source") {
        post.source = need.value;
      } else if (need.name == "kind") {
        post.kind = core::ParsePostKind(need.value).value_or(post.kind);
      } else if (need.name == "posted") {
        post.published = MomentIn(need.value);
      }
    }
  }
  return post;
}

}  // namespace

std::vector<ExampleFailure> RunExamples(const RuleSet& rules) {
  std::vector<ExampleFailure> failures;
  const std::vector<Rule>& all = rules.pack().rules;
  for (std::size_t index = 0; index < all.size(); ++index) {
    const Rule& rule = all[index];
    const auto try_one = [&](const std::string& example, ExampleFailure::Kind kind) {
      const core::Post post = ExamplePost(rule, example);
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
