#include "matchers/name_evidence.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "config/language.h"
#include "matchers/name_parts.h"
#include "matchers/surroundings.h"

namespace schoolwatch::matchers {
namespace {

using enum Evidence;

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
      if (!own_account) {
        AddNext();  // "Quillbrook mums", "Quillbrook Florists"
        AddOtherTown();
      }
    } else if (scan_.evaded) {
      sum_.Add(kEvaded);
    } else if (!own_account && !scan_.tokens[name_.span.first].is_tag) {
      AddNext();
      AddPrevious();
      AddLetters();
      AddOtherTown();
    }
    return {std::move(sum_), is_other_thing_, is_plain_word_ && !is_shown_};
  }

 private:
  bool IsOther(std::size_t token) const {
    const SenseSet senses = scan_.senses[token];
    if (!senses.Has(Sense::kOtherThing) || senses.Has(Sense::kFollows)) {
      return false;
    }
    // "Quillbrook Academy dance show" is still the school's, "Quillbrook Academy of Dance" is not;
    // "Hazel Close" is a street, "Hazel close the gate" is not; a school has a library.
    const bool capital = scan_.IsCapital(token);
    if (!capital) {
      const bool own = scan_.cased && IsCapitalName(scan_, name_.span);
      const std::string_view word = scan_.Word(token);
      if ((IsAmbiguous(word) && (own || !scan_.cased || !weak_)) ||
          (IsAmbiguousPlace(word) && (own || !weak_))) {
        return false;
      }
    }
    return weak_ || !scan_.cased || capital;
  }

  // Words that make something else of a name only when they are part of it. Roads and houses are
  // so in small letters, too, where the writer sets none.
  static bool IsAmbiguous(std::string_view word) {
    constexpr std::array<std::string_view, 11> kWords{"app",     "band",     "books",  "dance",
                                                      "event",   "events",   "film",   "gym",
                                                      "kitchen", "kitchens", "library"};
    return std::ranges::find(kWords, word) != kWords.end();
  }
  static bool IsAmbiguousPlace(std::string_view word) {
    constexpr std::array<std::string_view, 8> kWords{"close",  "court", "drive", "event",
                                                     "events", "field", "hall",  "press"};
    return std::ranges::find(kWords, word) != kWords.end();
  }

  // "Quillbrook Football Club", "Quillbrook RFC".
  bool IsClub(std::size_t token) const {
    if (token + 1 >= scan_.tokens.size() || !scan_.senses[token].Has(Sense::kFollows) ||
        scan_.senses[token + 1].Has(Sense::kFollows)) {  // "breakfast club"
      return false;
    }
    const std::string_view word = scan_.Word(token + 1);
    return (word == "club" || word == "fc") && (!scan_.cased || scan_.IsCapital(token + 1));
  }

  // "Quillbrook High" where ours is a primary school.
  bool IsOtherKind(std::size_t token) const {
    const Phase phase = PhaseOf(scan_.Word(token));
    if (phase == Phase::kAny) {
      return false;
    }
    if (candidate_.ages != Phase::kAny) {
      return phase != candidate_.ages;
    }
    // Where our name does not say, another kind makes another school only of a common name:
    // "Trinity College" is hardly Trinity Academy.
    return !variant_.distinct && scan_.IsCapital(token) && scan_.Word(token) != "sixth" &&
           scan_.Word(token) != "high" &&
           std::ranges::find(candidate_.type_words, scan_.Word(token)) ==
               candidate_.type_words.end();
  }

  void AddOtherTown() {
    if (variant_.kind != NameKind::kWithPlace &&
        IsFollowedByOtherTown(scan_, name_.span, places_, own_)) {
      // A name of common words stands in many towns.
      sum_.Add(kOtherTown, !variant_.distinct && !weak_ ? 1.6
                           : weak_ || name_.is_shared   ? 1.0
                                                        : 0.6);
    }
  }

  void AddNext() {
    const std::size_t after = name_.span.last;
    if (after >= scan_.tokens.size()) {
      return;
    }
    const SenseSet next = scan_.senses[after];
    const std::string_view between = scan_.Between(after - 1, after);
    const bool adjoins = between == " " || between == "-" || between == "'s " || between == "' ";
    const bool owner = IsOwner(name_, scans_);
    if (between == "-" && weak_ && scan_.cased && scan_.IsCapital(after)) {
      Deny(kPersonName);  // "Quillbrook-Marsh"
    } else if (adjoins && (!owner || scan_.IsCapital(after)) &&
               (IsOther(after) || (scan_.Word(after) == "of" && after + 1 < scan_.tokens.size() &&
                                   IsOther(after + 1)))) {
      Deny(kOtherThing);
    } else if (adjoins && weak_ && IsClub(after)) {
      Deny(kOtherThing);
    } else if (between == " " && IsOtherKind(after)) {
      Deny(kOtherKind);
    } else if (adjoins && weak_ && next.Has(Sense::kFollows)) {
      sum_.Add(kFollowed);
      is_shown_ = true;
    } else if (adjoins && weak_ && next.Has(Sense::kActs)) {
      sum_.Add(kActs);
      is_shown_ = true;
    } else if (adjoins && weak_ && variant_.is_person && next.Has(Sense::kPersonDoes)) {
      sum_.Add(kPersonDoes);
    } else if (adjoins && weak_ && scan_.cased && IsCapitalName(scan_, name_.span) &&
               !scan_.IsCapital(after) && IsAmbiguous(scan_.Word(after))) {
      sum_.Add(kFollowed, 0.6);  // "the Quillbrook app": no other place is called so.
      is_shown_ = true;
    } else if (adjoins && weak_ && !owner && scan_.Word(after) == "of" &&
               after + 1 < scan_.tokens.size() && scan_.Word(after + 1) != "course") {
      Deny(kOtherName);  // "a trinity of ideas"
    } else if (weak_ && !owner && scan_.role != TextRole::kAuthor && scan_.cased &&
               scan_.IsCapital(after) && between == " " && !next.Has(Sense::kCalendar) &&
               !next.Has(Sense::kSchool) && !StartsPlace(after)) {
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
    if (weak_ && word != "ex" && word != "non" && word != "pre" &&
        scan_.Between(before, name_.span.first) == "-") {
      Deny(kOtherName);  // "an all-star team"
    } else if (adjoins && variant_.is_place &&
               (word == "in" || word == "near" || word == "around" || word == "through")) {
      sum_.Add(kInTown);
    } else if (adjoins && weak_ && previous.Has(Sense::kLeadsTo)) {
      // "to prosper", "to hope": a verb.
      if (capital || variant_.distinct || word != "to") {
        sum_.Add(kLedTo);
        is_shown_ = true;
      }
    } else if (adjoins && weak_ && name_.span.last - name_.span.first == 1 &&
               IsFirstName(before, capital)) {
      Deny(kPersonName);
    } else if (weak_ && !variant_.distinct && !is_shown_ && previous.Has(Sense::kArticle) &&
               !capital) {
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

  // Greek or Cyrillic letters that were read as Latin ones.
  bool HasLookAlikes() const {
    const core::FoldedText::Range range = scan_.folded.Original(
        scan_.tokens[name_.span.first].start, scan_.tokens[name_.span.last - 1].end);
    return std::ranges::any_of(scan_.written.substr(range.start, range.end - range.start),
                               [](char byte) {
                                 const auto lead = static_cast<unsigned char>(byte);
                                 return lead >= 0xCD && lead <= 0xD4;
                               });
  }

  // Where any word has a capital.
  bool StartsSentence() const {
    return name_.span.first == 0 ||
           scan_.Between(name_.span.first - 1, name_.span.first).find_first_of(".!?\n") !=
               std::string_view::npos;
  }

  void AddLetters() {
    const bool capital = IsCapitalName(scan_, name_.span);
    if (initials_) {
      const std::size_t at = scan_.folded.map[scan_.tokens[name_.span.first].start];
      if (IsUpperAt(scan_.written, at) && IsUpperAt(scan_.written, at + 1)) {
        sum_.Add(kCapital);
      } else if (name_.span.last - name_.span.first == 1) {
        sum_.Add(kSmallLetters, (scan_.cased ? 1.0 : 0.5) * (variant_.distinct ? 0.25 : 1.0));
      }
      if (IsSpelledOut(variant_.phrase.words, scans_, own_)) {
        sum_.Add(kSpelledOut);
      }
    } else if (HasLookAlikes()) {
      sum_.Add(kEvaded);
    } else if (weak_ && !capital) {
      // A word that means nothing else says as much in small letters; and what always has a capital
      // is as likely ours as any other.
      const double share = variant_.distinct ? 0.25 : variant_.only_proper ? 0.4 : 1.0;
      is_plain_word_ = share == 1.0;
      // One everyday word out of a longer name, or a row of them ("rain or shine"), is hardly the
      // name where nothing shows it.
      const std::size_t words = name_.span.last - name_.span.first;
      const bool is_word = !variant_.distinct && !is_shown_ &&
                           ((variant_.kind == NameKind::kPart && words == 1) ||
                            (variant_.kind == NameKind::kCore && words > 2));
      if (scan_.cased) {
        sum_.Add(kSmallLetters, share);
      } else {
        sum_.Add(kAllSmall, is_word ? 3.0 : share);
      }
    } else if (weak_ && !StartsSentence()) {
      sum_.Add(kCapital);
    }
    if (weak_ && variant_.is_person) {
      sum_.Add(kAlsoPerson);
    }
  }

  void Deny(Evidence evidence) {
    sum_.Add(evidence);
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
  bool is_shown_ = false;  // By a word beside it that only a name has there.
  bool is_plain_word_ = false;
  EvidenceSum sum_;
};

}  // namespace

bool IsOwner(const Candidate::Name& name, std::span<const TextScan> scans) {
  const TextScan& scan = scans[name.span.scan];
  const Token& last = scan.tokens[name.span.last - 1];
  const Spelling spelling = scan.evaded ? Spelling::kSkeleton : Spelling::kPlain;
  return last.stem_hash != 0 && !name.variant->phrase.words.ends_with(CanonicalToken(
                                    scan.folded.text, last, spelling, TokenPart::kWhole));
}

NameSum WeighName(const Candidate& candidate, const Candidate::Name& name,
                  std::span<const TextScan> scans, std::span<const Span> places,
                  std::span<const Span> own) {
  return NameWeigher(candidate, name, scans, places, own).Weigh();
}

}  // namespace schoolwatch::matchers
