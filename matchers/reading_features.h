#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace schoolwatch::matchers {

// One thing that a text holds: a word, two words in a row, or three to five bytes of a word. Its
// number is a hash, the same on every machine.
struct ReadingFeature {
  std::uint32_t hash = 0;
  std::uint32_t word = 0;   // Which word of the text it is, or begins in.
  std::uint32_t words = 1;  // How many words it takes in: this one and those behind it.
};

struct ReadingFeatures {
  std::vector<std::string_view> words;  // Of the text, in its order.
  std::vector<ReadingFeature> all;      // By hash; a feature that occurs twice is in it twice.
};

// The features of a ReadingForm (words between single spaces), which is borrowed.
ReadingFeatures FindReadingFeatures(std::string_view form);

}  // namespace schoolwatch::matchers
