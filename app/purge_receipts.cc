#include "app/purge_receipts.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstddef>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/channels/channel.h"
#include "app/purged_mails.h"

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

// With `channel: folder` mails stay where they were written, and hold what was said.
core::Result<std::size_t> DeleteMails(storage::Store& store, const config::Settings& settings,
                                      core::Timestamp now) {
  SW_ASSIGN(const std::optional<std::string> note, store.FindNote(storage::kPurgedCasesNote));
  std::vector<std::string> cases;
  std::istringstream lines(note.value_or(""));
  for (std::string id; std::getline(lines, id);) {
    cases.push_back(id);
  }
  const std::vector<std::string> channels = alerts::ChannelsInUse(settings);
  std::size_t mails = 0;
  if (std::ranges::find(channels, "folder") != channels.end() && !settings.alerts.folder.empty()) {
    SW_ASSIGN(mails, DeleteOldMails(settings.folder / settings.alerts.folder, cases,
                                    settings.retention.mail_traces, now));
  }
  if (!cases.empty()) {
    SW_TRY(store.SetNote(storage::kPurgedCasesNote, ""));
  }
  return mails;
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
  const core::Result<std::size_t> mails =
      report.clock_jumped ? 0 : DeleteMails(store, settings, now);
  if (mails.value_or(0) > 0) {
    report.deleted["mails in the folder for messages"] += *mails;
  }
  if (!report.deleted.empty() || report.clock_jumped) {
    SW_TRY(KeepReceipt(store, report, now));
  }
  if (!mails) {  // The rest is gone, and has its receipt.
    return core::Fail(mails.error());
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
