#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace schoolwatch::matchers {

// What the second reader is asked of a post: each category in core::kCategories' order, and whether
// it is pressing (Opinion::pressing).
inline constexpr std::size_t kQuestions = 4;
inline constexpr std::size_t kPressingQuestion = 3;

// What the second reader has learnt, and its form on disk. The answer to a question is the bias and
// the sum over a post's features of weight × value; Values says what a value is.
struct SecondReaderModel {
  struct Feature {
    std::uint32_t hash = 0;
    float rarity = 0;  // ln(posts / posts with it) + 1: what is in every post says little.
    std::array<float, kQuestions> weights{};
  };
  std::size_t posts = 0;  // That it was trained on.
  std::array<double, kQuestions> biases{};
  std::vector<Feature> features;  // By hash, each once.
};

// A text's features that the model knows: which, and its value. The value is (1 + ln of how often
// it occurs) × rarity, over the length of all of them taken as a vector: long posts say no more
// than short ones. `hashes` are sorted.
struct FeatureValue {
  std::size_t feature = 0;  // In SecondReaderModel::features.
  double value = 0;
};
std::vector<FeatureValue> Values(const SecondReaderModel& model,
                                 std::span<const std::uint32_t> hashes);

// Bytes that end in their own SHA-256. Weights are kept to 16 bits.
std::string EncodeModel(const SecondReaderModel& model);
// The message says what is wrong, without the file's name. The checksum is looked at before
// anything else.
core::Result<SecondReaderModel> DecodeModel(std::string_view bytes);

}  // namespace schoolwatch::matchers
