#include "matchers/judge.h"

#include <utility>

namespace schoolwatch::matchers {

Judge::Judge(std::shared_ptr<const SchoolIndex> schools, std::shared_ptr<const RuleSet> rules)
    : schools_(std::move(schools)), rules_(std::move(rules)) {}

}  // namespace schoolwatch::matchers
