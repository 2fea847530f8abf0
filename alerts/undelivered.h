#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/outbox.h"
#include "core/time.h"

namespace schoolwatch::alerts {

// A message that waits so long is a trouble of its own.
inline constexpr std::chrono::hours kLate{4};
// Troubles are told at most so often.
inline constexpr std::chrono::hours kTellAgain{1};

// What is told of messages that do not get out.
struct UndeliveredReport {
  std::vector<core::OutboxBatch> messages;  // To send: one a recipient, a notice each.
  std::vector<core::OutboxBatch> told;      // Those it is about, marked so.
};

// Tells of messages that are given up, each once, and of late ones, once, where another channel can
// say it. By `alerts: undelivered: channel:`, else by another channel in use than those that
// failed, else by the same to somebody else; to `to:`, else to IT, else to the head, the DSL or the
// chair. It holds role, address, since when and the last answer: nothing of any post or case. What
// tells of undelivered messages is not itself told of. nullopt: there is nothing to tell, or nobody
// to tell it to. Keys follow from what is told. Pure.
std::optional<UndeliveredReport> ReportUndelivered(std::span<const core::OutboxBatch> batches,
                                                   const config::Settings& settings,
                                                   core::Timestamp now, std::string_view domain);

}  // namespace schoolwatch::alerts
