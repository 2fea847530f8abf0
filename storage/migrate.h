#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "core/result.h"
#include "storage/db.h"

namespace schoolwatch::storage {

// From which version, while a step is under way.
inline constexpr std::string_view kMigratingKey = "meta/migrating";

// One step from a version of the key table (docs/storage.md) to the next.
struct Migration {
  int from = 0;  // It leads to from + 1.
  // In as many writes as it takes. Broken off between any two of them it is done again from its
  // beginning, and comes to the same end.
  std::function<core::Result<void>(Db& db)> step;
};

// All that there are, oldest first.
std::span<const Migration> Migrations();

// Brings a database of version `from` to version `to`, a step at a time. A step begins by writing
// the version that it leads to, so that an older schoolwatch keeps away from what is half done, and
// under kMigratingKey the one that it comes from: where that is there, it is the `from` to give.
// kBadInput: there is no way from that version.
core::Result<void> Migrate(Db& db, int from, int to, std::span<const Migration> migrations);

}  // namespace schoolwatch::storage
