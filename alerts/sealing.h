#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/timing.h"
#include "core/outbox.h"
#include "core/time.h"

// From what waits in the outbox to settled messages: which items may go now, and which of them go
// together. Pure: `app` loads and saves.
namespace schoolwatch::alerts {

// What went out before, as far as it decides what may go now. Holds no address and no case's id in
// the clear.
struct SentBefore {
  core::Timestamp last_digest{};               // When digests last had their turn.
  std::string day;                             // Which one, by the school's clocks, `mails` are of.
  std::map<std::string, std::uint32_t> mails;  // By recipient.
  std::map<std::string, core::Timestamp> cases;  // By recipient and case: of the last hour.
  std::set<std::string> moved;                   // Items that the budget moved to the digest.
  bool operator==(const SentBefore&) const = default;
};
std::string FormatSentBefore(const SentBefore& before);
// What cannot be read is left out: at worst a mail too many goes.
SentBefore ParseSentBefore(std::string_view text);

// During a run only what must not wait for its end.
enum class SealingMoment { kDuringRun, kEndOfRun };

// Those of `items` that may go now, as they go: what the day's budget moved into the digest says so
// in its reason. The order of checks is the promise of docs/alerts.md: what never_waits is asked
// nothing else. `muted` are the cases of which nothing is wanted (IsMuted). Notes in `before` what
// it decided.
std::vector<core::OutboxItem> TakeDue(std::vector<core::OutboxItem> items, SealingMoment moment,
                                      core::Timestamp now, const TimingRules& rules,
                                      const std::set<std::string>& muted, SentBefore& before);

// Settles items into batches: items of one recipient and batch key make one message, oldest first;
// what a digest or summary holds joins the case's own message where there is one. Items that stand
// in `existing` already are left out. Key and Message-ID (at `domain`, the sender's) follow from
// the items, so sealing the same items twice gives the same batch. Due at once. A notice is a
// message of its own.
std::vector<core::OutboxBatch> SealBatches(std::vector<core::OutboxItem> items,
                                           std::span<const core::OutboxBatch> existing,
                                           core::Timestamp now, std::string_view domain);

// Counts the messages that were settled.
void NoteSealed(std::span<const core::OutboxBatch> batches, core::Timestamp now,
                const TimingRules& rules, SentBefore& before);

}  // namespace schoolwatch::alerts
