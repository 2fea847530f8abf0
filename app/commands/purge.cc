#include "app/commands/purge.h"

#include <boost/json.hpp>
#include <optional>
#include <ostream>
#include <string_view>

namespace schoolwatch::app {
namespace {

constexpr std::string_view kReceipts = "retention/receipts";
constexpr std::size_t kMostReceiptBytes = 64 << 10;  // A few hundred; the oldest go first.

boost::json::object ToJson(const storage::PurgeReport& report, core::Timestamp now) {
  boost::json::object deleted;
  for (const auto& [kind, count] : report.deleted) {
    deleted[kind] = count;
  }
  return {{"type", "receipt"},
          {"at", core::FormatRfc3339(now)},
          {"deleted", std::move(deleted)},
          {"everything", report.everything},
          {"clock_jumped", report.clock_jumped}};
}

core::Result<void> KeepReceipt(storage::Store& store, const storage::PurgeReport& report,
                               core::Timestamp now) {
  SW_ASSIGN(const std::optional<std::string> before, store.FindNote(kReceipts));
  const std::string line = boost::json::serialize(ToJson(report, now));
  std::string receipts = before.value_or("") + line + "\n";
  while (receipts.size() > kMostReceiptBytes) {
    receipts.erase(0, receipts.find('\n') + 1);
  }
  SW_TRY(store.SetNote(kReceipts, receipts));
  // Each case that went has its own entry; this one is for what belongs to none.
  const core::AuditEvent event{
      .action = core::AuditAction::kDeleted, .subject = "receipt of retention", .content = line};
  return store.Record({&event, 1});
}

}  // namespace

core::Result<storage::PurgeReport> PurgeWithReceipt(storage::Store& store,
                                                    const config::Settings& settings,
                                                    core::Timestamp now,
                                                    const storage::PurgeLimits& limits) {
  SW_ASSIGN(storage::PurgeReport report,
            storage::Purge(store, settings.retention, settings.privacy.looks_within, now, limits,
                           storage::PurgeEffect::kDelete));
  if (!report.deleted.empty() || report.clock_jumped) {
    SW_TRY(KeepReceipt(store, report, now));
  }
  return report;
}

std::string ReceiptLine(const storage::PurgeReport& report) {
  if (report.clock_jumped) {
    return "nothing was deleted by retention: the clock is more than 30 days ahead of the last "
           "run; if it is right, deletion goes on in a day";
  }
  return report.deleted.empty() ? ""
                                : "deleted by retention: " + storage::CountsLine(report.deleted) +
                                      (report.everything ? "" : "; the next run goes on");
}

ExitCode PurgeCommand(StoreSession& session, PurgeTask task, OutputForm form, core::Timestamp now) {
  if (session.store == nullptr) {
    return ReportNoStore(session);
  }
  const bool json = form == OutputForm::kJsonLines;
  if (task == PurgeTask::kShowReceipts) {
    const auto receipts = session.store->FindNote(kReceipts);
    if (!receipts) {
      return ReportError(receipts.error(), session.errors);
    }
    session.out << receipts->value_or(json ? "" : "Nothing was deleted by retention so far.\n");
    return ExitCode::kDone;
  }
  const config::Settings& settings = session.config->settings;
  const core::Result<storage::PurgeReport> report =
      task == PurgeTask::kDelete
          ? PurgeWithReceipt(*session.store, settings, now, storage::PurgeLimits::None())
          : storage::Purge(*session.store, settings.retention, settings.privacy.looks_within, now,
                           storage::PurgeLimits::None(), storage::PurgeEffect::kCountOnly);
  if (!report) {
    return ReportError(report.error(), session.errors);
  }
  if (json) {
    session.out << boost::json::serialize(ToJson(*report, now)) << '\n';
  } else if (report->clock_jumped) {
    session.out << ReceiptLine(*report) << '\n';
  } else {
    session.out << (task == PurgeTask::kDelete ? "Deleted: " : "Would be deleted: ")
                << storage::CountsLine(report->deleted) << ".\n";
  }
  return ExitCode::kDone;
}

}  // namespace schoolwatch::app
