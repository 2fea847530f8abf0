#include "matchers/opinion.h"

#include <algorithm>
#include <cmath>

namespace schoolwatch::matchers {

namespace {

std::string SuchAs(std::span<const std::string> words) {
  std::string out;
  for (const std::string& word : words) {
    out += (&word == words.data() ? " (words such as “" : ", “") + word + "”";
  }
  return words.empty() ? out : out + ")";
}

}  // namespace

double OpinionTerm(double probability) {
  // Fitted on posts by writers whom the model had not seen: so careful a model is less sure than
  // it should be.
  constexpr double kShare = 1.5;
  constexpr double kShift = 1.5;
  const double p = std::clamp(probability, 0.001, 0.999);
  return std::clamp(kShare * std::log(p / (1 - p)) + kShift, kLeastOpinion, kMostOpinion);
}

std::string OpinionWhy(core::Category category, std::span<const std::string> words) {
  std::string why = "Reads, as a whole, like posts that people judged ";
  switch (category) {
    case core::Category::kSafeguarding:
      why += "a possible safeguarding concern";
      break;
    case core::Category::kDefamatory:
      why += "a possible allegation of fact";
      break;
    case core::Category::kReputational:
      why += "a criticism of the school";
      break;
  }
  return why + SuchAs(words);
}

std::string PressingWhy(std::span<const std::string> words) {
  return "Reads, as a whole, like posts that people judged a safeguarding concern for the same "
         "day" +
         SuchAs(words);
}

}  // namespace schoolwatch::matchers
