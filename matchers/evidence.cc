#include "matchers/evidence.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "matchers/name_evidence.h"
#include "matchers/surroundings.h"

namespace schoolwatch::matchers {
namespace {

using enum Evidence;
using Sum = EvidenceSum;

void AddWhy(std::string& why, std::string_view part) {
  why += why.empty() ? "" : ", ";
  why += part;
}

// What a candidate has in the post, sorted out.
struct Own {
  std::vector<Span> names;   // Those that `not_us` does not cover.
  std::vector<Span> places;  // Those outside names.
  std::vector<Span> all;     // What is no evidence of something else.
  bool denied = false;       // Something that is not us is named.
  bool exact = false;
  bool full_person = false;
  bool rare_person = false;
  bool rare_surname = false;  // Without title or first name.
  bool second_person = false;
};

Own SortOut(const Candidate& candidate, std::span<const TextScan> scans) {
  Own own;
  // "Tideline's" is ours where "Tidelines" is not us.
  std::vector<Span> not_us = candidate.not_us;
  std::erase_if(not_us, [&](const Span& other) {
    return std::ranges::any_of(candidate.names, [&](const Candidate::Name& name) {
      return name.span.Contains(other) && other.Contains(name.span) && IsOwner(name, scans);
    });
  });
  for (const Candidate::Name& name : candidate.names) {
    own.all.push_back(name.span);
    const bool is_not_us = std::ranges::any_of(not_us, [&](const Span& other) {
      return other.Overlaps(name.span) &&
             !(name.span.Contains(other) && !other.Contains(name.span));
    });
    if (!is_not_us) {
      own.names.push_back(name.span);
    }
  }
  own.denied = !not_us.empty();
  for (const Candidate::Place& place : candidate.places) {
    const bool in_name = std::ranges::any_of(candidate.names, [&](const Candidate::Name& name) {
      return name.span.Overlaps(place.span);
    });
    // The evasion view shows a town that stands there anyway a second time.
    const bool again = scans[place.span.scan].evaded &&
                       std::ranges::any_of(candidate.places, [&](const Candidate::Place& other) {
                         return !scans[other.span.scan].evaded;
                       });
    if (!in_name && !again) {
      own.places.push_back(place.span);
      own.all.push_back(place.span);
    }
  }
  own.exact = std::ranges::any_of(candidate.places, &Candidate::Place::is_exact);
  own.full_person = std::ranges::any_of(candidate.people, &Candidate::Person::is_full);
  std::set<std::uint64_t> surnames;
  for (const Candidate::Person& person : candidate.people) {
    const TextScan& scan = scans[person.span.scan];
    const Token& surname = scan.tokens[person.span.last - 1];
    const bool rare =
        !IsKnownWord(CanonicalToken(scan.folded.text, surname, Spelling::kPlain,
                                    surname.stem_hash == 0 ? TokenPart::kWhole : TokenPart::kStem));
    own.rare_person = own.rare_person || (person.is_full && rare);
    own.rare_surname = own.rare_surname || rare;
    surnames.insert(surname.stem_hash == 0 ? surname.hash : surname.stem_hash);
  }
  own.second_person = surnames.size() > 1;
  return own;
}

void WeighUnnamed(const Candidate& candidate, const Own& own, const Surroundings& around, Sum& sum,
                  std::string& why) {
  sum.Add(kUnnamed);
  AddWhy(why, "not named");
  if (!own.places.empty()) {
    sum.Add(own.exact ? kUnnamedExactPlace : kUnnamedTown);
    AddWhy(why, own.exact ? "its address" : "its town or area");
  }
  if (own.exact && own.places.size() > 1) {
    sum.Add(kUnnamedTown);
  }
  if (!candidate.people.empty()) {
    sum.Add(own.full_person ? kUnnamedFullPerson : kUnnamedSurname);
    AddWhy(why, "its staff");
    if (own.rare_person) {
      sum.Add(kUnnamedRarePerson);
    } else if (own.rare_surname && around.school) {
      sum.Add(kUnnamedRareSurname);
    }
    if (own.second_person && around.school) {
      sum.Add(kUnnamedSecondPerson);
    }
    if (!own.places.empty()) {
      sum.Add(kUnnamedTogether);
    }
  }
  if (around.school) {
    sum.Add(kUnnamedSchool);
    if (around.strong) {
      sum.Add(kUnnamedStrong);
    }
    AddWhy(why, "words about a school");
  } else if (around.family) {
    sum.Add(kUnnamedFamily);
  }
  if (around.kind) {
    sum.Add(kUnnamedKind);
  }
  if (own.denied) {
    sum.Add(kNotUs);
  }
  if (around.other_school) {
    sum.Add(kUnnamedOtherSchool);
  }
  if (around.elsewhere) {
    sum.Add(kElsewhere);
  }
}

// What a text about a school, or about something else, makes of a name that may be either.
void WeighSurroundings(const Surroundings& around, bool has_place, bool is_plain_word, Sum& sum,
                       std::string& why) {
  if (around.school) {
    sum.Add(around.school_near ? kSchoolNear : kSchoolSomewhere);
    if (around.strong) {
      // "We hope that year 6 …" speaks of a school, but does not name it.
      sum.Add(around.strong_near ? kStrongNear : kStrongSomewhere, is_plain_word ? 0.3 : 1.0);
    }
    AddWhy(why, "among words about a school");
  }
  if (around.family) {
    sum.Add(kFamily);
  }
  if (around.senses > 0) {
    // In a text about a school a church or a book is only a church or a book.
    const double share = around.strong_near && !is_plain_word ? 0.2
                         : around.school                      ? 0.35
                         : around.much_family                 ? 0.45
                         : around.family                      ? 0.7
                                                              : 1.0;
    sum.Add(kSense, share);
    if (around.senses > 1) {
      sum.Add(kSecondSense, share);
    }
    AddWhy(why, "but also words of another sense");
  }
  if (around.trade && !around.strong_near) {
    sum.Add(kTrade);  // A driving school is a school.
  }
  if (around.elsewhere) {
    sum.Add(kElsewhere);
  } else if (around.other_town && !has_place) {
    sum.Add(kTownElsewhere);
  }
  if (around.other_school) {
    sum.Add(kOtherSchool);
  }
}

void WeighNamed(const Candidate& candidate, std::span<const TextScan> scans, const Own& own,
                const Surroundings& around, Sum& sum, Weighed& weighed) {
  const auto phrase_at = [&](const Span& span) { return scans[span.scan].tokens[span.first].hash; };
  const Candidate::Name* best_name = nullptr;
  std::set<std::uint64_t> different;
  bool other_thing = false;
  bool best_is_other = false;
  bool is_plain_word = false;
  for (const Candidate::Name& name : candidate.names) {
    if (std::ranges::none_of(own.names, [&](const Span& span) {
          return span.Contains(name.span) && name.span.Contains(span);
        })) {
      continue;
    }
    NameSum one = WeighName(candidate, name, scans, own.places, own.all);
    other_thing = other_thing || one.is_other_thing;
    if (one.sum.total() > -1.5) {
      different.insert(phrase_at(name.span) +
                       scans[name.span.scan].tokens[name.span.last - 1].hash);
      weighed.named.push_back(name.span);
    }
    if (best_name == nullptr || one.sum.total() > sum.total()) {
      sum = std::move(one.sum);
      best_name = &name;
      best_is_other = one.is_other_thing;
      is_plain_word = one.is_plain_word;
    }
  }
  AddWhy(weighed.why, NameKindName(best_name->variant->kind));
  if (different.size() > 1) {
    sum.Add(kSecondName);
  }
  const bool weak = best_name->variant->everyday || best_name->variant->strength < 2.1;
  if (weak && other_thing && !best_is_other) {
    sum.Add(kElsewhereOther);
  }
  std::set<std::uint64_t> towns;
  for (const Span& place : own.places) {
    towns.insert(phrase_at(place));
  }
  const bool village = best_name->variant->is_place;
  if (village && !own.exact) {
    sum.Add(kVillage);  // Towns nearby keep a village company, too.
  }
  if (!own.places.empty()) {
    // A church or a beach of that name stands in the same town.
    const bool open = weak && !around.school && !around.family;
    const double share = own.exact                              ? 1.0
                         : village                              ? 0.3
                         : open && best_name->variant->is_saint ? 0.3
                         : open                                 ? 0.6
                                                                : 1.0;
    sum.Add(own.exact ? kExactPlace : kPlace, share);
    if (towns.size() > 1) {
      sum.Add(kSecondPlace);
    }
    AddWhy(weighed.why, own.exact ? "with its address" : "with its place");
  }
  if (!candidate.people.empty()) {
    sum.Add(own.full_person ? kFullPerson : kSurname);
    AddWhy(weighed.why, "with its staff");
  }
  if (candidate.has_trust) {
    sum.Add(kTrust);
    AddWhy(weighed.why, "with its trust");
  }
  const NameKind kind = best_name->variant->kind;
  if ((kind == NameKind::kInitials || kind == NameKind::kGuessed) && different.size() < 2 &&
      own.places.empty() && candidate.people.empty() && !around.school && !around.family) {
    // Four letters that are no word are hardly anybody else's.
    const std::string& letters = best_name->variant->phrase.words;
    const bool rare = kind == NameKind::kInitials && letters.size() >= 4 && !IsKnownWord(letters);
    sum.Add(kInitialsAlone, rare ? 0.35 : 1.0);
  }
  if (weak) {
    WeighSurroundings(around, !own.places.empty(), is_plain_word, sum, weighed.why);
  }
  if (own.denied) {
    sum.Add(kNotUs, weak ? 1.0 : 0.3);
    AddWhy(weighed.why, "but something that is not us is named");
  }
}

}  // namespace

bool HasAnchor(const Candidate& candidate, bool has_school_word) {
  if (!candidate.names.empty()) {
    return true;
  }
  return (!candidate.places.empty() && (has_school_word || !candidate.people.empty())) ||
         (!candidate.people.empty() && has_school_word);
}

Weighed Weigh(const Candidate& candidate, std::span<const TextScan> scans) {
  Weighed weighed;
  const Own own = SortOut(candidate, scans);
  const Surroundings around =
      LookAround(scans, own.names, own.all, candidate.type_words, candidate.place_words);
  Sum sum;
  if (own.names.empty()) {
    WeighUnnamed(candidate, own, around, sum, weighed.why);
  } else {
    WeighNamed(candidate, scans, own, around, sum, weighed);
  }
  if (candidate.other_page) {
    sum.Add(kOtherPage);
    AddWhy(weighed.why, "but on another school's page");
  }
  weighed.score = sum.total();
  weighed.lines = sum.TakeLines();
  return weighed;
}

}  // namespace schoolwatch::matchers
