#include "alerts/timing.h"

#include <algorithm>
#include <optional>

#include "alerts/alert.h"
#include "alerts/named.h"
#include "alerts/planner.h"
#include "core/working_time.h"

namespace schoolwatch::alerts {
namespace {

namespace chr = std::chrono;

using core::Severity;

// What must go the same school day goes so long before its end, so that somebody is still there.
constexpr chr::minutes kBeforeHome{60};

bool HasSafeguarding(const std::vector<core::Category>& categories) {
  return std::ranges::find(categories, core::Category::kSafeguarding) != categories.end();
}

chr::sys_days Monday(chr::year_month_day day) {
  return chr::sys_days(day) - (chr::weekday(chr::sys_days(day)) - chr::Monday);
}

bool IsDigestDay(const TimingRules& rules, const core::SchoolCalendar& calendar,
                 chr::year_month_day day) {
  return (rules.digest == config::DigestRhythm::kDaily && core::IsWorkingDay(calendar, day)) ||
         core::RollUpDay(calendar, day, rules.roll_up) == day;
}

// By when a possible safeguarding concern of low severity goes: with the day's digest, or an hour
// before the day's work ends, or at once where that is past.
core::Timestamp SameSchoolDay(const TimingRules& rules, const core::SchoolCalendar& calendar,
                              core::Timestamp now) {
  const chr::minutes sweep = std::max(calendar.work_from, calendar.work_to - kBeforeHome);
  const core::LocalTime local = core::LocalTimeAt(calendar, now);
  if (core::IsWorkingDay(calendar, local.day)) {
    const core::Timestamp digest = core::MomentOf(calendar, local.day, rules.digest_at);
    if (digest > now && rules.digest_at <= sweep && IsDigestDay(rules, calendar, local.day)) {
      return digest;
    }
    return std::max(now, core::MomentOf(calendar, local.day, sweep));
  }
  const chr::year_month_day next = core::NextWorkingDay(calendar, local.day);
  return core::MomentOf(
      calendar, next,
      IsDigestDay(rules, calendar, next) ? std::min(rules.digest_at, sweep) : sweep);
}

std::string Plain(std::string_view id) {
  std::string plain;
  for (const char c : id) {
    if (c != '-') {
      plain += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return plain;
}

// Whether a person who closed a case, as they gave their name, is one of `leads`.
bool IsLead(const std::string& who, const std::vector<config::Contact>& leads) {
  const NameWords words(who);
  return std::ranges::any_of(leads, [&](const config::Contact& lead) {
    return who == lead.email || PersonName(lead.name, lead.role).IsNamedIn(words);
  });
}

}  // namespace

const core::SchoolCalendar& TimingRules::CalendarOf(std::string_view school) const {
  const auto found = other_calendars.find(school);
  return found == other_calendars.end() ? calendar : found->second;
}

TimingRules MakeTimingRules(const config::Settings& settings) {
  const config::AlertSettings& alerts = settings.alerts;
  TimingRules rules{.calendar = settings.calendar,
                    .other_calendars = settings.other_calendars,
                    .digest = alerts.digest,
                    .digest_at = alerts.digest_at,
                    .roll_up = alerts.roll_up,
                    .budget = alerts.budget,
                    .quiet_hours = alerts.quiet_hours,
                    .mutes = alerts.mutes,
                    .leads = {}};
  for (const config::Contact& contact : settings.contacts) {
    if (contact.role == "dsl") {
      rules.leads.push_back(contact);
    }
  }
  return rules;
}

bool IsWorse(const core::Finding& finding, const core::Case& before) {
  const core::Judgement& judgement = finding.judgement;
  if (judgement.severity > before.severity) {
    return true;
  }
  if (!HasSafeguarding(judgement.categories) || judgement.severity < Severity::kMedium) {
    return false;
  }
  // The same severity, but a danger that was not there: a threat thread in which somebody now
  // speaks of harming themselves.
  return !HasSafeguarding(before.categories) ||
         std::ranges::any_of(judgement.topics, [&](const std::string& topic) {
           return std::ranges::find(before.topics, topic) == before.topics.end();
         });
}

Timing DecideTiming(const CaseChange& change, core::Timestamp now, const TimingRules& rules) {
  const core::Finding& finding = *change.finding;
  const Severity severity = finding.judgement.severity;
  const std::optional<core::Case>& before = change.before;
  const bool safeguarding = HasSafeguarding(finding.judgement.categories);
  const bool danger = safeguarding && severity >= Severity::kMedium;
  // A case may be severe as gossip and mild as a danger: the two are compared apart.
  const bool was_safeguarding = before && HasSafeguarding(before->categories);
  const Severity danger_before =
      change.danger_before.value_or(was_safeguarding ? before->severity : Severity::kNone);
  const bool more_danger = danger && severity > danger_before;
  const bool worse = before && (more_danger || IsWorse(finding, *before));
  // What people have closed they no longer look at: what comes after it is news like any other.
  const bool closed = before && before->state == core::CaseState::kClosed;
  const bool known = before && !worse && !closed;
  const std::string_view news = closed ? kReasonReopened : kReasonNew;
  const bool never_waits = (danger && !before) ||
                           (worse && (danger || safeguarding || was_safeguarding)) ||
                           (danger && closed && !IsMuted(*before, rules, now));

  const auto at_once = [&](std::string_view reason) {
    return Timing{.delivery = core::Delivery::kNow, .reason = reason, .never_waits = never_waits};
  };
  if (change.backlog) {
    Timing timing = at_once(kReasonBacklog);
    if (!safeguarding || severity < Severity::kHigh || known) {
      timing.delivery = core::Delivery::kBacklog;
    }
    return timing;
  }
  if (worse) {
    return at_once(kReasonWorse);
  }
  if (known && change.growing) {
    return at_once(kReasonGrowing);
  }
  if (!known && (danger || severity >= Severity::kHigh)) {
    return at_once(news);
  }
  Timing timing;
  timing.reason = !known ? news : change.edited ? kReasonEdited : kReasonMore;
  if (danger) {
    timing.delivery = core::Delivery::kSummary;
  } else if (safeguarding) {
    timing.not_before = SameSchoolDay(rules, rules.CalendarOf(finding.school), now);
  } else if (timing.reason == kReasonMore && severity <= Severity::kLow) {
    // Adds little: alone it is no reason for a mail until the week is rolled up.
    timing.not_before = NextRollUp(rules, now, finding.school);
  }
  return timing;
}

std::string DigestKey(std::string_view school) { return "digest:" + std::string(school); }

std::string BatchKey(const core::Finding& finding, const core::Case& of, core::Delivery delivery) {
  switch (delivery) {
    case core::Delivery::kNow:
      return "case:" + of.id;
    case core::Delivery::kDigest:
      return DigestKey(finding.school);
    case core::Delivery::kBacklog:
      return "backlog:" + finding.post.source;
    case core::Delivery::kSummary:
      return "summary:" + of.id;
  }
  return "case:" + of.id;
}

core::Timestamp LastDigestTime(const TimingRules& rules, core::Timestamp now,
                               std::string_view school) {
  const core::SchoolCalendar& calendar = rules.CalendarOf(school);
  // Weeks have at least one, so two and a bit are more than enough.
  chr::sys_days day = core::LocalTimeAt(calendar, now).day;
  for (int i = 0; i < 16; ++i, day -= chr::days(1)) {
    const core::Timestamp at = core::MomentOf(calendar, day, rules.digest_at);
    if (at <= now && IsDigestDay(rules, calendar, day)) {
      return at;
    }
  }
  return {};
}

core::Timestamp NextRollUp(const TimingRules& rules, core::Timestamp now, std::string_view school) {
  const core::SchoolCalendar& calendar = rules.CalendarOf(school);
  const chr::sys_days monday = Monday(core::LocalTimeAt(calendar, now).day);
  for (const chr::sys_days week : {monday, monday + chr::days(7)}) {
    const core::Timestamp at =
        core::MomentOf(calendar, core::RollUpDay(calendar, week, rules.roll_up), rules.digest_at);
    if (at > now) {
      return at;
    }
  }
  return core::MomentOf(calendar, monday + chr::days(14), rules.digest_at);
}

bool IsQuiet(const TimingRules& rules, core::Timestamp now) {
  const config::DayHours& quiet = rules.quiet_hours;
  const chr::milliseconds time = core::LocalTimeAt(rules.calendar, now).time;
  const bool after = time >= quiet.from;
  const bool before = time < quiet.to;
  return quiet.from <= quiet.to ? after && before : after || before;
}

bool Holds(const config::Mute& mute, const core::Case& of, const TimingRules& rules,
           core::Timestamp now) {
  if (Plain(mute.case_id) != Plain(of.id) ||
      core::LocalTimeAt(rules.calendar, now).day > mute.until) {
    return false;
  }
  // Since then a new post may have opened it again, which is what a mute is for; a person who did
  // wants to hear of it.
  for (auto event = of.history.rbegin(); event != of.history.rend(); ++event) {
    if (event->kind == core::CaseEventKind::kReopened && !event->who.empty()) {
      return false;
    }
    if (event->kind == core::CaseEventKind::kClosed) {
      return !HasSafeguarding(of.categories) || IsLead(event->who, rules.leads);
    }
  }
  return false;
}

bool IsMuted(const core::Case& of, const TimingRules& rules, core::Timestamp now) {
  return std::ranges::any_of(rules.mutes,
                             [&](const config::Mute& mute) { return Holds(mute, of, rules, now); });
}

}  // namespace schoolwatch::alerts
