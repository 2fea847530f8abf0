#include "crawler/schedule.h"

#include <algorithm>

#include "core/hash.h"
#include "crawler/source_health.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDay = std::chrono::hours(24);
constexpr milliseconds kEarly = std::chrono::minutes(1);
// Beyond this a stored moment cannot be true, only an earlier clock wrong.
constexpr milliseconds kClockSlack = std::chrono::hours(1);

// After a look that did not work.
milliseconds FailedWait(const core::SourceState& state, milliseconds interval,
                        LookOutcome outcome) {
  if (outcome == LookOutcome::kForbidden) {
    return std::max(interval, kDay);
  }
  milliseconds wait = interval;
  for (std::uint32_t i = 1; i < state.failures && wait < kDay; ++i) {
    wait *= 2;
  }
  return state.failures > 1 ? std::max(interval, std::min(wait, kDay)) : interval;
}

milliseconds Jitter(const core::SourceState& state, milliseconds wait, core::Timestamp now) {
  const std::uint64_t hash =
      core::Hash64(state.name + ' ' + std::to_string(now.time_since_epoch().count()));
  return wait * static_cast<std::int64_t>(hash % 1001) / 10'000;
}

}  // namespace

bool IsDue(const core::SourceState& state, core::Timestamp now) {
  return state.next_due <= now + kEarly || state.last_looked_at > now + kClockSlack;
}

core::SourceState AfterLook(core::SourceState state, const RevisitPolicy& policy, const Look& look,
                            core::Timestamp now) {
  const core::SourceState before = state;
  state.last_looked_at = now;
  state.posts_seen += look.new_posts;
  if (look.newest_post) {
    // A date in the future is a mistake or a trick; kept, it would hide for ever that all is quiet.
    const core::Timestamp newest = std::min(*look.newest_post, now);
    state.newest_post = std::max(state.newest_post.value_or(newest), newest);
  }
  const bool worked =
      look.outcome == LookOutcome::kChanged || look.outcome == LookOutcome::kUnchanged;
  if (worked) {
    // The first look that worked: what it finds is the backlog.
    if (state.first_looked_at == core::Timestamp{}) {
      state.first_looked_at = now;
    }
    state.last_worked_at = now;
    state.failures = 0;
    state.last_error = look.for_a_person ? look.error : "";
  } else {
    // A ban is no failure: nothing is broken, and more looks change nothing.
    state.failures = look.outcome == LookOutcome::kFailed ? state.failures + 1 : 0;
    state.last_error = look.error;
    if (look.for_a_person) {
      state.failures = std::max(state.failures, kBrokenAfter);
    }
  }
  NoteHealth(state, before, look, now);
  state.feed = look.hints.value_or(state.feed);
  if (worked) {
    state.interval = AdaptInterval(policy, Revisited::kSource, state.interval, look.change,
                                   state.feed.usual_gap);
    state.next_due = NextLook(policy, state.name, state.interval, state.feed, look.fresh, now);
  } else {
    const milliseconds wait = FailedWait(state, policy.interval, look.outcome);
    state.next_due = now + wait - Jitter(state, wait, now);
  }
  state.next_due = std::max(state.next_due, std::min(look.not_before, now + kDay));
  return state;
}

}  // namespace schoolwatch::crawler
