#include "storage/migrate.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/changes.h"
#include "storage/codec.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace schoolwatch::storage {
namespace {

// Records in one write.
constexpr std::size_t kPage = 500;

core::Result<void> RemoveAll(Db& db, std::string_view prefix) {
  for (;;) {
    SW_ASSIGN(const auto entries, View(db).List(prefix, kPage));
    if (entries.empty()) {
      return {};
    }
    Batch batch;
    for (const auto& [key, value] : entries) {
      batch.Remove(key);
    }
    SW_TRY(db.Write(batch));
  }
}

// 1 to 2: a fingerprint is stored as its words alone where it has them, and its sets are made
// otherwise, so that the index of them is made anew.
core::Result<void> StorePrintsAsWords(Db& db) {
  SW_TRY(RemoveAll(db, kNearPrefix));
  std::vector<std::pair<core::Timestamp, std::string>> by_day;
  for (std::string after(kPrintPrefix);;) {
    SW_ASSIGN(const auto entries, View(db).ListAfter(after, kPrintPrefix, kPage));
    if (entries.empty()) {
      break;
    }
    for (const auto& [key, value] : entries) {
      SW_ASSIGN(const auto entry, DecodeRecord<core::FingerprintEntry>(db.shown(), key, value));
      by_day.emplace_back(entry.day, entry.finding_id);
    }
    after = entries.back().first;
  }
  std::ranges::sort(by_day);  // The index keeps the newest of a key.
  for (std::size_t start = 0; start < by_day.size(); start += kPage) {
    core::DocumentOutcome outcome;
    for (std::size_t i = start; i < std::min(start + kPage, by_day.size()); ++i) {
      SW_ASSIGN(auto entry,
                RecordReader(db).Find<core::FingerprintEntry>(Key(kPrintPrefix, by_day[i].second)));
      if (entry) {
        outcome.fingerprints.push_back(*std::move(entry));
      }
    }
    Changes changes(db, AuditContext{});  // Nothing of it belongs into the log.
    SW_TRY(changes.Add(outcome));
    SW_TRY(db.Write(changes.batch()));
  }
  return {};
}

}  // namespace

std::span<const Migration> Migrations() {
  static const std::array kMigrations{Migration{.from = 1, .step = StorePrintsAsWords}};
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
