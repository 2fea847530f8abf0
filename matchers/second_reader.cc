#include "matchers/second_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "core/hash.h"
#include "matchers/reading_features.h"
#include "matchers/reading_form.h"
#include "matchers/second_reader_model.h"

namespace schoolwatch::matchers {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFile = 64u << 20;
constexpr double kWorthSaying = 0.1;  // What a word must have brought.

core::Result<std::string> ReadFile(const fs::path& file) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  if (error) {
    return core::Fail(core::ErrorKind::kNotFound, file.string() + ": " + error.message());
  }
  if (size > kMaxFile) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("{}: larger than {} MB", file.string(), kMaxFile >> 20));
  }
  std::ifstream in(file, std::ios::binary);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (!in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
    return core::Fail(core::ErrorKind::kNotFound, file.string() + ": cannot be read");
  }
  return bytes;
}

// A word that tells a person something: no mark, no figure, nothing that stands for a name.
bool IsTelling(std::string_view word) {
  return word.size() >= 4 && !word.starts_with("some") &&
         std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || c == '\''; });
}

class LinearReader final : public SecondReader {
 public:
  LinearReader(SecondReaderModel model, std::string version)
      : model_(std::move(model)), version_(std::move(version)) {}

  Opinion Read(const core::Post& post) const override {
    const std::string form = ReadingForm(post);
    const ReadingFeatures features = FindReadingFeatures(form);
    std::vector<std::uint32_t> hashes;
    hashes.reserve(features.all.size());
    for (const ReadingFeature& feature : features.all) {
      hashes.push_back(feature.hash);
    }
    const std::vector<FeatureValue> values = Values(model_, hashes);
    Opinion opinion;
    // Only what speaks for a concern is ever explained, and few posts do.
    for (std::size_t category = 0; category < opinion.likely.size(); ++category) {
      opinion.likely[category] = Likely(category, values);
      if (OpinionTerm(opinion.likely[category]) > 0) {
        opinion.words[category] = WordsFor(category, features, values);
      }
    }
    opinion.pressing = Likely(kPressingQuestion, values);
    if (opinion.pressing >= kPressing) {
      opinion.pressing_words = WordsFor(kPressingQuestion, features, values);
    }
    return opinion;
  }
  const std::string& version() const override { return version_; }
  std::size_t trained_on() const override { return model_.posts; }

 private:
  double Likely(std::size_t question, std::span<const FeatureValue> values) const {
    double sum = model_.biases[question];
    for (const FeatureValue& one : values) {
      sum += one.value * static_cast<double>(model_.features[one.feature].weights[question]);
    }
    return 1 / (1 + std::exp(-sum));
  }

  // The words that spoke most for a yes, with what their parts and pairs brought.
  std::vector<std::string> WordsFor(std::size_t question, const ReadingFeatures& features,
                                    std::span<const FeatureValue> values) const {
    std::map<std::string_view, double> brought;
    auto feature = features.all.begin();
    for (const FeatureValue& one : values) {
      const SecondReaderModel::Feature& known = model_.features[one.feature];
      while (feature->hash != known.hash) {
        ++feature;
      }
      auto end = feature;
      while (end != features.all.end() && end->hash == known.hash) {
        ++end;
      }
      const double each = one.value * static_cast<double>(known.weights[question]) /
                          static_cast<double>(end - feature);
      for (; feature != end; ++feature) {
        for (std::uint32_t word = 0; word < feature->words; ++word) {
          brought[features.words[feature->word + word]] += each / feature->words;
        }
      }
    }
    std::erase_if(brought, [](const auto& word) {
      return word.second < kWorthSaying || !IsTelling(word.first);
    });
    std::vector<std::pair<double, std::string_view>> best;
    for (const auto& [word, value] : brought) {
      best.emplace_back(-value, word);
    }
    std::ranges::sort(best);
    std::vector<std::string> words;
    for (const auto& [value, word] : best) {
      if (words.size() < kMostWords) {
        words.emplace_back(word);
      }
    }
    return words;
  }

  SecondReaderModel model_;
  std::string version_;
};

}  // namespace

core::Result<std::shared_ptr<const SecondReader>> LoadSecondReader(const fs::path& file) {
  SW_ASSIGN(const std::string bytes, ReadFile(file));
  core::Result<SecondReaderModel> model = DecodeModel(bytes);
  if (!model) {
    return core::Fail(model.error().kind,
                      fmt::format("{}: {}; train it again with `schoolwatch rules train`",
                                  file.string(), model.error().message));
  }
  return std::make_shared<LinearReader>(*std::move(model), core::ShortHash(bytes));
}

}  // namespace schoolwatch::matchers
