#include "crawler/source_health.h"

#include <algorithm>

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::days kQuietAtLeast{14};
constexpr std::int64_t kDelayDays = 30;

std::int64_t DayOf(core::Timestamp time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

bool Worked(const Look& look) {
  return look.outcome == LookOutcome::kChanged || look.outcome == LookOutcome::kUnchanged;
}

bool IsQuiet(const core::SourceState& state, core::Timestamp now) {
  if (!state.newest_post || state.posts_seen == 0) {
    return false;
  }
  // What was there at the first look makes this gap look shorter than it is; the feed's own dates
  // mend that where there are some, and the 14 days where there are none.
  const milliseconds seen =
      (now - state.first_looked_at) / static_cast<std::int64_t>(state.posts_seen);
  const milliseconds usual = std::max(seen, state.feed.usual_gap);
  return now - *state.newest_post > std::max<milliseconds>(kQuietAtLeast, 5 * usual);
}

core::SourceHealth HealthAfter(const core::SourceState& state, const Look& look,
                               core::Timestamp now) {
  if (look.outcome == LookOutcome::kForbidden) {
    return core::SourceHealth::kForbidden;
  }
  if (look.for_a_person) {
    return core::SourceHealth::kBroken;
  }
  if (look.outcome == LookOutcome::kFailed) {
    return state.failures >= kBrokenAfter ? core::SourceHealth::kBroken : state.health;
  }
  const bool bare =
      state.last_held_at != core::Timestamp{} && now - state.last_held_at >= kEmptyAfter;
  if (state.posts_seen == 0 || bare) {
    return core::SourceHealth::kEmpty;
  }
  return IsQuiet(state, now) ? core::SourceHealth::kQuiet : core::SourceHealth::kWorking;
}

void NoteHeld(core::SourceState& state, const core::SourceState& before, const Look& look,
              core::Timestamp now) {
  // What did not change holds what it held before; of a source from before this was kept that is
  // taken to be posts.
  const bool held = look.posts_held ? *look.posts_held > 0
                    : before.last_held_at == core::Timestamp{}
                        ? state.posts_seen > 0
                        : before.last_held_at >= before.last_worked_at;
  if (held) {
    state.last_held_at = now;
  } else if (state.last_held_at == core::Timestamp{} && state.posts_seen > 0) {
    state.last_held_at = before.last_worked_at;
  }
}

void NoteDelays(core::SourceState& state, milliseconds post, milliseconds look,
                core::Timestamp now) {
  const std::int64_t today = DayOf(now);
  std::erase_if(state.delays, [today](const core::SourceDelays& day) {
    return day.day <= today - kDelayDays || day.day > today;
  });
  if (post <= milliseconds(0) && look <= milliseconds(0)) {
    return;
  }
  if (state.delays.empty() || state.delays.back().day != today) {
    state.delays.push_back({.day = today});
  }
  core::SourceDelays& worst = state.delays.back();
  worst.post = std::max(worst.post, post);
  worst.look = std::max(worst.look, look);
}

}  // namespace

void NoteHealth(core::SourceState& state, const core::SourceState& before, const Look& look,
                core::Timestamp now) {
  if (Worked(look)) {
    NoteHeld(state, before, look, now);
    state.trouble = look.for_a_person ? look.trouble : core::SourceTrouble::kNone;
  } else {
    state.trouble = look.trouble;
  }
  state.health = HealthAfter(state, look, now);
  if (state.health != before.health || state.health_since == core::Timestamp{}) {
    state.health_since = now;
  }
  const bool was_due = before.next_due != core::Timestamp{} && before.last_looked_at <= now;
  NoteDelays(state, look.post_delay, was_due ? now - before.next_due : milliseconds(0), now);
}

std::optional<core::SourceHealth> HealthToTell(const core::SourceState& state) {
  const auto is_well = [](core::SourceHealth health) {
    return health == core::SourceHealth::kNew || health == core::SourceHealth::kWorking;
  };
  if (state.health == state.told || state.health == core::SourceHealth::kNew ||
      (is_well(state.health) && is_well(state.told))) {
    return std::nullopt;
  }
  return state.health;
}

WorstDelays FindWorstDelays(const core::SourceState& state, core::Timestamp now) {
  WorstDelays worst;
  for (const core::SourceDelays& day : state.delays) {
    if (day.day > DayOf(now) - kDelayDays) {
      worst.post = std::max(worst.post, day.post);
      worst.look = std::max(worst.look, day.look);
    }
  }
  return worst;
}

core::SourceTrouble TroubleOf(int status, core::ErrorKind kind) {
  if (status == 404 || status == 410) {
    return core::SourceTrouble::kGone;
  }
  if (status == 429) {
    return core::SourceTrouble::kThrottled;
  }
  if (status >= 400) {
    return status < 500 ? core::SourceTrouble::kRefused : core::SourceTrouble::kServer;
  }
  if (status != 0) {
    return core::SourceTrouble::kOther;
  }
  switch (kind) {
    case core::ErrorKind::kForbidden:
      return core::SourceTrouble::kAddress;
    case core::ErrorKind::kUnavailable:
      return core::SourceTrouble::kNoAnswer;
    default:
      return core::SourceTrouble::kOther;
  }
}

}  // namespace schoolwatch::crawler
