#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/post.h"
#include "matchers/lint_finding.h"
#include "matchers/rule_set.h"

// Whether rules match what people say every day.
namespace schoolwatch::matchers {

// A word or a pair of words, and how often it stands in a sample of ordinary text.
struct OrdinaryText {
  std::string_view words;
  std::uint32_t count = 0;
};

// Rules that match common words or pairs by themselves. `total` is the number of all words of the
// sample.
std::vector<LintFinding> LintOrdinary(const RuleSet& rules, std::span<const OrdinaryText> ordinary,
                                      std::uint64_t total);

// How often each rule counts in some posts, taken as if they stood on a school's own page:
// exclusions and needs hold, cues are asked to leave at least half.
class BreadthCounter {
 public:
  explicit BreadthCounter(const RuleSet& rules);

  void Add(const core::Post& post);

  struct Count {
    std::size_t posts = 0;
    std::string words;  // Of the first such post, as written.
  };
  std::size_t posts() const { return posts_; }
  const std::vector<Count>& counts() const { return counts_; }  // By rule.

  // Rules that count in too many of them.
  std::vector<LintFinding> Lint() const;

 private:
  const RuleSet& rules_;
  std::size_t posts_ = 0;
  std::vector<Count> counts_;
};

}  // namespace schoolwatch::matchers
