#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/alert.h"
#include "core/outbox.h"
#include "core/result.h"
#include "core/school.h"
#include "core/time.h"

namespace schoolwatch::alerts {

// What happens to outbox items and batches between planning and a sink. Pure: `app` loads, saves
// and removes; so a crash anywhere repeats a message under the same Message-ID at worst.

// After that long without success a batch is given up: kept, shown, tried no more.
inline constexpr std::chrono::hours kGiveUpAfter{72};
// And only after so many attempts: a clock that jumps ahead makes any message old.
inline constexpr std::uint32_t kLeastAttempts = 8;

// Hands out batches whose time has come, in the order to send them: oldest first, and none past an
// unsent older one of the same recipient and case, so that a thread arrives in order. Each batch is
// looked at once, however many there are.
class DueQueue {
 public:
  explicit DueQueue(std::vector<core::OutboxBatch> batches);

  // The next one to send, nullopt where none is left. It counts as sent unless it is put back.
  std::optional<core::OutboxBatch> Next(core::Timestamp now);
  // It was not accepted: what belongs behind it waits too.
  void PutBack(core::OutboxBatch batch);
  // What was not sent.
  std::vector<core::OutboxBatch> TakeRest() &&;

 private:
  void Keep(core::OutboxBatch batch);

  std::vector<core::OutboxBatch> batches_;  // From next_ on not looked at yet.
  std::size_t next_ = 0;
  std::vector<core::OutboxBatch> kept_;
  std::set<std::pair<std::string, std::string>> waiting_;  // Recipient, case of what was kept.
};

// `batch` after an attempt failed. Tried again after 1 minute, doubling to an hour, up to a fifth
// more or less, so that many recipients do not return together. Given up after kGiveUpAfter and
// kLeastAttempts, or at
// once when refused for good (kBadInput, kNotFound, kCorrupt). kForbidden is tried again: a login
// that is refused is mended by a person, and the alert must go out then. kCancelled is no failure.
core::OutboxBatch AfterFailure(core::OutboxBatch batch, const core::Error& error,
                               core::Timestamp now);

// What a sink is handed: entries worst first, then newest, and the school's name for the subject.
// The caller leaves out items whose finding was erased; a batch left empty is removed unsent.
AlertBatch MakeAlertBatch(core::OutboxBatch batch, std::vector<AlertEntry> entries,
                          std::span<const core::School> schools);

}  // namespace schoolwatch::alerts
