#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "app/equipment.h"
#include "app/intake/take_report.h"
#include "core/clock.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// What was taken in one go.
struct IntakeReport {
  struct Taken {
    std::string way;   // "mailbox", "maildir", "folder".
    std::string name;  // "mail 17", or the file's name.
    TakenReport report;
  };
  std::vector<Taken> taken;
  std::size_t findings = 0;
  std::vector<std::string> troubles;  // One line each: the mailbox cannot be reached, …
  bool refused = false;               // A person must act: the login is refused.
};

enum class IntakePace {
  kNow,      // A person asked.
  kWhenDue,  // The mailbox no more often than `intake.every`.
};

// Empties the mailbox, the Maildir and the drop folder: each mail or file is taken, its commit is
// on disk, and only then it is deleted. A crash in between takes it again, which changes nothing.
// Fails only where the store does; all else is a trouble, and what brought it stays where it is.
core::Result<IntakeReport> TakeReports(const Equipment& equipment, storage::Store& store,
                                       const core::Clock& clock, IntakePace pace,
                                       std::stop_token stop);

// Whether anything is set up.
bool HasIntake(const config::Settings& settings);

}  // namespace schoolwatch::app
