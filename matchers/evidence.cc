#include "matchers/evidence.h"

#include <algorithm>
#include <limits>
#include <set>

namespace schoolwatch::matchers {
namespace {

// Log-odds added for what stands around a name. Set by hand, checked on labelled posts.
namespace weight {
constexpr double kPlace = 1.5;
constexpr double kSecondPlace = 0.4;
constexpr double kExactPlace = 2.4;
constexpr double kFullPerson = 2.2;
constexpr double kSurname = 1.0;
constexpr double kSchoolNear = 1.5;
constexpr double kSchoolSomewhere = 0.9;
constexpr double kFamily = 0.6;
constexpr double kFollowed = 1.9;
constexpr double kLedTo = 0.5;
constexpr double kSecondName = 0.4;
constexpr double kOwnAccount = 2.5;
constexpr double kAuthor = -1.2;  // A name in somebody's user name.
constexpr double kNotUs = -1.5;
constexpr double kOtherThing = -4.5;
constexpr double kOtherName = -1.6;   // A capital word beside it makes a longer name.
constexpr double kPersonName = -2.4;  // "William Quillbrook", "Mr Quillbrook".
constexpr double kArticle = -1.0;
constexpr double kSmallLetters = -1.4;
constexpr double kCapital = 0.4;
constexpr double kOtherTown = -2.2;
constexpr double kSense = -1.3;
constexpr double kSecondSense = -0.8;
constexpr double kAbroad = -1.8;
constexpr double kOtherSchool = -2.2;
constexpr double kOtherPage = -4.0;
// Where the school is not named at all.
constexpr double kUnnamed = -3.4;
constexpr double kUnnamedTown = 0.7;
constexpr double kUnnamedExactPlace = 2.1;
constexpr double kUnnamedFullPerson = 1.9;
constexpr double kUnnamedSurname = 1.0;
constexpr double kUnnamedSchool = 1.0;
constexpr double kUnnamedKind = 0.8;
constexpr double kUnnamedTogether = 0.8;  // A person and a place.
}  // namespace weight

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
  bool abroad = false;
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
      around.abroad = around.abroad || senses.Has(Sense::kAbroad);
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

// Adds up what stands right beside one name.
double WeighName(const Candidate::Name& name, std::span<const TextScan> scans,
                 std::span<const Span> places) {
  const TextScan& scan = scans[name.span.scan];
  const NameVariant& variant = *name.variant;
  double score = variant.strength;
  const bool own_account = variant.kind == NameKind::kHandle || variant.kind == NameKind::kSite;
  if (scan.role == TextRole::kAuthor) {
    return score + (own_account || variant.kind == NameKind::kFull ||
                            (variant.kind == NameKind::kJoined && variant.strength > 1)
                        ? weight::kOwnAccount
                        : weight::kAuthor);
  }
  if (scan.evaded || own_account || scan.tokens[name.span.first].is_tag) {
    return score;
  }
  const bool weak = variant.everyday || variant.kind == NameKind::kCore ||
                    variant.kind == NameKind::kInitials || variant.kind == NameKind::kGuessed;
  if (name.span.last < scan.tokens.size()) {
    const SenseSet next = scan.senses[name.span.last];
    const std::string_view between = scan.Between(name.span.last - 1, name.span.last);
    const bool adjoins = between == " " || between == "-" || between == "'s " || between == "' ";
    if (adjoins && next.Has(Sense::kOtherThing) && !next.Has(Sense::kFollows)) {
      score += weight::kOtherThing;
    } else if (adjoins && weak && next.Has(Sense::kFollows)) {
      score += weight::kFollowed;
    } else if (adjoins && weak && scan.cased && scan.IsCapital(name.span.last) && between == " " &&
               !next.Has(Sense::kCalendar) && !std::ranges::any_of(places, [&](const Span& place) {
                 return place.scan == name.span.scan && place.first == name.span.last;
               })) {
      score += weight::kOtherName;
    }
  }
  const bool capital = scan.IsCapital(name.span.first);
  if (name.span.first > 0) {
    const std::size_t before = name.span.first - 1;
    const SenseSet previous = scan.senses[before];
    const std::string_view between = scan.Between(before, name.span.first);
    const bool adjoins = between == " ";
    if (adjoins && previous.Has(Sense::kLeadsTo)) {
      score += weak ? weight::kLedTo : 0;
    } else if (adjoins && weak && name.span.last - name.span.first == 1 &&
               (previous.Has(Sense::kTitle) || (scan.cased && capital && scan.IsCapital(before) &&
                                                previous.empty() && before > 0))) {
      score += weight::kPersonName;
    } else if (weak && previous.Has(Sense::kArticle) && !capital) {
      score += weight::kArticle;
    }
  }
  if (weak) {
    if (variant.kind == NameKind::kInitials || variant.kind == NameKind::kGuessed) {
      const bool all_capital =
          capital && IsUpper(scan.written, scan.folded.map[scan.tokens[name.span.first].start] + 1);
      score +=
          all_capital ? weight::kCapital : (variant.everyday ? weight::kSmallLetters * 0.7 : 0);
    } else if (!capital && scan.cased) {
      score += weight::kSmallLetters;
    } else if (capital && name.span.first > 0) {
      score += weight::kCapital;
    }
  }
  if (variant.kind != NameKind::kWithPlace && IsFollowedByOtherTown(scan, name.span, places)) {
    score += weak || name.is_shared ? weight::kOtherTown : weight::kOtherTown * 0.6;
  }
  return score;
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

  if (names.empty()) {
    double score = weight::kUnnamed;
    score += places.empty() ? 0 : exact ? weight::kUnnamedExactPlace : weight::kUnnamedTown;
    score += exact && places.size() > 1 ? weight::kUnnamedTown : 0;
    score += full_person                ? weight::kUnnamedFullPerson
             : candidate.people.empty() ? 0
                                        : weight::kUnnamedSurname;
    score += !places.empty() && !candidate.people.empty() ? weight::kUnnamedTogether : 0;
    score += around.school ? weight::kUnnamedSchool : around.family ? weight::kFamily * 0.5 : 0;
    score += around.kind ? weight::kUnnamedKind : 0;
    score += denied ? weight::kNotUs : 0;
    score += around.other_school ? weight::kOtherSchool : 0;
    score += around.abroad ? weight::kAbroad : 0;
    score += candidate.other_page ? weight::kOtherPage : 0;
    weighed.score = score;
    AddWhy(weighed.why, "not named");
    if (!places.empty()) {
      AddWhy(weighed.why, exact ? "its address" : "its town or area");
    }
    if (!candidate.people.empty()) {
      AddWhy(weighed.why, "its staff");
    }
    if (around.school) {
      AddWhy(weighed.why, "words about a school");
    }
    return weighed;
  }

  double best = -std::numeric_limits<double>::infinity();
  const Candidate::Name* best_name = nullptr;
  std::set<std::uint64_t> different;
  for (const Candidate::Name& name : candidate.names) {
    if (std::ranges::none_of(names, [&](const Span& span) {
          return span.scan == name.span.scan && span.first == name.span.first &&
                 span.last == name.span.last;
        })) {
      continue;
    }
    const double score = WeighName(name, scans, places);
    if (score > -1.5) {
      different.insert(phrase_at(name.span) +
                       scans[name.span.scan].tokens[name.span.last - 1].hash);
      weighed.named.push_back(name.span);
    }
    if (score > best) {
      best = score;
      best_name = &name;
    }
  }
  double score = best;
  AddWhy(weighed.why, NameKindName(best_name->variant->kind));
  score += different.size() > 1 ? weight::kSecondName : 0;

  std::set<std::uint64_t> towns;
  for (const Span& place : places) {
    towns.insert(phrase_at(place));
  }
  if (!places.empty()) {
    score += exact ? weight::kExactPlace : weight::kPlace;
    score += towns.size() > 1 ? weight::kSecondPlace : 0;
    AddWhy(weighed.why, exact ? "with its address" : "with its place");
  }
  if (!candidate.people.empty()) {
    score += full_person ? weight::kFullPerson : weight::kSurname;
    AddWhy(weighed.why, "with its staff");
  }
  const bool weak = best_name->variant->everyday || best_name->variant->strength < 2;
  if (weak) {
    if (around.school) {
      score += around.school_near ? weight::kSchoolNear : weight::kSchoolSomewhere;
      AddWhy(weighed.why, "among words about a school");
    }
    score += around.family ? weight::kFamily : 0;
    if (around.senses > 0) {
      // In a text about a school a church or a book is only a church or a book.
      const double share = around.school ? 0.35 : 1.0;
      score += share * (weight::kSense + (around.senses > 1 ? weight::kSecondSense : 0));
      AddWhy(weighed.why, "but also words of another sense");
    }
    score += around.abroad ? weight::kAbroad : 0;
    score += around.other_school ? weight::kOtherSchool * 0.4 : 0;
  }
  if (denied) {
    score += weak ? weight::kNotUs : weight::kNotUs * 0.3;
    AddWhy(weighed.why, "but something that is not us is named");
  }
  if (candidate.other_page) {
    score += weight::kOtherPage;
    AddWhy(weighed.why, "but on another school's page");
  }
  weighed.score = score;
  return weighed;
}

}  // namespace schoolwatch::matchers
