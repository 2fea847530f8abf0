#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/commands/rules_files.h"
#include "app/post_lines.h"
#include "app/scorecard.h"
#include "matchers/judge.h"
#include "matchers/school_index.h"
#include "matchers/weight_fit.h"

// Between labelled posts and matchers/weight_fit.h.
namespace schoolwatch::app {

// A labelled post and which corpus it came from.
struct FitPost {
  PostLine line;
  std::size_t corpus = 0;
};

// What judges beside the rules that are fitted.
struct FitJudges {
  std::shared_ptr<const matchers::SchoolIndex> schools;
  std::shared_ptr<const matchers::SecondReader> second;  // May be null.
};

// A rule whose weight would become another one.
struct WeightChange {
  std::string rule;
  double before = 0;
  double after = 0;
  std::size_t right = 0;  // Posts on which it counted, with and without its category.
  std::size_t wrong = 0;
};

class RuleFitter {
 public:
  // Judges all posts once. Borrows `posts`. kBadInput: the rules do not load.
  static core::Result<std::unique_ptr<RuleFitter>> Make(RuleFiles files, FitJudges judges,
                                                        std::span<const FitPost> posts,
                                                        std::size_t least_posts,
                                                        const matchers::FitSettings& settings);

  // How the rules as they are judge the posts.
  const Scorecard& before() const { return before_; }
  // How many rules may move, and why the others may not.
  struct Freedom {
    std::size_t free = 0;
    std::size_t floored = 0;
    std::size_t shadow = 0;
    std::size_t overridden = 0;
    std::size_t rare = 0;
  };
  const Freedom& freedom() const { return freedom_; }

  // What fitting to all posts for which `train` holds would change, by rule id.
  std::vector<WeightChange> Fit(const std::function<bool(std::size_t)>& train) const;

  // Judges every post by weights fitted to the posts of other groups; `group_of` says which group a
  // post is in. `progress` is told before each of them.
  core::Result<Scorecard> CrossValidate(std::size_t groups,
                                        const std::function<std::size_t(std::size_t)>& group_of,
                                        const std::function<void(std::size_t)>& progress) const;

 private:
  RuleFitter(RuleFiles files, FitJudges judges, std::span<const FitPost> posts,
             const matchers::FitSettings& settings)
      : files_(std::move(files)), judges_(std::move(judges)), posts_(posts), settings_(settings) {}
  void FreeRules(std::size_t least_posts);
  void Observe(std::size_t post, const core::Judgement& judgement);

  RuleFiles files_;
  FitJudges judges_;
  std::span<const FitPost> posts_;
  matchers::FitSettings settings_;
  std::shared_ptr<const matchers::RuleSet> rules_;
  Scorecard before_;
  Freedom freedom_;
  std::vector<matchers::FitWeight> weights_;  // By rule.
  std::vector<WeightChange> uses_;            // By rule: its counts of right and wrong posts.
  std::map<std::string, std::size_t, std::less<>> numbers_;
  std::vector<matchers::FitExample> examples_;
  std::vector<std::size_t> post_of_;  // By example.
};

// The changes as a file of overrides. Its first line says what wrote it.
std::string OverridesText(std::span<const WeightChange> changes);
bool IsOverridesText(std::string_view text);

}  // namespace schoolwatch::app
