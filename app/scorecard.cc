#include "app/scorecard.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <set>
#include <utility>

namespace schoolwatch::app {
namespace {

constexpr int kDraws = 1'000;
constexpr std::uint64_t kSeed = 20'251'003;  // Any: the same figures each time.

bool Has(const std::vector<core::Category>& categories, core::Category category) {
  return std::ranges::find(categories, category) != categories.end();
}

bool HasVerdict(Verdict verdict, bool mentions, const std::vector<core::Category>& categories) {
  switch (verdict) {
    case Verdict::kMention:
      return mentions;
    case Verdict::kAlert:
      return !categories.empty();
    case Verdict::kSafeguarding:
      return Has(categories, core::Category::kSafeguarding);
    case Verdict::kDefamatory:
      return Has(categories, core::Category::kDefamatory);
    case Verdict::kReputational:
      return Has(categories, core::Category::kReputational);
  }
  return false;
}

void AddTo(Tally& tally, bool was, bool judged) {
  tally.right += was && judged ? 1u : 0u;
  tally.wrong += !was && judged ? 1u : 0u;
  tally.missed += was && !judged ? 1u : 0u;
}

double MeanOfCategories(const std::array<Tally, kVerdicts>& tallies) {
  double sum = 0;
  for (const core::Category category : core::kCategories) {
    sum += tallies[static_cast<std::size_t>(VerdictOf(category))].F1();
  }
  return sum / static_cast<double>(core::kCategories.size());
}

Interval MiddleOf(std::vector<double>& draws) {
  std::ranges::sort(draws);
  const std::size_t cut = draws.size() / 40;  // 2.5 % at each end.
  return {draws[cut], draws[draws.size() - 1 - cut]};
}

}  // namespace

Interval WilsonInterval(std::size_t right, std::size_t all) {
  if (all == 0) {
    return {};
  }
  constexpr double kZ = 1.959964;
  const double n = static_cast<double>(all);
  const double share = static_cast<double>(right) / n;
  const double middle = share + kZ * kZ / (2 * n);
  const double reach = kZ * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n));
  const double scale = 1 + kZ * kZ / n;
  return {std::max(0.0, (middle - reach) / scale), std::min(1.0, (middle + reach) / scale)};
}

double Tally::Precision() const {
  return right + wrong == 0 ? 1.0 : static_cast<double>(right) / static_cast<double>(right + wrong);
}
double Tally::Recall() const {
  return right + missed == 0 ? 1.0
                             : static_cast<double>(right) / static_cast<double>(right + missed);
}
double Tally::F1() const {
  const double sum = Precision() + Recall();
  return sum == 0 ? 0.0 : 2 * Precision() * Recall() / sum;
}

Verdict VerdictOf(core::Category category) {
  switch (category) {
    case core::Category::kSafeguarding:
      return Verdict::kSafeguarding;
    case core::Category::kDefamatory:
      return Verdict::kDefamatory;
    case core::Category::kReputational:
      return Verdict::kReputational;
  }
  return Verdict::kReputational;
}

bool ScoredPost::Was(Verdict verdict) const {
  return HasVerdict(verdict, line.label.mentions, line.label.categories);
}
bool ScoredPost::Judged(Verdict verdict) const { return HasVerdict(verdict, mentions, categories); }
bool ScoredPost::IsUrgentMissed() const {
  return line.label.severity == core::Severity::kUrgent && severity < core::Severity::kHigh;
}

void Scorecard::Add(PostLine line, core::Judgement judgement) {
  const PostLabel& label = line.label;
  std::set<std::string> named;
  for (const core::SchoolScore& school : judgement.schools) {
    named.insert(school.school);
  }
  ScoredPost post;
  post.mentions = judgement.mentions && named.contains(label.school);
  if (post.mentions) {
    post.categories = judgement.categories;
  }
  post.severity = post.categories.empty() ? core::Severity::kNone : judgement.severity;

  std::set<std::string> about(label.also_about.begin(), label.also_about.end());
  if (label.mentions) {
    about.insert(label.school);
  }
  if (!about.empty()) {
    ++about_any;
    post.right_schools = named == about;
    exact_schools += post.right_schools ? 1u : 0u;
    wrong_schools += static_cast<std::size_t>(std::ranges::count_if(
        named, [&about](const std::string& school) { return !about.contains(school); }));
  }
  const bool was_harmless = label.categories.empty();
  harmless += was_harmless ? 1u : 0u;
  harmless_alarmed += was_harmless && !post.categories.empty() ? 1u : 0u;
  if (label.severity == core::Severity::kUrgent) {
    ++urgent;
    urgent_caught += post.severity >= core::Severity::kHigh ? 1u : 0u;
  }
  if (post.severity == core::Severity::kUrgent) {
    ++said_urgent;
    said_urgent_right += label.severity >= core::Severity::kHigh ? 1u : 0u;
  }
  if (!was_harmless || !post.categories.empty()) {
    ++with_category;
    steps_off += static_cast<std::size_t>(
        std::abs(static_cast<int>(post.severity) - static_cast<int>(label.severity)));
  }
  ++severities[static_cast<std::size_t>(label.severity)][static_cast<std::size_t>(post.severity)];
  for (const core::Hit& hit : judgement.hits) {
    if (hit.weight > 0 && Has(post.categories, hit.category)) {
      ++(Has(label.categories, hit.category) ? rules[hit.rule].right : rules[hit.rule].wrong);
    }
  }
  post.line = std::move(line);
  post.judgement = std::move(judgement);
  for (std::size_t verdict = 0; verdict < kVerdicts; ++verdict) {
    AddTo(tallies_[verdict], post.Was(static_cast<Verdict>(verdict)),
          post.Judged(static_cast<Verdict>(verdict)));
  }
  posts_.push_back(std::move(post));
}

double Scorecard::MacroF1() const { return MeanOfCategories(tallies_); }

Scorecard::F1Intervals Scorecard::DrawIntervals() const {
  F1Intervals intervals;
  if (posts_.empty()) {
    return intervals;
  }
  // Of each post, what people and rules say, as bits.
  struct Bits {
    std::array<bool, kVerdicts> was{};
    std::array<bool, kVerdicts> judged{};
  };
  std::vector<Bits> bits(posts_.size());
  for (std::size_t index = 0; index < posts_.size(); ++index) {
    for (std::size_t verdict = 0; verdict < kVerdicts; ++verdict) {
      bits[index].was[verdict] = posts_[index].Was(static_cast<Verdict>(verdict));
      bits[index].judged[verdict] = posts_[index].Judged(static_cast<Verdict>(verdict));
    }
  }
  std::mt19937_64 random(kSeed);
  std::array<std::vector<double>, kVerdicts> f1;
  std::vector<double> macro;
  for (int draw = 0; draw < kDraws; ++draw) {
    std::array<Tally, kVerdicts> tallies{};
    for (std::size_t number = 0; number < posts_.size(); ++number) {
      // A remainder favours early posts by less than one in 10^15; a distribution of the library
      // would give other figures with another library.
      const Bits& post = bits[random() % bits.size()];
      for (std::size_t verdict = 0; verdict < kVerdicts; ++verdict) {
        AddTo(tallies[verdict], post.was[verdict], post.judged[verdict]);
      }
    }
    for (std::size_t verdict = 0; verdict < kVerdicts; ++verdict) {
      f1[verdict].push_back(tallies[verdict].F1());
    }
    macro.push_back(MeanOfCategories(tallies));
  }
  for (std::size_t verdict = 0; verdict < kVerdicts; ++verdict) {
    intervals.f1[verdict] = MiddleOf(f1[verdict]);
  }
  intervals.macro = MiddleOf(macro);
  return intervals;
}

}  // namespace schoolwatch::app
