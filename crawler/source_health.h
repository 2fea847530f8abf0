#pragma once

#include <chrono>
#include <optional>

#include "core/fetch_state.h"
#include "core/time.h"
#include "crawler/schedule.h"

namespace schoolwatch::crawler {

// Whether a source does what it is watched for. Five things are told apart: it works; it is broken
// (fails again and again: no answer, or one that cannot be read); it is empty (answers, and holds
// no posts); it is unusually quiet (holds posts, none of them new for long); robots.txt forbids it.

// Days without a single post on it until a source that had posts counts as empty: a search or a
// page of comments may well hold none for a while.
constexpr std::chrono::days kEmptyAfter{7};

// Fills in what `look` says of a source's health: `state` is `before` with the look's times, posts
// and failures counted in already. Quiet is when the newest post is older than 14 days and five
// times the usual gap between posts, the longer of what we saw and what its feed's dates show.
void NoteHealth(core::SourceState& state, const core::SourceState& before, const Look& look,
                core::Timestamp now);

// What people have not been told yet, if anything: a trouble that is another than the one told
// last, or that it works again after one.
std::optional<core::SourceHealth> HealthToTell(const core::SourceState& state);

// The worst of the last 30 days.
struct WorstDelays {
  std::chrono::milliseconds post{0};
  std::chrono::milliseconds look{0};
};
WorstDelays FindWorstDelays(const core::SourceState& state, core::Timestamp now);

// Why a look failed, from the HTTP status of what was asked for; 0 for none, then `kind` decides.
core::SourceTrouble TroubleOf(int status, core::ErrorKind kind);

}  // namespace schoolwatch::crawler
