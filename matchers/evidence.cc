#include "matchers/evidence.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "config/language.h"
#include "matchers/surroundings.h"

namespace schoolwatch::matchers {
namespace {

// What may stand around a name, with the log-odds it adds. Set by hand, checked on labelled posts.
struct Weight {
  std::string_view label;
  double value;
};
constexpr Weight kPlace{"its town or area is named", 1.1};
constexpr Weight kSecondPlace{"a second place of its own is named", 0.3};
constexpr Weight kExactPlace{"its address is named", 2.8};
constexpr Weight kFullPerson{"its staff are named", 3.0};
constexpr Weight kSurname{"a surname of its staff stands there", 1.2};
constexpr Weight kTrust{"its trust is named", 1.5};
constexpr Weight kSchoolNear{"words about a school near the name", 0.8};
constexpr Weight kSchoolSomewhere{"words about a school", 0.7};
constexpr Weight kFamily{"words about children or parents", 0.6};
constexpr Weight kFollowed{"followed by a word such as juniors or mums", 1.6};
constexpr Weight kLedTo{"led to by a word such as at or from", 0.8};
constexpr Weight kSecondName{"named in a second way", 0.7};
constexpr Weight kOwnAccount{"written by its own account", 2.5};
constexpr Weight kEvaded{"written to slip past a filter", 1.0};
constexpr Weight kVillage{"also the name of its village or a town", -0.8};
constexpr Weight kInTown{"said of the village: in it, near it", -1.8};
constexpr Weight kAuthor{"only in somebody's user name", -1.2};
constexpr Weight kNotUs{"something that is not us is named", -1.5};
constexpr Weight kOtherThing{"followed by a word that makes it something else", -4.5};
constexpr Weight kOtherKind{"followed by another kind of school than it is", -3.5};
constexpr Weight kOtherName{"part of a longer name", -1.6};
constexpr Weight kElsewhereOther{"something else in another place of the post", -2.0};
constexpr Weight kPersonName{"part of a person's name", -2.4};
constexpr Weight kAlsoPerson{"also somebody's name", -0.5};
constexpr Weight kArticle{"an everyday word after a, the or my", -1.0};
constexpr Weight kSmallLetters{"in small letters", -2.0};
constexpr Weight kAllSmall{"in small letters, as all of the post", -0.4};
constexpr Weight kCapital{"with a capital letter", 0.4};
constexpr Weight kOtherTown{"followed by another town", -2.2};
constexpr Weight kTownElsewhere{"another town is named", -0.6};
constexpr Weight kSense{"words of another sense", -1.3};
constexpr Weight kSecondSense{"more words of another sense", -1.5};
constexpr Weight kElsewhere{"words of another country", -2.2};
constexpr Weight kOtherSchool{"another school is named", -1.0};
constexpr Weight kOtherPage{"stands on the page of another school of that name", -4.0};
constexpr Weight kSpelledOut{"initials that are spelled out differently", -4.0};
// Where the school is not named at all.
constexpr Weight kUnnamed{"not named", -3.2};
constexpr Weight kUnnamedTown{"not named, but its town or area", 0.7};
constexpr Weight kUnnamedExactPlace{"not named, but its address", 2.4};
constexpr Weight kUnnamedFullPerson{"not named, but its staff", 2.1};
constexpr Weight kUnnamedSurname{"not named, but a surname of its staff", 1.2};
constexpr Weight kUnnamedSchool{"words about some school", 1.0};
constexpr Weight kUnnamedFamily{"words about some children or parents", 0.3};
constexpr Weight kUnnamedKind{"the right kind of school", 0.5};
constexpr Weight kUnnamedTogether{"a person and a place of its own", 0.8};
constexpr Weight kUnnamedOtherSchool{"not named, but another school", -2.2};

// A sum that can be shown line by line.
class Sum {
 public:
  void Start(std::string_view label, double value) { Push(label, value); }
  void Add(const Weight& weight, double share = 1.0) { Push(weight.label, weight.value * share); }
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

struct NameSum {
  Sum sum;
  bool is_other_thing = false;  // The words beside it make it something else.
};

// What stands right beside one name, added up.
class NameWeigher {
 public:
  NameWeigher(const Candidate& candidate, const Candidate::Name& name,
              std::span<const TextScan> scans, std::span<const Span> places,
              std::span<const Span> own)
      : candidate_(candidate),
        name_(name),
        scans_(scans),
        scan_(scans[name.span.scan]),
        places_(places),
        own_(own),
        variant_(*name.variant),
        initials_(variant_.kind == NameKind::kInitials || variant_.kind == NameKind::kGuessed),
        weak_(variant_.everyday || variant_.kind == NameKind::kCore ||
              variant_.kind == NameKind::kPart || variant_.kind == NameKind::kMisspelt ||
              initials_) {}

  NameSum Weigh() {
    sum_.Start(NameKindName(variant_.kind), variant_.strength);
    const bool own_account = variant_.kind == NameKind::kHandle || variant_.kind == NameKind::kSite;
    if (scan_.role == TextRole::kAuthor) {
      const bool is_it = own_account || variant_.kind == NameKind::kFull ||
                         (variant_.kind == NameKind::kJoined && variant_.strength > 1);
      sum_.Add(is_it ? kOwnAccount : kAuthor);
    } else if (scan_.evaded) {
      sum_.Add(kEvaded);
    } else if (!own_account && !scan_.tokens[name_.span.first].is_tag) {
      AddNext();
      AddPrevious();
      AddLetters();
      if (variant_.kind != NameKind::kWithPlace &&
          IsFollowedByOtherTown(scan_, name_.span, places_)) {
        sum_.Add(kOtherTown, weak_ || name_.is_shared ? 1.0 : 0.6);
      }
    }
    return {std::move(sum_), is_other_thing_};
  }

 private:
  bool IsOther(std::size_t token) const {
    const SenseSet senses = scan_.senses[token];
    // "Quillbrook Academy dance show" is still the school's, "Quillbrook Academy of Dance" is not.
    return senses.Has(Sense::kOtherThing) && !senses.Has(Sense::kFollows) &&
           (weak_ || !scan_.cased || scan_.IsCapital(token));
  }

  // "Quillbrook High" where ours is a primary school.
  bool IsOtherKind(std::size_t token) const {
    const Phase phase = PhaseOf(scan_.Word(token));
    return phase != Phase::kAny && ((phase == Phase::kYoung && candidate_.ages == Phase::kOlder) ||
                                    (phase == Phase::kOlder && candidate_.ages == Phase::kYoung));
  }

  void AddNext() {
    const std::size_t after = name_.span.last;
    if (after >= scan_.tokens.size()) {
      return;
    }
    const SenseSet next = scan_.senses[after];
    const std::string_view between = scan_.Between(after - 1, after);
    const bool adjoins = between == " " || between == "-" || between == "'s " || between == "' ";
    if (between == "-" && weak_ && scan_.cased && scan_.IsCapital(after)) {
      Deny(kPersonName);  // "Quillbrook-Marsh"
    } else if (adjoins &&
               (IsOther(after) || (scan_.Word(after) == "of" && after + 1 < scan_.tokens.size() &&
                                   IsOther(after + 1)))) {
      Deny(kOtherThing);
    } else if (between == " " && IsOtherKind(after)) {
      Deny(kOtherKind);
    } else if (adjoins && weak_ && next.Has(Sense::kFollows)) {
      sum_.Add(kFollowed);
    } else if (weak_ && scan_.cased && scan_.IsCapital(after) && between == " " &&
               !next.Has(Sense::kCalendar) && !StartsPlace(after)) {
      Deny(kOtherName);
    }
  }

  bool StartsPlace(std::size_t token) const {
    return std::ranges::any_of(places_, [&](const Span& place) {
      return place.scan == name_.span.scan && place.first == token;
    });
  }

  void AddPrevious() {
    if (name_.span.first == 0) {
      return;
    }
    const bool capital = IsCapitalName(scan_, name_.span);
    const std::size_t before = name_.span.first - 1;
    const SenseSet previous = scan_.senses[before];
    const bool adjoins = scan_.Between(before, name_.span.first) == " ";
    const std::string_view word = scan_.Word(before);
    if (adjoins && variant_.is_place &&
        (word == "in" || word == "near" || word == "around" || word == "through")) {
      sum_.Add(kInTown);
    } else if (adjoins && weak_ && previous.Has(Sense::kLeadsTo)) {
      sum_.Add(kLedTo);
    } else if (adjoins && weak_ && name_.span.last - name_.span.first == 1 &&
               IsFirstName(before, capital)) {
      Deny(kPersonName);
    } else if (weak_ && !variant_.distinct && previous.Has(Sense::kArticle) && !capital) {
      sum_.Add(kArticle);
    }
  }

  // "Mr Quillbrook", "William Quillbrook": a title, a known first name, or any word with a capital
  // that does not owe it to the start of a text.
  bool IsFirstName(std::size_t token, bool capital) const {
    if (scan_.senses[token].Has(Sense::kTitle)) {
      return true;
    }
    return scan_.cased && capital && scan_.IsCapital(token) && scan_.senses[token].empty() &&
           (token > 0 || config::IsProperWord(scan_.Word(token)));
  }

  void AddLetters() {
    const bool capital = IsCapitalName(scan_, name_.span);
    if (initials_) {
      const std::size_t at = scan_.folded.map[scan_.tokens[name_.span.first].start];
      if (IsUpperAt(scan_.written, at) && IsUpperAt(scan_.written, at + 1)) {
        sum_.Add(kCapital);
      } else if (name_.span.last - name_.span.first == 1) {
        sum_.Add(kSmallLetters, scan_.cased ? 1.0 : 0.4);
      }
      if (IsSpelledOut(variant_.phrase.words, scans_, own_)) {
        sum_.Add(kSpelledOut);
      }
    } else if (weak_ && !capital) {
      // A word that means nothing else says as much in small letters.
      const double share = variant_.distinct ? 0.25 : 1.0;
      sum_.Add(scan_.cased ? kSmallLetters : kAllSmall, share);
    } else if (weak_ && name_.span.first > 0) {
      sum_.Add(kCapital);
    }
    if (weak_ && variant_.is_person) {
      sum_.Add(kAlsoPerson);
    }
  }

  void Deny(const Weight& weight) {
    sum_.Add(weight);
    is_other_thing_ = true;
  }

  const Candidate& candidate_;
  const Candidate::Name& name_;
  std::span<const TextScan> scans_;
  const TextScan& scan_;
  std::span<const Span> places_;
  std::span<const Span> own_;
  const NameVariant& variant_;
  bool initials_;
  bool weak_;
  bool is_other_thing_ = false;
  Sum sum_;
};

void AddWhy(std::string& why, std::string_view part) {
  why += why.empty() ? "" : ", ";
  why += part;
}

// What a candidate has in the post, sorted out.
struct Own {
  std::vector<Span> names;   // Those that `not_us` does not cover.
  std::vector<Span> places;  // Those outside names.
  std::vector<Span> all;     // What is no evidence of something else.
  bool exact = false;
  bool full_person = false;
};

Own SortOut(const Candidate& candidate, std::span<const TextScan> scans) {
  Own own;
  for (const Candidate::Name& name : candidate.names) {
    own.all.push_back(name.span);
    const bool is_not_us = std::ranges::any_of(candidate.not_us, [&](const Span& other) {
      return other.Overlaps(name.span) &&
             !(name.span.Contains(other) && !other.Contains(name.span));
    });
    if (!is_not_us) {
      own.names.push_back(name.span);
    }
  }
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
    if (!own.places.empty()) {
      sum.Add(kUnnamedTogether);
    }
  }
  if (around.school) {
    sum.Add(kUnnamedSchool);
    AddWhy(why, "words about a school");
  } else if (around.family) {
    sum.Add(kUnnamedFamily);
  }
  if (around.kind) {
    sum.Add(kUnnamedKind);
  }
  if (!candidate.not_us.empty()) {
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
void WeighSurroundings(const Surroundings& around, bool has_place, Sum& sum, std::string& why) {
  if (around.school) {
    sum.Add(around.school_near ? kSchoolNear : kSchoolSomewhere);
    AddWhy(why, "among words about a school");
  }
  if (around.family) {
    sum.Add(kFamily);
  }
  if (around.senses > 0) {
    // In a text about a school a church or a book is only a church or a book.
    const double share = around.school ? 0.35 : 1.0;
    sum.Add(kSense, share);
    if (around.senses > 1) {
      sum.Add(kSecondSense, share);
    }
    AddWhy(why, "but also words of another sense");
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
  for (const Candidate::Name& name : candidate.names) {
    if (std::ranges::none_of(own.names, [&](const Span& span) {
          return span.Contains(name.span) && name.span.Contains(span);
        })) {
      continue;
    }
    NameSum one = NameWeigher(candidate, name, scans, own.places, own.all).Weigh();
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
    }
  }
  AddWhy(weighed.why, NameKindName(best_name->variant->kind));
  if (different.size() > 1) {
    sum.Add(kSecondName);
  }
  const bool weak = best_name->variant->everyday || best_name->variant->strength < 2;
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
    sum.Add(own.exact ? kExactPlace : kPlace, village && !own.exact ? 0.3 : 1.0);
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
  if (weak) {
    WeighSurroundings(around, !own.places.empty(), sum, weighed.why);
  }
  if (!candidate.not_us.empty()) {
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
  const Surroundings around = LookAround(scans, own.names, own.all, candidate.type_words);
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
