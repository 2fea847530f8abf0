#include "storage/migrate.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "storage/inventory.h"
#include "storage/keys.h"
#include "storage/leveldb_store.h"
#include "storage/repair.h"
#include "tests/storage/old_formats.h"
#include "tests/storage/samples.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<Db> OpenDb(const TempFolder& folder) {
  auto db = Db::Open(folder.path() / "db", folder.path(), OpenMode::kReadWrite, DbSettings{});
  EXPECT_TRUE(db.has_value()) << db.error().message;
  return db ? *std::move(db) : nullptr;
}

std::string Get(const Db& db, std::string_view key) {
  const auto value = View(db).Get(key);
  return value && *value ? **value : "";
}

// Comes to the same end when it is done again.
Migration Renames(int from, std::string before, std::string after) {
  return {.from = from, .step = [before, after](Db& db) -> core::Result<void> {
            SW_ASSIGN(const auto value, View(db).Get(before));
            Batch batch;
            if (value) {
              batch.Put(after, *value);
              batch.Remove(before);
            }
            return db.Write(batch);
          }};
}

TEST(MigrateTest, GoesAStepAtATimeEachWithItsVersion) {
  const TempFolder folder;
  const auto db = OpenDb(folder);
  Batch batch;
  batch.Put("old/a", "value");
  batch.Put(std::string(kSchemaKey), "1");
  ASSERT_TRUE(db->Write(batch).has_value());
  const std::array steps{Renames(1, "old/a", "newer/a"), Renames(2, "newer/a", "newest/a")};
  ASSERT_TRUE(Migrate(*db, 1, 3, steps).has_value());
  EXPECT_EQ(Get(*db, "newest/a"), "value");
  EXPECT_EQ(Get(*db, "old/a"), "");
  EXPECT_EQ(Get(*db, kSchemaKey), "3");
}

TEST(MigrateTest, BrokenOffItSaysWhereItHadCome) {
  const TempFolder folder;
  const auto db = OpenDb(folder);
  Batch batch;
  batch.Put("old/a", "value");
  ASSERT_TRUE(db->Write(batch).has_value());
  const std::array steps{Renames(1, "old/a", "newer/a"),
                         Migration{.from = 2, .step = [](Db& half) -> core::Result<void> {
                                     Batch changes;
                                     changes.Put("half", "done");
                                     SW_TRY(half.Write(changes));
                                     return core::Fail(core::ErrorKind::kUnavailable, "full");
                                   }}};
  EXPECT_FALSE(Migrate(*db, 1, 3, steps).has_value());
  EXPECT_EQ(Get(*db, kSchemaKey), "3") << "older ones keep away";
  EXPECT_EQ(Get(*db, kMigratingKey), "2");
  EXPECT_EQ(Get(*db, "newer/a"), "value");
  const std::array again{Renames(2, "newer/a", "newest/a")};
  ASSERT_TRUE(Migrate(*db, 2, 3, again).has_value());
  EXPECT_EQ(Get(*db, "newest/a"), "value");
  EXPECT_EQ(Get(*db, kMigratingKey), "");
}

TEST(MigrateTest, WithoutAWayNothingIsChanged) {
  const TempFolder folder;
  const auto db = OpenDb(folder);
  const auto done = Migrate(*db, 1, 2, {});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, core::ErrorKind::kBadInput);
}

struct OldFormat {
  const char* name;
  void (*make)(const fs::path& folder);
};

class OldFormatTest : public testing::TestWithParam<OldFormat> {};

TEST_P(OldFormatTest, TextsAreFoundAgainAndFingerprintsGone) {
  const TempFolder folder;
  GetParam().make(folder.path());
  for (const OpenMode mode : {OpenMode::kReadOnly, OpenMode::kReadWrite, OpenMode::kReadOnly}) {
    const auto store = Store::Open(folder.path(), mode);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    EXPECT_EQ(samples::CountFound(**store), samples::kOldTexts);
    std::size_t keys = 0;
    ASSERT_TRUE((*store)
                    ->VisitRecords([&](std::string_view key, std::string_view value) {
                      EXPECT_FALSE(key.starts_with("print/"));
                      if (key.starts_with(kNearPrefix)) {
                        EXPECT_FALSE(key.ends_with("5byte"));
                        ++keys;
                      } else if (key.starts_with(kMetaPrefix) && key != kAuditHeadKey) {
                        EXPECT_EQ(key, kSchemaKey);
                        EXPECT_EQ(value, "3");
                      }
                      return core::Result<void>{};
                    })
                    .has_value());
    EXPECT_GT(keys, 5 * samples::kOldTexts);
  }
}

// Before anything opened it: what an older format has otherwise is no damage.
TEST_P(OldFormatTest, RepairHasNothingAgainstIt) {
  const TempFolder folder;
  GetParam().make(folder.path());
  const auto report = RepairStore(folder.path(), {.now = samples::Day(25)});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  for (const StoreProblem& problem : report->problems) {
    EXPECT_EQ(problem.what.find("texts"), std::string::npos) << problem.what;
    EXPECT_EQ(problem.what.find("compared"), std::string::npos) << problem.what;
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, OldFormatTest,
                         testing::Values(OldFormat{"First", samples::MakeFirstFormat},
                                         OldFormat{"Second", samples::MakeSecondFormat}),
                         [](const auto& row) { return std::string(row.param.name); });

// A store as the first release wrote it, before there was an audit log: its bytes are kept.
TEST(FirstStoreTest, IsReadGoesOnAndIsWholeAfterRepair) {
  const TempFolder folder;
  const fs::path store_folder = folder.path() / "store";
  fs::create_directories(store_folder);
  fs::copy(fs::path(SW_TEST_DATA) / "first_store", store_folder / "db");
  {
    const auto store = Store::Open(store_folder, OpenMode::kReadWrite);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    const auto cases = (*store)->ListCases({});
    ASSERT_TRUE(cases.has_value()) << cases.error().message;
    EXPECT_EQ(cases->size(), 5u);
    for (const core::Case& one : *cases) {
      for (const std::string& id : one.findings) {
        const auto finding = (*store)->LoadFinding(id);
        ASSERT_TRUE(finding.has_value()) << finding.error().message;
        EXPECT_NE(finding->post.text.find("Quillbrook Academy"), std::string::npos);
      }
    }
    const core::DocumentOutcome document = samples::MakeDocument(1);
    EXPECT_TRUE((*store)->Commit({&document, 1}).has_value());
  }
  const auto report = RepairStore(store_folder, {.now = samples::Day(25)});
  EXPECT_TRUE(report.has_value()) << report.error().message;
}

}  // namespace
}  // namespace schoolwatch::storage
