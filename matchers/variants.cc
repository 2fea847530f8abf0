#include "matchers/variants.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "config/language.h"
#include "matchers/canonical_words.h"
#include "matchers/lexicon.h"
#include "matchers/name_parts.h"
#include "matchers/name_senses.h"
#include "matchers/ordinary_counts.h"
#include "matchers/variant_table.h"

namespace schoolwatch::matchers {
namespace {

// Strengths are log-odds before evidence; evidence.cc holds what is added to them.
constexpr double kSiteStrength = 5.0;
constexpr double kHandleStrength = 4.0;
constexpr double kFullStrength = 3.3;
constexpr double kWithPlaceStrength = 2.5;
constexpr double kShortStrength = 2.2;
constexpr double kCoreStrength = 1.5;
constexpr double kInitialsStrength = 0.8;
constexpr double kGuessedStrength = -3.0;
constexpr double kEverydayLoss = 1.5;  // Several words that also mean something else.
constexpr double kSingleWordLoss = 1.8;
constexpr double kDedicationLoss = 2.4;  // Shared with a hundred other schools.
constexpr double kDistinctLoss = 0.6;    // A single word that means nothing else.
constexpr double kCommonWordLoss = 1.2;  // … if it stands in everybody's posts: "hope", "park".
constexpr double kNamedTwiceLoss = 1.2;  // … but what `not_us` names.
constexpr double kPartLoss = 1.4;        // One word of several.
constexpr double kKnownPartLoss = 1.2;   // … that means other things, too.
constexpr double kInitialedLoss = 0.8;   // One word of two, and the other's first letter.
constexpr double kBareSaintLoss = 2.0;   // "St Orla" is the saint.
constexpr double kMisspeltLoss = 0.4;

class VariantMaker {
 public:
  VariantMaker(const core::School& school, Breadth breadth)
      : school_(school), breadth_(breadth), senses_(school), table_(senses_) {}

  std::vector<NameVariant> Make() {
    for (const std::string& handle : school_.handles) {
      const std::string word = WithoutSpaces(CanonicalWords(handle));
      if (word.size() >= 3) {
        table_.AddTag(word, handle, NameKind::kHandle, kHandleStrength, false);
        // Written without its sign, as authors' names are; short ones are words or initials.
        if (word.size() >= 9) {
          table_.Add({word}, handle, NameKind::kJoined, kShortStrength, false);
        }
      }
    }
    std::string_view site = school_.site;
    for (const std::string_view prefix : {"https://", "http://", "www."}) {
      if (site.starts_with(prefix)) {
        site.remove_prefix(prefix.size());
      }
    }
    if (Words host = CanonicalWords(site.substr(0, site.find('/'))); host.size() > 1) {
      if (host.front().size() >= 9) {
        table_.Add({host.front()}, host.front(), NameKind::kJoined, kShortStrength, false);
      }
      table_.Add(std::move(host), school_.site, NameKind::kSite, kSiteStrength, false);
    }
    AddName(school_.name, true);
    for (const std::string& name : school_.also) {
      AddName(name, false);
    }
    // Last, so that they never crowd out what the school gave.
    if (breadth_ == Breadth::kPlain) {
      derived_.clear();
    }
    for (const Derived& one : derived_) {
      AddMisspellings(one.core, one.tail, one.strength);
    }
    return table_.Take();
  }

 private:
  void AddName(const std::string& written, bool is_main) {
    const Words words = CanonicalWords(written);
    if (words.empty()) {
      return;
    }
    if (IsInitials(written) && !is_main) {
      AddInitials(words, written, NameKind::kInitials);
      return;
    }
    const NameParts parts = TakeApart(words);
    const std::string core = JoinWords(parts.core);
    if (core.empty() || (parts.core.size() == 1 && IsTypeWord(core))) {
      if (words.size() > 1) {
        AddSpellings(words, written, NameKind::kFull, kFullStrength, senses_.IsEveryday(words));
      }
      return;
    }
    const bool dedication = IsCommonDedication(core);
    const bool placed = senses_.HasPlace(words, parts.core);
    // The name as it is, then with its parts respelled and dropped one by one from the end.
    const bool kind_said = !parts.tail.empty() || parts.faith >= 0;
    const auto strength_of = [&](NameKind kind, std::size_t tail) {
      double strength = kind == NameKind::kFull ? kFullStrength : kShortStrength;
      if (placed) {
        strength = std::max(strength, kWithPlaceStrength);
      } else if (dedication) {
        strength -= kDedicationLoss;
      } else if (tail == 0) {
        strength = kCoreStrength;
      }
      return strength;
    };
    for (const Words& core_words : Spellings(parts.core, written)) {
      for (const Words& faith : FaithSpellings(parts.faith)) {
        for (std::size_t tail = 0; tail <= parts.tail.size(); ++tail) {
          Words variant = core_words;
          variant.insert(variant.end(), faith.begin(), faith.end());
          variant.insert(variant.end(), parts.tail.begin(),
                         parts.tail.begin() + static_cast<std::ptrdiff_t>(tail));
          if (tail == 0 && faith.empty()) {
            continue;  // The core, below.
          }
          const NameKind kind = tail == parts.tail.size() && faith.empty() == (parts.faith < 0)
                                    ? (placed ? NameKind::kWithPlace : NameKind::kFull)
                                    : NameKind::kShort;
          const bool everyday = senses_.IsEveryday(variant);
          double strength = strength_of(kind, tail + faith.size());
          strength -= everyday ? kEverydayLoss : 0;
          AddWithTail(variant, kind, strength, everyday || dedication);
        }
      }
      Words welsh = core_words;
      welsh.insert(welsh.begin(), "ysgol");
      table_.Add(welsh, JoinWords(welsh), NameKind::kShort, strength_of(NameKind::kShort, 1) - 0.2,
                 dedication);
      if (kind_said) {
        AddOtherKinds(core_words, parts.tail, strength_of(NameKind::kShort, 1) - 0.2, dedication);
      }
      AddCore(core_words, parts, placed);
    }
    const bool single = words.size() == 1 && !kind_said && !placed;

    AddSpellings(
        words, written,
        placed   ? NameKind::kWithPlace
        : single ? NameKind::kCore
                 : NameKind::kFull,
        strength_of(kind_said ? NameKind::kFull : NameKind::kShort, kind_said ? 1 : 0) -
            (senses_.IsEveryday(words) ? kEverydayLoss : 0) - (single ? SingleLoss(words) : 0),
        senses_.IsEveryday(words) || dedication || (single && senses_.IsKnown(words.front())));
    if (is_main && !dedication && breadth_ == Breadth::kAll) {
      AddAccounts(parts);
    }
    if (is_main && words.size() >= 3 && !HasGivenInitials()) {
      Words initials{""};
      for (const std::string& word : words) {
        if (word != "the" && word != "of" && word != "and") {
          initials.front() += word.front();
        }
      }
      if (initials.front().size() >= 4 && initials.front().size() <= 6) {
        AddInitials(initials, initials.front(), NameKind::kGuessed);
      }
    }
  }

  // "Quillbrook School", "Quillbrook Academy" and "Quillbrook Sixth Form" for "Quillbrook Grammar
  // Academy": people drop what stands between.
  void AddOtherKinds(const Words& core, const Words& tail, double strength, bool everyday) {
    std::vector<Words> kinds{{"school"}};
    if (std::ranges::any_of(
            tail, [](const std::string& word) { return PhaseOf(word) == Phase::kYoung; })) {
      kinds.push_back({"primary", "school"});
    }
    if (std::ranges::any_of(tail, [](const std::string& word) {
          return PhaseOf(word) == Phase::kOlder || word == "academy";
        })) {
      kinds.push_back({"sixth", "form"});
      kinds.push_back({"6th", "form"});
    }
    for (const std::string& word : tail) {
      kinds.push_back({word});
    }
    for (const Words& kind : kinds) {
      Words variant = core;
      variant.insert(variant.end(), kind.begin(), kind.end());
      // "Quillbrook Primary School" is no name of ours where "Quillbrook Primary" is not us.
      if (!senses_.IsEveryday(variant) && !senses_.HoldsOther(variant)) {
        table_.Add(variant, JoinWords(variant), NameKind::kShort, strength, everyday);
        if (variant.back() == "academy") {
          variant.back() = "acad";
          table_.Add(variant, JoinWords(variant), NameKind::kShort, strength, everyday);
        }
      }
    }
  }

  bool HasGivenInitials() const { return std::ranges::any_of(school_.also, IsInitials); }

  void AddSpellings(const Words& words, const std::string& written, NameKind kind, double strength,
                    bool everyday) {
    for (const Words& spelling : Spellings(words, written)) {
      const double loss = IsBareSaint(spelling, words) ? kBareSaintLoss : 0;
      table_.Add(spelling, spelling == words ? written : JoinWords(spelling), kind, strength - loss,
                 everyday);
      table_.AddJoined(spelling, strength - loss, everyday);
    }
  }

  // "St Orla" for "St Orla's", with no word for a school behind it.
  static bool IsBareSaint(const Words& spelling, const Words& words) {
    return (spelling.front() == "st" || spelling.front() == "saint") && spelling.size() > 1 &&
           spelling.back() != words.back() && !IsTypeWord(spelling.back());
  }

  // "Junior" is "juniors" to everybody who does not write letters home.
  void AddWithTail(const Words& words, NameKind kind, double strength, bool everyday) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kSaid{
        {{"junior", "juniors"},
         {"juniors", "junior"},
         {"infant", "infants"},
         {"infants", "infant"},
         {"academy", "acad"},
         {"school", "sch"},
         {"grammar", "gs"}}};
    table_.Add(words, JoinWords(words), kind, strength, everyday);
    table_.AddJoined(words, strength, everyday);
    const auto said = std::ranges::find(kSaid, words.back(),
                                        &std::pair<std::string_view, std::string_view>::first);
    if (said != kSaid.end()) {
      Words changed = words;
      changed.back() = said->second;
      table_.Add(changed, JoinWords(changed), kind, strength, everyday);
      table_.AddJoined(changed, strength, everyday);
    }
  }

  double SingleLoss(const Words& word) const {
    if (senses_.IsKnown(word.front()) || senses_.IsOwnPlace(word.front())) {
      return kSingleWordLoss + (CountOrdinaryWord(word.front()) > 0 ? kCommonWordLoss : 0);
    }
    return senses_.IsEveryday(word) ? kNamedTwiceLoss : kDistinctLoss;
  }

  void AddCore(const Words& core, const NameParts& parts, bool placed) {
    const bool single = core.size() == 1;
    if (single && core.front().size() < 4) {
      return;
    }
    const bool kind_said = !parts.tail.empty() || parts.faith >= 0;
    const bool dedication = IsCommonDedication(JoinWords(parts.core));
    const bool known =
        std::ranges::all_of(core,
                            [this](const std::string& word) { return senses_.IsKnown(word); }) ||
        senses_.IsOwnPlace(JoinWords(core));
    const bool everyday = senses_.IsEveryday(core) || known || dedication || (placed && kind_said);
    // "Marlham Park" may be the school's short name or the park in Marlham, unless the school
    // itself gives that form.
    double strength = placed && !single && !kind_said ? kWithPlaceStrength : kCoreStrength;
    if (single) {
      strength -= SingleLoss(core);
    } else if (dedication) {
      strength -= kDedicationLoss - 0.6;
    } else if (senses_.IsEveryday(core)) {
      strength -= kEverydayLoss;
    }
    const bool saint = core.front() == "st" || core.front() == "saint";
    strength -= IsBareSaint(core, parts.core) ? kBareSaintLoss : 0;
    // Cut out of a longer name by us, where the school itself gives no such short form.
    strength -= kind_said ? 0.2 : 0;
    table_.Add(core, JoinWords(core), NameKind::kCore, strength, everyday);
    table_.AddJoined(core, strength + (everyday ? 0 : 0.5), everyday);
    if (single) {
      // "fox glove": a long word written as two.
      const std::string& word = core.front();
      for (std::size_t at = 3; word.size() >= 7 && at + 3 < word.size(); ++at) {
        if ((static_cast<unsigned char>(word[at]) & 0xC0) != 0x80) {
          table_.Add({word.substr(0, at), word.substr(at)}, word, NameKind::kCore, strength, true);
        }
      }
    } else if (!dedication && !placed) {
      AddPart(core, saint, strength - kPartLoss);
      // "O. Coppice" for "Otter Coppice", but no person: "R. Tolland".
      const std::string& last = core.back();
      if (core.size() == 2 && !saint && last.size() >= 5 && !config::IsProperWord(last)) {
        table_.Add({core.front().substr(0, 1), last}, core.front().substr(0, 1) + ". " + last,
                   NameKind::kPart, strength - kInitialedLoss, true);
      }
    }
    derived_.push_back({core, parts.tail, strength - kMisspeltLoss});
  }

  // "Coppice" for "Otter Coppice", "Orlas" for "St Orla's": a word that nothing else is called by,
  // or the last one where it is rare in ordinary talk.
  void AddPart(const Words& core, bool saint, double strength) {
    for (std::size_t number = saint ? 1 : 0; number < core.size(); ++number) {
      const std::string& word = core[number];
      // What only another name has may be a place: "St Orla's Quill".
      const Words main = CanonicalWords(school_.name);
      if (word.size() < 5 || IsTypeWord(word) || std::ranges::find(main, word) == main.end() ||
          senses_.IsPartOfPlace(word)) {
        continue;
      }
      const bool known = senses_.IsKnown(word) || senses_.IsPartOfOther(word);
      const bool is_rare = number + 1 == core.size() && !config::IsProperWord(word) &&
                           config::FindPlaceKind(word) == config::PlaceKind::kNone &&
                           CountOrdinaryWord(word) == 0;
      if (!senses_.IsKnown(word) || (is_rare && !saint)) {
        table_.Add({word}, word, NameKind::kPart, strength - (known ? kKnownPartLoss : 0), known);
      }
    }
  }

  // One of two equal letters left out, which is how names are most often misspelt; and other slips
  // in words that cannot be mistaken for another.
  void AddMisspellings(const Words& core, const Words& tail, double strength) {
    for (std::size_t number = 0; number < core.size(); ++number) {
      const std::string& word = core[number];
      std::vector<std::string> wrong;
      for (std::size_t at = 1; word.size() >= 5 && at < word.size(); ++at) {
        if (word[at] == word[at - 1]) {
          wrong.push_back(word);
          wrong.back().erase(at, 1);
        }
      }
      if (!senses_.IsKnown(word) || (core.size() > 1 && CountOrdinaryWord(word) == 0)) {
        std::ranges::copy(Misspellings(word), std::back_inserter(wrong));
      }
      // By sound: "brannox".
      if (word.size() >= 7 && word.ends_with("cks")) {
        wrong.push_back(word.substr(0, word.size() - 3) + "x");
      }
      for (const std::string& one : wrong) {
        Words changed = core;
        changed[number] = one;
        table_.Add(changed, JoinWords(changed), NameKind::kMisspelt, strength, true);
        if (!tail.empty()) {
          changed.push_back(tail.front());
          table_.Add(changed, JoinWords(changed), NameKind::kMisspelt,
                     kShortStrength - kMisspeltLoss, false);
        }
      }
    }
  }

  // Accounts around a school: "@QuillbrookAcademyPTA", "quillbrooksixthform". Their owners are part
  // of it, so they say as much as its name.
  void AddAccounts(const NameParts& parts) {
    Words words = parts.core;
    if (!parts.tail.empty()) {
      words.push_back(parts.tail.front());
    }
    const std::string joined = WithoutSpaces(words);
    if (joined.size() < 9) {
      return;
    }
    const bool young = std::ranges::any_of(
        parts.tail, [](const std::string& word) { return PhaseOf(word) == Phase::kYoung; });
    for (const std::string_view owner :
         {"pta", "parents", "official", "uk", "school", "pe", "sport", "sixthform", "6thform"}) {
      if (young && owner.ends_with("form")) {
        continue;
      }
      const std::string account = joined + std::string(owner);
      table_.AddTag(account, "@" + account, NameKind::kJoined, kShortStrength, false);
      table_.Add({account}, account, NameKind::kJoined, kShortStrength, false);
    }
  }

  void AddInitials(const Words& words, const std::string& written, NameKind kind) {
    const std::string joined = WithoutSpaces(words);
    const bool everyday = senses_.IsEveryday({joined});
    double strength = kind == NameKind::kInitials ? kInitialsStrength : kGuessedStrength;
    strength -= joined.size() <= 3 ? 0.6 : 0;
    strength -= everyday ? 0.8 : 0;
    if (words.size() > 1) {
      table_.Add(words, written, kind, strength + 1.0, false);  // "r.o.s.e." is never the flower.
      return;                                                   // "rose" would be.
    }
    table_.Add({joined}, written, kind, strength, true);
    table_.AddTag(joined, "#" + written, kind, strength + 0.5, true);
    Words letters;
    for (const char letter : joined) {
      letters.emplace_back(1, letter);
    }
    if (letters.size() >= 3 && kind == NameKind::kInitials) {
      table_.Add(letters, written, kind, strength + 0.5, false);  // "e.m.d.c"
    }
  }

  // A core whose misspellings come after all names.
  struct Derived {
    Words core;
    Words tail;
    double strength;
  };

  const core::School& school_;
  Breadth breadth_;
  NameSenses senses_;
  VariantTable table_;
  std::vector<Derived> derived_;
};

}  // namespace

std::string_view NameKindName(NameKind kind) {
  switch (kind) {
    case NameKind::kSite:
      return "site";
    case NameKind::kHandle:
      return "handle";
    case NameKind::kFull:
      return "full name";
    case NameKind::kWithPlace:
      return "name with its place";
    case NameKind::kShort:
      return "short name";
    case NameKind::kJoined:
      return "joined name";
    case NameKind::kCore:
      return "bare name";
    case NameKind::kPart:
      return "part of the name";
    case NameKind::kMisspelt:
      return "misspelt name";
    case NameKind::kInitials:
      return "initials";
    case NameKind::kGuessed:
      return "guessed initials";
  }
  return "";
}

std::vector<NameVariant> MakeVariants(const core::School& school, Breadth breadth) {
  return VariantMaker(school, breadth).Make();
}

}  // namespace schoolwatch::matchers
