#include "crawler/revisit.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "core/hash.h"
#include "crawler/rhythm.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kHour = std::chrono::hours(1);
constexpr milliseconds kDay = std::chrono::days(1);

// A wait never grows past this, whatever is configured or stored.
constexpr milliseconds kMost = std::chrono::days(62);

milliseconds LongestWait(const RevisitPolicy& policy) {
  return std::clamp(std::max(policy.longest_wait, policy.interval), kRevisitFloor, kMost);
}

milliseconds LongestInterval(const RevisitPolicy& policy, Revisited what) {
  constexpr int kQuietPage = 4;  // A thread that nobody writes in any more.
  switch (policy.mode) {
    case config::Revisit::kAdaptive:
      return LongestWait(policy);
    case config::Revisit::kPrompt:
      return what == Revisited::kPage ? std::min(policy.interval * kQuietPage, LongestWait(policy))
                                      : policy.interval;
    case config::Revisit::kFixed:
      break;
  }
  return policy.interval;
}

// What a site may ask for beyond the interval. Who waits for an alert must not wait for a cache.
milliseconds LongestHint(const RevisitPolicy& policy) {
  return policy.mode == config::Revisit::kAdaptive ? LongestWait(policy)
                                                   : std::max(policy.interval, kHour);
}

bool IsSkipped(const core::FeedHints& hints, core::Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const auto hour = std::chrono::floor<std::chrono::hours>(time - day).count();
  return ((hints.skip_hours >> static_cast<unsigned>(hour)) & 1u) != 0 ||
         ((hints.skip_days >> std::chrono::weekday(day).c_encoding()) & 1u) != 0;
}

milliseconds Scaled(milliseconds wait, double factor) {
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(wait.count()) * factor));
}

}  // namespace

RevisitPolicy RevisitPolicyFor(const config::Source& source, const config::Settings& settings) {
  return {.interval = std::max<milliseconds>(source.interval, kRevisitFloor),
          .mode = source.revisit,
          .longest_wait = settings.crawl.longest_wait,
          .calendar = settings.calendar,
          .rhythm = settings.crawl.rhythm};
}

milliseconds AdaptInterval(const RevisitPolicy& policy, Revisited what, milliseconds previous,
                           Change change, milliseconds usual_gap) {
  const milliseconds least =
      policy.mode == config::Revisit::kFixed ? policy.interval : kRevisitFloor;
  const milliseconds most = std::max(LongestInterval(policy, what), least);
  milliseconds interval = policy.interval;
  if (previous > milliseconds(0)) {
    interval = Scaled(std::clamp(previous, least, most), change == Change::kSome ? 0.8 : 1.2);
  }
  if (usual_gap > milliseconds(0)) {
    // The geometric mean: a tenth and ten times weigh the same.
    const double half_gap = static_cast<double>(std::min(usual_gap, kMost).count()) / 2;
    interval = milliseconds(static_cast<std::int64_t>(
        std::sqrt(static_cast<double>(interval.count()) * std::max(half_gap, 1.0))));
  }
  return std::clamp(interval, least, most);
}

core::Timestamp NextLook(const RevisitPolicy& policy, std::string_view name, milliseconds interval,
                         const core::FeedHints& hints, milliseconds fresh, core::Timestamp now) {
  const std::uint64_t hash =
      core::Hash64(std::string(name) + ' ' + std::to_string(now.time_since_epoch().count()));
  const double part = static_cast<double>(hash % 1001) / 10'000;
  const milliseconds longest_hint = LongestHint(policy);
  const milliseconds asked = std::clamp(std::max(hints.wait, fresh), milliseconds(0), longest_hint);
  // Never before the hint: its jitter goes the other way.
  const milliseconds wait = std::max(Scaled(std::clamp(interval, milliseconds(0), kMost), 1 - part),
                                     Scaled(asked, 1 + part));
  core::Timestamp due = StretchedEnd(now, wait, policy.calendar, policy.rhythm);
  const core::Timestamp skip_until = now + longest_hint;
  while (IsSkipped(hints, due) && due < skip_until) {
    due = std::min<core::Timestamp>(
        std::chrono::floor<std::chrono::hours>(due) + std::chrono::hours(1), skip_until);
  }
  return std::min(due, now + LongestWait(policy));
}

milliseconds UsualGap(std::span<const core::Post> posts, core::Timestamp now) {
  constexpr std::size_t kNewest = 20;
  std::vector<core::Timestamp> times;
  for (const core::Post& post : posts) {
    // A date ahead is a mistake, or an appointment.
    if (post.published && *post.published <= now + kHour) {
      times.push_back(*post.published);
    }
  }
  if (times.size() < 3) {
    return {};
  }
  std::ranges::sort(times, std::greater());
  times.resize(std::min(times.size(), kNewest));
  std::vector<milliseconds> gaps;
  for (std::size_t i = 1; i < times.size(); ++i) {
    gaps.push_back(times[i - 1] - times[i]);
  }
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::ranges::nth_element(gaps, middle);
  // Posts of one moment (an import) still show a rhythm: one that is faster than the floor.
  return std::clamp(*middle, milliseconds(1), 365 * kDay);
}

void PlanPage(const RevisitPolicy& policy, Change change, Covered covered, core::Timestamp now,
              core::UrlState& state) {
  state.interval = AdaptInterval(policy, Revisited::kPage, state.interval, change, {});
  const milliseconds wait = covered == Covered::kByFeed ? LongestWait(policy) : state.interval;
  const milliseconds fresh =
      std::max<milliseconds>(state.next_due - now, milliseconds(0));  // AfterDocument's.
  state.next_due = NextLook(policy, state.key, wait, {}, fresh, now);
}

}  // namespace schoolwatch::crawler
