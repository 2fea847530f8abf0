#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/fetch_state.h"
#include "core/time.h"

namespace schoolwatch::crawler {

// What one look at a source came to.
enum class LookOutcome {
  kChanged,    // Something was read.
  kUnchanged,  // It answered, and nothing is new.
  kFailed,     // Its own address could not be had or read.
  kForbidden,  // robots.txt or the source itself says no.
};

struct Look {
  LookOutcome outcome = LookOutcome::kChanged;
  std::uint64_t new_posts = 0;                 // Posts not seen before.
  std::optional<core::Timestamp> newest_post;  // Of all that were read.
  std::string error;                           // For people, where it failed or was forbidden.
  core::SourceTrouble trouble = core::SourceTrouble::kNone;  // The same for programs.
  // Posts on it, new ones or not; nullopt where the answer said that nothing changed.
  std::optional<std::uint64_t> posts_held{};
  std::chrono::milliseconds post_delay{
      0};  // The longest from a new post's time to our fetching it.
};

// Looks that fail in a row until a source counts as broken.
constexpr std::uint32_t kBrokenAfter = 5;

// Whether a source should be looked at. A minute early counts, so that a cron job with the source's
// own interval does not miss every second turn; so does a state from the future (the clock went
// back).
bool IsDue(const core::SourceState& state, core::Timestamp now);

// The state after a look that began at `now`. The next one is due after `interval`, less up to a
// tenth (by a hash, so that many sources do not move in step, and the same after a restart). After
// failures the interval doubles each time, up to a day, or the interval where that is longer; a
// forbidden source is asked again after a day. Broken after kBrokenAfter failures in a row, before
// that its health stays as it was; NoteHealth (source_health.h) has the rest.
core::SourceState AfterLook(core::SourceState state, std::chrono::seconds interval,
                            const Look& look, core::Timestamp now);

}  // namespace schoolwatch::crawler
