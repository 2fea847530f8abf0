#pragma once

#include <array>
#include <string_view>

#include "core/judgement.h"

namespace schoolwatch::matchers {

// What a second reader (matchers/second_reader.h) thinks of a post: by category, in
// core::kCategories' order, how likely it is that people would judge so.
using Opinion = std::array<double, 3>;

// What an opinion adds to a category's sum (log-odds): at most kMostOpinion, which where nothing
// else was found is just enough for a digest, and at least kLeastOpinion.
inline constexpr double kMostOpinion = 2.2;
inline constexpr double kLeastOpinion = -0.6;
double OpinionTerm(double probability);

// Stands where the id of a rule stands otherwise, in hits and terms.
inline constexpr std::string_view kSecondReaderId = "second-reader";
// "Reads, as a whole, like posts that people judged a possible safeguarding concern".
std::string_view OpinionWhy(core::Category category);

}  // namespace schoolwatch::matchers
