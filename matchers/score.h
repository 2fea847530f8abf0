#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/judgement.h"
#include "core/post.h"
#include "core/school.h"
#include "matchers/opinion.h"
#include "matchers/rule_set.h"
#include "matchers/school_index.h"

namespace schoolwatch::matchers {

// Where every category's sum starts: a rule of weight 2 is enough by itself.
inline constexpr double kStartingPoint = -2.0;

// A match that counts, and what the cues around it leave of it.
struct CountedMatch {
  std::size_t rule = 0;
  core::PostField field = core::PostField::kText;
  std::size_t start = 0;  // Bytes into the field as written.
  std::size_t end = 0;
  double weight = 0;              // The rule's, times nearness and view.
  std::vector<std::size_t> cues;  // Those that touch it.
  bool evaded = false;            // Only found after undoing an evasion.
};

// What the rules find in one post: for each rule at most one match, the one of which most is left.
// `mentions` says where the school is named; with none (examples of rules, a school's own page)
// every match counts in full. Rules that expired before `today` count for nothing; without it, as
// for examples, all count.
std::vector<CountedMatch> FindCountedMatches(
    const core::Post& post, const RuleSet& rules, std::span<const core::School* const> schools,
    std::span<const SchoolIndex::Mentions::Place> places,
    std::optional<std::chrono::year_month_day> today = std::nullopt);

// What is left of a match once the cues that touch it have taken theirs, alone.
double WeightLeft(const CountedMatch& match, const RuleSet& rules);

// Adds the matches up: terms, probabilities, categories, severity, topics and hits of `judgement`.
// An opinion adds one term to each category; what it speaks against stays when a rule with a floor
// found it, and what it alone speaks for is of low severity.
void AddUp(const core::Post& post, const RuleSet& rules, std::span<const CountedMatch> matches,
           const Opinion* opinion, core::Judgement& judgement);

}  // namespace schoolwatch::matchers
