#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/judgement.h"
#include "core/result.h"
#include "core/time.h"

namespace schoolwatch::core {

// When a message goes out.
enum class Delivery {
  kNow,      // By itself, at the end of the document's commit or of the run.
  kDigest,   // With others, at the digest's time.
  kBacklog,  // In the one summary of what a new source already held.
  kSummary,  // With others of its case, once an hour at most.
};
std::string_view DeliveryName(Delivery delivery);
Result<Delivery> ParseDelivery(std::string_view name);

// What is said in a message that is about no finding: the line of a quiet day, a source that fell
// silent, a report. In our own words: nothing of any post, and no person's name.
struct Notice {
  std::string kind;     // Which one it is: "day", "source", … Empty: there is none.
  std::string subject;  // What follows the school's name.
  std::string text;     // Paragraphs, an empty line between them.
  std::string html{};   // The same as an HTML fragment, escaped already; empty: made from `text`.
  bool operator==(const Notice&) const = default;
};

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
  Timestamp not_before{};    // It waits until then; zero: goes out as soon as it can.
  std::string role{};        // The contact's, whom it tells: "dsl".
  std::string route{};       // The branch of the routing tree that chose the recipient.
  bool never_waits = false;  // No budget, mute, digest or quiet hour may hold it.
  Notice notice{};           // Instead of case and finding.
  // Roles whose holders may be meant by the case as people who harm children, and so are told
  // nothing of it: "headteacher". What to do then is another matter (its playbook).
  std::vector<std::string> withheld{};
  Severity severity = Severity::kNone;  // The finding's: what is urgent goes first.
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
  bool given_up = false;       // Refused for good: for `doctor` and exit code 1.
  std::string channel{};       // By which it goes; empty: the one that is set up for all.
  bool told_late = false;      // That it does not get out was told by another channel.
  bool told_given_up = false;  // That it is given up, too.
  bool operator==(const OutboxBatch&) const = default;
};

}  // namespace schoolwatch::core
