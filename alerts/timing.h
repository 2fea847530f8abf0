#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/calendar.h"
#include "core/finding.h"
#include "core/outbox.h"
#include "core/time.h"

// When what was found goes out. docs/alerts.md has it in words.
namespace schoolwatch::alerts {

struct CaseChange;

// What the configuration says of it. The default lets everything go at the end of each run.
struct TimingRules {
  core::SchoolCalendar calendar;
  // By school, of those that have another one than `calendar`.
  std::map<std::string, core::SchoolCalendar, std::less<>> other_calendars;
  const core::SchoolCalendar& CalendarOf(std::string_view school) const;
  config::DigestRhythm digest = config::DigestRhythm::kEachRun;
  std::chrono::minutes digest_at{7 * 60 + 30};
  std::chrono::weekday roll_up = std::chrono::Friday;
  std::size_t budget = 1000;
  config::DayHours quiet_hours;
  std::vector<config::Mute> mutes;
  std::vector<config::Contact> leads;  // The designated safeguarding leads.
};
TimingRules MakeTimingRules(const config::Settings& settings);

// How one change goes out.
struct Timing {
  core::Delivery delivery = core::Delivery::kDigest;
  std::string_view reason;
  bool never_waits = false;
  core::Timestamp
      not_before{};  // Of a digest's item: when it goes at last, with or without others.
};

// Whether a finding is more than one more voice in a case that people know: more severe, or with a
// danger that was not there.
bool IsWorse(const core::Finding& finding, const core::Case& before);

// Safeguarding never waits: the first post of a case at safeguarding medium or above, and any that
// is worse than the case so far, never_waits, whatever the rules say. Pure.
Timing DecideTiming(const CaseChange& change, core::Timestamp now, const TimingRules& rules);

// Under what a change's items come together.
std::string BatchKey(const core::Finding& finding, const core::Case& of, core::Delivery delivery);
std::string DigestKey(std::string_view school);

// The last time not after `now` at which a school's digest was due; the first of all times where
// there was none for weeks. Digests are due at `digest_at` of every working day (daily) and of the
// day on which a week is rolled up.
core::Timestamp LastDigestTime(const TimingRules& rules, core::Timestamp now,
                               std::string_view school = {});
// The next time after `now` at which a school's week is rolled up.
core::Timestamp NextRollUp(const TimingRules& rules, core::Timestamp now,
                           std::string_view school = {});

bool IsQuiet(const TimingRules& rules, core::Timestamp now);

// Whether `mute` is one of this case and holds: it has not ended, people have closed the case, and
// one that may be about safeguarding was closed by a designated safeguarding lead.
bool Holds(const config::Mute& mute, const core::Case& of, const TimingRules& rules,
           core::Timestamp now);
bool IsMuted(const core::Case& of, const TimingRules& rules, core::Timestamp now);

}  // namespace schoolwatch::alerts
