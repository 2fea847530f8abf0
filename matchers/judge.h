#pragma once

#include <memory>
#include <string>

#include "core/clock.h"
#include "core/judgement.h"
#include "core/post.h"
#include "matchers/rule_set.h"
#include "matchers/school_index.h"
#include "matchers/second_reader.h"

namespace schoolwatch::matchers {

// Decides whether a post is about a watched school, what kind of concern it may be and how soon it
// matters, with the sum behind it. Mentions come first; no rule runs on a post that mentions no
// school. Immutable, thread-safe.
class Judge {
 public:
  // `second` may be null: then rules alone judge. `clock` says which rules have expired.
  Judge(std::shared_ptr<const SchoolIndex> schools, std::shared_ptr<const RuleSet> rules,
        std::shared_ptr<const SecondReader> second = nullptr,
        std::shared_ptr<const core::Clock> clock = std::make_shared<const core::SystemClock>());

  core::Judgement Evaluate(const core::Post& post) const;

  const SchoolIndex& schools() const { return *schools_; }
  const RuleSet& rules() const { return *rules_; }

 private:
  std::shared_ptr<const SchoolIndex> schools_;
  std::shared_ptr<const RuleSet> rules_;
  std::shared_ptr<const SecondReader> second_;
  std::shared_ptr<const core::Clock> clock_;
  std::string version_;  // Of all that judges.
};

// The sum behind a judgement, line by line, for people (`inspect judge --explain`). With the rules
// that made it, it also says where a rule gave less than its written weight.
std::string Explain(const core::Post& post, const core::Judgement& judgement,
                    const RuleSet* rules = nullptr);

}  // namespace schoolwatch::matchers
