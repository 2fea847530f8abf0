#include "storage/migrate.h"

#include <algorithm>
#include <string>

#include "storage/keys.h"

namespace schoolwatch::storage {

// Version 1 is the only one so far: what was added since came as new kinds and new fields.
std::span<const Migration> Migrations() { return {}; }

core::Result<void> Migrate(Db& db, int from, int to, std::span<const Migration> migrations) {
  for (int version = from; version < to; ++version) {
    const auto migration = std::ranges::find(migrations, version, &Migration::from);
    if (migration == migrations.end()) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "the store '" + db.shown().string() + "' is of format " +
                            std::to_string(version) +
                            ", which this schoolwatch cannot read; nothing was changed");
    }
    Batch batch;
    SW_TRY(migration->step(View(db), batch));
    batch.Put(std::string(kSchemaKey), std::to_string(version + 1));
    SW_TRY(db.Write(batch));
  }
  return {};
}

}  // namespace schoolwatch::storage
