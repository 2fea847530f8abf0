#pragma once

#include <string>
#include <string_view>

#include "alerts/alert.h"
#include "alerts/excerpt.h"
#include "alerts/template_set.h"
#include "alerts/wording.h"

namespace schoolwatch::alerts {

// One finding as templates show it, in a message mailed at `mailed`. All of it is clean text; links
// are there only where they are http(s) addresses, and not to be clicked where an indecent image of
// a child may be behind them.
View MakeEntryView(const AlertEntry& entry, Display display, const LocalClock& clock,
                   core::Timestamp mailed);

// Why the recipient is told, as a sentence.
std::string ReasonSentence(std::string_view reason);

// How far the case has spread: "3 posts by 2 different public names, in 1 watched place".
std::string SpreadSentence(const core::Case& case_now);

}  // namespace schoolwatch::alerts
