#include "matchers/second_reader_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/hash.h"
#include "matchers/reading_features.h"

namespace schoolwatch::matchers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

SecondReaderModel Model() {
  return {.posts = 12,
          .biases = {-1.5, 0, 0.25, -3},
          .features = {{.hash = 3, .rarity = 2, .weights = {1, -0.5F, 0, 2}},
                       {.hash = 70'000, .rarity = 1.5F, .weights = {0.25F, 0.125F, -2, 0.5F}}}};
}

// With its checksum made anew, as somebody who means harm would.
std::string Sealed(std::string bytes) { return bytes + core::ToHex(core::HashSha256(bytes)); }
std::string Unsealed(std::string bytes) { return bytes.substr(0, bytes.size() - 64); }

TEST(SecondReaderModel, ComesBackAsItWas) {
  const auto back = DecodeModel(EncodeModel(Model()));
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(back->posts, 12U);
  EXPECT_EQ(back->biases, Model().biases);
  ASSERT_EQ(back->features.size(), 2U);
  for (std::size_t number = 0; number < 2; ++number) {
    EXPECT_EQ(back->features[number].hash, Model().features[number].hash);
    EXPECT_NEAR(back->features[number].rarity, Model().features[number].rarity, 0.001);
    for (std::size_t question = 0; question < kQuestions; ++question) {
      EXPECT_NEAR(back->features[number].weights[question],
                  Model().features[number].weights[question], 0.001);
    }
  }
}

TEST(SecondReaderModel, AValueCountsRarityAndLengthMakesNoDifference) {
  const std::vector<std::uint32_t> once{3, 5, 70'000};
  const std::vector<FeatureValue> values = Values(Model(), once);
  ASSERT_EQ(values.size(), 2U);
  EXPECT_DOUBLE_EQ(values[0].value, 2 / 2.5);
  EXPECT_DOUBLE_EQ(values[1].value, 1.5 / 2.5);
  const std::vector<std::uint32_t> twice{3, 3, 70'000, 70'000};
  EXPECT_NEAR(Values(Model(), twice)[0].value, values[0].value, 1e-12);
  EXPECT_TRUE(Values(Model(), {}).empty());
  EXPECT_TRUE(Values(Model(), std::vector<std::uint32_t>{99'999'999}).empty());
}

struct BadModel {
  std::string name, bytes, message;
};
class BadModelTest : public testing::TestWithParam<BadModel> {};
TEST_P(BadModelTest, IsRefused) {
  const auto model = DecodeModel(GetParam().bytes);
  ASSERT_FALSE(model.has_value());
  EXPECT_THAT(model.error().message, HasSubstr(GetParam().message));
}
std::string WithSwappedFeatures() {
  SecondReaderModel model = Model();
  std::swap(model.features[0], model.features[1]);
  return EncodeModel(model);
}
std::string WithInfiniteBias() {
  SecondReaderModel model = Model();
  model.biases[1] = std::numeric_limits<double>::infinity();
  return EncodeModel(model);
}
INSTANTIATE_TEST_SUITE_P(
    Ways, BadModelTest,
    testing::Values(
        BadModel{"Nothing", "", "no second reader"},
        BadModel{"AnotherFile", std::string(500, 'x'), "no second reader"},
        BadModel{"NoChecksum", Unsealed(EncodeModel(Model())), "damaged"},
        BadModel{"TooShort", Sealed(Unsealed(EncodeModel(Model())).substr(0, 90)), "as long as"},
        BadModel{"TooLong", Sealed(Unsealed(EncodeModel(Model())) + "x"), "as long as"},
        BadModel{"NoCount", Sealed("schoolwatch second reader 3 many\n" + std::string(99, 'x')),
                 "as long as"},
        BadModel{"HugeCount",
                 Sealed("schoolwatch second reader 3 1 99999999999999\n" + std::string(60, 'x')),
                 "as long as"},
        BadModel{"OutOfOrder", WithSwappedFeatures(), "out of order"},
        BadModel{"NoNumber", WithInfiniteBias(), "number"}),
    [](const auto& row) { return row.param.name; });

TEST(ReadingFeatures, AreWordsPairsAndParts) {
  const ReadingFeatures features = FindReadingFeatures("so cold");
  EXPECT_THAT(features.words, ElementsAre("so", "cold"));
  // Two words, a pair; <so> has 2 + 1 parts, <cold> 4 + 3 + 2.
  EXPECT_EQ(features.all.size(), 2U + 1U + 3U + 9U);
  EXPECT_TRUE(std::ranges::is_sorted(features.all, {}, &ReadingFeature::hash));
  EXPECT_TRUE(FindReadingFeatures("").all.empty());
}

}  // namespace
}  // namespace schoolwatch::matchers
