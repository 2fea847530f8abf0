#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/judgement.h"

namespace schoolwatch::matchers {

// What a second reader (matchers/second_reader.h) thinks of a post, by category in
// core::kCategories' order.
struct Opinion {
  std::array<double, 3> likely{};  // How likely it is that people would judge so.
  // The words that spoke for it most, as the reader saw them; at most kMostWords, and none where
  // OpinionTerm adds nothing.
  std::array<std::vector<std::string>, 3> words;
  // How likely it is that people would judge it a safeguarding concern of high or urgent severity.
  double pressing = 0;
  std::vector<std::string> pressing_words;  // None below kPressing.
};
inline constexpr std::size_t kMostWords = 3;

// What an opinion adds to a category's sum (log-odds): at most kMostOpinion, which where nothing
// else was found is just enough for a digest, and at least kLeastOpinion.
inline constexpr double kMostOpinion = 2.2;
inline constexpr double kLeastOpinion = -2.0;
double OpinionTerm(double probability);
// From here on what a rule found is taken to be of high severity. Low, since so careful a model is
// less sure than it should be; found by leaving out one writer at a time.
inline constexpr double kPressing = 0.3;

// Stands where the id of a rule stands otherwise, in hits and terms.
inline constexpr std::string_view kSecondReaderId = "second-reader";
// "Reads, as a whole, like posts that people judged a possible safeguarding concern (words such as
// “alone”, “scared”)".
std::string OpinionWhy(core::Category category, std::span<const std::string> words);
// "Reads, as a whole, like posts that people judged a safeguarding concern for the same day (words
// …".
std::string PressingWhy(std::span<const std::string> words);

}  // namespace schoolwatch::matchers
