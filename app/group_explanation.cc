#include "app/group_explanation.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <unordered_map>
#include <utility>

#include "core/text/copy_form.h"
#include "storage/near_duplicates.h"

namespace schoolwatch::app {
namespace {

using Kind = core::FingerprintWord::Kind;
using Words = std::vector<core::CopyWord>;

constexpr std::size_t kMostRuns = 3;
constexpr std::size_t kMostWords = 8;
constexpr std::size_t kMostApart = 3;
constexpr std::size_t kMostCompared = 64;  // Of those that share a key.
constexpr std::size_t kMostLaidOut = 256;  // Words; the table below has the square of it.

// Of those that are no copies: below this they have a phrase in common and no more.
constexpr double kNearlyCopies = 0.5;

std::string_view KindName(Kind kind) {
  switch (kind) {
    case Kind::kNumber:
      return "number";
    case Kind::kDay:
      return "day";
    case Kind::kName:
      return "name";
    case Kind::kNegation:
      return "negation";
    case Kind::kPlain:
    case Kind::kMinor:
    case Kind::kCut:
      break;
  }
  return "";
}

std::string Described(const core::CopyWord& word) {
  const std::string_view kind = KindName(word.kind);
  return kind.empty() ? word.text : word.text + " (" + std::string(kind) + ")";
}

void AddSome(const core::CopyWord& word, std::vector<std::string>& to) {
  if (to.size() < kMostWords) {
    to.push_back(Described(word));
  }
}

// Lays the words side by side: the longest common subsequence, and what is in neither.
void LayOut(const Words& a, const Words& b, Likeness& likeness) {
  const std::size_t width = b.size() + 1;
  std::vector<std::uint32_t> best((a.size() + 1) * width);
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      best[i * width + j] = a[i].text == b[j].text
                                ? 1 + best[(i + 1) * width + j + 1]
                                : std::max(best[(i + 1) * width + j], best[i * width + j + 1]);
    }
  }
  std::vector<std::pair<std::size_t, std::string>> runs;  // By length in words.
  bool running = false;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (a[i].text == b[j].text) {
      if (!running) {
        runs.emplace_back();
      }
      runs.back().second += (running ? " " : "") + a[i].text;
      ++runs.back().first;
      running = true;
      ++i;
      ++j;
      continue;
    }
    running = false;
    if (best[(i + 1) * width + j] >= best[i * width + j + 1]) {
      AddSome(a[i++], likeness.only_here);
    } else {
      AddSome(b[j++], likeness.only_there);
    }
  }
  for (; i < a.size(); ++i) {
    AddSome(a[i], likeness.only_here);
  }
  for (; j < b.size(); ++j) {
    AddSome(b[j], likeness.only_there);
  }
  std::ranges::stable_sort(runs, std::greater<>(), [](const auto& run) { return run.first; });
  for (auto& [length, words] : runs) {
    if (likeness.shared.size() < kMostRuns) {
      likeness.shared.push_back(std::move(words));
    }
  }
}

Likeness Describe(std::span<const GroupedText> texts, std::size_t here, std::size_t there,
                  std::string why) {
  Likeness likeness{
      .other = there, .why = std::move(why), .shared = {}, .only_here = {}, .only_there = {}};
  const Words a = core::MakeCopyForm(texts[here].text).words;
  const Words b = core::MakeCopyForm(texts[there].text).words;
  if (a.size() <= kMostLaidOut && b.size() <= kMostLaidOut) {
    LayOut(a, b, likeness);
  }
  return likeness;
}

}  // namespace

std::vector<GroupReason> ExplainGroups(std::span<const GroupedText> texts) {
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> index;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (const std::uint64_t key : storage::LookupKeys(texts[i].print)) {
      if (std::vector<std::size_t>& entry = index[key]; entry.size() < kMostCompared) {
        entry.push_back(i);
      }
    }
  }
  std::vector<GroupReason> reasons(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::set<std::size_t> others;
    for (const std::uint64_t key : storage::LookupKeys(texts[i].print)) {
      const std::vector<std::size_t>& entry = index[key];
      others.insert(entry.begin(), entry.end());
    }
    struct Compared {
      std::size_t other = 0;
      storage::Resemblance resemblance;
    };
    std::vector<Compared> joined;
    std::vector<Compared> apart;
    for (const std::size_t other : others) {
      if (other == i) {
        continue;
      }
      storage::Resemblance resemblance = storage::Compare(texts[i].print, texts[other].print);
      if (texts[i].group == texts[other].group) {
        if (resemblance.same) {
          joined.push_back({other, std::move(resemblance)});
        }
      } else if (resemblance.same || resemblance.conflicts ||
                 resemblance.containment >= kNearlyCopies) {
        apart.push_back({other, std::move(resemblance)});
      }
    }
    const auto likest = [](const Compared& one) { return one.resemblance.jaccard; };
    std::ranges::stable_sort(joined, std::greater<>(), likest);
    std::ranges::stable_sort(apart, std::greater<>(), likest);
    if (!joined.empty()) {
      reasons[i].joined = Describe(texts, i, joined[0].other, std::move(joined[0].resemblance.why));
    }
    for (Compared& one : apart) {
      if (reasons[i].apart.size() < kMostApart) {
        // Copies of texts that conflict with one another are not joined through a third.
        reasons[i].apart.push_back(Describe(
            texts, i, one.other,
            one.resemblance.same ? one.resemblance.why + "; but its group holds a text that differs"
                                 : std::move(one.resemblance.why)));
      }
    }
  }
  return reasons;
}

}  // namespace schoolwatch::app
