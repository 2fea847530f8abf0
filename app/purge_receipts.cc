#include "app/purge_receipts.h"

#include <boost/json.hpp>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace schoolwatch::app {
namespace {

constexpr std::string_view kReceipts = "retention/receipts";
constexpr std::size_t kMostReceiptBytes = 64 << 10;  // A few hundred; the oldest go first.

core::Result<void> KeepReceipt(storage::Store& store, const storage::PurgeReport& report,
                               core::Timestamp now) {
  SW_ASSIGN(const std::optional<std::string> before, store.FindNote(kReceipts));
  const std::string line = ReceiptJson(report, now);
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

std::string ReceiptJson(const storage::PurgeReport& report, core::Timestamp now) {
  boost::json::object deleted;
  for (const auto& [kind, count] : report.deleted) {
    deleted[kind] = count;
  }
  return boost::json::serialize(boost::json::object{{"type", "receipt"},
                                                    {"at", core::FormatRfc3339(now)},
                                                    {"deleted", std::move(deleted)},
                                                    {"everything", report.everything},
                                                    {"clock_jumped", report.clock_jumped}});
}

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

core::Result<std::string> ListReceipts(const storage::Notes& notes) {
  SW_ASSIGN(const std::optional<std::string> receipts, notes.FindNote(kReceipts));
  return receipts.value_or("");
}

}  // namespace schoolwatch::app
