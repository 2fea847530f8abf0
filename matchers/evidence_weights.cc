#include "matchers/evidence_weights.h"

#include <array>
#include <cstddef>

namespace schoolwatch::matchers {
namespace {

struct Row {
  Evidence evidence;
  EvidenceLine line;
};
using enum Evidence;

// Set by hand, checked on labelled posts. Refitting them by regularised logistic regression was
// tried and did worse on schools that it had not seen.
constexpr auto kRows = std::to_array<Row>({
    {kPlace, {"its town or area is named", 1.1}},
    {kSecondPlace, {"a second place of its own is named", 0.3}},
    {kExactPlace, {"its address is named", 2.8}},
    {kFullPerson, {"its staff are named", 3.0}},
    {kSurname, {"a surname of its staff stands there", 1.2}},
    {kTrust, {"its trust is named", 1.5}},
    {kSchoolNear, {"words about a school near the name", 0.8}},
    {kSchoolSomewhere, {"words about a school", 0.7}},
    {kStrongNear, {"words that hardly anything but a school has near the name", 1.2}},
    {kStrongSomewhere, {"words that hardly anything but a school has", 0.4}},
    {kFamily, {"words about children or parents", 0.7}},
    {kFollowed, {"followed by a word such as juniors or mums", 1.7}},
    {kLedTo, {"led to by a word such as at or from", 1.1}},
    {kActs, {"does what schools do, such as fined or kicks out", 1.2}},
    {kSecondName, {"named in a second way", 0.7}},
    {kOwnAccount, {"written by its own account", 2.5}},
    {kEvaded, {"written to slip past a filter", 1.0}},
    {kVillage, {"also the name of its village or a town", -0.6}},
    {kInTown, {"said of the village: in it, near it", -1.8}},
    {kAuthor, {"only in somebody's user name", -1.2}},
    {kNotUs, {"something that is not us is named", -1.5}},
    {kOtherThing, {"followed by a word that makes it something else", -4.5}},
    {kOtherKind, {"followed by another kind of school than it is", -3.5}},
    {kOtherName, {"part of a longer name", -1.6}},
    {kElsewhereOther, {"something else in another place of the post", -2.0}},
    {kPersonName, {"part of a person's name", -2.4}},
    {kAlsoPerson, {"also somebody's name", -0.3}},
    {kPersonDoes, {"does what people do, such as wrote or cried", -1.2}},
    {kArticle, {"an everyday word after a, the or my", -1.0}},
    {kSmallLetters, {"in small letters", -2.0}},
    {kAllSmall, {"in small letters, as all of the post", -0.3}},
    {kCapital, {"with a capital letter", 0.4}},
    {kOtherTown, {"followed by another town", -2.2}},
    {kTownElsewhere, {"another town is named", -0.6}},
    {kSense, {"words of another sense", -1.4}},
    {kSecondSense, {"more words of another sense", -1.8}},
    {kTrade, {"words of another business", -2.4}},
    {kElsewhere, {"words of another country", -2.2}},
    {kOtherSchool, {"another school is named", -1.0}},
    {kOtherPage, {"stands on the page of another school of that name", -4.0}},
    {kInitialsAlone, {"initials, and nothing else about a school or its place", -1.5}},
    {kSpelledOut, {"initials that are spelled out differently", -4.0}},
    {kRivalFits, {"another school of that name fits better", -7.0}},
    {kRival, {"another school of that name fits as well", -1.6}},
    {kNeighbour, {"named beside a school of its trust or town", 1.2}},
    {kUnnamed, {"not named", -3.2}},
    {kUnnamedTown, {"not named, but its town or area", 0.7}},
    {kUnnamedExactPlace, {"not named, but its address", 2.4}},
    {kUnnamedFullPerson, {"not named, but its staff", 2.1}},
    {kUnnamedRarePerson, {"and that name is a rare one", 0.6}},
    {kUnnamedSurname, {"not named, but a surname of its staff", 1.2}},
    {kUnnamedRareSurname, {"and that surname is a rare one", 0.6}},
    {kUnnamedSecondPerson, {"a second person of its staff", 0.8}},
    {kUnnamedSchool, {"words about some school", 1.0}},
    {kUnnamedStrong, {"words that hardly anything but a school has", 0.5}},
    // Less than makes a mention of a named person with children: that is neither school nor place.
    {kUnnamedFamily, {"words about some children or parents", 0.4}},
    {kUnnamedKind, {"the right kind of school", 0.5}},
    {kUnnamedTogether, {"a person and a place of its own", 0.8}},
    {kUnnamedOtherSchool, {"not named, but another school", -2.2}},
});

constexpr bool IsInOrder() {
  for (std::size_t row = 0; row < kRows.size(); ++row) {
    if (static_cast<std::size_t>(kRows[row].evidence) != row) {
      return false;
    }
  }
  return true;
}
static_assert(IsInOrder() && kRows.size() == static_cast<std::size_t>(kUnnamedOtherSchool) + 1);

constexpr auto kLines = [] {
  std::array<EvidenceLine, kRows.size()> lines{};
  for (std::size_t row = 0; row < kRows.size(); ++row) {
    lines[row] = kRows[row].line;
  }
  return lines;
}();

}  // namespace

const EvidenceLine& WeightOf(Evidence evidence) {
  return kLines[static_cast<std::size_t>(evidence)];
}

std::span<const EvidenceLine> AllEvidence() { return kLines; }

}  // namespace schoolwatch::matchers
