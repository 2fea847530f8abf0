#include "matchers/literal.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace schoolwatch::matchers {
namespace {

// The commonest words of posts about schools, most frequent first. A word's share falls with its
// rank (Zipf), so the order need only be roughly right.
constexpr std::string_view kCommonWords =
    "the to and a i of in is it you for that my on s t be have this are not with so at was but "
    "just "
    "we they me as he all up your do if she out what get no about can or from like when there "
    "school "
    "m now how one go more don an know will by got really good some had who them their then people "
    "because time been has her him his our would us am think why going see need back day re today "
    "as "
    "kids should want make even here off over right love being did these too u lol new please "
    "still "
    "only well year children thing any never work much every way someone always after first than "
    "other were said anyone take say home into parents last where very most ll pupils students "
    "come "
    "staff things down ve better help week something could again same lot great child before oh "
    "actually those many teachers teacher night man thank thanks sure yes bad life tell let put "
    "does "
    "class its im dont cant which anything everyone feel two next hope keep through since went "
    "made "
    "give stop look boy girl boys girls long old son daughter saying kid around while doing also "
    "hate "
    "little days nothing years bit use guys game real big best person ever done getting told guy "
    "own mean yeah end before nice house watch god mum dad place until morning few start different "
    "talk trying ask same looking free money must show job maybe hard part without away both world "
    "left yet name head already bus another play thought whole shit fuck fucking sorry read care "
    "year pretty sad happy enough making call says during family friend friends high saw phone hit "
    "kill die dead him fight knife having high heard used found between outside food lunch gets "
    "took seen early late primary academy secondary uniform against once stuff hours wrong believe "
    "leave change such yesterday tomorrow tonight miss mr mrs sir run three under kind minutes "
    "wait least lost gone live post news point came open half full local walk road car door "
    "hey true might anyone else each support children team hand group problem report issue";

// The commonest words in order of letters, with their shares.
const std::vector<std::pair<std::string_view, double>>& CommonWords() {
  static const auto kWords = [] {
    std::vector<std::pair<std::string_view, double>> words;
    double rank = 1.5;
    for (std::size_t at = 0; at < kCommonWords.size();) {
      const std::size_t end = std::min(kCommonWords.find(' ', at), kCommonWords.size());
      words.emplace_back(kCommonWords.substr(at, end - at), 0.08 / rank);
      rank += 1;
      at = end + 1;
    }
    std::ranges::stable_sort(words, {}, &std::pair<std::string_view, double>::first);
    const auto same = std::ranges::unique(words, {}, &std::pair<std::string_view, double>::first);
    words.erase(same.begin(), same.end());
    return words;
  }();
  return kWords;
}

template <std::size_t N>
double ByLength(const std::array<double, N>& shares, std::size_t length) {
  return shares[std::min(length, N) - 1];
}

double WordFrequency(std::string_view word) {
  constexpr std::array kShares{2e-3, 1e-3, 2e-4, 1e-4, 4e-5, 2e-5};
  const auto& words = CommonWords();
  const auto known =
      std::ranges::lower_bound(words, word, {}, &std::pair<std::string_view, double>::first);
  return known != words.end() && known->first == word ? known->second
                                                      : ByLength(kShares, word.size());
}

double PrefixFrequency(std::string_view prefix) {
  constexpr std::array kShares{6e-2, 2e-2, 4e-3, 1e-3, 3e-4, 1e-4};
  double frequency = ByLength(kShares, prefix.size());
  const auto& words = CommonWords();
  for (auto word =
           std::ranges::lower_bound(words, prefix, {}, &std::pair<std::string_view, double>::first);
       word != words.end() && word->first.starts_with(prefix); ++word) {
    frequency += word->second;
  }
  return frequency;
}

double PartFrequency(std::string_view part) {
  constexpr std::array kShares{0.5, 0.1, 2e-2, 5e-3, 2e-3, 5e-4};
  if (std::ranges::none_of(part, IsWordByte)) {
    // An emoji or a currency sign is rare, a full stop is not.
    const bool common = part.find_first_not_of(" \t\n.,!?'\"-:;()/") == std::string_view::npos;
    return !common ? 1e-3 : part.size() > 1 ? 2e-2 : 0.3;
  }
  return ByLength(kShares, part.size());
}

}  // namespace

LiteralKey KeyOf(const Literal& literal) {
  constexpr double kEachMoreWord = 0.3;
  const std::string_view text = literal.text;
  LiteralKey best;
  best.frequency = PartFrequency(text);
  std::size_t words = 0;
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    if (!IsWordByte(text[begin])) {
      continue;
    }
    std::size_t end = begin;
    while (end < text.size() && IsWordByte(text[end])) {
      ++end;
    }
    ++words;
    if (begin > 0 || literal.word_start) {
      const std::string_view word = text.substr(begin, end - begin);
      const bool whole = end < text.size() || literal.word_end;
      const double frequency = whole ? WordFrequency(word) : PrefixFrequency(word);
      if (best.kind == LiteralKey::Kind::kNone || frequency < best.frequency) {
        best = {.kind = whole ? LiteralKey::Kind::kWord : LiteralKey::Kind::kPrefix,
                .offset = begin,
                .length = word.size(),
                .frequency = frequency};
      }
    }
    begin = end;
  }
  for (; words > 1; --words) {
    best.frequency *= kEachMoreWord;
  }
  return best;
}

}  // namespace schoolwatch::matchers
