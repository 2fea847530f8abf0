#include "storage/near_duplicates.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ranges>
#include <unordered_map>

#include "core/hash.h"
#include "storage/alignment.h"

namespace schoolwatch::storage {
namespace {

using Kind = core::FingerprintWord::Kind;

// Bands of three rows. All 21 find two copies that share half of their words and pairs 94 times in
// a hundred, as texts may that are compared as sets. What CompareAligned takes for copies shares
// seven tenths or an edge: twelve bands find that 99 times in a hundred, and each is a record (80
// times where half is shared with one that is too long).
constexpr std::size_t kRowsPerBand = 3;
constexpr std::size_t kRowsOfAligned = 36;
constexpr std::size_t kEdgeWords = 3;

// "I love this" is no story: so short a text is only like one of the very same words.
constexpr std::size_t kLeastMatched = 4;

// Below this no copy was ever found, and aligning is dear.
constexpr double kLeastContained = 0.3;

// A key shared by so many texts is a phrase and not a story.
constexpr std::size_t kMostCompared = 64;

// Of each of two groups about to be joined: copies are copies, so the first few stand for all.
constexpr std::size_t kMostChecked = 16;

std::size_t CountCommon(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  std::size_t common = 0;
  for (auto in_a = a.begin(), in_b = b.begin(); in_a != a.end() && in_b != b.end();) {
    common += *in_a == *in_b ? 1u : 0u;
    const bool next_a = *in_a <= *in_b;
    in_b += *in_b <= *in_a ? 1 : 0;
    in_a += next_a ? 1 : 0;
  }
  return common;
}

std::string Percent(double share) {
  return std::to_string(std::lround(share * 100)) + " % of words and pairs";
}

// Texts too long to align are the same where nearly all is, and every fact.
void CompareAsSets(const core::Fingerprint& a, const core::Fingerprint& b, Resemblance& result) {
  if (a.facts != b.facts) {
    result.conflicts = true;
    result.why += "; but a name, number or day differs";
  } else if (a.negations != b.negations) {
    result.conflicts = true;
    result.why += "; but a negation differs";
  } else {
    const bool enough = std::min(a.shingles.size(), b.shingles.size()) >= 8;
    result.same = result.jaccard >= 0.5 || (enough && result.containment >= 0.8);
  }
}

void CompareAligned(const core::Fingerprint& a, const core::Fingerprint& b, Resemblance& result) {
  const Alignment alignment = Align(a.sequence, b.sequence);
  const std::size_t matched = alignment.matched;
  result.conflicts = !alignment.conflict.empty();
  if (result.conflicts) {
    result.why += "; but " + std::string(alignment.conflict) + " differs";
  } else if (matched < kLeastMatched) {
    result.why += "; too little in common";
  } else if (alignment.replaced > matched / 40) {
    // In a short post each word matters: "fed up" and "shut up" make two statements.
    result.why += "; but other words stand in their place";
  } else if (alignment.inserted > (alignment.is_cut ? 0 : matched / 6)) {
    result.why += "; but words were put in between";
  } else if (alignment.added > (matched * 2 + 4) / 5) {
    result.why += "; but much was added";
  } else {
    result.same = true;
    result.why += alignment.is_cut      ? "; cut short"
                  : alignment.added > 0 ? "; words added before or behind"
                                        : "; spelled otherwise";
  }
}

// Hashes `words` with a mark that tells kinds of keys apart; bytes in a fixed order, since keys may
// be stored.
std::uint64_t KeyOf(std::uint64_t mark, std::span<const std::uint64_t> words) {
  std::string bytes;
  const auto put = [&bytes](std::uint64_t value) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      bytes += static_cast<char>((value >> shift) & 0xFF);
    }
  };
  put(mark);
  std::ranges::for_each(words, put);
  return core::Hash64(bytes);
}

class Groups {
 public:
  explicit Groups(std::span<const core::Fingerprint> prints)
      : prints_(prints), group_of_(prints.size()), members_(prints.size()) {
    for (std::size_t i = 0; i < prints.size(); ++i) {
      group_of_[i] = i;
      members_[i] = {i};
    }
  }
  std::size_t Find(std::size_t i) const { return group_of_[i]; }

  // Joins two groups under the smaller index, unless members of theirs conflict.
  void Join(std::size_t i, std::size_t j) {
    const std::size_t kept = std::min(group_of_[i], group_of_[j]);
    const std::size_t gone = std::max(group_of_[i], group_of_[j]);
    if (kept == gone || Conflict(members_[kept], members_[gone])) {
      return;
    }
    for (const std::size_t member : members_[gone]) {
      group_of_[member] = kept;
      members_[kept].push_back(member);
    }
    members_[gone].clear();
  }

 private:
  bool Conflict(const std::vector<std::size_t>& some, const std::vector<std::size_t>& others) {
    for (const std::size_t i : some | std::views::take(kMostChecked)) {
      for (const std::size_t j : others | std::views::take(kMostChecked)) {
        if (Compare(prints_[i], prints_[j]).conflicts) {
          return true;
        }
      }
    }
    return false;
  }

  std::span<const core::Fingerprint> prints_;
  std::vector<std::size_t> group_of_;
  std::vector<std::vector<std::size_t>> members_;
};

bool IsCut(const core::Fingerprint& print) {
  return !print.sequence.empty() &&
         core::UnpackFingerprintWord(print.sequence.back()).kind == Kind::kCut;
}

}  // namespace

Resemblance Compare(const core::Fingerprint& a, const core::Fingerprint& b) {
  Resemblance result;
  if (a.words == 0 || b.words == 0) {
    result.why = "no words to compare";
    return result;
  }
  const std::size_t common = CountCommon(a.shingles, b.shingles);
  const std::size_t all = a.shingles.size() + b.shingles.size() - common;
  const std::size_t fewer = std::min(a.shingles.size(), b.shingles.size());
  result.jaccard = all == 0 ? 0 : static_cast<double>(common) / static_cast<double>(all);
  result.containment = fewer == 0 ? 0 : static_cast<double>(common) / static_cast<double>(fewer);
  if (a.exact == b.exact) {
    result.same = true;
    result.why = "same words";
    return result;
  }
  result.why = Percent(result.jaccard);
  if (result.containment < kLeastContained) {
    result.why += "; too little in common";
  } else if (a.sequence.empty() || b.sequence.empty()) {
    CompareAsSets(a, b, result);
  } else {
    CompareAligned(a, b, result);
  }
  return result;
}

std::vector<std::uint64_t> LookupKeys(const core::Fingerprint& fingerprint) {
  std::vector<std::uint64_t> keys;
  if (fingerprint.words == 0) {
    return keys;
  }
  std::uint64_t mark = 1;
  const auto& sketch = fingerprint.sketch;
  const std::size_t rows = fingerprint.sequence.empty() ? sketch.size() : kRowsOfAligned;
  for (std::size_t row = 0; row + kRowsPerBand <= rows; row += kRowsPerBand) {
    keys.push_back(KeyOf(
        mark++, std::to_array<std::uint64_t>({sketch[row], sketch[row + 1], sketch[row + 2]})));
  }
  std::vector<std::uint64_t> telling;
  for (const std::uint64_t packed : fingerprint.sequence) {
    const core::FingerprintWord word = core::UnpackFingerprintWord(packed);
    if (word.kind != Kind::kMinor && word.kind != Kind::kCut) {
      telling.push_back(word.hash);
    }
  }
  if (telling.size() >= kEdgeWords) {
    keys.push_back(KeyOf(100, std::span(telling).first(kEdgeWords)));
    keys.push_back(KeyOf(101, std::span(telling).last(kEdgeWords)));
  }
  return keys;
}

std::vector<std::size_t> GroupNearDuplicates(std::span<const core::Fingerprint> fingerprints) {
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> index;
  std::vector<std::vector<std::size_t>> similar(fingerprints.size());
  for (std::size_t i = 0; i < fingerprints.size(); ++i) {
    std::vector<std::size_t> candidates;
    for (const std::uint64_t key : LookupKeys(fingerprints[i])) {
      std::vector<std::size_t>& entry = index[key];
      candidates.insert(candidates.end(), entry.begin(), entry.end());
      if (entry.size() < kMostCompared) {
        entry.push_back(i);
      }
    }
    std::ranges::sort(candidates);
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    for (const std::size_t j : candidates) {
      if (Compare(fingerprints[i], fingerprints[j]).same) {
        similar[i].push_back(j);
        similar[j].push_back(i);
      }
    }
  }
  Groups groups(fingerprints);
  std::vector<std::size_t> cut;
  for (std::size_t i = 0; i < fingerprints.size(); ++i) {
    if (IsCut(fingerprints[i])) {
      cut.push_back(i);
      continue;
    }
    for (const std::size_t j : similar[i]) {
      if (!IsCut(fingerprints[j])) {
        groups.Join(i, j);
      }
    }
  }
  // Longest first, so that a cut text finds its group before a shorter cut of it does.
  std::ranges::stable_sort(cut, std::ranges::greater(),
                           [&](std::size_t i) { return fingerprints[i].words; });
  std::vector<bool> is_placed(fingerprints.size());
  for (const std::size_t i : cut) {
    const auto best = std::ranges::find_if(
        similar[i], [&](std::size_t j) { return !IsCut(fingerprints[j]) || is_placed[j]; });
    if (best != similar[i].end()) {
      groups.Join(i, *best);
    }
    is_placed[i] = true;
  }
  std::vector<std::size_t> result(fingerprints.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = groups.Find(i);
  }
  return result;
}

}  // namespace schoolwatch::storage
