#include "config/language.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "config/sorted_lines.h"

namespace schoolwatch::config {

// Made by sw_embed (cmake/Embed.cmake).
std::string_view EverydayWordsText();
std::string_view ProperWordsText();
std::string_view HomePlacesText();
std::string_view PlacesAbroadText();

bool IsEverydayWord(std::string_view word) {
  // As tools/language-tables leaves them out.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kEndings{
      {{"s", ""}, {"es", ""}, {"ies", "y"}, {"ed", ""}, {"ed", "e"}, {"ing", ""}, {"ing", "e"}}};
  const SortedLines words(EverydayWordsText());
  if (words.Has(word)) {
    return true;
  }
  for (const auto& [ending, instead] : kEndings) {
    if (word.ends_with(ending)) {
      std::string stem(word.substr(0, word.size() - ending.size()));
      stem += instead;
      if (stem.size() >= 3 && words.Has(stem)) {
        return true;
      }
    }
  }
  return false;
}

bool IsProperWord(std::string_view word) { return SortedLines(ProperWordsText()).Has(word); }

PlaceKind FindPlaceKind(std::string_view words) {
  if (SortedLines(HomePlacesText()).Has(words)) {
    return PlaceKind::kHome;
  }
  return SortedLines(PlacesAbroadText()).Has(words) ? PlaceKind::kAbroad : PlaceKind::kNone;
}

std::vector<std::string_view> PlacesOf(PlaceKind kind) {
  std::vector<std::string_view> places;
  if (kind == PlaceKind::kNone) {
    return places;
  }
  std::string_view text =
      SortedLines(kind == PlaceKind::kHome ? HomePlacesText() : PlacesAbroadText()).text();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    places.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return places;
}

}  // namespace schoolwatch::config
