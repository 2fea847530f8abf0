#include "matchers/name_parts.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "config/language.h"
#include "core/text/fold.h"
#include "matchers/lexicon.h"

namespace schoolwatch::matchers {
namespace {

struct Faith {
  std::string_view phrase;
  int family;  // Members stand for one another.
};
constexpr std::array<Faith, 23> kFaiths{{{"church of england va", 0},
                                         {"church of england vc", 0},
                                         {"church of england", 0},
                                         {"c of e va", 0},
                                         {"c of e vc", 0},
                                         {"c of e", 0},
                                         {"cofe", 0},
                                         {"c e va", 0},
                                         {"c e", 0},
                                         {"ce va", 0},
                                         {"ce vc", 0},
                                         {"ce", 0},
                                         {"roman catholic", 1},
                                         {"catholic voluntary", 1},
                                         {"catholic va", 1},
                                         {"catholic", 1},
                                         {"rc va", 1},
                                         {"voluntary aided", 2},
                                         {"voluntary controlled", 2},
                                         {"va", 2},
                                         {"vc", 2},
                                         {"r c", 1},
                                         {"rc", 1}}};
// How people write a faith when they leave out who pays for the building.
constexpr std::array<std::pair<std::string_view, int>, 11> kFaithSpellings{
    {{"church of england", 0},
     {"c of e", 0},
     {"cofe", 0},
     {"c e", 0},
     {"ce", 0},
     {"roman catholic", 1},
     {"catholic", 1},
     {"r c", 1},
     {"rc", 1},
     {"va", 2},
     {"vc", 2}}};

constexpr std::array<std::string_view, 8> kHeadWords{"the",      "ysgol", "gymraeg", "gynradd",
                                                     "uwchradd", "gyfun", "academi", "coleg"};

// Longest first in kFaiths, so that "church of england va" is taken whole.
const Faith* FaithAt(const Words& words, std::size_t at) {
  const auto found = std::ranges::find_if(
      kFaiths, [&](const Faith& one) { return StartsAt(words, at, SplitWords(one.phrase)); });
  return found == kFaiths.end() ? nullptr : &*found;
}

}  // namespace

NameParts TakeApart(Words words) {
  while (words.size() > 1 && std::ranges::find(kHeadWords, words.front()) != kHeadWords.end()) {
    words.erase(words.begin());
  }
  NameParts parts;
  std::size_t at = 0;
  while (at < words.size() &&
         (at == 0 || (!IsTypeWord(words[at]) && FaithAt(words, at) == nullptr))) {
    parts.core.push_back(words[at++]);
  }
  while (at < words.size()) {
    if (const Faith* faith = FaithAt(words, at); faith != nullptr) {
      parts.faith = faith->family;
      at += SplitWords(faith->phrase).size();
    } else {
      parts.tail.push_back(words[at++]);
    }
  }
  return parts;
}

std::vector<Words> FaithSpellings(int faith) {
  std::vector<Words> all{{}};
  for (const auto& [phrase, family] : kFaithSpellings) {
    if (family == faith) {
      all.push_back(SplitWords(phrase));
    }
  }
  return all;
}

std::set<Words> Spellings(const Words& words, std::string_view written) {
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

std::vector<std::string> Misspellings(std::string_view word) {
  constexpr std::size_t kLeastLetters = 7;
  std::set<std::string> all;
  const bool plain =
      std::ranges::all_of(word, [](char letter) { return letter >= 'a' && letter <= 'z'; });
  for (std::size_t at = 1; plain && word.size() >= kLeastLetters && at < word.size(); ++at) {
    std::string one(word);
    // Without its last s it is the word that owns, or the singular: both are somebody else.
    if (at + 1 < word.size() || word[at] != 's') {
      one.erase(at, 1);
      all.insert(one);
    }
    one = word;
    one.insert(at, 1, word[at]);
    all.insert(one);
    if (at + 1 < word.size()) {
      one = word;
      std::swap(one[at], one[at + 1]);
      all.insert(one);
    }
  }
  all.erase(std::string(word));
  // A long word that nobody knows is hardly one letter from a known one; looking costs.
  constexpr std::size_t kLongWord = 10;
  if (word.size() < kLongWord) {
    std::erase_if(all, IsKnownWord);
  }
  return {all.begin(), all.end()};
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

bool IsKnownWord(std::string_view word) {
  return config::IsEverydayWord(word) || config::IsProperWord(word) ||
         config::FindPlaceKind(word) != config::PlaceKind::kNone;
}

Phase PhaseOf(std::string_view type_word) {
  constexpr std::array<std::string_view, 9> kYoung{
      "primary", "infant", "infants", "junior", "juniors", "nursery", "preschool", "jnr", "cep"};
  constexpr std::array<std::string_view, 8> kOlder{"high", "secondary", "grammar", "comprehensive",
                                                   "comp", "sixth",     "college", "gs"};
  if (std::ranges::find(kYoung, type_word) != kYoung.end()) {
    return Phase::kYoung;
  }
  return std::ranges::find(kOlder, type_word) != kOlder.end() ? Phase::kOlder : Phase::kAny;
}

}  // namespace schoolwatch::matchers
