#pragma once

#include <string>
#include <string_view>

#include "app/name_mask.h"
#include "config/settings.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/store.h"

namespace schoolwatch::app {

// What became of a mail that somebody sent to the mailbox for answers.
enum class AnswerFate {
  kTaken,  // It changed its case.
  kNoted,  // It stands in its case's history; there was nothing to change, or a reason is missing.
  kRefused,   // Forged, used before, too old or somebody else's; the audit log has it.
  kNoAnswer,  // None is in it.
};
struct AnswerReceipt {
  AnswerFate fate = AnswerFate::kNoAnswer;
  std::string what;  // "case Q7F3-2KXM is in hand, says the headteacher"; without a word of it.
};

// Does what a mail answers, in one commit with the mark that its link was used. A tap alone never
// closes a case of possible safeguarding: that takes a reason in the mail. The caller has the
// store's turn. Fails only where the store does.
core::Result<AnswerReceipt> TakeAnswer(std::string_view mail, const config::Settings& settings,
                                       const NameMask& mask, std::string_view key,
                                       storage::Store& store, core::Timestamp now);

}  // namespace schoolwatch::app
