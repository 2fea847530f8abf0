#pragma once

#include <vector>

#include "core/calendar.h"
#include "core/finding.h"
#include "core/time.h"

namespace schoolwatch::alerts {

// By when an answer is due for what people could know of since `since`: 24 hours later if that is a
// working day, within its working hours, or else by the end of the next working day. What may be
// safeguarding from medium up has 24 hours, whatever day it is. Pure.
core::Timestamp AnswerDue(const core::SchoolCalendar& calendar,
                          const std::vector<core::Category>& categories, core::Severity severity,
                          core::Timestamp since);

// Since when a case waits for an answer: when it began, got worse, grew fast or came back,
// whichever was last. Zero: it does not, as somebody has seen it, has it in hand or has closed it.
core::Timestamp WaitsSince(const core::Case& of);

// What a mail says that was settled at `mailed` and tells of a post found at `found`: counted from
// where the case began to wait, or else from the post, or where that is past from the mail.
core::Timestamp AnswerBy(const core::SchoolCalendar& calendar, const core::Case& of,
                         core::Timestamp found, core::Timestamp mailed);

// By when a case wants an answer; zero where nothing is due.
core::Timestamp AnswerDue(const core::SchoolCalendar& calendar, const core::Case& of);

}  // namespace schoolwatch::alerts
