#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "alerts/alert.h"
#include "alerts/composer.h"
#include "app/workspace.h"
#include "core/clock.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// How one message fared with its one recipient.
struct DeliveryResult {
  std::string recipient;
  std::string channel;
  bool accepted = false;
  bool given_up = false;
  std::string answer;  // Where it was not accepted: without a word of any post.
};

struct DeliveryReport {
  std::vector<DeliveryResult> results;  // Of each attempt, in order.
  std::size_t sent = 0;
  std::size_t waiting = 0;   // Will be tried again.
  std::size_t given_up = 0;  // Refused for good, or tried for days.
  std::size_t untold = 0;    // Withheld from the one they were for, and nobody else may be told.
  std::vector<std::string> troubles;     // One line each, without a word of any post.
  std::chrono::seconds longest_wait{0};  // Of what is still waiting.
};

// What to send now: during a run only what must not wait for its end, then everything.
enum class DeliveryRound { kUrgentOnly, kAll };

// Settles what waits in the outbox into messages, one for each channel of its recipient, and sends
// those that are due, within the mail provider's limits. What was held up for long is put together
// first, and what does not get out is told by another channel (alerts/undelivered.h). A channel
// whose far side is out of reach, refuses us, or puts off one message after the other, is left
// alone for the rest of the round. Call from one thread at a time. A crash after a server's
// acceptance repeats that one message under the same Message-ID.
core::Result<DeliveryReport> DeliverWaiting(const Workspace& workspace, storage::Store& store,
                                            alerts::AlertSink& sink, const core::Clock& clock,
                                            DeliveryRound round);
// The same for a configuration alone.
core::Result<DeliveryReport> DeliverWaiting(const config::Configuration& config,
                                            storage::Store& store, alerts::AlertSink& sink,
                                            const core::Clock& clock, DeliveryRound round);

// The composer that a workspace's settings ask for.
core::Result<std::unique_ptr<alerts::Composer>> MakeComposer(const Workspace& workspace);

}  // namespace schoolwatch::app
