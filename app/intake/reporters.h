#pragma once

#include <string>
#include <string_view>

#include "config/settings.h"

namespace schoolwatch::app {

// How well we know who reported something. The sender of a mail can be forged, so it opens nothing.
enum class ReporterStanding {
  kNotAllowed,
  kAnyone,  // Allowed as everybody is.
  kKnown,   // A contact, or named in `intake.reporters` by address or domain.
};
ReporterStanding StandingOf(std::string_view address, const config::Settings& settings);

// The school that reports are about, named or not: the configured one, the only one, or the only
// one that the reporter, as a contact, has to do with. Empty: what a report says decides.
std::string SchoolOfReports(std::string_view reporter, const config::Settings& settings);

}  // namespace schoolwatch::app
