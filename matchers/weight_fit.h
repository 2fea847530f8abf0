#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

// Weights of rules from posts that people have labelled.
namespace schoolwatch::matchers {

// One category of one post: what its sum is made of, and whether the category should be asserted.
struct FitExample {
  bool asserted = false;
  double rest = 0;  // The sum without the rules: starting point and cues.
  // Rules that matched, and the share of its weight that each gave (nearness, view, a group's cap).
  std::vector<std::pair<std::size_t, double>> shares;
};

// What a rule's weight may become.
struct FitWeight {
  double written = 0;  // As in the pack; where nothing speaks for another, it stays.
  double least = 0.1;  // Never below: a sign of harm stays one.
  double most = 5;
  bool fixed = false;  // Not to be touched.
};

struct FitSettings {
  // How much is believed of the written weight: moving one by 1 must make the labels more likely by
  // half of this, as a natural logarithm.
  double caution = 8;
  // What a harmless post counts beside one that is not: labelled posts hold far more harm than a
  // run meets.
  double harmless = 2;
};

// The weights under which the labels are most likely, after a penalty on leaving what is written
// (logistic regression, shrunk towards `weights`, within their limits). The same answer every time.
std::vector<double> FitWeights(std::span<const FitExample> examples,
                               std::span<const FitWeight> weights, const FitSettings& settings);

}  // namespace schoolwatch::matchers
