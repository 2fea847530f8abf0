#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "core/outbox.h"
#include "core/time.h"

namespace schoolwatch::alerts {

// So long a message is merely on its way.
inline constexpr std::chrono::hours kHeldUp{1};
// So many held-up messages a recipient still gets one by one; of those that never wait, so many.
inline constexpr std::size_t kApart = 5;
inline constexpr std::size_t kUrgentApart = 10;
// A message shows so many findings in full.
inline constexpr std::size_t kTogether = 30;

// Messages that one message shall replace.
struct Fold {
  std::vector<core::OutboxBatch> old;  // Nothing of them was accepted.
  core::OutboxBatch together;          // All their items, as a digest.
};

// When a mail server comes back after days, nobody shall get all at once what piled up: of the
// messages that did not get out within kHeldUp, those of one recipient and channel are put together
// where there are more than kApart, oldest first, kTogether findings a message. Those that never
// wait stay apart from the others, and from one another up to kUrgentApart. Notices, messages
// without content and what is given up stay as they are. Keys follow from the items. Pure.
std::vector<Fold> FoldHeldUp(std::span<const core::OutboxBatch> batches, core::Timestamp now,
                             std::string_view domain);

}  // namespace schoolwatch::alerts
