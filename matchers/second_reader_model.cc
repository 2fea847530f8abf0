#include "matchers/second_reader_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "core/hash.h"

namespace schoolwatch::matchers {
namespace {

// A line "schoolwatch second reader 3 POSTS FEATURES\n"; for each question its bias and the step of
// its weights (doubles); for each feature its hash (4 bytes), rarity and a weight for each question
// (2 bytes each); SHA-256 of all that as hexadecimal. Numbers lie with their lowest byte first.
constexpr std::string_view kMagic = "schoolwatch second reader 3 ";
constexpr std::size_t kDigest = 64;
constexpr std::size_t kQuestionBytes = 16;
constexpr std::size_t kFeatureBytes = 6 + 2 * kQuestions;
constexpr double kRarityStep = 1.0 / 4096;

template <class T>
void Put(T value, std::string& out) {
  for (std::size_t byte = 0; byte < sizeof(T); ++byte) {
    out += static_cast<char>(static_cast<std::uint8_t>(value >> (8 * byte)));
  }
}

template <class T>
T Take(std::string_view& bytes) {
  T value = 0;
  for (std::size_t byte = 0; byte < sizeof(T); ++byte) {
    value = static_cast<T>(
        value |
        static_cast<T>(static_cast<T>(static_cast<unsigned char>(bytes[byte])) << (8 * byte)));
  }
  bytes.remove_prefix(sizeof(T));
  return value;
}

double TakeDouble(std::string_view& bytes) {
  return std::bit_cast<double>(Take<std::uint64_t>(bytes));
}

std::optional<std::size_t> TakeNumber(std::string_view& text, char end) {
  std::size_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest == text.data() + text.size() || *rest != end) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()) + 1);
  return number;
}

}  // namespace

std::vector<FeatureValue> Values(const SecondReaderModel& model,
                                 std::span<const std::uint32_t> hashes) {
  std::vector<FeatureValue> values;
  double squares = 0;
  auto known = model.features.begin();
  for (std::size_t first = 0; first < hashes.size();) {
    std::size_t end = first + 1;
    while (end < hashes.size() && hashes[end] == hashes[first]) {
      ++end;
    }
    known = std::ranges::lower_bound(known, model.features.end(), hashes[first], {},
                                     &SecondReaderModel::Feature::hash);
    if (known == model.features.end()) {
      break;
    }
    if (known->hash == hashes[first]) {
      const double value =
          (1 + std::log(static_cast<double>(end - first))) * static_cast<double>(known->rarity);
      values.push_back({static_cast<std::size_t>(known - model.features.begin()), value});
      squares += value * value;
    }
    first = end;
  }
  for (FeatureValue& one : values) {
    one.value /= std::sqrt(squares);
  }
  return values;
}

std::string EncodeModel(const SecondReaderModel& model) {
  std::string bytes = fmt::format("{}{} {}\n", kMagic, model.posts, model.features.size());
  std::array<double, kQuestions> steps{};
  for (std::size_t question = 0; question < steps.size(); ++question) {
    float most = std::numeric_limits<float>::min();
    for (const SecondReaderModel::Feature& feature : model.features) {
      most = std::max(most, std::abs(feature.weights[question]));
    }
    steps[question] = static_cast<double>(most) / std::numeric_limits<std::int16_t>::max();
    Put(std::bit_cast<std::uint64_t>(model.biases[question]), bytes);
    Put(std::bit_cast<std::uint64_t>(steps[question]), bytes);
  }
  for (const SecondReaderModel::Feature& feature : model.features) {
    Put(feature.hash, bytes);
    Put(static_cast<std::uint16_t>(std::lround(static_cast<double>(feature.rarity) / kRarityStep)),
        bytes);
    for (std::size_t question = 0; question < steps.size(); ++question) {
      Put(static_cast<std::uint16_t>(
              std::lround(static_cast<double>(feature.weights[question]) / steps[question])),
          bytes);
    }
  }
  return bytes + core::ToHex(core::HashSha256(bytes));
}

core::Result<SecondReaderModel> DecodeModel(std::string_view bytes) {
  const auto refuse = [](std::string_view why) {
    return core::Fail(core::ErrorKind::kBadInput, std::string(why));
  };
  if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + kDigest) {
    return refuse("is no second reader of this version, or is cut off");
  }
  const std::string_view digest = bytes.substr(bytes.size() - kDigest);
  bytes.remove_suffix(kDigest);
  if (core::ToHex(core::HashSha256(bytes)) != digest) {
    return refuse("is damaged");
  }
  bytes.remove_prefix(kMagic.size());
  SecondReaderModel model;
  const auto posts = TakeNumber(bytes, ' ');
  const auto features = posts ? TakeNumber(bytes, '\n') : std::nullopt;
  if (!features || bytes.size() < model.biases.size() * kQuestionBytes ||
      (bytes.size() - model.biases.size() * kQuestionBytes) / kFeatureBytes != *features ||
      (bytes.size() - model.biases.size() * kQuestionBytes) % kFeatureBytes != 0) {
    return refuse("is not as long as it says");
  }
  model.posts = *posts;
  std::array<double, kQuestions> steps{};
  for (std::size_t question = 0; question < steps.size(); ++question) {
    model.biases[question] = TakeDouble(bytes);
    steps[question] = TakeDouble(bytes);
    if (!std::isfinite(model.biases[question]) || !std::isfinite(steps[question])) {
      return refuse("holds a number that is none");
    }
  }
  model.features.resize(*features);
  for (std::size_t number = 0; number < model.features.size(); ++number) {
    SecondReaderModel::Feature& feature = model.features[number];
    feature.hash = Take<std::uint32_t>(bytes);
    feature.rarity = static_cast<float>(Take<std::uint16_t>(bytes) * kRarityStep);
    for (std::size_t question = 0; question < steps.size(); ++question) {
      feature.weights[question] = static_cast<float>(
          std::bit_cast<std::int16_t>(Take<std::uint16_t>(bytes)) * steps[question]);
    }
    if (number > 0 && feature.hash <= model.features[number - 1].hash) {
      return refuse("is out of order");
    }
  }
  return model;
}

}  // namespace schoolwatch::matchers
