#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"
#include "storage/db.h"
#include "storage/removal.h"
#include "storage/retention.h"

namespace schoolwatch::storage {

// The note of a purge after which no compaction has come yet.
inline constexpr std::string_view kCompactionOwed = "retention/compaction-owed";

// The way of a purge through the database: a page of one kind of records at a time, each page's
// removals in one write, and a note of where it stopped. Nobody else writes meanwhile.
class PurgeSweep {
 public:
  // Borrows both. What it removes is counted in `report`.
  PurgeSweep(Db& db, const PurgeLimits& limits, PurgeEffect effect, PurgeReport& report)
      : db_(db), limits_(limits), effect_(effect), report_(report) {}

  // What becomes of one record: adds its removal to `removal`, or leaves it.
  using Treat = std::function<core::Result<void>(Removal& removal, const std::string& key,
                                                 const std::string& value)>;
  // Goes through a kind's records from where the last purge stopped.
  core::Result<void> Through(std::string_view prefix, const Treat& treat);

  // Where people's words or names go, notes in the same write that what is left of them on disk is
  // to be rewritten (kCompactionOwed): after a crash the next purge still knows.
  core::Result<void> Write(const Batch& batch, const KindCounts& counts);
  // Does nothing where the purge only counts.
  core::Result<void> SetNote(std::string_view name, std::string value);
  core::Result<std::optional<std::string>> FindNote(std::string_view name) const;
  core::Result<std::optional<core::Timestamp>> FindTime(std::string_view name) const;

 private:
  Db& db_;
  const PurgeLimits limits_;
  const PurgeEffect effect_;
  PurgeReport& report_;
  bool owed_ = false;
};

}  // namespace schoolwatch::storage
