#include "matchers/weight_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace schoolwatch::matchers {
namespace {

// So many posts on which rule 0 matched, with and without its category.
std::vector<FitExample> Examples(int asserted, int not_asserted) {
  std::vector<FitExample> examples;
  for (int number = 0; number < asserted + not_asserted; ++number) {
    examples.push_back({.asserted = number < asserted, .rest = -2, .shares = {{0, 1.0}}});
  }
  return examples;
}

double FitOne(const std::vector<FitExample>& examples, FitWeight weight,
              const FitSettings& settings) {
  return FitWeights(examples, std::vector{weight}, settings)[0];
}

TEST(WeightFit, WithoutPostsTheWrittenWeightStays) {
  EXPECT_EQ(FitOne({}, {.written = 1.7}, {}), 1.7);
}

TEST(WeightFit, WithoutCautionItIsTheLogOdds) {
  // 30 of 40 right: log(3) above the starting point of -2.
  const double weight = FitOne(Examples(30, 10), {.written = 1}, {.caution = 1e-6, .harmless = 1});
  EXPECT_NEAR(weight, 2 + std::log(3), 1e-3);
}

TEST(WeightFit, CautionHoldsItNearTheWrittenWeight) {
  const FitSettings bold{.caution = 1, .harmless = 1};
  const FitSettings careful{.caution = 100, .harmless = 1};
  const double far = FitOne(Examples(0, 20), {.written = 2.5}, bold);
  const double near = FitOne(Examples(0, 20), {.written = 2.5}, careful);
  EXPECT_LT(far, near);
  EXPECT_LT(near, 2.5);
  EXPECT_GT(near, 2.3);
}

TEST(WeightFit, HarmlessPostsCountAsOftenAsSaid) {
  const double once = FitOne(Examples(10, 10), {.written = 2}, {.caution = 1, .harmless = 1});
  const double thrice = FitOne(Examples(10, 10), {.written = 2}, {.caution = 1, .harmless = 3});
  EXPECT_LT(thrice, once);
}

TEST(WeightFit, ASignOfHarmStaysOne) {
  EXPECT_EQ(FitOne(Examples(0, 1'000), {.written = 0.5, .least = 0.1}, {.caution = 0.1}), 0.1);
  EXPECT_EQ(FitOne(Examples(1'000, 0), {.written = 4.5, .most = 5}, {.caution = 0.001}), 5);
}

TEST(WeightFit, FixedWeightsStay) {
  EXPECT_EQ(FitOne(Examples(0, 50), {.written = 3, .fixed = true}, {}), 3);
}

TEST(WeightFit, RulesThatMatchTogetherShareTheBlame) {
  std::vector<FitExample> examples;
  for (int number = 0; number < 40; ++number) {
    examples.push_back({.asserted = true, .rest = -2, .shares = {{0, 1.0}}});
    examples.push_back({.asserted = false, .rest = -2, .shares = {{1, 0.5}}});
  }
  const std::vector<FitWeight> weights{{.written = 2}, {.written = 2}, {.written = 2}};
  const std::vector<double> fitted = FitWeights(examples, weights, {});
  EXPECT_GT(fitted[0], 2.1);
  EXPECT_LT(fitted[1], 1.9);
  EXPECT_EQ(fitted[2], 2);
  EXPECT_EQ(fitted, FitWeights(examples, weights, {}));
}

}  // namespace
}  // namespace schoolwatch::matchers
