#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "storage/lost_evidence.h"
#include "storage/mend.h"

namespace schoolwatch::storage {

struct RepairOptions {
  core::Timestamp now{};
};

struct RepairReport {
  bool was_whole = false;  // Nothing was wrong, and nothing was done.
  std::vector<std::string> damaged_files;
  std::size_t dropped_bytes = 0;         // Of the newest commits.
  std::vector<Inventory::OfKind> kinds;  // What could be read, and what not.
  std::vector<StoreProblem> problems;    // As they were found.
  Mended mended;
  LostEvidence lost_evidence;        // Also of a store that is whole but for it.
  std::filesystem::path old_store;   // The damaged one, kept.
  std::filesystem::path quarantine;  // What could be read but not understood; empty: nothing.
  std::uint64_t missing_audit_entries = 0;  // As numbers tell; CheckAudit names them.
  // There was no database, and this copy, kept by a repair or restore, was put in its place: it may
  // be old. Empty: there was one.
  std::filesystem::path put_back;
};

// Mends the store in `folder`: works on a copy beside it, and puts that in its place in one step
// only when it is whole, so that it never makes anything worse, and can be broken off and begun
// again at any time. The damaged one stays as db.damaged-<time>; it holds personal data and is to
// be deleted once nobody needs it. kHeld: a process has the store. kNotFound: there is none.
// kCorrupt: the audit log's key is damaged, which only a person can mend. kUnavailable: no space
// for the copy, or the disk fails; nothing was changed.
core::Result<RepairReport> RepairStore(const std::filesystem::path& folder,
                                       const RepairOptions& options);

// Puts `fresh` (a folder beside db/) in the place of db/, which becomes `old`, so that at every
// moment one of the two is there. Whatever fails, what db/ was is there afterwards, as db/ or as
// `old`; no other folder ever holds it. `old` must not exist.
core::Result<void> SwapDatabase(const std::filesystem::path& folder,
                                const std::filesystem::path& fresh,
                                const std::filesystem::path& old);

// Removes the copies that a repair or restore left which was broken off. The lock must be held.
void RemoveUnfinished(const std::filesystem::path& folder);

// "20261121T180211Z", for names of files: `time`, or the next second of which no file or folder in
// `folder` bears the name yet.
std::string FreeFileTime(const std::filesystem::path& folder, core::Timestamp time);

}  // namespace schoolwatch::storage
