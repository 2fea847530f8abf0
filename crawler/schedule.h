#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/fetch_state.h"
#include "core/time.h"
#include "crawler/revisit.h"

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
  std::uint64_t new_posts = 0;                   // Posts not seen before.
  std::optional<core::Timestamp> newest_post{};  // Of all that were read.
  std::string error{};                           // For people, where it failed or was forbidden.
  Change change = Change::kNone;  // Whether posts or words came that were not there before.
  std::optional<core::FeedHints> hints{};  // Where a feed was read; else the last ones stay.
  std::chrono::milliseconds fresh{0};      // How long the answer says that it stays so.
  // What the host asked for when it would not answer (Retry-After); kept up to a day.
  core::Timestamp not_before{};
  core::SourceTrouble trouble = core::SourceTrouble::kNone;  // The same for programs.
  // Posts on it, new ones or not; nullopt where the answer said that nothing changed.
  std::optional<std::uint64_t> posts_held{};
  // The longest from a new post's time to our fetching it.
  std::chrono::milliseconds post_delay{0};
  // What waiting does not mend, as a credential that is refused; `error` says what. Broken at once,
  // also where the rest of it worked.
  bool for_a_person = false;
};

// Looks that fail in a row until a source counts as broken.
constexpr std::uint32_t kBrokenAfter = 5;

// Whether a source should be looked at. A minute early counts, so that a cron job with the source's
// own interval does not miss every second turn; so does a state from the future (the clock went
// back).
bool IsDue(const core::SourceState& state, core::Timestamp now);

// The state after a look that began at `now`. When the next one is due is NextLook's to say, with
// an interval that AdaptInterval has changed by what this one found. After failures the configured
// interval doubles each time, up to a day, or the interval where that is longer; a forbidden source
// is asked again after a day. Broken after kBrokenAfter failures in a row, before that its health
// stays as it was; NoteHealth (source_health.h) has the rest.
core::SourceState AfterLook(core::SourceState state, const RevisitPolicy& policy, const Look& look,
                            core::Timestamp now);

}  // namespace schoolwatch::crawler
