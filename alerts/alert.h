#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alerts/answers.h"
#include "core/finding.h"
#include "core/outbox.h"
#include "core/result.h"
#include "core/school.h"

namespace schoolwatch::alerts {

// Why a recipient is told, as an outbox item keeps it.
inline constexpr std::string_view kReasonNew = "new case";
inline constexpr std::string_view kReasonWorse = "got worse";
inline constexpr std::string_view kReasonEdited = "edited, and worse";
inline constexpr std::string_view kReasonGrowing = "growing fast";
inline constexpr std::string_view kReasonReopened = "reopened";
inline constexpr std::string_view kReasonMore = "more of the same";
inline constexpr std::string_view kReasonBacklog = "from before watching began";
// Everybody who would be told is named in the post, or missing from the contacts: the mail says
// that there is a case, no more.
inline constexpr std::string_view kReasonNobody = "nobody may be told";
inline constexpr std::string_view kReasonUnanswered = "unanswered";
// What ends the reason of an item that the day's budget of mails moved into the digest.
inline constexpr std::string_view kOverBudget = ", over the day's budget of mails";

// One finding in a message, with the case it belongs to as it is now.
struct AlertEntry {
  core::Case case_now;
  core::Finding finding;
  std::string reason;                         // From the outbox item.
  std::string source_title{};                 // What people call the source; empty: its name.
  std::vector<core::PostVersion> versions{};  // Other texts of the post, oldest first.
  // From the outbox item as well: whose post the recipient is told in, and by which branch.
  std::string role{};
  std::string route{};
  std::vector<std::string> withheld{};  // Roles that may be meant and are told nothing.
  core::Timestamp answer_by{};  // By the response clock; zero: 24 hours after it was mailed.
};

// A message about to be sent: settled contents of one recipient.
struct AlertBatch {
  core::OutboxBatch batch;
  std::string school_name;          // For the subject; "several schools" where mixed.
  std::vector<AlertEntry> entries;  // Worst first, then newest.
  // Answers that the recipient may give by mail, case by case; none where none are taken.
  std::vector<AnswerLink> answers{};
};

// Delivers alerts over one channel. The outbox owns retries and calls from one thread, so a sink
// keeps no queue and needs no lock.
class AlertSink {
 public:
  virtual ~AlertSink() = default;
  // Sends `batch` (never empty) as one message and returns once the far side has accepted it.
  // Transient kinds are retried with the same batch.message_id, which a sink passes on so that the
  // receiver can drop repeats. Error messages reach the log: no credentials, no quoted posts in
  // them.
  virtual core::Result<void> Deliver(const AlertBatch& batch) = 0;
};

}  // namespace schoolwatch::alerts
