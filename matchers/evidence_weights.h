#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace schoolwatch::matchers {

// What may speak for or against a mention, beside the name itself. The table in the .cc file has
// a row for each, in this order.
enum class Evidence : std::uint8_t {
  kPlace,
  kSecondPlace,
  kExactPlace,
  kFullPerson,
  kSurname,
  kTrust,
  kSchoolNear,
  kSchoolSomewhere,
  kStrongNear,
  kStrongSomewhere,
  kFamily,
  kFollowed,
  kLedTo,
  kActs,
  kSecondName,
  kOwnAccount,
  kEvaded,
  kVillage,
  kInTown,
  kAuthor,
  kNotUs,
  kOtherThing,
  kOtherKind,
  kOtherName,
  kElsewhereOther,
  kPersonName,
  kAlsoPerson,
  kPersonDoes,
  kArticle,
  kSmallLetters,
  kAllSmall,
  kCapital,
  kOtherTown,
  kTownElsewhere,
  kSense,
  kSecondSense,
  kTrade,
  kElsewhere,
  kOtherSchool,
  kOtherPage,
  kInitialsAlone,
  kSpelledOut,
  kRivalFits,
  kRival,
  kNeighbour,
  // Where the school is not named at all.
  kUnnamed,
  kUnnamedTown,
  kUnnamedExactPlace,
  kUnnamedFullPerson,
  kUnnamedRarePerson,
  kUnnamedSurname,
  kUnnamedRareSurname,
  kUnnamedSecondPerson,
  kUnnamedSchool,
  kUnnamedStrong,
  kUnnamedFamily,
  kUnnamedKind,
  kUnnamedTogether,
  kUnnamedOtherSchool,
};

// One thing that spoke for or against a mention.
struct EvidenceLine {
  std::string_view label;
  double value = 0;  // Log-odds.
};
const EvidenceLine& WeightOf(Evidence evidence);
std::span<const EvidenceLine> AllEvidence();

// A sum that can be shown line by line.
class EvidenceSum {
 public:
  void Start(std::string_view label, double value) { Push(label, value); }
  void Add(Evidence evidence, double share = 1.0) {
    const EvidenceLine& weight = WeightOf(evidence);
    Push(weight.label, weight.value * share);
  }
  double total() const { return total_; }
  std::vector<EvidenceLine> TakeLines() { return std::move(lines_); }

 private:
  void Push(std::string_view label, double value) {
    lines_.push_back({label, value});
    total_ += value;
  }
  double total_ = 0;
  std::vector<EvidenceLine> lines_;
};

}  // namespace schoolwatch::matchers
