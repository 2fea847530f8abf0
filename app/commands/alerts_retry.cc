#include "app/commands/alerts_retry.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "app/terminal.h"

namespace schoolwatch::app {

core::Result<void> RetryGivenUp(storage::Store& store, const config::Settings& settings,
                                core::Timestamp now, std::ostream& out) {
  SW_ASSIGN(const std::vector<core::OutboxBatch> batches, store.LoadBatches());
  std::size_t again = 0;
  for (core::OutboxBatch batch : batches) {
    if (!batch.given_up) {
      continue;
    }
    const bool known = batch.recipient == settings.alerts.undelivered.to ||
                       std::ranges::find(settings.contacts, batch.recipient,
                                         &config::Contact::email) != settings.contacts.end();
    if (!known) {
      std::string cases;
      for (const core::OutboxItem& item : batch.items) {
        if (!item.case_id.empty() && !cases.contains(item.case_id)) {
          cases += (cases.empty() ? "" : ", ") + item.case_id;
        }
      }
      out << fmt::format(
          "{}: nobody under contacts: has this address any more, so it stays given up{}\n",
          SafeForTerminal(batch.recipient),
          cases.empty() ? "" : fmt::format("; see that somebody knows of {}", cases));
      continue;
    }
    batch.given_up = false;
    batch.told_late = false;
    batch.told_given_up = false;
    batch.attempts = 0;
    batch.next_attempt_at = now;
    SW_TRY(store.SaveBatch(batch));
    ++again;
  }
  out << (again == 0 ? "Nothing to send again.\n"
                     : Count(again, "message") + " will be sent again by the next run.\n");
  return {};
}

}  // namespace schoolwatch::app
