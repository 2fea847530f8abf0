#include "app/commands/purge.h"

#include <ostream>
#include <string>

#include "app/purge_receipts.h"
#include "app/terminal.h"
#include "storage/retention.h"

namespace schoolwatch::app {

ExitCode PurgeCommand(StoreSession& session, PurgeTask task, OutputForm form, core::Timestamp now) {
  if (session.store == nullptr) {
    return ReportNoStore(session);
  }
  const bool json = form == OutputForm::kJsonLines;
  if (task == PurgeTask::kShowReceipts) {
    const auto receipts = ListReceipts(*session.store);
    if (!receipts) {
      return ReportError(receipts.error(), session.errors);
    }
    session.out << (receipts->empty() && !json ? "Nothing was deleted by retention so far.\n"
                                               : *receipts);
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
    session.out << ReceiptJson(*report, now) << '\n';
  } else if (report->clock_jumped) {
    session.out << Wrap(ReceiptLine(*report), 0, session.width);
  } else {
    session.out << Wrap((task == PurgeTask::kDelete ? "Deleted: " : "Would be deleted: ") +
                            storage::CountsLine(report->deleted) + ".",
                        0, session.width);
  }
  return ExitCode::kDone;
}

}  // namespace schoolwatch::app
