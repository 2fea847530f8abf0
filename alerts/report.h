#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/template_set.h"
#include "alerts/wording.h"
#include "core/judgement.h"
#include "core/outbox.h"
#include "core/result.h"
#include "core/time.h"

namespace schoolwatch::alerts {

// Whom a report is for. Governors' ones hold numbers alone: no case, no source by its name, and
// no small number of anything that could tell who is meant.
enum class ReportFor { kHeadteacher, kGovernors };
// "head" or "governors".
core::Result<ReportFor> ParseReportFor(std::string_view name);

struct ReportRow {
  std::string label;
  std::uint64_t count = 0;
  bool operator==(const ReportRow&) const = default;
};

// One bar of the plot: cases that a day, or week, brought, by what they may be.
struct ReportBar {
  std::string label;  // "16 Nov".
  std::uint64_t safeguarding = 0;
  std::uint64_t defamatory = 0;
  std::uint64_t reputational = 0;
  bool operator==(const ReportBar&) const = default;
};

// A case that nobody has answered.
struct ReportCase {
  std::string id;
  core::Category category = core::Category::kReputational;
  core::Severity severity = core::Severity::kLow;
  core::Timestamp opened_at{};
  bool operator==(const ReportCase&) const = default;
};

// What a report tells. Holds no word of a post and nobody's name.
struct Report {
  ReportFor audience = ReportFor::kHeadteacher;
  core::Timestamp from{};
  core::Timestamp to{};
  core::Timestamp counted_since{};  // Of the next two; zero: they were not counted.
  std::uint64_t posts_read = 0;
  std::uint64_t mentions = 0;
  std::uint64_t opened = 0;  // Cases…
  std::uint64_t posts = 0;   // …and posts in them.
  std::uint64_t open_now = 0;
  std::vector<ReportBar> bars;
  std::string bar_unit = "day";  // Or "week".
  std::vector<ReportRow> priorities;
  std::vector<ReportRow> topics;
  std::vector<ReportRow> sources;
  std::vector<ReportRow> outcomes;  // Of the cases that were closed.
  std::uint64_t worth = 0;          // Of these: a concern, a complaint, reported or referred.
  // Medians; none where nothing was measured.
  std::optional<std::chrono::milliseconds> until_found;     // From publishing.
  std::optional<std::chrono::milliseconds> until_alert;     // From finding to an accepted mail.
  std::optional<std::chrono::milliseconds> until_answered;  // From that to a person's first word.
  std::uint64_t answered = 0;
  std::uint64_t answered_in_a_day = 0;
  std::uint64_t gone = 0;                  // Posts that are no longer where they were.
  std::uint64_t deleted = 0;               // Entries of the audit log about deletions.
  std::vector<ReportCase> waiting;         // The headteacher's only.
  std::vector<std::string> ill_sources{};  // By name; the headteacher's only.
};

// The mail with it, from config/templates/report.*, which `templates` must hold. `kind` is
// "report". Plots are images within the text (inline_images.h), each with its numbers beside.
core::Notice MakeReportNotice(const Report& report, const TemplateSet& templates,
                              const LocalClock& clock);

}  // namespace schoolwatch::alerts
