#include "matchers/variants.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "config/language.h"
#include "core/text/fold.h"
#include "matchers/lexicon.h"
#include "matchers/name_parts.h"
#include "matchers/ordinary_counts.h"

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
  VariantMaker(const core::School& school, Breadth breadth) : school_(school), breadth_(breadth) {
    for (const std::string& phrase : school.not_us) {
      not_us_.push_back(CanonicalWords(phrase));
    }
    for (const std::string& place : school.places) {
      places_.push_back(CanonicalWords(place));
    }
    if (!school.town.empty()) {
      places_.push_back(CanonicalWords(school.town));
    }
  }

  std::vector<NameVariant> Make() {
    for (const std::string& handle : school_.handles) {
      const std::string word = WithoutSpaces(CanonicalWords(handle));
      if (word.size() >= 3) {
        AddTag(word, handle, NameKind::kHandle, kHandleStrength, false);
        // Written without its sign, as authors' names are; short ones are words or initials.
        if (word.size() >= 9) {
          Add({word}, handle, NameKind::kJoined, kShortStrength, false);
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
        Add({host.front()}, host.front(), NameKind::kJoined, kShortStrength, false);
      }
      Add(std::move(host), school_.site, NameKind::kSite, kSiteStrength, false);
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
    std::vector<NameVariant> all;
    for (auto& [phrase, variant] : variants_) {
      all.push_back(std::move(variant));
    }
    return all;
  }

 private:
  bool IsEveryday(const Words& words) const {
    // Words that make a sentence rather than a name: "Come Rain or Sun".
    constexpr std::array<std::string_view, 14> kSmallWords{
        "all", "be", "every", "for", "i", "it", "my", "or", "our", "to", "us", "we", "you", "your"};
    const bool is_phrase = std::ranges::any_of(words, [&](const std::string& word) {
      return std::ranges::find(kSmallWords, word) != kSmallWords.end();
    });
    if (is_phrase && std::ranges::none_of(words, IsTypeWord)) {
      return true;
    }
    return std::ranges::any_of(not_us_,
                               [&](const Words& other) { return ContainsWords(other, words); });
  }
  // A place that is not itself the name: "Quillbrook" says nothing new in "Quillbrook Academy".
  bool HasPlace(const Words& words, const Words& core) const {
    return std::ranges::any_of(places_, [&](const Words& place) {
      return place.size() < words.size() && place != core && ContainsWords(words, place);
    });
  }

  bool IsOwnPlace(std::string_view words) const {
    return std::ranges::any_of(places_,
                               [&](const Words& place) { return JoinWords(place) == words; });
  }

  void Add(Words words, std::string text, NameKind kind, double strength, bool everyday) {
    if (words.empty() || words.size() > PhraseTable::kMaxWords) {
      return;
    }
    Phrase phrase{JoinWords(words), false};
    if (phrase.words.size() < 2) {
      return;
    }
    Keep({std::move(phrase), std::move(text), kind, strength, everyday, false});
  }
  void AddTag(const std::string& word, std::string text, NameKind kind, double strength,
              bool everyday) {
    Keep({{word, true}, std::move(text), kind, strength, everyday, false});
  }
  void Keep(NameVariant variant) {
    const std::string& words = variant.phrase.words;
    variant.is_place =
        IsOwnPlace(words) || (variant.kind == NameKind::kCore &&
                              config::FindPlaceKind(words) == config::PlaceKind::kHome);
    variant.is_saint =
        variant.kind != NameKind::kWithPlace && !variant.phrase.is_tag &&
        (words.starts_with("st ") || words.starts_with("saint ") || IsCommonDedication(words)) &&
        std::ranges::none_of(SplitWords(words), IsTypeWord);
    // What is one long word or a slip means nothing else anyhow; and looking costs.
    if (variant.kind == NameKind::kCore || variant.kind == NameKind::kPart ||
        variant.kind == NameKind::kShort || variant.kind == NameKind::kFull) {
      variant.is_person = config::IsProperWord(words);
      variant.only_proper = variant.is_person && !config::IsEverydayWord(words);
      variant.distinct = std::ranges::any_of(SplitWords(words), [this](const std::string& word) {
        return word.size() >= 5 && !IsTypeWord(word) && !IsKnown(word) && !IsOwnPlace(word);
      });
    } else if (variant.kind == NameKind::kInitials) {
      variant.distinct = words.size() >= 4 && !IsKnown(words);
    }
    if (const auto known = variants_.find(variant.phrase); known != variants_.end()) {
      if (variant.strength > known->second.strength) {
        known->second = std::move(variant);
      }
    } else if (variants_.size() < kMaxVariants) {
      variants_.emplace(variant.phrase, variant);
    }
  }

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
        AddSpellings(words, written, NameKind::kFull, kFullStrength, IsEveryday(words));
      }
      return;
    }
    const bool dedication = IsCommonDedication(core);
    const bool placed = HasPlace(words, parts.core);
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
          const bool everyday = IsEveryday(variant);
          double strength = strength_of(kind, tail + faith.size());
          strength -= everyday ? kEverydayLoss : 0;
          AddWithTail(variant, kind, strength, everyday || dedication);
        }
      }
      Words welsh = core_words;
      welsh.insert(welsh.begin(), "ysgol");
      Add(welsh, JoinWords(welsh), NameKind::kShort, strength_of(NameKind::kShort, 1) - 0.2,
          dedication);
      if (kind_said) {
        AddOtherKinds(core_words, parts.tail, strength_of(NameKind::kShort, 1) - 0.2, dedication);
      }
      AddCore(core_words, parts, placed);
    }
    const bool single = words.size() == 1 && !kind_said && !placed;

    AddSpellings(words, written,
                 placed   ? NameKind::kWithPlace
                 : single ? NameKind::kCore
                          : NameKind::kFull,
                 strength_of(kind_said ? NameKind::kFull : NameKind::kShort, kind_said ? 1 : 0) -
                     (IsEveryday(words) ? kEverydayLoss : 0) - (single ? SingleLoss(words) : 0),
                 IsEveryday(words) || dedication || (single && IsKnown(words.front())));
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
      const bool is_not_us = std::ranges::any_of(not_us_, [&](const Words& other) {
        return other.size() > 1 && ContainsWords(variant, other);
      });
      if (!IsEveryday(variant) && !is_not_us) {
        Add(variant, JoinWords(variant), NameKind::kShort, strength, everyday);
        if (variant.back() == "academy") {
          variant.back() = "acad";
          Add(variant, JoinWords(variant), NameKind::kShort, strength, everyday);
        }
      }
    }
  }

  bool HasGivenInitials() const { return std::ranges::any_of(school_.also, IsInitials); }

  void AddSpellings(const Words& words, const std::string& written, NameKind kind, double strength,
                    bool everyday) {
    for (const Words& spelling : Spellings(words, written)) {
      const double loss = IsBareSaint(spelling, words) ? kBareSaintLoss : 0;
      Add(spelling, spelling == words ? written : JoinWords(spelling), kind, strength - loss,
          everyday);
      AddJoined(spelling, strength - loss, everyday);
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
    Add(words, JoinWords(words), kind, strength, everyday);
    AddJoined(words, strength, everyday);
    const auto said = std::ranges::find(kSaid, words.back(),
                                        &std::pair<std::string_view, std::string_view>::first);
    if (said != kSaid.end()) {
      Words changed = words;
      changed.back() = said->second;
      Add(changed, JoinWords(changed), kind, strength, everyday);
      AddJoined(changed, strength, everyday);
    }
  }

  // IsKnownWord, which looks into four tables; the same few words come hundreds of times.
  bool IsKnown(const std::string& word) const {
    const auto known = known_.find(word);
    return known != known_.end() ? known->second
                                 : known_.emplace(word, IsKnownWord(word)).first->second;
  }

  double SingleLoss(const Words& word) const {
    if (IsKnown(word.front()) || IsOwnPlace(word.front())) {
      return kSingleWordLoss + (CountOrdinaryWord(word.front()) > 0 ? kCommonWordLoss : 0);
    }
    return IsEveryday(word) ? kNamedTwiceLoss : kDistinctLoss;
  }

  void AddCore(const Words& core, const NameParts& parts, bool placed) {
    const bool single = core.size() == 1;
    if (single && core.front().size() < 4) {
      return;
    }
    const bool kind_said = !parts.tail.empty() || parts.faith >= 0;
    const bool dedication = IsCommonDedication(JoinWords(parts.core));
    const bool known =
        std::ranges::all_of(core, [this](const std::string& word) { return IsKnown(word); }) ||
        IsOwnPlace(JoinWords(core));
    const bool everyday = IsEveryday(core) || known || dedication || (placed && kind_said);
    // "Marlham Park" may be the school's short name or the park in Marlham, unless the school
    // itself gives that form.
    double strength = placed && !single && !kind_said ? kWithPlaceStrength : kCoreStrength;
    if (single) {
      strength -= SingleLoss(core);
    } else if (dedication) {
      strength -= kDedicationLoss - 0.6;
    } else if (IsEveryday(core)) {
      strength -= kEverydayLoss;
    }
    const bool saint = core.front() == "st" || core.front() == "saint";
    strength -= IsBareSaint(core, parts.core) ? kBareSaintLoss : 0;
    // Cut out of a longer name by us, where the school itself gives no such short form.
    strength -= kind_said ? 0.2 : 0;
    Add(core, JoinWords(core), NameKind::kCore, strength, everyday);
    AddJoined(core, strength + (everyday ? 0 : 0.5), everyday);
    if (single) {
      // "fox glove": a long word written as two.
      const std::string& word = core.front();
      for (std::size_t at = 3; word.size() >= 7 && at + 3 < word.size(); ++at) {
        if ((static_cast<unsigned char>(word[at]) & 0xC0) != 0x80) {
          Add({word.substr(0, at), word.substr(at)}, word, NameKind::kCore, strength, true);
        }
      }
    } else if (!dedication && !placed) {
      AddPart(core, saint, strength - kPartLoss);
      // "O. Coppice" for "Otter Coppice", but no person: "R. Tolland".
      const std::string& last = core.back();
      if (core.size() == 2 && !saint && last.size() >= 5 && !config::IsProperWord(last)) {
        Add({core.front().substr(0, 1), last}, core.front().substr(0, 1) + ". " + last,
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
      const auto holds = [&word](const Words& words) {
        return std::ranges::find(words, word) != words.end();
      };
      // What only another name has may be a place: "St Orla's Quill".
      const Words main = CanonicalWords(school_.name);
      if (word.size() < 5 || IsTypeWord(word) || !holds(main) ||
          std::ranges::any_of(places_, holds)) {
        continue;
      }
      const bool known = IsKnown(word) || std::ranges::any_of(not_us_, holds);
      const bool is_rare = number + 1 == core.size() && !config::IsProperWord(word) &&
                           config::FindPlaceKind(word) == config::PlaceKind::kNone &&
                           CountOrdinaryWord(word) == 0;
      if (!IsKnown(word) || (is_rare && !saint)) {
        Add({word}, word, NameKind::kPart, strength - (known ? kKnownPartLoss : 0), known);
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
      if (!IsKnown(word) || (core.size() > 1 && CountOrdinaryWord(word) == 0)) {
        std::ranges::copy(Misspellings(word), std::back_inserter(wrong));
      }
      // By sound: "brannox".
      if (word.size() >= 7 && word.ends_with("cks")) {
        wrong.push_back(word.substr(0, word.size() - 3) + "x");
      }
      for (const std::string& one : wrong) {
        Words changed = core;
        changed[number] = one;
        Add(changed, JoinWords(changed), NameKind::kMisspelt, strength, true);
        if (!tail.empty()) {
          changed.push_back(tail.front());
          Add(changed, JoinWords(changed), NameKind::kMisspelt, kShortStrength - kMisspeltLoss,
              false);
        }
      }
    }
  }

  void AddJoined(const Words& words, double strength, bool everyday) {
    const std::string joined = WithoutSpaces(words);
    if (joined.size() < 5) {
      return;
    }
    AddTag(joined, "#" + joined, NameKind::kJoined, strength + 0.3, everyday);
    if (words.size() > 1 && joined.size() >= 8) {
      Add({joined}, joined, NameKind::kJoined, strength, everyday);
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
      AddTag(account, "@" + account, NameKind::kJoined, kShortStrength, false);
      Add({account}, account, NameKind::kJoined, kShortStrength, false);
    }
  }

  void AddInitials(const Words& words, const std::string& written, NameKind kind) {
    const std::string joined = WithoutSpaces(words);
    const bool everyday = IsEveryday({joined});
    double strength = kind == NameKind::kInitials ? kInitialsStrength : kGuessedStrength;
    strength -= joined.size() <= 3 ? 0.6 : 0;
    strength -= everyday ? 0.8 : 0;
    if (words.size() > 1) {
      Add(words, written, kind, strength + 1.0, false);  // "r.o.s.e." is never the flower.
      return;                                            // "rose" would be.
    }
    Add({joined}, written, kind, strength, true);
    AddTag(joined, "#" + written, kind, strength + 0.5, true);
    Words letters;
    for (const char letter : joined) {
      letters.emplace_back(1, letter);
    }
    if (letters.size() >= 3 && kind == NameKind::kInitials) {
      Add(letters, written, kind, strength + 0.5, false);  // "e.m.d.c"
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
  mutable std::map<std::string, bool> known_;  // Of words asked for so far.
  std::vector<Derived> derived_;
  std::vector<Words> not_us_;
  std::vector<Words> places_;
  std::map<Phrase, NameVariant> variants_;
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

std::vector<std::string> CanonicalWords(std::string_view text) {
  const std::string folded = core::Fold(text).text;
  std::vector<Token> tokens;
  Tokenise(folded, Spelling::kPlain, tokens);
  Words words;
  for (const Token& token : tokens) {
    words.push_back(CanonicalToken(folded, token, Spelling::kPlain, TokenPart::kWhole));
  }
  return words;
}

std::string JoinWords(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) {
    joined += (joined.empty() ? "" : " ") + word;
  }
  return joined;
}

std::string SkeletonOf(std::string_view words) {
  std::string skeleton;
  for (char byte : words) {
    byte = byte == 'l' ? 'i' : byte;
    if (skeleton.empty() || skeleton.back() != byte) {
      skeleton += byte;
    }
  }
  return skeleton;
}

std::vector<NameVariant> MakeVariants(const core::School& school, Breadth breadth) {
  return VariantMaker(school, breadth).Make();
}

}  // namespace schoolwatch::matchers
