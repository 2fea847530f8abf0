#include "app/pipeline/unanswered.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/alert.h"
#include "alerts/escalation.h"
#include "alerts/planner.h"
#include "alerts/response_clock.h"
#include "alerts/timing.h"
#include "app/withheld_cases.h"
#include "core/hash.h"
#include "core/mutex.h"
#include "core/outcome.h"

namespace schoolwatch::app {
namespace {

// Older cases have had all their steps, however long the holidays were.
constexpr std::chrono::days kLongestWait{70};
// `watch` asks every quarter of a minute.
constexpr std::chrono::minutes kBetweenLooks{5};
constexpr std::string_view kLookedAt = "alerts/looked-for-unanswered";
// What a source's first look may take beyond a run's time limit.
constexpr std::chrono::minutes kFirstLook{30};

// A case with what decides who may be told of it.
struct Unanswered {
  core::Case of;
  core::Finding worst;
  alerts::CaseVoices voices;
};

core::Result<std::optional<Unanswered>> Load(const storage::Store& store,
                                             const alerts::Audience& audience, core::Case of) {
  std::optional<core::Finding> worst;
  for (const std::string& id : of.findings) {
    core::Result<core::Finding> finding = store.LoadFinding(id);
    if (!finding && finding.error().kind != core::ErrorKind::kNotFound) {
      return core::Fail(finding.error());
    }
    // Erased ones are just gone.
    if (finding && (!worst || finding->judgement.severity > worst->judgement.severity)) {
      worst = *std::move(finding);
    }
  }
  if (!worst) {
    return std::nullopt;
  }
  SW_ASSIGN(alerts::CaseVoices voices, HearCase(store, audience, of));
  return Unanswered{.of = std::move(of), .worst = *std::move(worst), .voices = std::move(voices)};
}

// The contacts with a role who may be told of it and were not told when it came.
std::vector<const alerts::Person*> NotYetTold(const alerts::Planner& planner, const Unanswered& one,
                                              const std::string& role) {
  const alerts::CaseChange change{
      .finding = &one.worst, .before = one.of, .after = one.of, .earlier = &one.voices};
  const alerts::Decision told = planner.Decide(change);
  const alerts::Audience& audience = planner.audience();
  const std::vector<const alerts::Person*> people = audience.Of(one.of.school);
  const std::vector<alerts::Withheld> withheld = audience.WithheldFrom(one.of.school, one.voices);
  std::vector<const alerts::Person*> next;
  for (std::size_t i = 0; i < people.size(); ++i) {
    const bool knows = std::ranges::any_of(told.told, [&](const alerts::Decision::Told& other) {
      return other.person->lower_email == people[i]->lower_email;
    });
    if (people[i]->role == role && withheld[i] == alerts::Withheld::kNo && !knows) {
      next.push_back(people[i]);
    }
  }
  return next;
}

// Whether it came in the one summary of what a new source already held, which asks for no answer.
core::Result<bool> WasBacklog(const storage::Store& store, const config::Limits& limits,
                              const Unanswered& one) {
  const core::Finding& finding = one.worst;
  const bool old =
      !finding.post.published || *finding.post.published < finding.fetched_at - limits.backlog;
  if (!old || (alerts::IsDanger(one.of) && one.of.severity >= core::Severity::kHigh)) {
    return false;
  }
  SW_ASSIGN(const std::optional<core::SourceState> source, store.FindSource(finding.post.source));
  return source && finding.fetched_at <= source->first_looked_at + limits.run_time + kFirstLook;
}

core::OutboxItem ItemFor(const alerts::Person& person, const Unanswered& one,
                         const std::vector<std::string>& accused, core::Timestamp now) {
  core::OutboxItem item;
  item.id = core::ShortHash("unanswered\n" + person.lower_email + "\n" + one.of.id + "\n" +
                            core::FormatRfc3339(alerts::WaitsSince(one.of)));
  item.recipient = person.email;
  item.batch_key = alerts::BatchKey(one.worst, one.of, core::Delivery::kNow);
  item.delivery = core::Delivery::kNow;
  item.school = one.of.school;
  item.case_id = one.of.id;
  item.finding_id = one.worst.id;
  item.reason = alerts::kReasonUnanswered;
  item.created_at = now;
  item.role = person.role;
  item.route = "nobody answered";
  item.never_waits = alerts::IsDanger(one.of);
  item.withheld = accused;
  item.severity = one.worst.judgement.severity;
  return item;
}

}  // namespace

core::Result<std::size_t> TellOfUnanswered(const config::Settings& settings, storage::Store& store,
                                           core::Timestamp now) {
  const config::Escalation& escalation = settings.alerts.escalation;
  if (escalation.to.empty()) {
    return std::size_t{0};
  }
  const alerts::TimingRules rules = alerts::MakeTimingRules(settings);
  const core::MutexLock turn(store.turn());
  storage::CaseFilter filter;
  filter.state = core::CaseState::kNew;
  filter.since = now - kLongestWait;
  filter.limit = 1'000'000;
  SW_ASSIGN(std::vector<core::Case> cases, store.ListCases(filter));
  std::erase_if(cases, [&](const core::Case& of) {
    // Most are told apart by what the case itself says.
    return alerts::IsMuted(of, rules, now) ||
           alerts::StepsDue(of, config::CalendarOf(settings, of.school), escalation.to,
                            escalation.after, now)
               .empty();
  });
  if (cases.empty()) {
    return std::size_t{0};
  }
  // A case whose next in line may not be told stays one for weeks, and its posts may be many.
  SW_ASSIGN(const std::optional<std::string> looked, store.FindNote(kLookedAt));
  const core::Result<core::Timestamp> last = core::ParseRfc3339(looked.value_or(""));
  if (last && *last <= now && now - *last < kBetweenLooks) {
    return std::size_t{0};
  }
  SW_TRY(store.SetNote(kLookedAt, core::FormatRfc3339(now)));

  const alerts::Planner planner(settings.contacts, settings.schools, settings.alerts.route);
  core::DocumentOutcome outcome;
  for (core::Case& of : cases) {
    SW_ASSIGN(std::optional<Unanswered> one, Load(store, planner.audience(), std::move(of)));
    if (!one) {
      continue;
    }
    SW_ASSIGN(const bool backlog, WasBacklog(store, settings.limits, *one));
    if (backlog) {
      continue;
    }
    // Posts that nobody holds, or whose holder may not be told, take no time.
    std::vector<std::string> roles;
    for (const std::string& role : escalation.to) {
      if (!NotYetTold(planner, *one, role).empty()) {
        roles.push_back(role);
      }
    }
    const std::vector<std::string> accused = alerts::AccusedRoles(one->voices);
    bool changed = false;
    for (const alerts::EscalationStep& step : alerts::StepsDue(
             one->of, config::CalendarOf(settings, one->of.school), roles, escalation.after, now)) {
      for (const alerts::Person* person : NotYetTold(planner, *one, step.role)) {
        outcome.outbox.push_back(ItemFor(*person, *one, accused, now));
      }
      one->of.history.push_back({.at = now,
                                 .who = "",
                                 .kind = core::CaseEventKind::kEscalated,
                                 .about = step.role,
                                 .reason = "",
                                 .finding = ""});
      changed = true;
    }
    if (changed) {
      one->of.changed_at = now;
      outcome.cases.push_back(std::move(one->of));
    }
  }
  const std::size_t told = outcome.outbox.size();
  if (told > 0) {
    SW_TRY(store.Commit(std::span(&outcome, 1)));
  }
  return told;
}

}  // namespace schoolwatch::app
