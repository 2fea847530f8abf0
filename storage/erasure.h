#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "core/finding.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/audit.h"
#include "storage/byte_scan.h"
#include "storage/erasure_marks.h"
#include "storage/erasure_needles.h"
#include "storage/name_finder.h"
#include "storage/removal.h"
#include "storage/store.h"

namespace schoolwatch::storage {

struct ErasureTarget {
  enum class By {
    kAuthor,  // A public name or handle, whole; or the address of a profile.
    kUrl,     // Of a post, or of a thread with all its posts.
    kCase,    // A case's whole id, with all its posts.
  };
  By by = By::kAuthor;
  std::string value;
  std::string reason;  // Goes into the audit log, as a keyed hash.
};

// The posts that a target means, the oldest first. kNotFound: there is no such case.
core::Result<std::vector<core::Finding>> FindTargeted(const Db& db, const ErasureTarget& target);

// Posts of others that name somebody, or quote what names them.
core::Result<std::vector<core::Finding>> FindNaming(const Db& db, const NameFinder& name);

enum class ErasureEffect { kErase, kShowOnly };

struct ErasureReport {
  std::vector<core::Finding> findings;  // That are gone, or would be.
  KindCounts deleted;
  KindCounts changed;            // Records of others that named them, quoted them or led to them.
  std::vector<Needle> needles;   // To look for in files (ScanFiles): no file should hold them.
  std::vector<LeftRecord> left;  // Records of others that hold one of them all the same.
  core::Timestamp until{};       // Until when the marks keep them away.
  bool reopened = false;  // Else LevelDB's list of tables may tell keys until the next opening.
};

// Deletes every trace of the target in one write, together with its marks and its entries in the
// audit log, then rewrites what LevelDB still holds of it on disk. After a crash before the write
// nothing is gone; after it everything is, and the next purge rewrites the rest (FinishErasures).
// The caller has the store's turn.
core::Result<ErasureReport> Erase(Store& store, const ErasureTarget& target,
                                  std::chrono::hours keep_marks, core::Timestamp now,
                                  ErasureEffect effect);

// Marks of another copy of this store.
struct MarkSet {
  std::vector<std::string> keys;  // That they were made under, as far as they are known.
  std::vector<KeptMark> marks;
};
// Erases again what they say, as far as they still count, and keeps them: for a backup that is
// older than an erasure. They go on counting where their keys are kept beside the store
// (LoadKeptKeys). Nobody else has the database.
core::Result<ErasureReport> ApplyErasureMarks(Db& db, const AuditContext& audit,
                                              const MarkSet& of_other);

// Rewrites the database where a crash kept an erasure from doing so.
core::Result<void> FinishErasures(Db& db);

}  // namespace schoolwatch::storage
