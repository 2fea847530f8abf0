#include "alerts/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alerts/bar_chart.h"
#include "alerts/clean_text.h"

namespace schoolwatch::alerts {
namespace {

// Below this, a number could tell governors who is meant.
constexpr std::uint64_t kFew = 3;
constexpr std::size_t kMostWaiting = 20;
constexpr std::size_t kLabelBytes = 60;
constexpr std::uint64_t kBarPixels = 160;

std::string Words(std::chrono::milliseconds time) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time).count();
  if (minutes < 1) {
    return "less than a minute";
  }
  if (minutes < 120) {
    return CountOf(static_cast<std::size_t>(minutes), "minute", "minutes");
  }
  if (minutes < 48 * 60) {
    return CountOf(static_cast<std::size_t>(minutes / 60), "hour", "hours");
  }
  return CountOf(static_cast<std::size_t>(minutes / (24 * 60)), "day", "days");
}

std::string Words(const std::optional<std::chrono::milliseconds>& time) {
  return time ? Words(*time) : "nothing to measure yet";
}

// A number as its reader may see it where it belongs to something particular.
std::string Shown(std::uint64_t count, ReportFor audience) {
  return audience == ReportFor::kGovernors && count > 0 && count < kFew
             ? fmt::format("1 to {}", kFew - 1)
             : std::to_string(count);
}

std::uint64_t ForBar(std::uint64_t count, ReportFor audience) {
  return audience == ReportFor::kGovernors && count > 0 && count < kFew ? kFew - 1 : count;
}

void AddRows(const std::vector<ReportRow>& rows, const std::string& name, ReportFor audience,
             View& view) {
  std::uint64_t highest = 1;
  for (const ReportRow& row : rows) {
    highest = std::max(highest, ForBar(row.count, audience));
  }
  for (const ReportRow& row : rows) {
    View item;
    item.Set("label", CleanLine(row.label, kLabelBytes))
        .Set("count", Shown(row.count, audience))
        .Set("bar", std::to_string(std::max<std::uint64_t>(
                        ForBar(row.count, audience) * kBarPixels / highest, 2)));
    view.Add(name, std::move(item)).SetFlag("has_" + name, true);
  }
}

std::string DayOf(core::Timestamp time, const LocalClock& clock) {
  const std::string all = clock.Format(time);  // "Fri 20 Nov 2026, 18:02 GMT"
  return all.substr(0, all.find(','));
}

void AddChart(const Report& report, View& view) {
  std::vector<BarParts> bars;
  std::uint64_t all = 0;
  std::string most;
  std::uint64_t highest = 0;
  for (const ReportBar& bar : report.bars) {
    const std::uint64_t sum = bar.safeguarding + bar.defamatory + bar.reputational;
    // Governors see how many, and not of what, on which day.
    bars.push_back(report.audience == ReportFor::kGovernors
                       ? BarParts{0, 0, sum}
                       : BarParts{bar.safeguarding, bar.defamatory, bar.reputational});
    all += sum;
    if (sum > highest) {
      highest = sum;
      most = bar.label;
    }
  }
  if (all == 0) {
    return;
  }
  view.SetFlag("has_chart", true)
      .Set("chart", DataUrlOfPng(BarChartPng(bars)))
      .Set("chart_words",
           fmt::format("Bars: new cases by {}, from {} to {}; the most, {}, on {}", report.bar_unit,
                       report.bars.front().label, report.bars.back().label, highest, most))
      .Set("bar_unit", report.bar_unit)
      .Set("first_bar", report.bars.front().label)
      .Set("last_bar", report.bars.back().label)
      .SetFlag("by_category", report.audience == ReportFor::kHeadteacher)
      .Set("colour_safeguarding", kBarColours[0])
      .Set("colour_defamatory", kBarColours[1])
      .Set("colour_reputational", kBarColours[2]);
  for (const ReportBar& bar : report.bars) {
    const std::uint64_t sum = bar.safeguarding + bar.defamatory + bar.reputational;
    view.Add("bars", View().Set("label", bar.label).Set("count", std::to_string(sum)));
  }
}

}  // namespace

core::Result<ReportFor> ParseReportFor(std::string_view name) {
  if (name == "head" || name == "governors") {
    return name == "head" ? ReportFor::kHeadteacher : ReportFor::kGovernors;
  }
  return core::Fail(core::ErrorKind::kBadInput,
                    "'" + std::string(name) + "' is nobody a report is for: head or governors");
}

core::Notice MakeReportNotice(const Report& report, const TemplateSet& templates,
                              const LocalClock& clock) {
  std::uint64_t closed = 0;
  for (const ReportRow& row : report.outcomes) {
    closed += row.count;
  }
  View view;
  view.Set("from", DayOf(report.from, clock))
      .Set("to", DayOf(report.to - std::chrono::seconds(1), clock))
      .Set("opened", CountOf(report.opened, "new case", "new cases"))
      .Set("posts", CountOf(report.posts, "post", "posts"))
      .Set("open_now", std::to_string(report.open_now))
      .Set("until_found", Words(report.until_found))
      .Set("until_alert", Words(report.until_alert))
      .Set("until_answered", Words(report.until_answered))
      .Set("answered", std::to_string(report.answered))
      .Set("answered_in_a_day", std::to_string(report.answered_in_a_day))
      .Set("closed", std::to_string(closed))
      .Set("gone", std::to_string(report.gone))
      .Set("deleted", std::to_string(report.deleted))
      .SetFlag("for_governors", report.audience == ReportFor::kGovernors)
      .SetFlag("is_any_closed", closed > 0);
  if (report.counted_since != core::Timestamp{}) {
    view.Set("counted_since", DayOf(report.counted_since, clock))
        .Set("posts_read", CountOf(report.posts_read, "post", "posts"))
        .Set("mentions", std::to_string(report.mentions));
  }
  if (closed > 0) {
    view.Set("worth", fmt::format("{} of {} ({} %)", report.worth, closed,
                                  (report.worth * 100 + closed / 2) / closed));
  }
  AddChart(report, view);
  AddRows(report.priorities, "priorities", report.audience, view);
  AddRows(report.topics, "topics", report.audience, view);
  AddRows(report.sources, "sources", report.audience, view);
  AddRows(report.outcomes, "outcomes", report.audience, view);
  if (report.audience == ReportFor::kHeadteacher) {
    for (std::size_t i = 0; i < std::min(report.waiting.size(), kMostWaiting); ++i) {
      const ReportCase& one = report.waiting[i];
      view.SetFlag("has_waiting", true)
          .Add("waiting", View()
                              .Set("case_id", CleanLine(one.id, 40))
                              .Set("what", std::string(CategoryPhrase(one.category)))
                              .Set("priority", std::string(PriorityWord(one.severity)))
                              .Set("since", clock.Format(one.opened_at)));
    }
    if (report.waiting.size() > kMostWaiting) {
      view.Set("more_waiting", std::to_string(report.waiting.size() - kMostWaiting));
    }
    for (const std::string& name : report.ill_sources) {
      view.SetFlag("has_ill", true).Add("ill", View().Set("label", CleanLine(name, kLabelBytes)));
    }
  }
  core::Notice notice;
  notice.kind = "report";
  notice.subject =
      fmt::format("{} from {} to {}: {}",
                  report.audience == ReportFor::kGovernors ? "report for governors" : "report",
                  DayOf(report.from, clock), DayOf(report.to - std::chrono::seconds(1), clock),
                  CountOf(report.opened, "new case", "new cases"));
  notice.text = templates.Render("report.txt", view);
  notice.html = templates.Render("report.html", view);
  return notice;
}

}  // namespace schoolwatch::alerts
