#include "storage/repair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "storage/db.h"
#include "storage/inventory.h"
#include "storage/keys.h"
#include "storage/leveldb_store.h"
#include "tests/storage/samples.h"
#include "tests/storage/temp_folder.h"
#include "tests/storage/tidy_store.h"

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;

constexpr int kDocuments = 30;

RepairOptions Options() { return {.now = samples::Day(25)}; }

std::string Read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Write(const fs::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

std::vector<fs::path> FilesIn(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files.push_back(entry.path().filename());
  }
  std::ranges::sort(files);
  return files;
}

const fs::path& TidyStore() {
  static const TempFolder folder;
  static const fs::path store = [] {
    const fs::path path = folder.path() / "store";
    MakeTidyStore(path, kDocuments);
    return path;
  }();
  return store;
}

// A copy that may be damaged.
class RepairTest : public testing::Test {
 protected:
  RepairTest() { fs::copy(TidyStore(), store_, fs::copy_options::recursive); }

  fs::path Database() const { return store_ / "db"; }

  // Repairs, and looks whether a run can go on.
  RepairReport Mend() {
    core::Result<RepairReport> report = RepairStore(store_, Options());
    EXPECT_TRUE(report.has_value()) << report.error().message;
    if (!report) {
      return {};
    }
    EXPECT_FALSE(fs::exists(store_ / "db.unfinished-20261125T120000Z"));
    ExpectWholeAfterRun(store_, kDocuments);
    return *std::move(report);
  }

  // Changes the database's records as nobody should.
  void Spoil(const std::function<void(Batch&)>& spoil) {
    const auto db = Db::Open(Database(), store_, OpenMode::kReadWrite, DbSettings{});
    ASSERT_TRUE(db.has_value());
    Batch batch;
    spoil(batch);
    ASSERT_TRUE((*db)->Write(batch).has_value());
  }

  const TempFolder folder_;
  const fs::path store_ = folder_.path() / "store";
};

TEST_F(RepairTest, AWholeStoreIsLeftAsItIs) {
  const std::vector<fs::path> before = FilesIn(store_ / "db");
  const auto report = RepairStore(store_, Options());
  ASSERT_TRUE(report.has_value()) << report.error().message;
  for (const StoreProblem& problem : report->problems) {
    ADD_FAILURE() << problem.count << " " << problem.what;
  }
  EXPECT_TRUE(report->was_whole);
  EXPECT_EQ(FilesIn(store_ / "db"), before);
}

TEST_F(RepairTest, WhereThereIsNoStoreNothingIsMade) {
  const auto report = RepairStore(folder_.path() / "none", Options());
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().kind, core::ErrorKind::kNotFound);
  EXPECT_FALSE(fs::exists(folder_.path() / "none"));
}

TEST_F(RepairTest, TheDamagedStoreIsKept) {
  fs::remove(Database() / "CURRENT");
  const std::vector<fs::path> before = FilesIn(Database());
  const RepairReport report = Mend();
  EXPECT_FALSE(report.was_whole);
  EXPECT_EQ(report.old_store, store_ / "db.damaged-20261125T120000Z");
  EXPECT_EQ(FilesIn(report.old_store), before);
}

TEST_F(RepairTest, ARepairThatWasBrokenOffBetweenItsRenamesGoesOn) {
  fs::remove(Database() / "CURRENT");
  fs::rename(Database(), store_ / "db.damaged-20261124T120000Z");
  const auto opened = Store::Open(store_, OpenMode::kReadWrite);
  ASSERT_FALSE(opened.has_value()) << "a new store began beside the old one";
  EXPECT_EQ(opened.error().kind, core::ErrorKind::kCorrupt);
  Mend();
}

TEST_F(RepairTest, ARecordThatCannotBeReadGoesToTheQuarantine) {
  Spoil([](Batch& batch) { batch.Put(Key(kFindingPrefix, "finding7"), "\x01nonsense"); });
  const RepairReport report = Mend();
  ASSERT_FALSE(report.quarantine.empty());
  const std::string quarantined = Read(report.quarantine);
  EXPECT_NE(quarantined.find(core::ToHex("finding/finding7")), std::string::npos);
  EXPECT_EQ(fs::status(report.quarantine).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_TRUE(report.mended.cases.contains("CASE-7"));
}

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// A real run takes no evidence of posts that it knows, so these do without Mend.
class LostEvidenceTest : public RepairTest {
 protected:
  LostEvidence Repair() {
    const core::Result<RepairReport> report = RepairStore(store_, Options());
    EXPECT_TRUE(report.has_value()) << report.error().message;
    return report ? report->lost_evidence : LostEvidence{};
  }
  void LoseEvidenceOf(const std::string& finding_id) {
    Spoil([&](Batch& batch) { batch.Remove(Key(kEvidencePrefix, finding_id)); });
  }
};

TEST_F(LostEvidenceTest, ItsCasesAreNamedAndGoOnBeingNamed) {
  EXPECT_THAT(Repair().lost, IsEmpty());
  Spoil([](Batch& batch) {
    batch.Remove(Key(kEvidencePrefix, "finding5"));
    batch.Put(Key(kEvidencePrefix, "finding7"), "\x01nonsense");
  });
  for (int i = 0; i < 2; ++i) {  // The second repair finds the store whole.
    const LostEvidence found = Repair();
    EXPECT_THAT(found.lost, ElementsAre(Pair("CASE-5", 1), Pair("CASE-7", 1))) << i;
    EXPECT_THAT(found.unsure, IsEmpty()) << i;
  }
}

TEST_F(LostEvidenceTest, WhatWasDeletedAtItsSourceIsNotLost) {
  core::DocumentOutcome outcome;
  outcome.redacted = {"finding5"};
  ASSERT_TRUE((*Store::Open(store_, OpenMode::kReadWrite))->Commit({&outcome, 1}).has_value());
  const LostEvidence found = Repair();
  EXPECT_THAT(found.lost, IsEmpty());
  EXPECT_THAT(found.unsure, IsEmpty());
}

TEST_F(LostEvidenceTest, WhereTheLogHasAGapNobodyKnows) {
  Spoil([](Batch& batch) {
    batch.Remove(Key(kEvidencePrefix, "finding0"));
    for (std::uint64_t number = 1; number < 5; ++number) {
      batch.Remove(AuditKeyOf(number));
    }
  });
  const LostEvidence found = Repair();
  EXPECT_THAT(found.lost, IsEmpty());
  EXPECT_THAT(found.unsure, ElementsAre(Pair("CASE-0", 1)));
}

TEST_F(LostEvidenceTest, WithTheLogsOldKeyItIsKnownAgain) {
  fs::rename(store_ / "audit.key", store_ / "kept");
  ASSERT_TRUE(Store::Open(store_, OpenMode::kReadWrite).has_value());  // Makes a new one.
  LoseEvidenceOf("finding5");
  EXPECT_THAT(Repair().unsure, ElementsAre(Pair("CASE-5", 1)));
  fs::rename(store_ / "kept", store_ / "audit.key.replaced-old");
  const LostEvidence found = Repair();
  EXPECT_THAT(found.lost, ElementsAre(Pair("CASE-5", 1)));
  EXPECT_THAT(found.unsure, IsEmpty());
}

TEST_F(RepairTest, ADamagedKeyOfTheLogIsSaidBeforeTheStoreIsCalledWhole) {
  Write(store_ / "audit.key", "nonsense");
  const auto report = RepairStore(store_, Options());
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().kind, core::ErrorKind::kCorrupt);
  EXPECT_NE(report.error().message.find("audit.key"), std::string::npos);
  EXPECT_EQ(Read(store_ / "audit.key"), "nonsense");
}

TEST_F(RepairTest, AKeyThatItMakesIsSaidInTheLog) {
  fs::remove(store_ / "audit.key");
  Spoil([](Batch& batch) { batch.Remove(Key(kCasePrefix, "CASE-5")); });
  Mend();
  const auto store = Store::Open(store_, OpenMode::kReadOnly);
  ASSERT_TRUE(store.has_value());
  const auto entries = (*store)->LoadAudit(0, 10'000);
  ASSERT_TRUE(entries.has_value());
  EXPECT_EQ(std::ranges::count(*entries, core::AuditAction::kKeyRenewed, &core::AuditEntry::action),
            1);
}

TEST_F(RepairTest, EveryCaseThatAProblemConcernsIsNamed) {
  Spoil([](Batch& batch) {
    for (int i = 0; i < kDocuments; ++i) {
      const core::Case one = TidyDocument(i).cases.front();
      batch.Remove(ChangedKey(one.changed_at, one.id));
    }
  });
  const RepairReport report = Mend();
  EXPECT_EQ(report.mended.cases.size(), static_cast<std::size_t>(kDocuments));
}

struct RecordCase {
  const char* name;
  const char* problem;
  void (*spoil)(Batch&);
};

class RepairRecordsTest : public RepairTest, public testing::WithParamInterface<RecordCase> {};

TEST_P(RepairRecordsTest, IsSeenAndMended) {
  Spoil(GetParam().spoil);
  const RepairReport report = Mend();
  EXPECT_FALSE(report.was_whole);
  EXPECT_TRUE(std::ranges::any_of(report.problems, [](const StoreProblem& problem) {
    return problem.what == GetParam().problem;
  })) << GetParam().problem;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RepairRecordsTest,
    testing::Values(
        RecordCase{"ACaseIsLost", "posts belong to cases that are not there",
                   [](Batch& batch) { batch.Remove(Key(kCasePrefix, "CASE-5")); }},
        RecordCase{"AFindingIsLost", "cases name posts that are not there",
                   [](Batch& batch) { batch.Remove(Key(kFindingPrefix, "finding5")); }},
        RecordCase{"ATextIsNotInItsIndex", "posts cannot be compared with new ones",
                   [](Batch& batch) {
                     batch.Remove(NearKeysOf(TidyDocument(5).findings.front()).back());
                   }},
        RecordCase{"TheIndexOfTextsLeadsNowhere", "entries in the index of texts lead nowhere",
                   [](Batch& batch) {
                     batch.Put(NearKeysOf(TidyDocument(5).findings.front()).back(),
                               Encode(NearList{{"finding5", "nothing"}}));
                   }},
        RecordCase{"AnEarlierTextIsLeftOver", "earlier texts belong to posts that are not there",
                   [](Batch& batch) {
                     core::PostVersion version;
                     version.finding_id = "nothing";
                     batch.Put(VersionKeyOf("nothing", version.at), Encode(version));
                   }},
        RecordCase{"ACaseIsNotListed", "cases are missing in the lists of cases",
                   [](Batch& batch) {
                     batch.Remove(ChangedKey(TidyDocument(5).cases.front().changed_at, "CASE-5"));
                   }},
        RecordCase{"AListLeadsNowhere", "entries in the lists of cases lead nowhere",
                   [](Batch& batch) { batch.Put(ChangedKey(samples::Day(9), "CASE-X"), ""); }},
        RecordCase{"AMailIsLost", "alerts went into mails that are not there",
                   [](Batch& batch) { batch.Remove(Key(kBatchPrefix, "batch3")); }},
        RecordCase{"AnAlertCameBack", "alerts wait though they are in a mail, or were sent",
                   [](Batch& batch) {
                     batch.Put(Key(kItemPrefix, "item1"), Encode(TidyDocument(1).outbox.front()));
                   }},
        RecordCase{"AMailHasNoTraces", "mails under way hold alerts that might be sent twice",
                   [](Batch& batch) { batch.Remove(Key(kTracePrefix, "item3")); }},
        RecordCase{"ASentMailCameBack", "mails wait though they were sent",
                   [](Batch& batch) {
                     batch.Put(Key(kBatchPrefix, "batch1"),
                               Encode(samples::MakeBatch("batch1", TidyDocument(1).outbox)));
                   }},
        RecordCase{"EvidenceIsAnotherOnes", "evidence cannot be read",
                   [](Batch& batch) {
                     batch.Put(Key(kEvidencePrefix, "finding5"),
                               Encode(TidyDocument(6).evidence.front()));
                   }},
        RecordCase{"TheAuditLogLostItsEnd", "the audit log does not know its own end",
                   [](Batch& batch) { batch.Remove(std::string(kAuditHeadKey)); }},
        RecordCase{"TheFormatIsNotSaid", "the store does not say of which format it is",
                   [](Batch& batch) { batch.Remove(std::string(kSchemaKey)); }}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(RepairTest, WhatWasSentStaysSent) {
  // With its case, its finding and its seen mark, an alert that was sent is found again by the next
  // run, and must not be told again.
  Spoil([](Batch& batch) {
    batch.Remove(Key(kCasePrefix, "CASE-1"));
    batch.Remove(Key(kFindingPrefix, "finding1"));
    batch.Put(Key(kFindingPrefix, "finding9"), "\x01nonsense");
  });
  Mend();
  const auto store = Store::Open(store_, OpenMode::kReadOnly);
  ASSERT_TRUE(store.has_value());
  const auto items = (*store)->LoadItems();
  ASSERT_TRUE(items.has_value());
  EXPECT_TRUE(std::ranges::none_of(*items, [](const auto& item) { return item.id == "item1"; }));
}

// --- every file, truncated, with a bit flipped, deleted

enum class Damage { kTruncate, kFlip, kDelete };

class DamagedFilesTest : public testing::TestWithParam<Damage> {};

void ExpectLostEvidenceIsNamed(const fs::path& folder, const LostEvidence& named) {
  const auto store = Store::Open(folder, OpenMode::kReadOnly);
  ASSERT_TRUE(store.has_value());
  for (int i = 0; i < kDocuments; ++i) {
    const core::DocumentOutcome document = TidyDocument(i);
    const std::string& id = document.findings.front().id;
    if ((*store)->LoadFinding(id).has_value() && !(*store)->FindEvidence(id).value()) {
      const std::string& case_id = document.cases.front().id;
      EXPECT_TRUE(named.lost.contains(case_id) || named.unsure.contains(case_id)) << case_id;
    }
  }
}

void ExpectMended(const fs::path& file, Damage damage, std::size_t offset) {
  SCOPED_TRACE(file.string() + " at " + std::to_string(offset));
  const TempFolder folder;
  const fs::path store = folder.path() / "store";
  fs::copy(TidyStore(), store, fs::copy_options::recursive);
  const fs::path damaged = store / "db" / file;
  std::string bytes = Read(damaged);
  switch (damage) {
    case Damage::kTruncate:
      bytes.resize(offset);
      Write(damaged, bytes);
      break;
    case Damage::kFlip:
      bytes[offset] = static_cast<char>(bytes[offset] ^ (1 << (offset % 8)));
      Write(damaged, bytes);
      break;
    case Damage::kDelete:
      fs::remove(damaged);
      break;
  }
  const auto report = RepairStore(store, Options());
  ASSERT_TRUE(report.has_value()) << report.error().message;
  ExpectLostEvidenceIsNamed(store, report->lost_evidence);
  ExpectWholeAfterRun(store, kDocuments);
}

TEST_P(DamagedFilesTest, EveryOneIsMendedAndARunGoesOn) {
  for (const fs::path& file : FilesIn(TidyStore() / "db")) {
    const std::size_t size = fs::file_size(TidyStore() / "db" / file);
    if (GetParam() == Damage::kDelete) {
      ExpectMended(file, GetParam(), 0);
      continue;
    }
    // Both ends, where headers and footers are, and some in between.
    std::vector<std::size_t> offsets;
    for (const std::size_t offset : {std::size_t{0}, std::size_t{9}, size / 3, size / 2,
                                     size - size / 7, size - 60, size - 1}) {
      if (offset < size) {
        offsets.push_back(offset);
      }
    }
    for (const std::size_t offset : offsets) {
      ExpectMended(file, GetParam(), offset);
    }
    if (HasFailure()) {
      return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, DamagedFilesTest,
                         testing::Values(Damage::kTruncate, Damage::kFlip, Damage::kDelete),
                         [](const auto& row) {
                           return row.param == Damage::kTruncate ? "Truncated"
                                  : row.param == Damage::kFlip   ? "BitFlipped"
                                                                 : "Deleted";
                         });

}  // namespace
}  // namespace schoolwatch::storage
