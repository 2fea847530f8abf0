#pragma once

#include <optional>
#include <string>

#include "alerts/report.h"
#include "config/settings.h"
#include "core/outbox.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/store.h"

namespace schoolwatch::app {

struct ReportScope {
  const config::Contact& reader;  // Cases that may name them, and schools not theirs, do not count.
  alerts::ReportFor audience = alerts::ReportFor::kHeadteacher;
  core::Timestamp from{};
  core::Timestamp to{};
  std::string school{};  // Only this one; empty: all that the reader is told about.
};

// Counts what a report tells. Reads the cases that changed since `from`, those that are open, and
// of the audit log the part since then.
core::Result<alerts::Report> CountForReport(const config::Configuration& config,
                                            const storage::Store& store, const ReportScope& scope);

// The mail with it. kBadInput: its template is damaged.
core::Result<core::Notice> MakeReport(const config::Configuration& config,
                                      const std::filesystem::path& data_dir,
                                      const storage::Store& store, const ReportScope& scope);

// The last of the times of the weekly report, where that is after `since` and another day.
std::optional<core::Timestamp> DueReport(const core::SchoolCalendar& calendar,
                                         const config::ReportSettings& settings,
                                         core::Timestamp since, core::Timestamp now);

// Whose weekly report is due, queued; the week's tally begins anew with it. The caller has the
// store's turn.
core::Result<void> QueueReports(const config::Configuration& config,
                                const std::filesystem::path& data_dir, storage::Store& store,
                                core::Timestamp now);

}  // namespace schoolwatch::app
