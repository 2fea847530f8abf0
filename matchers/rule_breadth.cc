#include "matchers/rule_breadth.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "matchers/score.h"

namespace schoolwatch::matchers {
namespace {

// A rule that is enough by itself.
constexpr double kEnough = 2.0;
// Of 10,000 ordinary words. An ordinary post has about 15, so at 5 a rule that is enough by itself
// would alarm on one post in 130 that has nothing but its school's name to do with it.
constexpr double kManyWords = 5;
// Of 10,000 posts of a sample.
constexpr double kManyPosts = 100;
constexpr double kSomePosts = 20;
// A few hits of a small sample say nothing.
constexpr std::size_t kLeastHits = 3;

LintFinding About(const Rule& rule, LintLevel level, std::string_view check, std::string message) {
  return {.level = level,
          .where = rule.where,
          .owner = "rule '" + rule.id + "'",
          .check = std::string(check),
          .message = std::move(message)};
}

}  // namespace

std::vector<LintFinding> LintOrdinary(const RuleSet& rules, std::span<const OrdinaryText> ordinary,
                                      std::uint64_t total) {
  struct Sum {
    std::uint64_t count = 0;
    std::vector<const OrdinaryText*> texts;
  };
  std::map<std::size_t, Sum> sums;
  const std::vector<Rule>& all = rules.pack().rules;
  for (const OrdinaryText& one : ordinary) {
    std::size_t last = all.size();
    for (const RuleSet::Match& match : rules.FindMatches(one.words)) {
      // A pair with a word that matches by itself was counted with the word.
      const std::size_t space = one.words.find(' ');
      const bool needs_pair =
          space == std::string_view::npos || (match.start < space && match.end > space);
      if (match.rule == last || !needs_pair || rules.IsExcludedBySentence(match.rule, one.words) ||
          rules.IsExcludedByText(match.rule, one.words)) {
        continue;
      }
      last = match.rule;
      sums[match.rule].count += one.count;
      sums[match.rule].texts.push_back(&one);
    }
  }
  std::vector<LintFinding> findings;
  for (auto& [rule, sum] : sums) {
    const double rate = static_cast<double>(sum.count) * 1e4 / static_cast<double>(total);
    if (rate < kManyWords) {
      continue;
    }
    std::ranges::stable_sort(sum.texts, std::greater<>{}, &OrdinaryText::count);
    std::string examples;
    for (std::size_t number = 0; number < std::min<std::size_t>(3, sum.texts.size()); ++number) {
      examples += fmt::format("{}\"{}\"", number == 0 ? "" : ", ", sum.texts[number]->words);
    }
    const bool enough = all[rule].weight >= kEnough && all[rule].needs.empty();
    findings.push_back(
        About(all[rule], enough ? LintLevel::kWarning : LintLevel::kHint, "broad",
              fmt::format("matches everyday words, {:.0f} times in 10,000: {}{}", rate, examples,
                          enough ? "; it is enough by itself: ask for a second word, lower its "
                                   "weight or add needs"
                                 : "")));
  }
  return findings;
}

BreadthCounter::BreadthCounter(const RuleSet& rules)
    : rules_(rules), counts_(rules.pack().rules.size()) {}

void BreadthCounter::Add(const core::Post& post) {
  ++posts_;
  for (const CountedMatch& match : FindCountedMatches(post, rules_, {}, {})) {
    if (WeightLeft(match, rules_) * 2 < rules_.pack().rules[match.rule].weight) {
      continue;
    }
    Count& count = counts_[match.rule];
    if (++count.posts == 1) {
      const std::string& written = match.field == core::PostField::kTitle ? post.title : post.text;
      count.words = written.substr(match.start, match.end - match.start);
    }
  }
}

std::vector<LintFinding> BreadthCounter::Lint() const {
  std::vector<LintFinding> findings;
  for (std::size_t index = 0; index < counts_.size(); ++index) {
    const Rule& rule = rules_.pack().rules[index];
    const Count& count = counts_[index];
    const double rate =
        posts_ == 0 ? 0 : static_cast<double>(count.posts) * 1e4 / static_cast<double>(posts_);
    const bool enough = rule.weight >= kEnough;
    if (count.posts < kLeastHits || rate < (enough ? kSomePosts : kManyPosts)) {
      continue;
    }
    findings.push_back(
        About(rule, enough && rate >= kManyPosts ? LintLevel::kWarning : LintLevel::kHint, "sample",
              fmt::format("counts in {:.0f} of 10,000 posts of the sample{}; the first time on "
                          "\"{}\"",
                          rate, enough ? ", and is enough by itself" : "",
                          config::ForMessage(count.words))));
  }
  return findings;
}

}  // namespace schoolwatch::matchers
