#include "matchers/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

namespace schoolwatch::matchers {
namespace {

// Sums are made of hundredths, so that the lines of an explanation add up as they are printed.
double ToHundredths(double value) { return std::round(value * 100) / 100; }

constexpr double kNothing = 0.005;

double Logistic(double sum) { return 1.0 / (1.0 + std::exp(-sum)); }

core::Severity Lower(core::Severity severity, int steps, core::Severity floor) {
  const int lowered =
      std::max(static_cast<int>(core::Severity::kLow), static_cast<int>(severity) - steps);
  return std::max(static_cast<core::Severity>(lowered), floor);
}

// What one category's matches come to. `left` is what remains of each after cues have taken.
struct CategorySum {
  double sum = kStartingPoint;
  std::vector<double> given;  // By match: after the group's cap.
  std::vector<double> left;
};

// A threat, a disclosure or a note before suicide is not talked away by hedges and jokes: where a
// rule with a floor would be enough by itself, and cues leave at least half of it, they may make
// the case less sure but not unmake it.
void HoldFloors(const RuleSet& rules, std::span<const CountedMatch> matches,
                std::span<const std::size_t> order, core::Category category, CategorySum& sum,
                std::vector<core::Term>& terms) {
  if (sum.sum >= 0) {
    return;
  }
  for (const std::size_t index : order) {
    const Rule& rule = rules.pack().rules[matches[index].rule];
    if (rule.floor > core::Severity::kLow && sum.given[index] + kStartingPoint >= 0 &&
        sum.left[index] * 2 >= sum.given[index]) {
      terms.push_back(
          {category, "too serious to be talked away (floor of " + rule.id + ")", -sum.sum});
      sum.sum = 0;
      return;
    }
  }
}

CategorySum SumCategory(core::Category category, const RuleSet& rules,
                        std::span<const CountedMatch> matches, std::vector<core::Term>& terms) {
  const RulePack& pack = rules.pack();
  CategorySum result;
  result.given.assign(matches.size(), 0);
  const auto belongs = [&](std::size_t index) {
    const Rule& rule = pack.rules[matches[index].rule];
    return rule.category == category && !rule.shadow;
  };
  std::map<std::size_t, double> groups;
  for (std::size_t index = 0; index < matches.size(); ++index) {
    if (belongs(index)) {
      result.given[index] = matches[index].weight;
      if (const auto group = rules.LinksOf(matches[index].rule).group; group.has_value()) {
        groups[*group] += matches[index].weight;
      }
    }
  }
  terms.push_back({category, "starting point", kStartingPoint});
  std::vector<std::size_t> order;
  for (std::size_t index = 0; index < matches.size(); ++index) {
    if (!belongs(index)) {
      continue;
    }
    // A group's matches share its cap in proportion.
    if (const auto group = rules.LinksOf(matches[index].rule).group; group.has_value()) {
      const double cap = pack.groups[*group].cap;
      if (groups[*group] > cap) {
        result.given[index] *= cap / groups[*group];
      }
    }
    result.given[index] = ToHundredths(result.given[index]);
    order.push_back(index);
  }
  std::ranges::stable_sort(order, std::greater<>{},
                           [&](std::size_t index) { return result.given[index]; });
  for (const std::size_t index : order) {
    const Rule& rule = pack.rules[matches[index].rule];
    terms.push_back({category, "rule " + rule.id, result.given[index]});
    result.sum += result.given[index];
  }

  result.left = result.given;
  std::map<std::size_t, std::vector<std::size_t>> touched;  // By cue.
  for (const std::size_t index : order) {
    for (const std::size_t cue : matches[index].cues) {
      touched[cue].push_back(index);
    }
  }
  std::vector<std::size_t> cues;
  for (const auto& [cue, touches] : touched) {
    cues.push_back(cue);
  }
  std::ranges::stable_sort(cues, {}, [&](std::size_t cue) { return pack.cues[cue].weight; });
  for (const std::size_t cue : cues) {
    double value = pack.cues[cue].weight;
    if (value < 0) {
      // Never more than the touched matches still give, in proportion.
      double available = 0;
      for (const std::size_t index : touched[cue]) {
        available += result.left[index];
      }
      value = ToHundredths(std::max(value, -available));
      if (available > 0) {
        const double kept = available + value < kNothing ? 0 : 1.0 + value / available;
        for (const std::size_t index : touched[cue]) {
          result.left[index] *= kept;
        }
      }
    }
    if (value != 0) {
      const std::string& why = pack.cues[cue].why;
      terms.push_back(
          {category, (why.empty() ? "cue" : why) + " (cue " + pack.cues[cue].id + ")", value});
      result.sum += value;
    }
  }
  result.sum = ToHundredths(result.sum);
  HoldFloors(rules, matches, order, category, result, terms);
  return result;
}

// What a rule says that has a floor, or that is enough by itself, is not talked down, only weak
// signs that have gathered are: somebody who adds a rule of 2.0 can count on it. The shipped rules
// are many and written for what everybody might say, so most of them may be doubted.
bool Stands(const Rule& rule, double left) {
  constexpr double kEnough = 1.9;
  return rule.floor >= core::Severity::kHigh ||
         (!rule.doubted && (rule.floor > core::Severity::kNone || left >= kEnough));
}

// Which matches decide the category that they speak for: the heaviest, as many as it takes to be
// enough together; any that is enough by itself; and any that makes the post as urgent as it is.
// `left` is what cues leave of each that counts, `severities` how soon each says that somebody must
// look.
std::vector<bool> DecidingMatches(const RuleSet& rules, std::span<const CountedMatch> matches,
                                  std::span<const double> left,
                                  std::span<const core::Severity> severities,
                                  core::Severity severity) {
  std::vector<std::size_t> order;
  for (std::size_t index = 0; index < matches.size(); ++index) {
    if (left[index] > 0) {
      order.push_back(index);
    }
  }
  std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t index) { return left[index]; });
  std::vector<bool> decides(matches.size());
  std::map<core::Category, double> sums;
  for (const std::size_t index : order) {
    double& sum = sums.try_emplace(rules.pack().rules[matches[index].rule].category, kStartingPoint)
                      .first->second;
    decides[index] = sum < -kNothing || left[index] + kStartingPoint >= -kNothing ||
                     severities[index] >= severity;
    sum += left[index];
  }
  return decides;
}

// What the opinion adds to a category's sum.
double OpinionTermFor(core::Category category, double probability, const RuleSet& rules,
                      std::span<const CountedMatch> matches) {
  const double term = OpinionTerm(probability);
  const bool is_said = std::ranges::any_of(matches, [&](const CountedMatch& match) {
    const Rule& rule = rules.pack().rules[match.rule];
    return rule.category == category && !rule.shadow && Stands(rule, WeightLeft(match, rules));
  });
  return is_said ? std::max(term, 0.0) : term;
}

// Whether the opinion says how soon somebody must look: never alone, only of what a rule found and
// cues have left something of.
bool IsPressing(const Opinion* opinion, core::Category category, const CategorySum& sum) {
  return opinion != nullptr && category == core::Category::kSafeguarding &&
         opinion->pressing >= kPressing &&
         std::ranges::any_of(sum.left, [](double left) { return left > 0; });
}

}  // namespace

double WeightLeft(const CountedMatch& match, const RuleSet& rules) {
  double left = match.weight;
  for (const std::size_t cue : match.cues) {
    left += rules.pack().cues[cue].weight;
  }
  return std::max(left, 0.0);
}

void AddUp(const core::Post& post, const RuleSet& rules, std::span<const CountedMatch> matches,
           const Opinion* opinion, core::Judgement& judgement) {
  const RulePack& pack = rules.pack();
  std::vector<double> given(matches.size(), 0);
  std::vector<double> left(matches.size(), 0);  // Of those that count.
  std::vector<core::Severity> severities(matches.size(), core::Severity::kNone);
  std::vector<std::pair<double, std::string_view>> topics;
  for (std::size_t number = 0; number < core::kCategories.size(); ++number) {
    const core::Category category = core::kCategories[number];
    CategorySum sum = SumCategory(category, rules, matches, judgement.terms);
    const bool is_pressing = IsPressing(opinion, category, sum);
    const double opinion_term =
        opinion != nullptr
            ? ToHundredths(OpinionTermFor(category, opinion->likely[number], rules, matches))
            : 0;
    if (opinion_term != 0) {
      judgement.terms.push_back(
          {category,
           fmt::format("{}: {}", kSecondReaderId,
                       opinion_term > 0 ? OpinionWhy(category, opinion->words[number])
                                        : "reads like harmless posts"),
           opinion_term});
      sum.sum += opinion_term;
    }
    judgement.scores[number] = Logistic(sum.sum);
    const bool asserted = sum.sum >= 0;
    if (asserted) {
      judgement.categories.push_back(category);
      const core::Severity by_opinion = is_pressing ? core::Severity::kHigh : core::Severity::kLow;
      judgement.severity = std::max(judgement.severity, by_opinion);
      if (opinion_term > 0 || is_pressing) {
        judgement.hits.push_back({.rule = std::string(kSecondReaderId),
                                  .category = category,
                                  .weight = opinion_term,
                                  .text = {},
                                  .why = is_pressing ? PressingWhy(opinion->pressing_words)
                                                     : OpinionWhy(category, opinion->words[number]),
                                  .severity = by_opinion});
      }
    }
    for (std::size_t index = 0; index < matches.size(); ++index) {
      const Rule& rule = pack.rules[matches[index].rule];
      if (rule.category != category || rule.shadow) {
        continue;
      }
      given[index] = sum.given[index];
      // What cues have taken away altogether does not say how soon somebody must look.
      if (!asserted || sum.left[index] <= 0) {
        continue;
      }
      int steps = 0;
      for (const std::size_t cue : matches[index].cues) {
        steps = std::max(steps, pack.cues[cue].lowers);
      }
      left[index] = sum.left[index];
      severities[index] = Lower(rule.severity, steps, rule.floor);
      judgement.severity = std::max(judgement.severity, severities[index]);
      topics.emplace_back(sum.left[index], rule.topic);
    }
  }
  std::ranges::stable_sort(topics, std::greater<>{}, &std::pair<double, std::string_view>::first);
  for (const auto& [weight, topic] : topics) {
    if (!topic.empty() && std::ranges::find(judgement.topics, topic) == judgement.topics.end()) {
      judgement.topics.emplace_back(topic);
    }
  }
  const std::vector<bool> decides =
      DecidingMatches(rules, matches, left, severities, judgement.severity);
  for (std::size_t index = 0; index < matches.size(); ++index) {
    const Rule& rule = pack.rules[matches[index].rule];
    const CountedMatch& match = matches[index];
    const std::string& written = match.field == core::PostField::kTitle ? post.title : post.text;
    judgement.hits.push_back({.rule = rule.id,
                              .category = rule.category,
                              .weight = given[index],
                              .field = match.field,
                              .start = match.start,
                              .end = match.end,
                              .text = written.substr(match.start, match.end - match.start),
                              .why = rule.why,
                              .severity = rule.severity,
                              .topic = left[index] > 0 ? rule.topic : "",
                              .decides = decides[index]});
  }
  std::ranges::stable_sort(judgement.hits, std::greater<>{}, &core::Hit::weight);
}

}  // namespace schoolwatch::matchers
