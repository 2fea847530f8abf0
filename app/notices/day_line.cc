#include "app/notices/day_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <utility>

#include "alerts/wording.h"
#include "app/intake/intake_ways.h"
#include "app/notices/may_know.h"
#include "app/notices/notice_item.h"
#include "app/terminal.h"
#include "core/calendar.h"
#include "core/outcome.h"

namespace schoolwatch::app {
namespace {

namespace chr = std::chrono;

constexpr std::size_t kMostNames = 5;

bool IsSchoolDay(const core::SchoolCalendar& calendar, chr::year_month_day day) {
  const chr::weekday weekday{chr::sys_days(day)};
  return weekday != chr::Saturday && weekday != chr::Sunday && !core::IsHoliday(calendar, day);
}

// What the sources' states say of the time since the last line.
struct SourceCounts {
  std::size_t watched = 0;
  std::size_t checked = 0;
  std::vector<std::string> failed;
  std::vector<std::string> quiet;
};

core::Result<SourceCounts> CountSources(const std::vector<config::Source>& sources,
                                        const core::FetchMemory& memory, core::Timestamp since) {
  SourceCounts counts;
  for (const config::Source& source : sources) {
    if (!source.enabled) {
      continue;
    }
    ++counts.watched;
    SW_ASSIGN(const auto state, memory.FindSource(source.name));
    if (!state || state->last_looked_at < since) {
      continue;
    }
    ++counts.checked;
    const std::string& name = source.title.empty() ? source.name : source.title;
    if (state->failures > 0 || state->health == core::SourceHealth::kBroken ||
        state->health == core::SourceHealth::kForbidden) {
      counts.failed.push_back(name);
    } else if (state->health == core::SourceHealth::kQuiet ||
               state->health == core::SourceHealth::kEmpty) {
      counts.quiet.push_back(name);
    }
  }
  return counts;
}

// What does not reach us though people sent it; "" where all is well.
core::Result<std::string> ReportTrouble(const config::Settings& settings,
                                        const core::FetchMemory& memory) {
  std::string text;
  for (const config::Source& way : IntakeWays(settings)) {
    SW_ASSIGN(const auto state, memory.FindSource(way.name));
    if (state && state->failures > 0) {
      text += fmt::format("\n\n{} could not be emptied at the last {}: what people report waits.",
                          alerts::Capitalised(std::string(IntakeWayTitle(way.name))),
                          Count(state->failures, "look"));
    }
  }
  return text;
}

// "2 failed (Quillbrook Herald, Town forum)", "none failed".
std::string Named(const std::vector<std::string>& names, std::string_view what) {
  if (names.empty()) {
    return fmt::format("none {}", what);
  }
  std::string text = fmt::format("{} {} (", names.size(), what);
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return text + (names.size() > kMostNames ? ", …)" : ")");
}

struct CaseCounts {
  std::size_t opened = 0;
  std::size_t changed = 0;
};

core::Result<CaseCounts> CountCases(const config::Settings& settings,
                                    const config::Contact& contact,
                                    const storage::CaseReader& cases, core::Timestamp since) {
  CaseCounts counts;
  const alerts::Audience audience(settings.contacts, settings.schools);
  storage::CaseFilter filter;
  filter.since = since;
  filter.limit = std::numeric_limits<std::size_t>::max();
  SW_ASSIGN(const std::vector<core::Case> changed, cases.ListCases(filter));
  for (const core::Case& one : changed) {
    if (!contact.schools.empty() &&
        std::ranges::find(contact.schools, one.school) == contact.schools.end()) {
      continue;
    }
    SW_ASSIGN(const std::vector<core::Finding> findings, FindingsOf(cases, one));
    SW_ASSIGN(const alerts::CaseVoices voices, HearCase(cases, audience, one, findings));
    if (!audience.MayBeTold(contact.email, one.school, voices)) {
      continue;
    }
    const bool posts = std::ranges::any_of(
        findings, [since](const core::Finding& finding) { return finding.fetched_at >= since; });
    counts.opened += one.opened_at >= since ? 1u : 0u;
    counts.changed += one.opened_at < since && posts ? 1u : 0u;
  }
  return counts;
}

}  // namespace

std::optional<core::Timestamp> DueDayLine(const core::SchoolCalendar& calendar,
                                          const config::DayLineSettings& settings,
                                          core::Timestamp since, core::Timestamp now) {
  const chr::year_month_day today = core::LocalTimeAt(calendar, now).day;
  const core::Timestamp at = core::MomentOf(calendar, today, settings.at);
  if (since == core::Timestamp{} || !IsSchoolDay(calendar, today) || now < at || since >= at ||
      core::LocalTimeAt(calendar, since).day == today) {
    return std::nullopt;
  }
  return at;
}

core::Result<core::Notice> MakeDayLine(const config::Configuration& config,
                                       const config::Contact& contact, const Tally& tally,
                                       const storage::Store& store, core::Timestamp now) {
  SW_ASSIGN(const SourceCounts sources, CountSources(config.sources, store, tally.since));
  SW_ASSIGN(const std::string unread, ReportTrouble(config.settings, store));
  SW_ASSIGN(const CaseCounts cases, CountCases(config.settings, contact, store, tally.since));
  const std::string opened = cases.opened == 0 ? "no new case" : Count(cases.opened, "new case");
  core::Notice notice;
  notice.kind = "day";
  notice.subject = fmt::format("the watch goes on: {} of {} sources looked at, {}", sources.checked,
                               sources.watched, opened);
  notice.text = fmt::format(
      "In the last {}: {} of {} sources looked at, {}, {}. {} read, of which {} the school. {}{}.",
      RoughTime(now - tally.since), sources.checked, sources.watched,
      Named(sources.failed, "failed"), Named(sources.quiet, "unusually quiet"),
      Count(tally.posts, "post"), Count(tally.mentions, "mentions", "mention"),
      alerts::Capitalised(opened),
      cases.changed == 0 ? ""
                         : fmt::format(", and more in {}", Count(cases.changed, "older case")));
  if (sources.checked < sources.watched) {
    notice.text +=
        fmt::format("\n\n{} not due, or left out for want of time: schoolwatch coverage",
                    Count(sources.watched - sources.checked, "source was", "sources were"));
  }
  notice.text += unread;
  return notice;
}

core::Result<void> QueueDayLines(const config::Configuration& config, storage::Store& store,
                                 core::Timestamp now) {
  const config::Settings& settings = config.settings;
  SW_ASSIGN(const Tally tally, LoadTally(store, kDayTally));
  const auto due = DueDayLine(settings.calendar, settings.alerts.day_line, tally.since, now);
  if (!due) {
    return {};
  }
  core::DocumentOutcome outcome;
  for (const config::Contact* const contact :
       ContactsFor(settings.contacts, settings.alerts.day_line.to, "", Fallback::kNone)) {
    SW_ASSIGN(core::Notice notice, MakeDayLine(config, *contact, tally, store, now));
    outcome.outbox.push_back(NoticeItem(*contact, std::move(notice), core::FormatRfc3339(*due),
                                        OnlySchool(*contact, settings), now));
  }
  // Queued twice after a crash in between is queued once: the items' ids are the day's.
  SW_TRY(store.Commit({&outcome, 1}));
  return SaveTally(store, kDayTally, {.since = now});
}

}  // namespace schoolwatch::app
