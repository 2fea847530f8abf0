#include "storage/migrate.h"

#include <algorithm>
#include <array>
#include <string>

#include "storage/keys.h"
#include "storage/near_index.h"

namespace schoolwatch::storage {
namespace {

// 1 to 2: what is made of a text is made otherwise, and so is the index of texts.
core::Result<void> IndexTextsAnew(Db& db) { return RebuildNearIndex(db); }

// 2 to 3: fingerprints are made again of the posts' texts and no longer stored.
core::Result<void> DropPrints(Db& db) { return RemoveAll(db, "print/"); }

}  // namespace

std::span<const Migration> Migrations() {
  static const std::array kMigrations{Migration{.from = 1, .step = IndexTextsAnew},
                                      Migration{.from = 2, .step = DropPrints}};
  return kMigrations;
}

core::Result<void> Migrate(Db& db, int from, int to, std::span<const Migration> migrations) {
  for (int version = from; version < to; ++version) {
    const auto migration = std::ranges::find(migrations, version, &Migration::from);
    if (migration == migrations.end()) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "the store '" + db.shown().string() + "' is of format " +
                            std::to_string(version) +
                            ", which this schoolwatch cannot read; nothing was changed");
    }
    Batch begun;
    begun.Put(std::string(kSchemaKey), std::to_string(version + 1));
    begun.Put(std::string(kMigratingKey), std::to_string(version));
    SW_TRY(db.Write(begun));
    SW_TRY(migration->step(db));
    Batch done;
    done.Remove(std::string(kMigratingKey));
    SW_TRY(db.Write(done));
  }
  return {};
}

}  // namespace schoolwatch::storage
