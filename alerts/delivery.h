#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
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

// After that long a batch that its far side puts off again and again is given up: kept, shown,
// tried no more. One that reaches nobody, or cannot log in, never is: that says nothing against it.
inline constexpr std::chrono::hours kGiveUpAfter{14 * 24};
// And only after so many attempts: a clock that jumps ahead makes any message old.
inline constexpr std::uint32_t kLeastAttempts = 8;

// Hands out batches whose time has come, in the order to send them: what never waits first, then
// what goes by itself, then the rest; among these the most severe first (each with what is older in
// its case), then oldest first; and none past an unsent older one of the same recipient, channel
// and case, so that a thread arrives in order. Each batch is looked at once, however many there
// are.
class DueQueue {
 public:
  // A case's messages to one recipient by one channel.
  using CaseThread = std::tuple<std::string, std::string, std::string>;

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
  std::set<CaseThread> waiting_;  // Of what was kept.
};

// `batch` after an attempt failed. Tried again after 1 minute, doubling to an hour, up to a fifth
// more or less, so that many recipients do not return together. Given up at once when refused for
// good (kBadInput, kNotFound, kCorrupt), and when put off (kThrottled) for kGiveUpAfter and
// kLeastAttempts. kUnavailable and kForbidden are tried for ever: a login that is refused is mended
// by a person, and the alert must go out then. kCancelled is no failure.
core::OutboxBatch AfterFailure(core::OutboxBatch batch, const core::Error& error,
                               core::Timestamp now);

// What a sink is handed: entries worst first, then newest, and the school's name for the subject.
// The caller leaves out items whose finding was erased; a batch left empty is removed unsent.
AlertBatch MakeAlertBatch(core::OutboxBatch batch, std::vector<AlertEntry> entries,
                          std::span<const core::School> schools);

}  // namespace schoolwatch::alerts
