#include "matchers/reading_features.h"

#include <algorithm>
#include <string>

#include "core/hash.h"

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kShortest = 3;  // Bytes of a part of a word, its marked ends included.
constexpr std::size_t kLongest = 5;

// What kind of feature it is goes into the hash, so that a word is not its own part.
std::uint32_t HashOf(char kind, std::string_view text, std::string& buffer) {
  buffer.assign(1, kind);
  buffer += text;
  return static_cast<std::uint32_t>(core::Hash64(buffer));
}

}  // namespace

ReadingFeatures FindReadingFeatures(std::string_view form) {
  ReadingFeatures features;
  for (std::size_t at = 0; at < form.size();) {
    const std::size_t end = std::min(form.find(' ', at), form.size());
    if (end > at) {
      features.words.push_back(form.substr(at, end - at));
    }
    at = end + 1;
  }
  std::string buffer;
  std::string marked;
  for (std::size_t number = 0; number < features.words.size(); ++number) {
    const std::string_view word = features.words[number];
    const auto at = static_cast<std::uint32_t>(number);
    features.all.push_back({HashOf('w', word, buffer), at, 1});
    if (number + 1 < features.words.size()) {
      const std::string_view next = features.words[number + 1];
      const std::string_view both(
          word.data(), static_cast<std::size_t>(next.data() - word.data()) + next.size());
      features.all.push_back({HashOf('p', both, buffer), at, 2});
    }
    marked.assign(1, '<');
    marked += word;
    marked += '>';
    for (std::size_t size = kShortest; size <= kLongest; ++size) {
      for (std::size_t start = 0; start + size <= marked.size(); ++start) {
        features.all.push_back(
            {HashOf('c', std::string_view(marked).substr(start, size), buffer), at, 1});
      }
    }
  }
  std::ranges::sort(features.all, {},
                    [](const ReadingFeature& one) { return std::pair(one.hash, one.word); });
  return features;
}

}  // namespace schoolwatch::matchers
