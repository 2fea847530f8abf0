#include "matchers/weight_fit.h"

#include <algorithm>
#include <cmath>

namespace schoolwatch::matchers {
namespace {

constexpr int kMostRounds = 500;
constexpr double kCloseEnough = 1e-6;

double Logistic(double sum) { return 1.0 / (1.0 + std::exp(-sum)); }

}  // namespace

std::vector<double> FitWeights(std::span<const FitExample> examples,
                               std::span<const FitWeight> weights, const FitSettings& settings) {
  std::vector<double> fitted;
  fitted.reserve(weights.size());
  for (const FitWeight& weight : weights) {
    fitted.push_back(weight.written);
  }
  // By rule: which examples it is in.
  std::vector<std::vector<std::pair<std::size_t, double>>> uses(weights.size());
  std::vector<double> sums(examples.size());
  for (std::size_t index = 0; index < examples.size(); ++index) {
    sums[index] = examples[index].rest;
    for (const auto& [rule, share] : examples[index].shares) {
      uses[rule].emplace_back(index, share);
      sums[index] += fitted[rule] * share;
    }
  }
  // One weight after the other, by Newton's step held within half of what it may be off: the
  // penalised likelihood is concave, so this ends at its one top.
  for (int round = 0; round < kMostRounds; ++round) {
    double moved = 0;
    for (std::size_t rule = 0; rule < weights.size(); ++rule) {
      const FitWeight& weight = weights[rule];
      if (weight.fixed || uses[rule].empty()) {
        continue;
      }
      double slope = -settings.caution * (fitted[rule] - weight.written);
      double curve = settings.caution;
      for (const auto& [index, share] : uses[rule]) {
        const double probability = Logistic(sums[index]);
        const double counts = examples[index].asserted ? 1.0 : settings.harmless;
        slope += counts * ((examples[index].asserted ? 1.0 : 0.0) - probability) * share;
        curve += counts * probability * (1 - probability) * share * share;
      }
      const double step = std::clamp(slope / curve, -0.5, 0.5);
      const double next = std::clamp(fitted[rule] + step, weight.least, weight.most);
      const double change = next - fitted[rule];
      for (const auto& [index, share] : uses[rule]) {
        sums[index] += change * share;
      }
      fitted[rule] = next;
      moved = std::max(moved, std::abs(change));
    }
    if (moved < kCloseEnough) {
      break;
    }
  }
  return fitted;
}

}  // namespace schoolwatch::matchers
