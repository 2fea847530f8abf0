#pragma once

#include <iosfwd>
#include <string>

#include "app/commands/cases.h"
#include "app/log.h"
#include "app/pipeline/delivery.h"
#include "app/pipeline/round.h"
#include "app/pipeline/run_pass.h"

namespace schoolwatch::app {

// "8 sources, 23 pages, 31 posts (12 new): 5 possible concerns in 4 cases; 3 mails sent; 4.2 s".
std::string SummaryLine(const PassReport& pass, const DeliveryReport& delivery);

// What a person who looks on wants to know: trouble by source, what was deliberately not fetched.
void PrintDetails(const PassReport& pass, std::ostream& out);

// Writes down how a round went.
void LogRound(const RoundReport& round, Log& log);

// The round in the form that was asked for; for people only where they look on, but always where it
// was a rehearsal.
void PrintRound(const RoundReport& round, Effects effects, OutputForm form, std::ostream& out);

// All of a round as JSON Lines: findings, sources, what was refused or failed, and a summary.
void PrintJson(const RoundReport& round, std::ostream& out);

}  // namespace schoolwatch::app
