#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace schoolwatch::core {

// When a message goes out.
enum class Delivery {
  kNow,      // By itself, at the end of the document's commit or of the run.
  kDigest,   // With others, one message a run (from the issue "Tell" on: at the digest's time).
  kBacklog,  // In the one summary of what a new source already held.
};
std::string_view DeliveryName(Delivery delivery);
Result<Delivery> ParseDelivery(std::string_view name);

// One thing that one recipient must be told. Written in the commit of the document that caused it.
// It names the finding and does not copy it, so that erasing a finding erases it everywhere.
struct OutboxItem {
  std::string id;  // Unique: derived from recipient and finding, so planning twice adds nothing.
  std::string recipient;  // Address.
  std::string batch_key;  // Items with the same recipient and key become one message.
  Delivery delivery = Delivery::kNow;
  std::string school;  // Key.
  std::string case_id;
  std::string finding_id;
  std::string reason;  // "new case", "got worse", "more of the same", "from before watching began".
  Timestamp created_at{};
  bool operator==(const OutboxItem&) const = default;
};

// A message whose contents are settled, written before the first attempt to send it, so that a
// repeat after a crash is the same message under the same Message-ID.
struct OutboxBatch {
  std::string key;         // Unique for all time.
  std::string message_id;  // Without angle brackets.
  std::string recipient;
  Delivery delivery = Delivery::kNow;
  std::string school;
  std::vector<OutboxItem> items;
  Timestamp created_at{};
  std::uint32_t attempts = 0;
  Timestamp next_attempt_at{};
  std::string last_error;
  bool given_up = false;  // Refused for good: for `doctor` and exit code 1.
  bool operator==(const OutboxBatch&) const = default;
};

}  // namespace schoolwatch::core
