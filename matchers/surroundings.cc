#include "matchers/surroundings.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

#include "config/language.h"

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kNear = 12;  // Tokens.

constexpr std::array<Sense, 7> kOtherSenses{Sense::kChurch, Sense::kHospital, Sense::kUniversity,
                                            Sense::kPub,    Sense::kGarden,   Sense::kStory,
                                            Sense::kSport};

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

// "in Otherton", "Otherton" in a title: a town that the post speaks of as such. Many towns' names
// are words or surnames, too, so a capital alone does not make one.
bool IsTown(const TextScan& scan, std::size_t token) {
  const std::string_view word = scan.Word(token);
  if (scan.cased ? !scan.IsCapital(token) : config::IsEverydayWord(word)) {
    return false;
  }
  if (token == 0) {
    return scan.role == TextRole::kTitle || scan.role == TextRole::kThreadTitle;
  }
  const std::string_view before = scan.Word(token - 1);
  const std::string_view between = scan.Between(token - 1, token);
  return (between == " " && (before == "in" || before == "near" || before == "from" ||
                             before == "of" || before == "around")) ||
         (between == ", " && scan.IsCapital(token - 1)) || between == " (";
}

// "Quillbrook minecraft club": what belongs to the name is no word of another sense.
bool BelongsToName(const TextScan& scan, std::size_t number, std::size_t token,
                   std::span<const Span> names) {
  return scan.senses[token].Has(Sense::kFollows) && DistanceTo(number, token, names) <= 2;
}

}  // namespace

Surroundings LookAround(std::span<const TextScan> scans, std::span<const Span> names,
                        std::span<const Span> own, std::span<const std::string> type_words,
                        std::span<const std::string> place_words) {
  Surroundings around;
  std::set<std::uint64_t> other;
  std::set<std::uint64_t> family;
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
        const bool near = DistanceTo(number, token, names) <= kNear ||
                          scan.role == TextRole::kTitle || scan.role == TextRole::kThreadTitle;
        around.school_near = around.school_near || near;
        if (senses.Has(Sense::kStrongSchool)) {
          around.strong = true;
          around.strong_near = around.strong_near || near;
        }
        const std::string word = CanonicalToken(scan.folded.text, scan.tokens[token],
                                                Spelling::kPlain, TokenPart::kStem);
        around.kind = around.kind || std::ranges::find(type_words, word) != type_words.end();
      }
      if (senses.Has(Sense::kFamily)) {
        family.insert(scan.tokens[token].hash);
      }
      around.elsewhere = around.elsewhere || senses.Has(Sense::kElsewhere) ||
                         (senses.Has(Sense::kAbroad) && IsTown(scan, token));
      around.other_town = around.other_town ||
                          (senses.Has(Sense::kHomePlace) && IsTown(scan, token) &&
                           std::ranges::find(place_words, scan.Word(token)) == place_words.end());
      around.other_school = around.other_school || EndsOtherSchool(scan, token, number, own);
      around.trade = around.trade || senses.Has(Sense::kTrade);
      if (std::ranges::any_of(kOtherSenses, [&](Sense sense) { return senses.Has(sense); }) &&
          !BelongsToName(scan, number, token, names)) {
        other.insert(scan.tokens[token].hash);
      }
    }
  }
  around.family = !family.empty();
  around.much_family = family.size() >= 3;
  around.senses = other.size();
  return around;
}

// "… in Otherton", "…, Otherton", "… (Otherton)" right after a name.
bool IsFollowedByOtherTown(const TextScan& scan, const Span& span, std::span<const Span> places,
                           std::span<const Span> own) {
  std::size_t next = span.last;
  // "Hope Primary School, Otherton": the kind of school belongs to the name.
  while (next < scan.tokens.size() && next < span.last + 3 &&
         scan.senses[next].Has(Sense::kOtherSchool) && scan.Between(next - 1, next) == " ") {
    ++next;
  }
  if (next >= scan.tokens.size()) {
    return false;
  }
  std::string_view between = scan.Between(next - 1, next);
  bool preposition = false;
  bool leads =
      between.find(',') != std::string_view::npos || between.find('(') != std::string_view::npos;
  if (between.find_first_of(".!?\n") != std::string_view::npos) {
    return false;
  }
  const std::string_view word = scan.Word(next);
  // "Hope Infants Reading", where Reading is a town.
  if (between == " " && scan.senses[next].Has(Sense::kHomePlace) && !config::IsEverydayWord(word)) {
    leads = true;
  } else if (between == " " && (word == "in" || word == "near" || word == "of")) {
    leads = true;
    preposition = true;
    ++next;
  }
  if (!leads || next >= scan.tokens.size() || !scan.IsCapital(next) || scan.tokens[next].is_tag) {
    return false;
  }
  const SenseSet senses = scan.senses[next];
  // "at Quillbrook, Gail, right": a first name or a word; a letter alone begins something else. A
  // second capital ("Steeple Marden") makes a place of either.
  const bool second = next + 1 < scan.tokens.size() && scan.IsCapital(next + 1) &&
                      scan.Between(next, next + 1) == " ";
  // "Hope Primary, I'd say": what stands before the apostrophe is the word.
  const std::string_view whole = scan.Word(next);
  const std::string_view first = whole.substr(0, whole.find('\''));
  const bool known = first.size() < 3 || config::IsEverydayWord(first) ||
                     (!preposition && config::IsProperWord(whole));
  if (whole.size() < 3 || (known && !second && !senses.Has(Sense::kHomePlace))) {
    return false;
  }
  if (senses.Has(Sense::kCalendar) || senses.Has(Sense::kFollows) || senses.Has(Sense::kTitle)) {
    return false;
  }
  // "Quillbrook Academy in Quillbrook": its town is a name of it, too.
  const auto is_next = [&](const Span& one) { return one.scan == span.scan && one.first == next; };
  if (std::ranges::any_of(own, is_next)) {
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

// "The Quill Borough Transport Company (QBTC)": as many words with these initials in a row, which
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

}  // namespace schoolwatch::matchers
