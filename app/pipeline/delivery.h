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

struct DeliveryReport {
  std::size_t sent = 0;
  std::size_t waiting = 0;               // Will be tried again.
  std::size_t given_up = 0;              // Refused for good, or tried for days.
  std::vector<std::string> troubles;     // One line each, without a word of any post.
  std::chrono::seconds longest_wait{0};  // Of what is still waiting.
};

// What to send now: during a run only what must not wait for its end, then everything.
enum class DeliveryRound { kUrgentOnly, kAll };

// Settles what waits in the outbox into messages and sends those that are due. Call from one thread
// at a time. A crash after a server's acceptance repeats that one message under the same
// Message-ID.
core::Result<DeliveryReport> DeliverWaiting(const Workspace& workspace, storage::Store& store,
                                            alerts::AlertSink& sink, const core::Clock& clock,
                                            DeliveryRound round);

// The composer that a workspace's settings ask for.
core::Result<std::unique_ptr<alerts::Composer>> MakeComposer(const Workspace& workspace);

}  // namespace schoolwatch::app
