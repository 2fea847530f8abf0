#include "matchers/school_phrases.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "config/language.h"
#include "matchers/canonical_words.h"
#include "matchers/lexicon.h"

namespace schoolwatch::matchers {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kRoads{
    {{"road", "rd"},
     {"street", "st"},
     {"lane", "ln"},
     {"avenue", "ave"},
     {"drive", "dr"},
     {"way", "way"},
     {"hill", "hill"},
     {"wharf", "wharf"},
     {"close", "cl"},
     {"terrace", "terr"},
     {"meadow", "meadow"},
     {"house", "house"}}};

void AddPlaces(const core::School& school, std::uint32_t number,
               const std::vector<NameVariant>& variants, PhraseBook& book, PhraseBook& hidden) {
  std::vector<std::string> places = school.places;
  places.push_back(school.town);
  for (const std::string& place : places) {
    std::vector<std::string> words = CanonicalWords(place);
    if (words.empty()) {
      continue;
    }
    const Phrase phrase{JoinWords(words), false};
    // A school that is called as its village: the name is no evidence for itself.
    if (std::ranges::find(variants, phrase, &NameVariant::phrase) != variants.end()) {
      continue;
    }
    const auto road = std::ranges::find(kRoads, words.back(),
                                        &std::pair<std::string_view, std::string_view>::first);
    const bool exact = words.size() > 1 && road != kRoads.end();
    const Use use{number, 0, exact ? UseKind::kExactPlace : UseKind::kTown};
    book.Add(phrase, use);
    hidden.Add({SkeletonOf(phrase.words), false}, use);
    if (exact) {
      words.back() = road->second;
      book.Add({JoinWords(words), false}, {number, 0, UseKind::kExactPlace});
    }
  }
  if (!school.postcode.empty()) {
    if (const std::vector<std::string> words = CanonicalWords(school.postcode); !words.empty()) {
      book.Add({JoinWords(words), false}, {number, 0, UseKind::kExactPlace});
      // "QB1" alone is a part of a town; shorter ones are text-speak ("b4").
      if (words.size() == 2 && words.front().size() >= 3) {
        book.Add({words.front(), false}, {number, 0, UseKind::kTown});
      }
      // Postcodes are written without their space, too.
      std::string joined;
      for (const std::string& word : words) {
        joined += word;
      }
      book.Add({joined, false}, {number, 0, UseKind::kExactPlace});
    }
  }
}

void AddPeople(const core::School& school, std::uint32_t number, PhraseBook& book) {
  std::vector<std::string> people = school.staff;
  people.push_back(school.headteacher);
  for (const std::string& person : people) {
    std::vector<std::string> words = CanonicalWords(person);
    if (words.size() < 2 || words.back().size() < 3) {
      continue;
    }
    const std::string& title = words.front();
    book.Add({JoinWords(words), false}, {number, 0, UseKind::kPerson});
    book.Add({title + " " + words.back(), false}, {number, 0, UseKind::kPerson});
    if (words.size() > 2) {
      words.erase(words.begin());
      book.Add({JoinWords(words), false}, {number, 0, UseKind::kPerson});
    }
    book.Add({words.back(), false}, {number, 0, UseKind::kSurname});
  }
}

// Enough for any trust; see Breadth.
constexpr std::size_t kMaxSchoolsWithSlips = 1000;

void AddTrust(const core::School& school, std::uint32_t number, PhraseBook& book) {
  Words words = CanonicalWords(school.trust);
  if (words.size() > 1 && words.front() == "the") {
    words.erase(words.begin());
  }
  // One word of a trust's name, or words for kinds alone, say nothing of this school.
  if (words.size() < 2 || std::ranges::all_of(words, IsTypeWord)) {
    return;
  }
  book.Add({JoinWords(words), false}, {number, 0, UseKind::kTrust});
  // "Tern Learning Trust" is "Tern Trust", too.
  if (words.size() > 2 && words.back() == "trust") {
    book.Add({words.front() + " trust", false}, {number, 0, UseKind::kTrust});
  }
}

void AddTypeWords(Profile& profile) {
  std::string names = profile.school.name + " " + profile.school.type;
  for (const std::string& name : profile.school.also) {
    names += " " + name;
  }
  bool young = false;
  bool older = false;
  for (const std::string& word : CanonicalWords(names)) {
    young = young || PhaseOf(word) == Phase::kYoung;
    older = older || PhaseOf(word) == Phase::kOlder;
  }
  profile.ages = young == older ? Phase::kAny : young ? Phase::kYoung : Phase::kOlder;
  for (const std::string& word : CanonicalWords(profile.school.name + " " + profile.school.type)) {
    if (IsTypeWord(word) && word != "school") {
      profile.type_words.push_back(word);
    }
  }
}

void AddPlaceWords(Profile& profile) {
  std::string places = profile.school.town;
  for (const std::string& place : profile.school.places) {
    places += " " + place;
  }
  profile.place_words = CanonicalWords(places);
}

}  // namespace

core::Result<SchoolPhrases> MakeSchoolPhrases(std::vector<core::School> schools) {
  SchoolPhrases made;
  auto& [profiles, plain, skeleton] = made;
  const Breadth breadth = schools.size() <= kMaxSchoolsWithSlips ? Breadth::kAll : Breadth::kPlain;
  std::set<std::string> keys;
  for (core::School& school : schools) {
    const auto number = static_cast<std::uint32_t>(profiles.size());
    if (!keys.insert(school.key).second) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "school '" + school.key + "': the key stands twice");
    }
    Profile profile;
    profile.school = std::move(school);
    profile.variants = MakeVariants(profile.school, breadth);
    const bool has_name = std::ranges::any_of(profile.variants, [](const NameVariant& variant) {
      return variant.kind != NameKind::kSite && variant.kind != NameKind::kHandle &&
             variant.kind != NameKind::kJoined;
    });
    if (!has_name) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "school '" + profile.school.key + "': the name '" + profile.school.name +
                            "' says nothing by itself; give the whole name under 'name', with "
                            "its town");
    }
    for (std::size_t variant = 0; variant < profile.variants.size(); ++variant) {
      const Phrase& phrase = profile.variants[variant].phrase;
      const Use use{number, static_cast<std::uint32_t>(variant), UseKind::kName};
      plain.Add(phrase, use);
      // A guess at a guess is worth nothing.
      const NameKind kind = profile.variants[variant].kind;
      if (kind != NameKind::kGuessed && kind != NameKind::kMisspelt && phrase.words.size() >= 4) {
        skeleton.Add({SkeletonOf(phrase.words), phrase.is_tag}, use);
      }
    }
    for (const std::string& phrase : profile.school.not_us) {
      if (const std::vector<std::string> words = CanonicalWords(phrase); !words.empty()) {
        plain.Add({JoinWords(words), false}, {number, 0, UseKind::kNotUs});
      }
    }
    AddPlaces(profile.school, number, profile.variants, plain, skeleton);
    AddPeople(profile.school, number, plain);
    AddTrust(profile.school, number, plain);
    AddTypeWords(profile);
    AddPlaceWords(profile);
    profiles.push_back(std::move(profile));
  }

  return made;
}

SensePhrases MakeSensePhrases() {
  std::map<Phrase, SenseSet> senses;
  const auto add = [&senses](std::string_view words, Sense sense) {
    senses[Phrase{JoinWords(CanonicalWords(words)), false}].Add(sense);
  };
  for (const LexiconEntry& entry : Lexicon()) {
    std::size_t at = 0;
    while (at < entry.phrases.size()) {
      const std::size_t end = std::min(entry.phrases.find(';', at), entry.phrases.size());
      const std::string_view words = entry.phrases.substr(at, end - at);
      add(words, entry.sense);
      if (entry.sense == Sense::kStrongSchool) {
        add(words, Sense::kSchool);
      }
      at = end + 1;
    }
  }
  for (const std::string_view place : config::PlacesOf(config::PlaceKind::kHome)) {
    add(place, Sense::kHomePlace);
  }
  for (const std::string_view place : config::PlacesOf(config::PlaceKind::kAbroad)) {
    add(place, Sense::kAbroad);
  }
  SensePhrases made;
  for (const auto& [phrase, sense] : senses) {
    made.phrases.push_back(phrase);
    made.senses.push_back(sense);
  }
  return made;
}

}  // namespace schoolwatch::matchers
