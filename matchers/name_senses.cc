#include "matchers/name_senses.h"

#include <algorithm>
#include <array>

#include "matchers/lexicon.h"
#include "matchers/name_parts.h"

namespace schoolwatch::matchers {
namespace {

bool AnyHasWord(const std::vector<Words>& phrases, const std::string& word) {
  return std::ranges::any_of(phrases, [&word](const Words& words) {
    return std::ranges::find(words, word) != words.end();
  });
}

}  // namespace

NameSenses::NameSenses(const core::School& school) {
  for (const std::string& phrase : school.not_us) {
    not_us_.push_back(CanonicalWords(phrase));
  }
  for (const std::string& place : school.places) {
    places_.push_back(CanonicalWords(place));
  }
  if (!school.town.empty()) {
    places_.push_back(CanonicalWords(school.town));
  }
}

bool NameSenses::IsEveryday(const Words& words) const {
  // "Come Rain or Sun".
  constexpr std::array<std::string_view, 14> kSmallWords{
      "all", "be", "every", "for", "i", "it", "my", "or", "our", "to", "us", "we", "you", "your"};
  const bool is_phrase = std::ranges::any_of(words, [&](const std::string& word) {
    return std::ranges::find(kSmallWords, word) != kSmallWords.end();
  });
  if (is_phrase && std::ranges::none_of(words, IsTypeWord)) {
    return true;
  }
  return std::ranges::any_of(not_us_,
                             [&](const Words& other) { return ContainsWords(other, words); });
}

bool NameSenses::IsKnown(const std::string& word) const {
  const auto known = known_.find(word);
  return known != known_.end() ? known->second
                               : known_.emplace(word, IsKnownWord(word)).first->second;
}

bool NameSenses::IsOwnPlace(std::string_view words) const {
  return std::ranges::any_of(places_,
                             [&](const Words& place) { return JoinWords(place) == words; });
}

bool NameSenses::IsPartOfPlace(const std::string& word) const { return AnyHasWord(places_, word); }

bool NameSenses::HasPlace(const Words& words, const Words& core) const {
  return std::ranges::any_of(places_, [&](const Words& place) {
    return place.size() < words.size() && place != core && ContainsWords(words, place);
  });
}

bool NameSenses::IsPartOfOther(const std::string& word) const { return AnyHasWord(not_us_, word); }

bool NameSenses::HoldsOther(const Words& words) const {
  return std::ranges::any_of(
      not_us_, [&](const Words& other) { return other.size() > 1 && ContainsWords(words, other); });
}

}  // namespace schoolwatch::matchers
