#pragma once

#include <iosfwd>

#include "core/result.h"

namespace schoolwatch::app {

// What the program's exit status means (docs/reference.md). Cron and systemd act on it.
enum class ExitCode {
  kDone = 0,
  kActionNeeded = 1,   // A person must act: a source newly broken, mail queued over an hour.
  kUsage = 2,          // Command line or configuration is wrong.
  kHeldElsewhere = 3,  // Another process holds the store.
  kDamaged = 4,        // The store is damaged.
  kInternal = 70,      // A mistake of ours.
};

// The exit status for an error that ends a command.
ExitCode ExitCodeFor(const core::Error& error);

// Says on `errors` what ended a command, and gives the exit status for it.
ExitCode ReportError(const core::Error& error, std::ostream& errors);

}  // namespace schoolwatch::app
