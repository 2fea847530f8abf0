#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/post_lines.h"
#include "core/judgement.h"

namespace schoolwatch::app {

// Where a figure of the whole population lies with 95 % certainty.
struct Interval {
  double low = 0;
  double high = 1;
};
// Of a share of `right` in `all`, after Wilson.
Interval WilsonInterval(std::size_t right, std::size_t all);

// How often something was rightly said, wrongly said and missed.
struct Tally {
  std::size_t right = 0;
  std::size_t wrong = 0;
  std::size_t missed = 0;

  double Precision() const;  // 1 where nothing was said.
  double Recall() const;     // 1 where there was nothing to say.
  double F1() const;
};

// What is told of each post: whether it mentions the school, whether it alarms, and each category.
enum class Verdict { kMention, kAlert, kSafeguarding, kDefamatory, kReputational };
inline constexpr std::size_t kVerdicts = 5;
Verdict VerdictOf(core::Category category);

// How one labelled post was judged against its label.
struct ScoredPost {
  PostLine line;
  core::Judgement judgement;
  bool mentions = false;                   // And the right school is named.
  std::vector<core::Category> categories;  // None without the mention.
  core::Severity severity = core::Severity::kNone;
  bool right_schools = true;  // Exactly those that it is about, where it is about any.

  bool Was(Verdict verdict) const;     // As people say.
  bool Judged(Verdict verdict) const;  // As the rules say.
  bool IsUrgentMissed() const;
};

// Judgements of labelled posts against their labels, and the figures that they come to.
class Scorecard {
 public:
  void Add(PostLine line, core::Judgement judgement);

  const std::vector<ScoredPost>& posts() const { return posts_; }
  const Tally& TallyOf(Verdict verdict) const {
    return tallies_[static_cast<std::size_t>(verdict)];
  }
  double MacroF1() const;  // Mean over the three categories.

  // By bootstrap over the posts: 1,000 draws, always the same ones.
  struct F1Intervals {
    std::array<Interval, kVerdicts> f1;
    Interval macro;
  };
  F1Intervals DrawIntervals() const;

  std::size_t about_any = 0;      // Posts that are about a watched school…
  std::size_t exact_schools = 0;  // …and were said to be about exactly the right ones.
  std::size_t wrong_schools = 0;  // Schools wrongly named, over those posts.
  std::size_t harmless = 0;       // Posts without a category…
  std::size_t harmless_alarmed = 0;
  std::size_t urgent = 0;  // Urgent posts, and those of them judged high or urgent.
  std::size_t urgent_caught = 0;
  std::size_t said_urgent = 0;  // Posts judged urgent, and those of them that are high or urgent.
  std::size_t said_urgent_right = 0;
  std::size_t steps_off = 0;  // Severity, over posts with a category in label or judgement.
  std::size_t with_category = 0;
  // [as labelled][as judged].
  std::array<std::array<std::size_t, 5>, 5> severities{};

  // On how many posts a rule gave weight to a category that was asserted, rightly and wrongly.
  struct RuleUse {
    std::size_t right = 0;
    std::size_t wrong = 0;
  };
  std::map<std::string, RuleUse> rules;

 private:
  std::vector<ScoredPost> posts_;
  std::array<Tally, kVerdicts> tallies_{};
};

}  // namespace schoolwatch::app
