#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace schoolwatch::matchers {

// What a word near a school's name says about whether the school is meant.
enum class Sense : std::uint8_t {
  kSchool,        // "pupils", "lessons": somebody speaks of a school, or of learning.
  kStrongSchool,  // "year 4", "PTA", "book bag": hardly said of anything else. Always kSchool, too.
  kFamily,        // "my son", "mums": may well be about a school.
  kFollows,       // What people put after a school's short name: "juniors", "mums", "y6".
  kLeadsTo,       // What they put before it: "at", "outside".
  kActs,          // What a school does, right after its name: "fined", "kicks out".
  kPersonDoes,    // What people do, right after a name that is also somebody's: "wrote", "cried".
  kArticle,       // "a", "my": before an everyday word.
  kOtherThing,    // After a name makes it something else: "road", "hotel", "florists".
  kChurch,
  kHospital,
  kUniversity,
  kPub,
  kGarden,
  kStory,
  kSport,
  kTrade,        // Of another business: "driving instructor", "tenancy".
  kElsewhere,    // Another country, or a list of all things of that name.
  kTitle,        // "mr", "sir": the next word is a person.
  kOtherSchool,  // Ends the name of a school: "primary", "academy".
  kCalendar,     // Capitalised words that are no places: months, days, "ofsted".
  kHomePlace,    // A county or large town at home (config/language.h), not in the lexicon itself.
  kAbroad,       // A country, state or province; neither.
};

struct LexiconEntry {
  Sense sense;
  std::string_view phrases;  // Separated by ';'.
};

// Written by hand from how people write about schools and about what else their names mean.
std::span<const LexiconEntry> Lexicon();

// Dedications that hundreds of schools (and churches, hospitals and pubs) share: "st marys".
bool IsCommonDedication(std::string_view core_words);

// "school", "primary", "trust": what kind of place a name is, not which.
bool IsTypeWord(std::string_view word);

}  // namespace schoolwatch::matchers
