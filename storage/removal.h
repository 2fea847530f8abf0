#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "core/finding.h"
#include "core/result.h"
#include "storage/db.h"
#include "storage/kind_counts.h"
#include "storage/records.h"

namespace schoolwatch::storage {

// Takes records out, with all that hangs on them and whose keys can be worked out from them.
// Nothing is written: the caller writes the batch, and lets nobody write in between.
class Removal {
 public:
  // Borrows the database; the batch outlives it.
  Removal(const Db& db, Batch& batch) : batch_(batch), reader_(db, &batch) {}

  // With its place among texts, evidence, earlier versions and its own address. Not its seen mark,
  // which tells nothing and keeps the post from coming back.
  core::Result<void> RemoveFinding(const core::Finding& finding);
  // With its indexes. Not its findings, but their addresses under this case.
  core::Result<void> RemoveCase(const core::Case& one);
  void RemoveRecord(std::string key, std::string_view kind);

  const KindCounts& counts() const { return counts_; }
  const RecordReader& reader() const { return reader_; }

 private:
  Batch& batch_;
  const RecordReader reader_;
  KindCounts counts_;
};

}  // namespace schoolwatch::storage
