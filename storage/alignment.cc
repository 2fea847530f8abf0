#include "storage/alignment.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <string>
#include <utility>

namespace schoolwatch::storage {
namespace {

using Word = core::FingerprintWord;
using Kind = Word::Kind;
using Words = std::vector<Word>;

struct Text {
  Words words;
  bool is_cut = false;
};

Text Unpack(std::span<const std::uint64_t> sequence) {
  Text text;
  text.words.reserve(sequence.size());
  for (const std::uint64_t packed : sequence) {
    const Word word = core::UnpackFingerprintWord(packed);
    if (word.kind == Kind::kCut) {
      text.is_cut = true;
    } else {
      text.words.push_back(word);
    }
  }
  return text;
}

bool IsFact(const Word& word) {
  return word.kind == Kind::kNumber || word.kind == Kind::kDay || word.kind == Kind::kName;
}

// A slip of the finger: nearly the same letters, same start. In a name only a doubled or dropped
// double letter counts, since Brown and Browne are two people; figures and negations never slip.
bool IsTypo(const Word& a, const Word& b) {
  if (a.first == 0 || a.first != b.first || a.letters == 0 || b.letters == 0) {
    return false;
  }
  const auto exact_only = [](Kind kind) {
    return kind == Kind::kNumber || kind == Kind::kDay || kind == Kind::kNegation;
  };
  if (exact_only(a.kind) || exact_only(b.kind)) {
    return false;
  }
  const int lengths_apart = std::abs(int{a.length} - int{b.length});
  if (a.kind == Kind::kName || b.kind == Kind::kName) {
    return a.letters == b.letters && lengths_apart == 1;
  }
  return a.length >= 5 && b.length >= 5 && lengths_apart <= 2 &&
         std::popcount(a.letters ^ b.letters) <= 2;
}

constexpr unsigned kMostWorth = 4;

// What a pair of words is worth: "to" must not outweigh a real word.
unsigned Worth(const Word& a, const Word& b) {
  if (a.SameAs(b)) {
    return a.kind == Kind::kMinor && b.kind == Kind::kMinor ? 1 : kMostWorth;
  }
  return IsTypo(a, b) ? 3 : 0;
}

// Pairs of indices that stand for one another, in order: the heaviest common subsequence.
std::vector<std::pair<std::size_t, std::size_t>> Pair(const Words& a, const Words& b) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  // Most of what is compared begins alike, and no pairing is worth more than a word with itself.
  std::size_t alike = 0;
  while (alike < std::min(a.size(), b.size()) && Worth(a[alike], b[alike]) == kMostWorth) {
    pairs.emplace_back(alike, alike);
    ++alike;
  }
  const std::size_t width = b.size() - alike + 1;
  std::vector<std::uint32_t> best((a.size() - alike + 1) * width);
  const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& {
    return best[(i - alike) * width + (j - alike)];
  };
  for (std::size_t i = a.size(); i-- > alike;) {
    for (std::size_t j = b.size(); j-- > alike;) {
      const unsigned worth = Worth(a[i], b[j]);
      at(i, j) = std::max({at(i + 1, j), at(i, j + 1), worth > 0 ? worth + at(i + 1, j + 1) : 0u});
    }
  }
  for (std::size_t i = alike, j = alike; i < a.size() && j < b.size();) {
    const unsigned worth = Worth(a[i], b[j]);
    if (worth > 0 && at(i, j) == worth + at(i + 1, j + 1)) {
      pairs.emplace_back(i++, j++);
    } else if (at(i, j) == at(i + 1, j)) {
      ++i;
    } else {
      ++j;
    }
  }
  return pairs;
}

// The words of a gap that say something.
Words Telling(std::span<const Word> gap) {
  Words words(gap.begin(), gap.end());
  std::erase_if(words, [](const Word& word) { return word.kind == Kind::kMinor; });
  return words;
}

// "headteacher" for "head teacher".
bool IsCompound(const Words& one, const Words& two) {
  return one.size() == 1 && two.size() == 2 && one[0].first != 0 && one[0].first == two[0].first &&
         one[0].length == std::min(15, two[0].length + two[1].length) &&
         one[0].letters == (two[0].letters | two[1].letters);
}

// "QAT" for "Quillbrook Academy Trust".
bool IsAcronym(const Words& one, const Words& many) {
  if (one.size() != 1 || many.size() < 3) {
    return false;
  }
  std::string initials;
  for (const Word& word : many) {
    if (word.first == 0) {
      return false;
    }
    initials += static_cast<char>('a' + word.first - 1);
  }
  return one[0].SameAs(core::MakeFingerprintWord(Kind::kPlain, initials));
}

// The last word of a text that was cut inside it.
bool IsCutOff(const Words& cut, const Words& whole) {
  return cut.size() == 1 && !whole.empty() && cut[0].first != 0 && cut[0].first == whole[0].first &&
         (cut[0].letters & ~whole[0].letters) == 0 && cut[0].length < whole[0].length;
}

// Walks over the places where the two differ.
class Judge {
 public:
  Judge(const Text& a, const Text& b) : a_(a), b_(b) {}

  Alignment Run() {
    const auto pairs = Pair(a_.words, b_.words);
    std::size_t i = 0;
    std::size_t j = 0;
    for (std::size_t n = 0; n <= pairs.size(); ++n) {
      const bool is_last = n == pairs.size();
      const std::size_t i_end = is_last ? a_.words.size() : pairs[n].first;
      const std::size_t j_end = is_last ? b_.words.size() : pairs[n].second;
      JudgeGap(std::span(a_.words).subspan(i, i_end - i), std::span(b_.words).subspan(j, j_end - j),
               is_last  ? Place::kEnd
               : n == 0 ? Place::kStart
                        : Place::kMiddle);
      if (!is_last) {
        result_.matched += a_.words[i_end].kind == Kind::kMinor ? 0u : 1u;
        i = i_end + 1;
        j = j_end + 1;
      }
    }
    return result_;
  }

 private:
  enum class Place { kStart, kMiddle, kEnd };

  // Notes the gravest fact among `words`.
  void Conflict(const Words& words) {
    for (const Word& word : words) {
      if (word.kind == Kind::kNegation) {
        result_.conflict = "a negation";
      } else if (result_.conflict.empty() && IsFact(word)) {
        result_.conflict = word.kind == Kind::kNumber ? "a number"
                           : word.kind == Kind::kDay  ? "a day"
                                                      : "a name";
      }
    }
  }

  void JudgeGap(std::span<const Word> all_a, std::span<const Word> all_b, Place place) {
    const Words a = Telling(all_a);
    const Words b = Telling(all_b);
    if (a.empty() && b.empty()) {
      return;
    }
    if ((a.empty() && !all_a.empty()) || (b.empty() && !all_b.empty())) {
      ++result_.replaced;  // "for the crossing", "against the crossing".
      return;
    }
    if (a.empty() || b.empty()) {
      JudgeExtra(a.empty() ? b : a, a.empty() ? a_.is_cut : b_.is_cut, place);
      return;
    }
    if (IsCompound(a, b) || IsCompound(b, a) || IsAcronym(a, b) || IsAcronym(b, a)) {
      result_.matched += std::min(a.size(), b.size());
      return;
    }
    if (place == Place::kEnd && ((a_.is_cut && IsCutOff(a, b)) || (b_.is_cut && IsCutOff(b, a)))) {
      result_.is_cut = true;
      return;
    }
    ++result_.replaced;
    // What was put before or behind is mostly comment; "Mr A" and "Mr B" there are not.
    if (place == Place::kMiddle ||
        (std::ranges::any_of(a, IsFact) && std::ranges::any_of(b, IsFact))) {
      Conflict(a);
      Conflict(b);
    }
  }

  // Words that only one text has; `other_is_cut` says that the other may have had them.
  void JudgeExtra(const Words& extra, bool other_is_cut, Place place) {
    if (place == Place::kEnd && other_is_cut) {
      result_.is_cut = true;
      return;
    }
    if (place == Place::kMiddle) {
      result_.inserted += extra.size();
      Conflict(extra);
      return;
    }
    result_.added += extra.size();
    // "Not true:" turns what follows round; a name or a day beside it does not.
    if (std::ranges::any_of(extra, [](const Word& word) { return word.kind == Kind::kNegation; })) {
      result_.conflict = "a negation";
    }
  }

  const Text& a_;
  const Text& b_;
  Alignment result_;
};

}  // namespace

Alignment Align(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  const Text text_a = Unpack(a);
  const Text text_b = Unpack(b);
  return Judge(text_a, text_b).Run();
}

}  // namespace schoolwatch::storage
