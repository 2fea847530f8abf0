#pragma once

#include <string_view>
#include <vector>

namespace schoolwatch::config {

// What is an everyday word and where places lie, from the tables in config/language/ (their heads
// name source and licence; tools/language-tables makes them). Words are canonical: small letters,
// no accents, no apostrophes; names of several words are joined by single spaces.

// An English word that is written in small letters, or a regular form of one: "foxglove", "oaks".
bool IsEverydayWord(std::string_view word);

// A word that is known with a capital letter only: given names, surnames of the famous, peoples.
bool IsProperWord(std::string_view word);

enum class PlaceKind { kNone, kHome, kAbroad };
// kHome: a county, region or large town of the United Kingdom. kAbroad: another country, or a state
// or province of an English-speaking one. Many are words or surnames, too.
PlaceKind FindPlaceKind(std::string_view words);
// All places of that kind, to be found in texts.
std::vector<std::string_view> PlacesOf(PlaceKind kind);

}  // namespace schoolwatch::config
