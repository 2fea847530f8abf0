#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "config/settings.h"
#include "core/calendar.h"
#include "core/fetch_state.h"
#include "core/post.h"
#include "core/time.h"

namespace schoolwatch::crawler {

// How often one source and the pages behind it are asked.
struct RevisitPolicy {
  std::chrono::milliseconds interval = std::chrono::minutes(30);  // As configured.
  config::Revisit mode = config::Revisit::kPrompt;
  std::chrono::milliseconds longest_wait = std::chrono::hours(24);
  core::SchoolCalendar calendar{};
  config::Rhythm rhythm{};
};
RevisitPolicy RevisitPolicyFor(const config::Source& source, const config::Settings& settings);

// No address is asked more often, whatever is configured.
constexpr std::chrono::milliseconds kRevisitFloor = std::chrono::minutes(15);

enum class Change { kNone, kSome };
// A source's own address, or a page that was followed to.
enum class Revisited { kSource, kPage };

// The interval after a look: a fifth shorter where something was new, a fifth longer where nothing
// was; where a feed shows how often it posts, half of its usual gap has the same weight. Between
// kRevisitFloor and `interval` (kPrompt; four times that for pages) or `longest_wait` (kAdaptive).
// Without a `previous` one (zero) it is the configured one.
std::chrono::milliseconds AdaptInterval(const RevisitPolicy& policy, Revisited what,
                                        std::chrono::milliseconds previous, Change change,
                                        std::chrono::milliseconds usual_gap);

// When to look again: after `interval`, less up to a tenth by a hash of `name` and `now`; not
// before the answer stops being `fresh` or the feed's own wait is over, nor in the hours and days
// that it skips, as far as these ask for an hour or the configured interval at most (kAdaptive: for
// `longest_wait`); stretched by the school's rhythm; never after `longest_wait`, or the configured
// interval where that is longer.
core::Timestamp NextLook(const RevisitPolicy& policy, std::string_view name,
                         std::chrono::milliseconds interval, const core::FeedHints& hints,
                         std::chrono::milliseconds fresh, core::Timestamp now);

// The median time between the 20 newest dated posts; zero for fewer than three of them.
std::chrono::milliseconds UsualGap(std::span<const core::Post> posts, core::Timestamp now);

// A followed page after it was read or found unchanged at `now`: its interval and when it is due.
// A page whose news come by a feed that is polled anyway (`covered`) waits as long as may be.
enum class Covered { kNo, kByFeed };
void PlanPage(const RevisitPolicy& policy, Change change, Covered covered, core::Timestamp now,
              core::UrlState& state);

}  // namespace schoolwatch::crawler
