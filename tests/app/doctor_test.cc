#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "app/commands/whole.h"
#include "app/doctor/installation.h"
#include "app/doctor/store_health.h"
#include "app/intake/intake_ways.h"
#include "app/lost_erasures.h"
#include "storage/db.h"
#include "storage/erasure.h"
#include "storage/keys.h"
#include "storage/leveldb_store.h"
#include "tests/app/samples.h"
#include "tests/fakes/manual_clock.h"
#include "tests/storage/temp_folder.h"
#include "tests/storage/tidy_store.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Urgency = Advice::Urgency;

auto Says(Urgency urgency, const std::string& about, const std::string& words) {
  return testing::AllOf(Field(&Advice::urgency, urgency), Field(&Advice::about, about),
                        Field(&Advice::what, HasSubstr(words)));
}

TEST(CheckTimeTest, AClockThatCannotBeRightIsSaid) {
  for (const char* time : {"1970-01-01T00:00:00Z", "2150-01-01T00:00:00Z"}) {
    std::vector<Advice> advice;
    CheckTime(At(time), advice);
    EXPECT_THAT(advice, Contains(Says(Urgency::kAct, "clock", "cannot be right"))) << time;
  }
  std::vector<Advice> advice;
  CheckTime(At("2026-11-20T18:00:00Z"), advice);
  EXPECT_THAT(advice, Each(Field(&Advice::urgency, Urgency::kFine)));
}

TEST(CheckTimersTest, LooksForWhatStartsRuns) {
  const storage::TempFolder root;
  std::vector<Advice> advice;
  CheckTimers(root.path(), advice);
  EXPECT_THAT(advice, Contains(Says(Urgency::kNote, "timer", "no cron file")));
  fs::create_directories(root.path() / "etc/cron.d");
  std::ofstream(root.path() / "etc/cron.d/watch") << "*/15 * * * * watch schoolwatch run\n";
  advice.clear();
  CheckTimers(root.path(), advice);
  EXPECT_THAT(advice, Each(Field(&Advice::urgency, Urgency::kFine)));
}

class StoreFolderTest : public testing::Test {
 protected:
  StoreFolderTest() { storage::MakeTidyStore(store_, 5); }
  std::vector<Advice> Check() const {
    std::vector<Advice> advice;
    CheckStoreFolder(store_, advice);
    return advice;
  }
  const storage::TempFolder folder_;
  const fs::path store_ = folder_.path() / "store";
};

TEST_F(StoreFolderTest, WhatOthersMayReadIsSaid) {
  EXPECT_THAT(Check(), Not(Contains(Field(&Advice::about, "permissions"))));
  fs::permissions(store_ / "audit.key", fs::perms::others_read, fs::perm_options::add);
  EXPECT_THAT(Check(), Contains(Says(Urgency::kAct, "permissions", "audit.key")));
}

TEST_F(StoreFolderTest, WhatARepairLeftIsNamed) {
  fs::create_directory(store_ / "db.damaged-20261120T180000Z");
  EXPECT_THAT(Check(), Contains(Says(Urgency::kNote, "data protection", "db.damaged-2026")));
}

TEST_F(StoreFolderTest, WhereThereIsNoStoreThatIsSaid) {
  std::vector<Advice> advice;
  CheckStoreFolder(folder_.path() / "none", advice);
  EXPECT_THAT(advice, Contains(Says(Urgency::kNote, "store", "none yet")));
}

class StoreHealthTest : public StoreFolderTest {
 protected:
  StoreHealthTest() {
    core::DocumentOutcome outcome;
    core::SourceState state;
    state.name = config_.sources.front().name;
    state.last_looked_at = kNow - std::chrono::minutes(10);
    state.health = core::SourceHealth::kWorking;
    outcome.sources.push_back(state);
    Commit(outcome);
  }
  std::unique_ptr<storage::Store> Open() const {
    auto store = storage::Store::Open(store_, storage::OpenMode::kReadWrite);
    EXPECT_TRUE(store.has_value());
    return store ? *std::move(store) : nullptr;
  }
  void Commit(const core::DocumentOutcome& outcome) const {
    EXPECT_TRUE(Open()->Commit({&outcome, 1}).has_value());
  }
  std::vector<Advice> Health(core::Timestamp now) const {
    const auto advice = CheckStoreHealth(*Open(), config_, now);
    EXPECT_TRUE(advice.has_value()) << advice.error().message;
    return advice.value_or(std::vector<Advice>{});
  }

  const core::Timestamp kNow = core::SystemClock().Now();
  config::Configuration config_ = TestWorkspace().config;
};

TEST_F(StoreHealthTest, AWholeStoreIsFine) {
  EXPECT_THAT(Health(kNow), Contains(Says(Urgency::kFine, "store", "can all be read and agree")));
  EXPECT_THAT(Health(kNow), Contains(Says(Urgency::kFine, "audit log", "as it was written")));
  EXPECT_THAT(Health(kNow), Contains(Says(Urgency::kFine, "runs", "the last look")));
}

TEST_F(StoreHealthTest, EvidenceThatIsLostIsSaid) {
  EXPECT_THAT(Health(kNow), Not(Contains(Field(&Advice::about, "evidence"))));
  {
    const auto db = storage::Db::Open(store_ / "db", store_, storage::OpenMode::kReadWrite,
                                      storage::DbSettings{});
    ASSERT_TRUE(db.has_value());
    storage::Batch batch;
    batch.Remove(storage::Key(storage::kEvidencePrefix, "finding2"));
    ASSERT_TRUE((*db)->Write(batch).has_value());
  }
  EXPECT_THAT(Health(kNow), Contains(Says(Urgency::kNote, "evidence", "case CASE-2 (1 post)")));
}

TEST_F(StoreHealthTest, ALostKeyOfErasuresIsSaidByDoctorAndOnceByRun) {
  ASSERT_TRUE(
      storage::Erase(
          *Open(),
          {.by = storage::ErasureTarget::By::kAuthor, .value = "Nobody Atall", .reason = {}},
          std::chrono::hours(48), kNow, storage::ErasureEffect::kErase)
          .has_value());
  EXPECT_THAT(Health(kNow), Not(Contains(Field(&Advice::about, "erasures"))));
  std::ostringstream errors;
  EXPECT_EQ(TellLostErasures(*Open(), kNow, errors), false);
  fs::remove(store_ / "audit.key");
  EXPECT_THAT(Health(kNow), Contains(Says(Urgency::kAct, "erasures", "taken in again")));
  EXPECT_EQ(TellLostErasures(*Open(), kNow, errors), true);
  EXPECT_THAT(errors.str(), HasSubstr("audit.key.replaced-old"));
  errors.str("");
  EXPECT_EQ(TellLostErasures(*Open(), kNow, errors), false);
  EXPECT_EQ(errors.str(), "");
}

TEST_F(StoreHealthTest, AClockBehindTheStoreIsSaid) {
  EXPECT_THAT(Health(kNow - std::chrono::days(3650)),
              Contains(Says(Urgency::kAct, "clock", "in the future")));
}

TEST_F(StoreHealthTest, RunsThatStoppedAndMailsThatWaitAreSaid) {
  const std::vector<Advice> advice = Health(kNow + std::chrono::days(3));
  EXPECT_THAT(advice, Contains(Says(Urgency::kAct, "runs", "ago")));
  EXPECT_THAT(advice, Contains(Field(&Advice::about, "mail")));
}

TEST_F(StoreHealthTest, AMailThatIsGivenUpIsSaid) {
  {
    const auto store = Open();
    auto items = store->LoadItems();
    ASSERT_TRUE(items.has_value() && !items->empty());
    core::OutboxBatch batch;
    batch.key = "b";
    batch.recipient = "head@quillbrook.example";
    batch.items = {items->front()};
    batch.given_up = true;
    batch.last_error = "no such user";
    batch.created_at = kNow;
    ASSERT_TRUE(store->SaveBatch(batch).has_value());
  }
  EXPECT_THAT(Health(kNow), Contains(Says(Urgency::kAct, "mail", "no such user")));
}

TEST_F(StoreHealthTest, ABrokenSourceIsSaid) {
  core::DocumentOutcome outcome;
  core::SourceState state;
  state.name = config_.sources.front().name;
  state.last_looked_at = kNow;
  state.failures = 7;
  state.health = core::SourceHealth::kBroken;
  outcome.sources.push_back(state);
  Commit(outcome);
  EXPECT_THAT(Health(kNow), Contains(Says(Urgency::kAct, "sources", "is broken")));
}

TEST_F(StoreHealthTest, ReportsThatAreNotReadAreSaid) {
  config_.settings.intake.imap.host = "imap.quillbrook.example";
  EXPECT_THAT(Health(kNow), Contains(Says(Urgency::kNote, "reports", "was never looked at")));
  core::SourceState state;
  state.name = kMailboxWay;
  state.last_looked_at = kNow - std::chrono::minutes(5);
  core::DocumentOutcome well;
  well.sources.push_back(state);
  Commit(well);
  EXPECT_THAT(Health(kNow), Contains(Says(Urgency::kFine, "reports",
                                          "the report mailbox was last looked at 5 min ago")));
  state.failures = 9;
  state.health = core::SourceHealth::kBroken;
  state.trouble = core::SourceTrouble::kRefused;
  core::DocumentOutcome ill;
  ill.sources.push_back(state);
  Commit(ill);
  EXPECT_THAT(Health(kNow),
              Contains(Says(Urgency::kAct, "reports", "could not be emptied at the last 9 looks")));
}

class RepairCommandTest : public StoreFolderTest {
 protected:
  void Spoil(const std::function<void(storage::Batch&)>& spoil) {
    const auto db = storage::Db::Open(store_ / "db", store_, storage::OpenMode::kReadWrite,
                                      storage::DbSettings{});
    ASSERT_TRUE(db.has_value());
    storage::Batch batch;
    spoil(batch);
    ASSERT_TRUE((*db)->Write(batch).has_value());
  }
  std::string Mend(ExitCode expected) {
    std::ostringstream out;
    const auto code = Repair(store_, core::SystemClock(), out);
    EXPECT_TRUE(code.has_value()) << code.error().message;
    EXPECT_EQ(code.value_or(ExitCode::kDone), expected);
    std::string told = out.str();
    std::ranges::replace(told, '\n', ' ');  // Lines are broken where they are full.
    return told;
  }
};

TEST_F(RepairCommandTest, EvidenceThatIsLostIsNotPromisedBack) {
  EXPECT_THAT(Mend(ExitCode::kDone), HasSubstr("The store is whole; nothing was changed."));
  Spoil([](storage::Batch& batch) {
    batch.Put(storage::Key(storage::kEvidencePrefix, "finding2"), "\x01nonsense");
  });
  const std::string mended = Mend(ExitCode::kActionNeeded);
  EXPECT_THAT(mended, HasSubstr("CASE-2 (1 post)"));
  EXPECT_THAT(mended, HasSubstr("in backups from before the damage"));
  EXPECT_THAT(mended, HasSubstr("cannot be fetched again as it was"));
  EXPECT_THAT(Mend(ExitCode::kActionNeeded), HasSubstr("CASE-2 (1 post)"));
}

TEST_F(RepairCommandTest, EntriesThatTheLogMissesAreCounted) {
  Spoil([](storage::Batch& batch) {
    batch.Put(storage::Key(storage::kEvidencePrefix, "finding2"), "\x01nonsense");
    batch.Remove(storage::AuditKeyOf(2));
    batch.Remove(storage::AuditKeyOf(3));
  });
  EXPECT_THAT(Mend(ExitCode::kActionNeeded), HasSubstr("Missing in the audit log: 2 entries."));
}

TEST_F(RepairCommandTest, CasesThatAreNotNamedAreCounted) {
  {
    const auto store = storage::Store::Open(store_, storage::OpenMode::kReadWrite);
    ASSERT_TRUE(store.has_value());
    for (int i = 5; i < 103; ++i) {
      const core::DocumentOutcome document = storage::TidyDocument(i);
      ASSERT_TRUE((*store)->Commit({&document, 1}).has_value());
    }
  }
  Spoil([](storage::Batch& batch) {
    for (int i = 0; i < 103; ++i) {
      const core::Case one = storage::TidyDocument(i).cases.front();
      batch.Remove(storage::ChangedKey(one.changed_at, one.id));
    }
  });
  EXPECT_THAT(Mend(ExitCode::kActionNeeded),
              HasSubstr(", and 3 more, see: schoolwatch cases list"));
}

TEST(PrintAdviceTest, TheWorstComesFirstAndTellsTheStatus) {
  const std::vector<Advice> advice{{Urgency::kFine, "clock", "it is noon", ""},
                                   {Urgency::kNote, "disk", "little room", "free some"},
                                   {Urgency::kAct, "mail", "given up", "look"}};
  std::ostringstream out;
  EXPECT_EQ(PrintAdvice(advice, OutputForm::kForPeople, out), ExitCode::kActionNeeded);
  EXPECT_LT(out.str().find("given up"), out.str().find("little room"));
  EXPECT_LT(out.str().find("little room"), out.str().find("noon"));
  std::ostringstream json;
  EXPECT_EQ(PrintAdvice({advice.data(), 2}, OutputForm::kJsonLines, json), ExitCode::kDone);
  EXPECT_THAT(json.str(), HasSubstr(R"({"urgency":"note","about":"disk","what":"little room")"));
}

}  // namespace
}  // namespace schoolwatch::app
