#include <fmt/format.h>
#include <linear.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/hash.h"
#include "matchers/reading_features.h"
#include "matchers/reading_form.h"
#include "matchers/second_reader.h"
#include "matchers/second_reader_model.h"

namespace schoolwatch::matchers {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLeastPosts = 20;        // Of each category, and harmless ones.
constexpr std::ptrdiff_t kLeastPressing = 40;  // With fewer nothing is ever called pressing.
constexpr double kNever = -10;                 // Log-odds.
constexpr std::size_t kInPosts = 2;            // A feature of fewer says nothing about other posts.
// How far the weights may follow the posts; found by leaving out one writer at a time.
constexpr double kCost = 8;

core::Result<void> CheckEnough(std::span<const JudgedPost> posts) {
  std::array<std::size_t, 4> counts{};
  for (const JudgedPost& judged : posts) {
    for (const core::Category category : judged.categories) {
      ++counts[static_cast<std::size_t>(category)];
    }
    counts[3] += judged.categories.empty() ? 1U : 0U;
  }
  if (std::ranges::min(counts) < kLeastPosts) {
    return core::Fail(
        core::ErrorKind::kBadInput,
        fmt::format("too little to learn from: {} safeguarding, {} defamatory, {} reputational and "
                    "{} harmless posts; at least {} of each are needed",
                    counts[0], counts[1], counts[2], counts[3], kLeastPosts));
  }
  return {};
}

using Hashes = std::vector<std::uint32_t>;

Hashes HashesOf(const core::Post& post, std::span<const std::string> names) {
  const std::string form = ReadingForm(post, names);
  Hashes hashes;
  for (const ReadingFeature& feature : FindReadingFeatures(form).all) {
    hashes.push_back(feature.hash);
  }
  return hashes;
}

// The features worth learning about, without weights.
SecondReaderModel CountFeatures(std::span<const Hashes> posts) {
  std::unordered_map<std::uint32_t, std::size_t> in_posts;
  for (const Hashes& hashes : posts) {
    for (std::size_t at = 0; at < hashes.size(); ++at) {
      if (at == 0 || hashes[at] != hashes[at - 1]) {
        ++in_posts[hashes[at]];
      }
    }
  }
  SecondReaderModel model;
  model.posts = posts.size();
  for (const auto& [hash, count] : in_posts) {
    if (count >= kInPosts) {
      const double share = static_cast<double>(posts.size()) / static_cast<double>(count);
      model.features.push_back(
          {.hash = hash, .rarity = static_cast<float>(std::log(share) + 1), .weights = {}});
    }
  }
  std::ranges::sort(model.features, {}, &SecondReaderModel::Feature::hash);
  return model;
}

// The posts as liblinear takes them: rows of (feature + 1, value), ended by -1.
struct Rows {
  std::vector<std::vector<feature_node>> nodes;
  std::vector<feature_node*> starts;
};

Rows MakeRows(const SecondReaderModel& model, std::span<const Hashes> posts) {
  Rows rows;
  const auto bias = static_cast<int>(model.features.size()) + 1;
  for (const Hashes& hashes : posts) {
    std::vector<feature_node>& row = rows.nodes.emplace_back();
    for (const FeatureValue& one : Values(model, hashes)) {
      row.push_back({static_cast<int>(one.feature) + 1, one.value});
    }
    row.push_back({bias, 1});
    row.push_back({-1, 0});
  }
  for (std::vector<feature_node>& row : rows.nodes) {
    rows.starts.push_back(row.data());
  }
  return rows;
}

bool Has(std::span<const core::Category> categories, core::Category category) {
  return std::ranges::find(categories, category) != categories.end();
}

bool IsPressing(const JudgedPost& judged) {
  return judged.severity >= core::Severity::kHigh &&
         Has(judged.categories, core::Category::kSafeguarding);
}

bool Answer(const JudgedPost& judged, std::size_t question) {
  return question == kPressingQuestion ? IsPressing(judged)
                                       : Has(judged.categories, core::kCategories[question]);
}

void Learn(std::span<const JudgedPost> posts, Rows& rows, std::size_t question,
           SecondReaderModel& model) {
  std::vector<double> answers;
  for (const JudgedPost& judged : posts) {
    answers.push_back(Answer(judged, question) ? 1 : -1);
  }
  answers.resize(rows.starts.size(), -1);  // The ordinary ones.
  const problem all{.l = static_cast<int>(answers.size()),
                    .n = static_cast<int>(model.features.size()) + 1,
                    .y = answers.data(),
                    .x = rows.starts.data(),
                    .bias = 1};
  const parameter how{.solver_type = L2R_LR,
                      .eps = 0.01,
                      .C = kCost,
                      .nr_weight = 0,
                      .weight_label = nullptr,
                      .weight = nullptr,
                      .p = 0,
                      .init_sol = nullptr};
  set_print_string_function([](const char*) {});
  const auto free = [](::model* learnt) { free_and_destroy_model(&learnt); };
  const std::unique_ptr<::model, decltype(free)> learnt(train(&all, &how), free);
  // liblinear weighs for the answer it met first.
  const double sign = learnt->label[0] == 1 ? 1 : -1;
  for (std::size_t feature = 0; feature < model.features.size(); ++feature) {
    model.features[feature].weights[question] = static_cast<float>(sign * learnt->w[feature]);
  }
  model.biases[question] = sign * learnt->w[model.features.size()];
}

}  // namespace

core::Result<void> TrainSecondReader(std::span<const JudgedPost> posts,
                                     std::span<const core::Post> ordinary, const fs::path& file) {
  SW_TRY(CheckEnough(posts));
  std::vector<Hashes> hashes;
  for (const JudgedPost& judged : posts) {
    hashes.push_back(HashesOf(judged.post, judged.names));
  }
  SecondReaderModel model = CountFeatures(hashes);
  for (const core::Post& post : ordinary) {
    hashes.push_back(HashesOf(post, {}));
  }
  Rows rows = MakeRows(model, hashes);
  for (std::size_t category = 0; category < core::kCategories.size(); ++category) {
    Learn(posts, rows, category, model);
  }
  if (std::ranges::count_if(posts, IsPressing) >= kLeastPressing) {
    Learn(posts, rows, kPressingQuestion, model);
  } else {
    model.biases[kPressingQuestion] = kNever;
  }
  const std::string bytes = EncodeModel(model);
  const fs::path whole = file.string() + ".training-" + core::RandomHex(4);
  std::ofstream out(whole, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  std::error_code error;
  if (!out) {
    fs::remove(whole, error);
    return core::Fail(core::ErrorKind::kUnavailable, file.string() + ": cannot be written");
  }
  fs::rename(whole, file, error);
  if (error) {
    std::error_code ignored;
    fs::remove(whole, ignored);
    return core::Fail(core::ErrorKind::kUnavailable, file.string() + ": " + error.message());
  }
  return {};
}

}  // namespace schoolwatch::matchers
