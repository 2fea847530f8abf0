#pragma once

#include <string>

#include "alerts/alert.h"
#include "alerts/excerpt.h"
#include "alerts/template_set.h"
#include "alerts/wording.h"

namespace schoolwatch::alerts {

// One finding as templates show it. All of it is clean text; links
// are there only where they are http(s) addresses.
View MakeEntryView(const AlertEntry& entry, Display display, const LocalClock& clock);

// Why the recipient is told, as a sentence.
std::string ReasonSentence(const AlertEntry& entry);

// How far the case has spread: "3 posts by 2 different public names, in 1 watched place".
std::string SpreadSentence(const core::Case& case_now);

}  // namespace schoolwatch::alerts
