#include "app/notices/report_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "alerts/template_set.h"
#include "alerts/wording.h"
#include "app/notices/may_know.h"
#include "app/notices/notice_item.h"
#include "app/notices/tally.h"
#include "core/calendar.h"
#include "core/outcome.h"

namespace schoolwatch::app {
namespace {

namespace chr = std::chrono;
using chr::milliseconds;
using core::Timestamp;

constexpr chr::days kMostDaysShown{31};  // Beyond that bars are weeks.
constexpr std::size_t kMostRows = 10;
constexpr std::size_t kAuditPage = 1000;

std::optional<milliseconds> Median(std::vector<milliseconds> times) {
  if (times.empty()) {
    return std::nullopt;
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  return *middle;
}

// The most frequent first.
std::vector<alerts::ReportRow> RowsOf(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<alerts::ReportRow> rows;
  for (const auto& [label, count] : counts) {
    rows.push_back({.label = label, .count = count});
  }
  std::ranges::stable_sort(rows, std::greater<>(), &alerts::ReportRow::count);
  if (rows.size() > kMostRows) {
    std::uint64_t rest = 0;
    for (std::size_t i = kMostRows - 1; i < rows.size(); ++i) {
      rest += rows[i].count;
    }
    rows.resize(kMostRows - 1);
    rows.push_back({.label = "others", .count = rest});
  }
  return rows;
}

// "self_harm" is "self harm".
std::string TopicWords(std::string topic) {
  std::ranges::replace(topic, '_', ' ');
  return topic;
}

std::string DayLabel(chr::year_month_day day) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const unsigned month = static_cast<unsigned>(day.month());
  return fmt::format("{} {}", static_cast<unsigned>(day.day()), kMonths.at(month - 1));
}

class Counting {
 public:
  Counting(const config::Configuration& config, const storage::Store& store,
           const ReportScope& scope)
      : config_(config),
        store_(store),
        scope_(scope),
        audience_(config.settings.contacts, config.settings.schools) {}

  core::Result<alerts::Report> Count();

 private:
  bool IsInScope(const core::Case& of) const {
    const std::vector<std::string>& schools = scope_.reader.schools;
    return (scope_.school.empty() || of.school == scope_.school) &&
           (schools.empty() || std::ranges::find(schools, of.school) != schools.end());
  }
  bool IsWithin(Timestamp time) const { return time >= scope_.from && time < scope_.to; }

  core::Result<void> AddCase(const core::Case& of);
  core::Result<void> AddTimes(const core::Case& of, const std::vector<core::Finding>& findings);
  void AddBar(const core::Case& of);
  void AddHistory(const core::Case& of);
  core::Result<void> AddOpen();
  core::Result<void> AddTallies();
  core::Result<void> AddDeletions();
  std::string PlaceOf(const core::Finding& finding) const;
  void MakeBars();

  const config::Configuration& config_;
  const storage::Store& store_;
  const ReportScope& scope_;
  const alerts::Audience audience_;
  alerts::Report report_;
  chr::days bar_days_{1};
  chr::sys_days first_day_{};
  std::map<std::string, std::uint64_t> topics_;
  std::map<std::string, std::uint64_t> places_;
  std::array<std::uint64_t, 5> severities_{};
  std::map<std::string, std::uint64_t> outcomes_;
  std::vector<milliseconds> found_;
  std::vector<milliseconds> alerted_;
  std::vector<milliseconds> answered_;
};

void Counting::MakeBars() {
  const core::SchoolCalendar& calendar = config_.settings.calendar;
  const chr::sys_days first{core::LocalTimeAt(calendar, scope_.from).day};
  const chr::sys_days last{core::LocalTimeAt(calendar, scope_.to - milliseconds(1)).day};
  const bool by_week = last - first >= kMostDaysShown;
  bar_days_ = chr::days(by_week ? 7 : 1);
  report_.bar_unit = by_week ? "week" : "day";
  first_day_ = first;
  for (chr::sys_days day = first; day <= last && report_.bars.size() < 120; day += bar_days_) {
    report_.bars.push_back({.label = DayLabel(chr::year_month_day(day))});
  }
}

void Counting::AddBar(const core::Case& of) {
  const chr::sys_days day{core::LocalTimeAt(config_.settings.calendar, of.opened_at).day};
  const auto index = static_cast<std::size_t>((day - first_day_) / bar_days_);
  if (day < first_day_ || index >= report_.bars.size()) {
    return;
  }
  alerts::ReportBar& bar = report_.bars[index];
  switch (alerts::LeadingCategory(of.categories)) {
    case core::Category::kSafeguarding:
      ++bar.safeguarding;
      return;
    case core::Category::kDefamatory:
      ++bar.defamatory;
      return;
    case core::Category::kReputational:
      ++bar.reputational;
      return;
  }
}

// Governors read what kind of place it was: a source's name may be a person's.
std::string Counting::PlaceOf(const core::Finding& finding) const {
  const auto source =
      std::ranges::find(config_.sources, finding.post.source, &config::Source::name);
  if (source == config_.sources.end()) {
    return "a source that is no longer watched";
  }
  if (scope_.audience == alerts::ReportFor::kGovernors) {
    static constexpr std::array<std::string_view, 12> kKinds = {
        "news",     "forum",   "blog",   "blog_comment", "review", "wiki",
        "mastodon", "bluesky", "reddit", "lemmy",        "video",  "petition"};
    const bool known = std::ranges::find(kKinds, source->platform) != kKinds.end();
    return known ? source->platform : "other";
  }
  return source->title.empty() ? source->name : source->title;
}

core::Result<void> Counting::AddTimes(const core::Case& of,
                                      const std::vector<core::Finding>& findings) {
  const core::Finding* first = nullptr;
  for (const core::Finding& finding : findings) {
    first = first == nullptr || finding.fetched_at < first->fetched_at ? &finding : first;
  }
  if (first != nullptr && first->post.published && *first->post.published <= first->fetched_at) {
    found_.push_back(first->fetched_at - *first->post.published);
  }
  SW_ASSIGN(const std::vector<core::AuditEntry> entries, store_.LoadAuditOf(of.id));
  const auto mailed =
      std::ranges::find(entries, core::AuditAction::kMailAccepted, &core::AuditEntry::action);
  if (mailed == entries.end() || mailed->at < of.opened_at) {
    return {};
  }
  alerted_.push_back(mailed->at - of.opened_at);
  const auto answer = std::ranges::find_if(of.history, [&](const core::CaseEvent& event) {
    return !event.who.empty() && event.at >= mailed->at;
  });
  if (answer != of.history.end()) {
    answered_.push_back(answer->at - mailed->at);
  }
  return {};
}

// What happened in the time, to whatever case.
void Counting::AddHistory(const core::Case& of) {
  bool closed = false;
  for (const core::CaseEvent& event : of.history) {
    if (!IsWithin(event.at)) {
      continue;
    }
    report_.gone += event.kind == core::CaseEventKind::kGone ? 1u : 0u;
    closed = closed || event.kind == core::CaseEventKind::kClosed;
  }
  if (closed && of.state == core::CaseState::kClosed) {
    ++outcomes_[std::string(core::CaseOutcomeName(of.outcome))];
    using enum core::CaseOutcome;
    report_.worth += of.outcome == kConcern || of.outcome == kComplaint ||
                             of.outcome == kReported || of.outcome == kReferred
                         ? 1u
                         : 0u;
  }
}

core::Result<void> Counting::AddCase(const core::Case& of) {
  if (!IsInScope(of)) {
    return {};
  }
  SW_ASSIGN(const std::vector<core::Finding> findings, FindingsOf(store_, of));
  SW_ASSIGN(const alerts::CaseVoices voices, HearCase(store_, audience_, of, findings));
  if (!audience_.MayBeTold(scope_.reader.email, of.school, voices)) {
    return {};
  }
  AddHistory(of);
  if (!IsWithin(of.opened_at)) {
    return {};
  }
  ++report_.opened;
  report_.posts += core::PostsIn(of);
  AddBar(of);
  ++severities_.at(static_cast<std::size_t>(std::max(of.severity, core::Severity::kLow)));
  for (const std::string& topic : of.topics) {
    ++topics_[TopicWords(topic)];
  }
  std::map<std::string, bool> places;
  for (const core::Finding& finding : findings) {
    places[PlaceOf(finding)] = true;
  }
  for (const auto& [place, _] : places) {
    ++places_[place];
  }
  return AddTimes(of, findings);
}

core::Result<void> Counting::AddOpen() {
  for (const core::CaseState state :
       {core::CaseState::kNew, core::CaseState::kSeen, core::CaseState::kInHand}) {
    storage::CaseFilter filter;
    filter.school = scope_.school;
    filter.state = state;
    filter.limit = std::numeric_limits<std::size_t>::max();
    SW_ASSIGN(const std::vector<core::Case> cases, store_.ListCases(filter));
    for (const core::Case& one : cases) {
      if (!IsInScope(one)) {
        continue;
      }
      SW_ASSIGN(const std::vector<core::Finding> findings, FindingsOf(store_, one));
      SW_ASSIGN(const alerts::CaseVoices voices, HearCase(store_, audience_, one, findings));
      if (!audience_.MayBeTold(scope_.reader.email, one.school, voices)) {
        continue;
      }
      ++report_.open_now;
      if (state == core::CaseState::kNew && scope_.audience == alerts::ReportFor::kHeadteacher) {
        report_.waiting.push_back({.id = one.id,
                                   .category = alerts::LeadingCategory(one.categories),
                                   .severity = one.severity,
                                   .opened_at = one.opened_at});
      }
    }
  }
  std::ranges::sort(report_.waiting, [](const auto& a, const auto& b) {
    return a.severity != b.severity ? a.severity > b.severity : a.opened_at < b.opened_at;
  });
  return {};
}

core::Result<void> Counting::AddTallies() {
  SW_ASSIGN(const Tally tally, LoadTally(store_, kWeekTally));
  report_.counted_since = tally.since;
  report_.posts_read = tally.posts;
  report_.mentions = tally.mentions;
  for (const config::Source& source : config_.sources) {
    if (!source.enabled || scope_.audience == alerts::ReportFor::kGovernors) {
      continue;
    }
    SW_ASSIGN(const auto state, store_.FindSource(source.name));
    if (state && state->health != core::SourceHealth::kWorking &&
        state->health != core::SourceHealth::kNew) {
      report_.ill_sources.push_back(source.title.empty() ? source.name : source.title);
    }
  }
  return {};
}

// Of an installation, not of a school: a deletion's entry names no case any more.
core::Result<void> Counting::AddDeletions() {
  SW_ASSIGN(const core::AuditHead head, store_.LoadAuditHead());
  // The first entry of the time, by halving: entries are numbered in order of time.
  std::uint64_t low = 0;
  std::uint64_t high = head.number;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    SW_ASSIGN(const std::vector<core::AuditEntry> one, store_.LoadAudit(middle, 1));
    if (one.empty() || one.front().at >= scope_.from) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  for (std::uint64_t after = low;;) {
    SW_ASSIGN(const std::vector<core::AuditEntry> page, store_.LoadAudit(after, kAuditPage));
    if (page.empty() || page.front().at >= scope_.to) {
      return {};
    }
    for (const core::AuditEntry& entry : page) {
      report_.deleted +=
          entry.action == core::AuditAction::kDeleted && IsWithin(entry.at) ? 1u : 0u;
    }
    after = page.back().number;
  }
}

core::Result<alerts::Report> Counting::Count() {
  report_.audience = scope_.audience;
  report_.from = scope_.from;
  report_.to = scope_.to;
  MakeBars();
  storage::CaseFilter filter;
  filter.school = scope_.school;
  filter.since = scope_.from;
  filter.limit = std::numeric_limits<std::size_t>::max();
  SW_ASSIGN(const std::vector<core::Case> cases, store_.ListCases(filter));
  for (const core::Case& one : cases) {
    SW_TRY(AddCase(one));
  }
  SW_TRY(AddOpen());
  SW_TRY(AddTallies());
  SW_TRY(AddDeletions());
  for (const core::Severity severity : {core::Severity::kUrgent, core::Severity::kHigh,
                                        core::Severity::kMedium, core::Severity::kLow}) {
    const std::uint64_t count = severities_.at(static_cast<std::size_t>(severity));
    if (count > 0) {
      report_.priorities.push_back(
          {.label = std::string(core::SeverityName(severity)), .count = count});
    }
  }
  report_.topics = RowsOf(topics_);
  report_.sources = RowsOf(places_);
  report_.outcomes = RowsOf(outcomes_);
  report_.until_found = Median(found_);
  report_.until_alert = Median(alerted_);
  report_.until_answered = Median(answered_);
  report_.answered = answered_.size();
  report_.answered_in_a_day = static_cast<std::uint64_t>(
      std::ranges::count_if(answered_, [](milliseconds time) { return time <= chr::hours(24); }));
  return std::move(report_);
}

}  // namespace

core::Result<alerts::Report> CountForReport(const config::Configuration& config,
                                            const storage::Store& store, const ReportScope& scope) {
  return Counting(config, store, scope).Count();
}

core::Result<core::Notice> MakeReport(const config::Configuration& config,
                                      const std::filesystem::path& data_dir,
                                      const storage::Store& store, const ReportScope& scope) {
  SW_ASSIGN(const auto templates, alerts::TemplateSet::Load(data_dir / "templates", {"report"}));
  SW_ASSIGN(const auto clock, alerts::LocalClock::Make(config.settings.calendar.time_zone));
  SW_ASSIGN(const alerts::Report report, CountForReport(config, store, scope));
  return alerts::MakeReportNotice(report, *templates, *clock);
}

std::optional<Timestamp> DueReport(const core::SchoolCalendar& calendar,
                                   const config::ReportSettings& settings, Timestamp since,
                                   Timestamp now) {
  static constexpr std::array<std::string_view, 7> kDays = {
      "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
  const chr::sys_days today{core::LocalTimeAt(calendar, now).day};
  for (chr::days ago{0}; ago <= chr::days(7); ++ago) {
    const chr::sys_days day = today - ago;
    if (kDays.at(chr::weekday(day).c_encoding()) != settings.on) {
      continue;
    }
    const Timestamp at = core::MomentOf(calendar, chr::year_month_day(day), settings.at);
    if (at > now) {
      continue;
    }
    const bool is_news = since != Timestamp{} && since < at &&
                         chr::sys_days(core::LocalTimeAt(calendar, since).day) != day;
    return is_news ? std::optional(at) : std::nullopt;
  }
  return std::nullopt;
}

core::Result<void> QueueReports(const config::Configuration& config,
                                const std::filesystem::path& data_dir, storage::Store& store,
                                Timestamp now) {
  const config::Settings& settings = config.settings;
  SW_ASSIGN(const Tally tally, LoadTally(store, kWeekTally));
  const auto due = DueReport(settings.calendar, settings.alerts.report, tally.since, now);
  if (!due) {
    return {};
  }
  core::DocumentOutcome outcome;
  for (const config::Contact* const contact :
       ContactsFor(settings.contacts, settings.alerts.report.to, "", Fallback::kNone)) {
    SW_ASSIGN(core::Notice notice,
              MakeReport(config, data_dir, store,
                         {.reader = *contact, .from = *due - chr::days(7), .to = *due}));
    outcome.outbox.push_back(NoticeItem(*contact, std::move(notice), core::FormatRfc3339(*due),
                                        OnlySchool(*contact, settings), now));
  }
  SW_TRY(store.Commit({&outcome, 1}));
  return SaveTally(store, kWeekTally, {.since = now});
}

}  // namespace schoolwatch::app
