#include "matchers/opinion.h"

#include <algorithm>
#include <cmath>

namespace schoolwatch::matchers {

double OpinionTerm(double probability) {
  // Fitted on posts that the model had not seen: its probabilities are too sure of themselves.
  constexpr double kShare = 0.3;
  constexpr double kShift = 0.3;
  const double p = std::clamp(probability, 0.001, 0.999);
  return std::clamp(kShare * std::log(p / (1 - p)) + kShift, kLeastOpinion, kMostOpinion);
}

std::string_view OpinionWhy(core::Category category) {
  switch (category) {
    case core::Category::kSafeguarding:
      return "Reads, as a whole, like posts that people judged a possible safeguarding concern";
    case core::Category::kDefamatory:
      return "Reads, as a whole, like posts that people judged a possible allegation of fact";
    case core::Category::kReputational:
      return "Reads, as a whole, like posts that people judged a criticism of the school";
  }
  return "";
}

}  // namespace schoolwatch::matchers
