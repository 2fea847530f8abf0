#include "matchers/evidence.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

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
constexpr Weight kSchoolNear{"words about a school near the name", 0.8};
constexpr Weight kSchoolSomewhere{"words about a school", 0.7};
constexpr Weight kFamily{"words about children or parents", 0.6};
constexpr Weight kFollowed{"followed by a word such as juniors or mums", 1.6};
constexpr Weight kLedTo{"led to by a word such as at or from", 0.8};
constexpr Weight kSecondName{"named in a second way", 0.7};
constexpr Weight kOwnAccount{"written by its own account", 2.5};
constexpr Weight kEvaded{"written to slip past a filter", 1.0};
constexpr Weight kVillage{"also the name of its village", -0.8};
constexpr Weight kInTown{"said of the village: in it, near it", -1.8};
constexpr Weight kAuthor{"only in somebody's user name", -1.2};
constexpr Weight kNotUs{"something that is not us is named", -1.5};
constexpr Weight kOtherThing{"followed by a word that makes it something else", -4.5};
constexpr Weight kOtherName{"part of a longer name", -1.6};
constexpr Weight kElsewhereOther{"something else in another place of the post", -2.0};
constexpr Weight kPersonName{"part of a person's name", -2.4};
constexpr Weight kArticle{"an everyday word after a, the or my", -1.0};
constexpr Weight kSmallLetters{"in small letters", -2.0};
constexpr Weight kCapital{"with a capital letter", 0.4};
constexpr Weight kOtherTown{"followed by another town", -2.2};
constexpr Weight kSense{"words of another sense", -1.3};
constexpr Weight kSecondSense{"more words of another sense", -1.5};
constexpr Weight kElsewhere{"words of another country", -2.2};
constexpr Weight kOtherSchool{"another school is named", -1.0};
constexpr Weight kOtherPage{"stands on the page of another school of that name", -4.0};
constexpr Weight kSpelledOut{"initials that are spelled out differently", -4.0};
// Where the school is not named at all.
constexpr Weight kUnnamed{"not named", -3.2};
constexpr Weight kUnnamedTown{"its town or area is named", 0.7};
constexpr Weight kUnnamedExactPlace{"its address is named", 2.4};
constexpr Weight kUnnamedFullPerson{"its staff are named", 2.1};
constexpr Weight kUnnamedSurname{"a surname of its staff stands there", 1.2};
constexpr Weight kUnnamedSchool{"words about a school", 1.0};
constexpr Weight kUnnamedFamily{"words about children or parents", 0.3};
constexpr Weight kUnnamedKind{"the right kind of school", 0.5};
constexpr Weight kUnnamedTogether{"a person and a place of its own", 0.8};
constexpr Weight kUnnamedOtherSchool{"another school is named", -2.2};

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

constexpr std::size_t kNear = 12;  // Tokens.

bool IsUpper(std::string_view written, std::size_t at) {
  if (at >= written.size()) {
    return false;
  }
  const auto byte = static_cast<unsigned char>(written[at]);
  if (byte >= 'A' && byte <= 'Z') {
    return true;
  }
  // Latin-1 capitals; good enough for names of places.
  return byte == 0xC3 && at + 1 < written.size() &&
         static_cast<unsigned char>(written[at + 1]) <= 0x9E;
}

// What the words around all names say, without those that belong to them.
struct Surroundings {
  bool school_near = false;
  bool school = false;
  bool family = false;
  bool elsewhere = false;
  bool other_school = false;
  bool kind = false;       // A word of the school's own kind: "special".
  std::size_t senses = 0;  // Distinct words of other senses.
};

constexpr std::array<Sense, 7> kOtherSenses{Sense::kChurch, Sense::kHospital, Sense::kUniversity,
                                            Sense::kPub,    Sense::kGarden,   Sense::kStory,
                                            Sense::kSport};

bool IsInside(const Span& token, std::span<const Span> spans) {
  return std::ranges::any_of(spans, [&](const Span& span) { return span.Contains(token); });
}

std::size_t DistanceTo(std::size_t scan, std::size_t token, std::span<const Span> spans) {
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const Span& span : spans) {
    if (span.scan != scan) {
      continue;
    }
    const std::size_t distance = token < span.first   ? span.first - token
                                 : token >= span.last ? token - span.last + 1
                                                      : 0;
    least = std::min(least, distance);
  }
  return least;
}

// "Gowy Bridge Primary": capital words before a word for a school, none of them ours.
bool EndsOtherSchool(const TextScan& scan, std::size_t token, std::size_t number,
                     std::span<const Span> ours) {
  if (token == 0 || !scan.senses[token].Has(Sense::kOtherSchool) || !scan.IsCapital(token) ||
      !scan.IsCapital(token - 1) || scan.tokens[token - 1].is_tag) {
    return false;
  }
  if (IsInside({number, token, token + 1}, ours) || IsInside({number, token - 1, token}, ours)) {
    return false;
  }
  const SenseSet before = scan.senses[token - 1];
  return !before.Has(Sense::kCalendar) && !before.Has(Sense::kFollows) &&
         !before.Has(Sense::kLeadsTo) && !before.Has(Sense::kArticle) &&
         scan.Between(token - 1, token) == " ";
}

Surroundings LookAround(std::span<const TextScan> scans, std::span<const Span> names,
                        std::span<const Span> own, std::span<const std::string> type_words) {
  Surroundings around;
  std::set<std::uint64_t> other;
  for (std::size_t number = 0; number < scans.size(); ++number) {
    const TextScan& scan = scans[number];
    if (scan.evaded) {
      continue;
    }
    for (std::size_t token = 0; token < scan.tokens.size(); ++token) {
      const SenseSet senses = scan.senses[token];
      if (senses.empty() || IsInside({number, token, token + 1}, own)) {
        continue;
      }
      if (senses.Has(Sense::kSchool)) {
        around.school = true;
        around.school_near = around.school_near || DistanceTo(number, token, names) <= kNear ||
                             scan.role == TextRole::kTitle || scan.role == TextRole::kThreadTitle;
        const std::string word = CanonicalToken(scan.folded.text, scan.tokens[token],
                                                Spelling::kPlain, TokenPart::kStem);
        around.kind = around.kind || std::ranges::find(type_words, word) != type_words.end();
      }
      around.family = around.family || senses.Has(Sense::kFamily);
      around.elsewhere = around.elsewhere || senses.Has(Sense::kElsewhere);
      around.other_school = around.other_school || EndsOtherSchool(scan, token, number, own);
      if (std::ranges::any_of(kOtherSenses, [&](Sense sense) { return senses.Has(sense); })) {
        other.insert(scan.tokens[token].hash);
      }
    }
  }
  around.senses = other.size();
  return around;
}

// "… in Otherton", "…, Otherton", "… (Otherton)" right after a name.
bool IsFollowedByOtherTown(const TextScan& scan, const Span& span, std::span<const Span> places) {
  std::size_t next = span.last;
  if (next >= scan.tokens.size()) {
    return false;
  }
  std::string_view between = scan.Between(span.last - 1, next);
  bool leads =
      between.find(',') != std::string_view::npos || between.find('(') != std::string_view::npos;
  if (between.find_first_of(".!?\n") != std::string_view::npos) {
    return false;
  }
  const std::string_view word =
      std::string_view(scan.folded.text)
          .substr(scan.tokens[next].start, scan.tokens[next].end - scan.tokens[next].start);
  if (between == " " && (word == "in" || word == "near" || word == "of")) {
    leads = true;
    ++next;
  }
  if (!leads || next >= scan.tokens.size() || !scan.IsCapital(next) || scan.tokens[next].is_tag) {
    return false;
  }
  const SenseSet senses = scan.senses[next];
  if (senses.Has(Sense::kCalendar) || senses.Has(Sense::kFollows) || senses.Has(Sense::kTitle)) {
    return false;
  }
  // Its own towns may stand a few words on: "…, Priory Road, Market Rasen".
  return std::ranges::none_of(places, [&](const Span& place) {
    return place.scan == span.scan && place.first >= span.last && place.first < next + 6;
  });
}

// Whether the words of a name are written with capitals, small ones ("or", "y") apart.
bool IsCapitalName(const TextScan& scan, const Span& span) {
  for (std::size_t token = span.first; token < span.last; ++token) {
    if (scan.tokens[token].end - scan.tokens[token].start > 3 && !scan.IsCapital(token)) {
      return false;
    }
  }
  return scan.IsCapital(span.first);
}

// "The East Mercia Development Company (EMDC)": as many words with these initials in a row, which
// are not ours.
bool IsSpelledOut(std::string_view initials, std::span<const TextScan> scans,
                  std::span<const Span> own) {
  if (initials.size() < 3) {
    return false;
  }
  for (std::size_t number = 0; number < scans.size(); ++number) {
    const TextScan& scan = scans[number];
    if (scan.evaded) {
      continue;
    }
    for (std::size_t first = 0; first + initials.size() <= scan.tokens.size(); ++first) {
      bool spells = true;
      for (std::size_t letter = 0; spells && letter < initials.size(); ++letter) {
        const Token& token = scan.tokens[first + letter];
        spells = token.end - token.start > 2 && scan.folded.text[token.start] == initials[letter];
      }
      if (spells && !IsInside({number, first, first + 1}, own)) {
        return true;
      }
    }
  }
  return false;
}

struct NameSum {
  Sum sum;
  bool is_other_thing = false;  // The words beside it make it something else.
};

// Adds up what stands right beside one name.
NameSum WeighName(const Candidate::Name& name, std::span<const TextScan> scans,
                  std::span<const Span> places, std::span<const Span> own) {
  const TextScan& scan = scans[name.span.scan];
  const NameVariant& variant = *name.variant;
  NameSum result;
  Sum& sum = result.sum;
  sum.Start(NameKindName(variant.kind), variant.strength);
  const bool own_account = variant.kind == NameKind::kHandle || variant.kind == NameKind::kSite;
  if (scan.role == TextRole::kAuthor) {
    const bool is_it = own_account || variant.kind == NameKind::kFull ||
                       (variant.kind == NameKind::kJoined && variant.strength > 1);
    sum.Add(is_it ? kOwnAccount : kAuthor);
    return result;
  }
  if (scan.evaded) {
    sum.Add(kEvaded);
    return result;
  }
  if (own_account || scan.tokens[name.span.first].is_tag) {
    return result;
  }
  const bool initials = variant.kind == NameKind::kInitials || variant.kind == NameKind::kGuessed;
  const bool weak = variant.everyday || variant.kind == NameKind::kCore || initials;
  if (name.span.last < scan.tokens.size()) {
    const std::size_t after = name.span.last;
    const SenseSet next = scan.senses[after];
    const std::string_view between = scan.Between(after - 1, after);
    const bool adjoins = between == " " || between == "-" || between == "'s " || between == "' ";
    const auto is_other = [&scan](std::size_t token) {
      return scan.senses[token].Has(Sense::kOtherThing) && !scan.senses[token].Has(Sense::kFollows);
    };
    const std::string_view word =
        std::string_view(scan.folded.text)
            .substr(scan.tokens[after].start, scan.tokens[after].end - scan.tokens[after].start);
    // "Quillbrook Academy dance show" is still the trust's, "Quillbrook Academy of Dance" is not
    // the school.
    const bool is_name = weak || !scan.cased;
    if (between == "-" && weak && scan.cased && scan.IsCapital(after)) {
      sum.Add(kPersonName);  // "Quillbrook-Marsh"
      result.is_other_thing = true;
    } else if (adjoins && ((is_other(after) && (is_name || scan.IsCapital(after))) ||
                           (word == "of" && after + 1 < scan.tokens.size() && is_other(after + 1) &&
                            (is_name || scan.IsCapital(after + 1))))) {
      sum.Add(kOtherThing);
      result.is_other_thing = true;
    } else if (adjoins && weak && next.Has(Sense::kFollows)) {
      sum.Add(kFollowed);
    } else if (weak && scan.cased && scan.IsCapital(after) && between == " " &&
               !next.Has(Sense::kCalendar) && std::ranges::none_of(places, [&](const Span& place) {
                 return place.scan == name.span.scan && place.first == after;
               })) {
      sum.Add(kOtherName);
      result.is_other_thing = true;
    }
  }
  const bool capital = IsCapitalName(scan, name.span);
  if (name.span.first > 0) {
    const std::size_t before = name.span.first - 1;
    const SenseSet previous = scan.senses[before];
    const bool adjoins = scan.Between(before, name.span.first) == " ";
    const std::string_view word =
        std::string_view(scan.folded.text)
            .substr(scan.tokens[before].start, scan.tokens[before].end - scan.tokens[before].start);
    if (adjoins && variant.is_place &&
        (word == "in" || word == "near" || word == "around" || word == "through")) {
      sum.Add(kInTown);
    } else if (adjoins && weak && previous.Has(Sense::kLeadsTo)) {
      sum.Add(kLedTo);
    } else if (adjoins && weak && name.span.last - name.span.first == 1 &&
               (previous.Has(Sense::kTitle) || (scan.cased && capital && scan.IsCapital(before) &&
                                                previous.empty() && before > 0))) {
      sum.Add(kPersonName);
      result.is_other_thing = true;
    } else if (weak && previous.Has(Sense::kArticle) && !capital) {
      sum.Add(kArticle);
    }
  }
  if (initials) {
    const std::size_t at = scan.folded.map[scan.tokens[name.span.first].start];
    if (IsUpper(scan.written, at) && IsUpper(scan.written, at + 1)) {
      sum.Add(kCapital);
    } else if (name.span.last - name.span.first == 1) {
      sum.Add(kSmallLetters, scan.cased ? 1.0 : 0.4);
    }
    if (IsSpelledOut(variant.phrase.words, scans, own)) {
      sum.Add(kSpelledOut);
    }
  } else if (weak && !capital && scan.cased) {
    sum.Add(kSmallLetters);
  } else if (weak && capital && name.span.first > 0) {
    sum.Add(kCapital);
  }
  if (variant.kind != NameKind::kWithPlace && IsFollowedByOtherTown(scan, name.span, places)) {
    sum.Add(kOtherTown, weak || name.is_shared ? 1.0 : 0.6);
  }
  return result;
}

void AddWhy(std::string& why, std::string_view part) {
  why += why.empty() ? "" : ", ";
  why += part;
}

}  // namespace

bool TextScan::IsCapital(std::size_t token) const {
  std::size_t at = folded.map[tokens[token].start];
  if (at < written.size() && (written[at] == '@' || written[at] == '#')) {
    ++at;
  }
  return IsUpper(written, at);
}

std::string_view TextScan::Between(std::size_t before, std::size_t after) const {
  return std::string_view(folded.text)
      .substr(tokens[before].end, tokens[after].start - tokens[before].end);
}

bool HasAnchor(const Candidate& candidate, bool has_school_word) {
  if (!candidate.names.empty()) {
    return true;
  }
  return (!candidate.places.empty() && (has_school_word || !candidate.people.empty())) ||
         (!candidate.people.empty() && has_school_word);
}

Weighed Weigh(const Candidate& candidate, std::span<const TextScan> scans) {
  Weighed weighed;
  std::vector<Span> places;
  std::vector<Span> own;  // Everything of ours, which is no evidence of something else.
  for (const Candidate::Name& name : candidate.names) {
    own.push_back(name.span);
  }
  for (const Candidate::Place& place : candidate.places) {
    const bool in_name = std::ranges::any_of(candidate.names, [&](const Candidate::Name& name) {
      return name.span.Overlaps(place.span);
    });
    if (!in_name) {
      places.push_back(place.span);
      own.push_back(place.span);
    }
  }
  const bool exact = std::ranges::any_of(candidate.places, &Candidate::Place::is_exact);
  const bool full_person = std::ranges::any_of(candidate.people, &Candidate::Person::is_full);
  const auto phrase_at = [&](const Span& span) { return scans[span.scan].tokens[span.first].hash; };

  std::vector<Span> names;
  for (const Candidate::Name& name : candidate.names) {
    const bool is_not_us = std::ranges::any_of(candidate.not_us, [&](const Span& other) {
      return other.Overlaps(name.span) &&
             !(name.span.Contains(other) && !other.Contains(name.span));
    });
    if (!is_not_us) {
      names.push_back(name.span);
    }
  }
  const Surroundings around = LookAround(scans, names, own, candidate.type_words);
  const bool denied = !candidate.not_us.empty();

  Sum sum;
  if (names.empty()) {
    sum.Add(kUnnamed);
    AddWhy(weighed.why, "not named");
    if (!places.empty()) {
      sum.Add(exact ? kUnnamedExactPlace : kUnnamedTown);
      AddWhy(weighed.why, exact ? "its address" : "its town or area");
    }
    if (exact && places.size() > 1) {
      sum.Add(kUnnamedTown);
    }
    if (!candidate.people.empty()) {
      sum.Add(full_person ? kUnnamedFullPerson : kUnnamedSurname);
      AddWhy(weighed.why, "its staff");
      if (!places.empty()) {
        sum.Add(kUnnamedTogether);
      }
    }
    if (around.school) {
      sum.Add(kUnnamedSchool);
      AddWhy(weighed.why, "words about a school");
    } else if (around.family) {
      sum.Add(kUnnamedFamily);
    }
    if (around.kind) {
      sum.Add(kUnnamedKind);
    }
    if (denied) {
      sum.Add(kNotUs);
    }
    if (around.other_school) {
      sum.Add(kUnnamedOtherSchool);
    }
    if (around.elsewhere) {
      sum.Add(kElsewhere);
    }
    if (candidate.other_page) {
      sum.Add(kOtherPage);
    }
    weighed.score = sum.total();
    weighed.lines = sum.TakeLines();
    return weighed;
  }

  const Candidate::Name* best_name = nullptr;
  std::set<std::uint64_t> different;
  bool other_thing = false;
  bool best_is_other = false;
  for (const Candidate::Name& name : candidate.names) {
    if (std::ranges::none_of(names, [&](const Span& span) {
          return span.Contains(name.span) && name.span.Contains(span);
        })) {
      continue;
    }
    NameSum one = WeighName(name, scans, places, own);
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
  for (const Span& place : places) {
    towns.insert(phrase_at(place));
  }
  const bool village = best_name->variant->is_place;
  if (village && !exact) {
    sum.Add(kVillage);  // Towns nearby keep a village company, too.
  }
  if (!places.empty()) {
    sum.Add(exact ? kExactPlace : kPlace, village && !exact ? 0.3 : 1.0);
    if (towns.size() > 1) {
      sum.Add(kSecondPlace);
    }
    AddWhy(weighed.why, exact ? "with its address" : "with its place");
  }
  if (!candidate.people.empty()) {
    sum.Add(full_person ? kFullPerson : kSurname);
    AddWhy(weighed.why, "with its staff");
  }
  if (weak) {
    if (around.school) {
      sum.Add(around.school_near ? kSchoolNear : kSchoolSomewhere);
      AddWhy(weighed.why, "among words about a school");
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
      AddWhy(weighed.why, "but also words of another sense");
    }
    if (around.elsewhere) {
      sum.Add(kElsewhere);
    }
    if (around.other_school) {
      sum.Add(kOtherSchool);
    }
  }
  if (denied) {
    sum.Add(kNotUs, weak ? 1.0 : 0.3);
    AddWhy(weighed.why, "but something that is not us is named");
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
