#pragma once

#include <functional>
#include <span>

#include "core/result.h"
#include "storage/db.h"

namespace schoolwatch::storage {

// One step from a version of the key table (docs/storage.md) to the next.
struct Migration {
  int from = 0;  // It leads to from + 1.
  // Puts what changes into the batch, which becomes true together with the new version.
  std::function<core::Result<void>(const View& view, Batch& batch)> step;
};

// All that there are, oldest first.
std::span<const Migration> Migrations();

// Brings a database of version `from` to version `to`, a step at a time. Broken off, it goes on
// from the step that it had come to. kBadInput: there is no way from that version.
core::Result<void> Migrate(Db& db, int from, int to, std::span<const Migration> migrations);

}  // namespace schoolwatch::storage
