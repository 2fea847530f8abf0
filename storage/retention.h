#pragma once

#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include "config/settings.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/removal.h"
#include "storage/store.h"

namespace schoolwatch::storage {

// What one purge does at most, so that a run stays short however much is old. The next one goes on
// where it stopped.
struct PurgeLimits {
  std::size_t cases = 500;
  std::size_t records = 200'000;  // Looked at, of each kind.
  static PurgeLimits None() {
    constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
    return {kAll, kAll};
  }
};

enum class PurgeEffect { kDelete, kCountOnly };

// The note of cases that were purged and of which mails may still lie in a folder: an id a line. It
// is written with each case's removal, so that a crash loses none, and taken away by who has looked
// through the folder.
inline constexpr std::string_view kPurgedCasesNote = "retention/purged-cases";

struct PurgeReport {
  KindCounts deleted;         // Or what would be.
  bool everything = true;     // Was looked at; else the next purge goes on.
  bool clock_jumped = false;  // Nothing was deleted: see Purge.
};

// Deletes what is older than its period: each case with all that hangs on it in one write, together
// with its entry in the audit log; everything else in small ones. A crash in between leaves the
// rest to the next purge; doing it again changes nothing. Never touched: a case in hand, one with a
// mail that waits, and what has no age yet. Where the clock is more than 30 days ahead of the last
// purge, it only notes that, and deletes from a day later on: a clock that runs wild for an hour
// must not empty the store. The caller has the store's turn.
core::Result<PurgeReport> Purge(Store& store, const config::Retention& periods,
                                std::chrono::hours looks_within, core::Timestamp now,
                                const PurgeLimits& limits, PurgeEffect effect);

}  // namespace schoolwatch::storage
