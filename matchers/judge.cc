#include "matchers/judge.h"

#include <utility>
#include <vector>

#include "core/hash.h"
#include "matchers/score.h"

namespace schoolwatch::matchers {

Judge::Judge(std::shared_ptr<const SchoolIndex> schools, std::shared_ptr<const RuleSet> rules,
             std::shared_ptr<const SecondReader> second, std::shared_ptr<const core::Clock> clock)
    : schools_(std::move(schools)),
      rules_(std::move(rules)),
      second_(std::move(second)),
      clock_(std::move(clock)),
      version_(second_ == nullptr ? rules_->pack().version
                                  : core::ShortHash(rules_->pack().version + second_->version())) {}

core::Judgement Judge::Evaluate(const core::Post& post) const {
  core::Judgement judgement;
  judgement.rules_version = version_;
  SchoolIndex::Mentions mentions = schools_->Find(post);
  judgement.schools = std::move(mentions.schools);
  judgement.also_possible = std::move(mentions.also_possible);
  judgement.mentions = !judgement.schools.empty();
  if (!judgement.mentions) {
    return judgement;
  }
  std::vector<const core::School*> schools;
  for (const core::SchoolScore& score : judgement.schools) {
    if (const core::School* school = schools_->FindSchool(score.school); school != nullptr) {
      schools.push_back(school);
    }
  }
  const std::vector<CountedMatch> matches =
      FindCountedMatches(post, *rules_, schools, mentions.places,
                         std::chrono::floor<std::chrono::days>(clock_->Now()));
  const Opinion opinion = second_ != nullptr ? second_->Read(post) : Opinion{};
  AddUp(post, *rules_, matches, second_ != nullptr ? &opinion : nullptr, judgement);
  return judgement;
}

}  // namespace schoolwatch::matchers
