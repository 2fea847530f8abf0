#include "matchers/variants.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "core/text/fold.h"
#include "matchers/lexicon.h"

namespace schoolwatch::matchers {
namespace {

using Words = std::vector<std::string>;

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

constexpr std::size_t kMaxVariants = 400;  // A school.

struct Faith {
  std::string_view phrase;
  int family;  // Members stand for one another.
};
constexpr std::array<Faith, 9> kFaiths{{{"church of england", 0},
                                        {"c of e", 0},
                                        {"cofe", 0},
                                        {"c e", 0},
                                        {"ce", 0},
                                        {"roman catholic", 1},
                                        {"catholic", 1},
                                        {"r c", 1},
                                        {"rc", 1}}};

Words Split(std::string_view joined) {
  Words words;
  std::size_t at = 0;
  while (at < joined.size()) {
    const std::size_t end = std::min(joined.find(' ', at), joined.size());
    words.emplace_back(joined.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

bool StartsAt(const Words& words, std::size_t at, const Words& part) {
  return at + part.size() <= words.size() &&
         std::equal(part.begin(), part.end(), words.begin() + static_cast<std::ptrdiff_t>(at));
}

bool Contains(const Words& words, const Words& part) {
  for (std::size_t at = 0; !part.empty() && at + part.size() <= words.size(); ++at) {
    if (StartsAt(words, at, part)) {
      return true;
    }
  }
  return false;
}

// A name taken apart: "The | Holy Trinity | CE | Junior School".
struct NameParts {
  Words core;
  int faith = -1;
  Words tail;
};

constexpr std::array<std::string_view, 8> kHeadWords{"the",      "ysgol", "gymraeg", "gynradd",
                                                     "uwchradd", "gyfun", "academi", "coleg"};

NameParts TakeApart(Words words) {
  while (words.size() > 1 && std::ranges::find(kHeadWords, words.front()) != kHeadWords.end()) {
    words.erase(words.begin());
  }
  NameParts parts;
  std::size_t at = 0;
  while (at < words.size()) {
    bool ends = at > 0 && IsTypeWord(words[at]);
    for (const Faith& faith : kFaiths) {
      ends = ends || (at > 0 && StartsAt(words, at, Split(faith.phrase)));
    }
    if (ends) {
      break;
    }
    parts.core.push_back(words[at++]);
  }
  while (at < words.size()) {
    const auto faith = std::ranges::find_if(
        kFaiths, [&](const Faith& one) { return StartsAt(words, at, Split(one.phrase)); });
    if (faith != kFaiths.end()) {
      parts.faith = faith->family;
      at += Split(faith->phrase).size();
    } else {
      parts.tail.push_back(words[at++]);
    }
  }
  return parts;
}

bool IsInitials(std::string_view written) {
  std::size_t letters = 0;
  std::size_t capitals = 0;
  for (const char byte : written) {
    if (byte == '.') {
      continue;
    }
    const bool capital = byte >= 'A' && byte <= 'Z';
    const bool small = byte >= 'a' && byte <= 'z';
    if (!capital && !small) {
      return false;
    }
    ++letters;
    capitals += capital ? 1 : 0;
  }
  return letters >= 2 && letters <= 7 && capitals + 1 >= letters && capitals >= 2 &&
         capitals * 2 > letters;
}

std::string WithoutSpaces(const Words& words) {
  std::string joined;
  for (const std::string& word : words) {
    joined += word;
  }
  return joined;
}

class VariantMaker {
 public:
  explicit VariantMaker(const core::School& school) : school_(school) {
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
    AddName(school_.name, true);
    for (const std::string& name : school_.also) {
      AddName(name, false);
    }
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
      Add(std::move(host), school_.site, NameKind::kSite, kSiteStrength, false);
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
    return std::ranges::any_of(not_us_, [&](const Words& other) { return Contains(other, words); });
  }
  // A place that is not itself the name: "Quillbrook" says nothing new in "Quillbrook Academy".
  bool HasPlace(const Words& words, const Words& core) const {
    return std::ranges::any_of(places_, [&](const Words& place) {
      return place.size() < words.size() && place != core && Contains(words, place);
    });
  }

  void Add(Words words, std::string text, NameKind kind, double strength, bool everyday) {
    if (words.empty() || words.size() > PhraseTable::kMaxWords ||
        variants_.size() >= kMaxVariants) {
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
    variant.is_place = std::ranges::any_of(
        places_, [&](const Words& place) { return JoinWords(place) == variant.phrase.words; });
    const auto [known, is_new] = variants_.try_emplace(variant.phrase, variant);
    if (!is_new && variant.strength > known->second.strength) {
      known->second = std::move(variant);
    }
  }

  // The words with every spelling of their parts: saint, possessives, doubled letters.
  static std::set<Words> Spellings(const Words& words, std::string_view written) {
    std::set<Words> all{words};
    const std::string folded = core::Fold(written).text;
    const auto each = [&all](auto change) {
      std::set<Words> more;
      for (const Words& one : all) {
        Words changed = one;
        if (change(changed)) {
          more.insert(std::move(changed));
        }
      }
      all.merge(more);
    };
    each([](Words& one) {
      if (one.front() == "st" || one.front() == "saint") {
        one.front() = one.front() == "st" ? "saint" : "st";
        return true;
      }
      return false;
    });
    each([&folded](Words& one) {  // "tolland's" is written "tolland" too.
      for (std::string& word : one) {
        if (word.size() > 4 && word.ends_with('s') &&
            folded.find(word.substr(0, word.size() - 1) + "'") != std::string::npos) {
          word.pop_back();
          return true;
        }
      }
      return false;
    });
    each([](Words& one) {
      for (std::string& word : one) {
        if (word == "and") {
          word = "n";
          return true;
        }
      }
      return false;
    });
    return all;
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
      // "Quillbrook School" for "Quillbrook Primary Academy".
      if (kind_said && !dedication) {
        for (const std::string_view type : {"school", "primary school"}) {
          Words variant = core_words;
          for (std::string& word : Split(type)) {
            variant.push_back(std::move(word));
          }
          if (!IsEveryday(variant)) {
            Add(variant, JoinWords(variant), NameKind::kShort, kShortStrength - 0.2, false);
          }
        }
      }
      if (!placed || !kind_said) {
        AddCore(core_words, dedication, placed, kind_said);
      }
    }
    AddSpellings(words, written, placed ? NameKind::kWithPlace : NameKind::kFull,
                 strength_of(kind_said ? NameKind::kFull : NameKind::kShort, kind_said ? 1 : 0) -
                     (IsEveryday(words) ? kEverydayLoss : 0) -
                     (!kind_said && !placed && words.size() == 1 ? kSingleWordLoss : 0),
                 IsEveryday(words) || dedication || words.size() == 1);
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

  bool HasGivenInitials() const { return std::ranges::any_of(school_.also, IsInitials); }

  static std::vector<Words> FaithSpellings(int family) {
    std::vector<Words> all{{}};
    for (const Faith& faith : kFaiths) {
      if (faith.family == family) {
        all.push_back(Split(faith.phrase));
      }
    }
    return all;
  }

  void AddSpellings(const Words& words, const std::string& written, NameKind kind, double strength,
                    bool everyday) {
    for (const Words& spelling : Spellings(words, written)) {
      Add(spelling, spelling == words ? written : JoinWords(spelling), kind, strength, everyday);
      AddJoined(spelling, strength, everyday);
    }
  }

  // "Junior" is "juniors" to everybody who does not write letters home.
  void AddWithTail(const Words& words, NameKind kind, double strength, bool everyday) {
    Add(words, JoinWords(words), kind, strength, everyday);
    AddJoined(words, strength, everyday);
    Words changed = words;
    std::string& last = changed.back();
    if (last == "junior" || last == "infant") {
      last += "s";
    } else if (last == "juniors" || last == "infants") {
      last.pop_back();
    } else {
      return;
    }
    Add(changed, JoinWords(changed), kind, strength, everyday);
    AddJoined(changed, strength, everyday);
  }

  void AddCore(const Words& core, bool dedication, bool placed, bool kind_said) {
    const bool single = core.size() == 1;
    if (single && core.front().size() < 4) {
      return;
    }
    const bool everyday = IsEveryday(core) || single || dedication;
    double strength = placed && !single ? kWithPlaceStrength : kCoreStrength;
    if (single) {
      strength -= kSingleWordLoss;
    } else if (dedication) {
      strength -= kDedicationLoss - 0.6;
    } else if (IsEveryday(core)) {
      strength -= kEverydayLoss;
    }
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
    }
    AddMisspellings(core, strength - 0.4);
  }

  // One of two equal letters left out, which is how names are most often misspelt.
  void AddMisspellings(const Words& words, double strength) {
    for (std::size_t number = 0; number < words.size(); ++number) {
      const std::string& word = words[number];
      for (std::size_t at = 1; word.size() >= 5 && at < word.size(); ++at) {
        if (word[at] == word[at - 1]) {
          Words changed = words;
          changed[number].erase(at, 1);
          Add(std::move(changed), JoinWords(words), NameKind::kCore, strength, true);
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

  const core::School& school_;
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

std::vector<NameVariant> MakeVariants(const core::School& school) {
  return VariantMaker(school).Make();
}

}  // namespace schoolwatch::matchers
