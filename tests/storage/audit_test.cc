#include "storage/audit.h"

#include <sys/stat.h>

#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "storage/audit_check.h"
#include "storage/codec.h"
#include "storage/keys.h"
#include "storage/leveldb_store.h"
#include "storage/store_folder.h"
#include "tests/fakes/manual_clock.h"
#include "tests/storage/samples.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;

class AuditTest : public testing::Test {
 protected:
  fs::path Path() const { return temp_.path() / "store"; }
  core::Result<std::unique_ptr<Store>> Open(OpenMode mode = OpenMode::kReadWrite) const {
    DbSettings settings;
    settings.clock = &clock_;
    return OpenLevelDbStore(Path(), mode, "audit test", settings);
  }
  // Documents 1 to 3: nine entries, three of each case's but the mails', which name none.
  void Fill() const {
    auto store = Open();
    ASSERT_TRUE(store.has_value()) << store.error().message;
    for (int i = 1; i <= 3; ++i) {
      const core::DocumentOutcome outcome = samples::MakeDocument(i);
      ASSERT_TRUE((*store)->Commit({&outcome, 1}).has_value());
    }
  }
  // Past the store, as somebody would who has the disk.
  void Tamper(const std::function<void(const Db&, Batch&)>& change) const {
    auto db = Db::Open(DatabaseFolder(Path()), Path(), OpenMode::kReadWrite, DbSettings{});
    ASSERT_TRUE(db.has_value()) << db.error().message;
    Batch batch;
    change(**db, batch);
    ASSERT_TRUE((*db)->Write(batch).has_value());
  }
  std::vector<std::string> Problems(const std::optional<core::Sha256>& head = std::nullopt) const {
    std::vector<std::string> problems;
    const auto store = Open(OpenMode::kReadOnly);
    EXPECT_TRUE(store.has_value()) << store.error().message;
    const auto report = CheckAudit(**store, head);
    EXPECT_TRUE(report.has_value()) << report.error().message;
    for (const AuditProblem& problem : report->problems) {
      problems.push_back(problem.what);
    }
    return problems;
  }
  TempFolder temp_;
  fakes::ManualClock clock_;
};

using Lines = std::vector<std::string>;

TEST_F(AuditTest, EntriesCarryTheClocksTimeAndAreSmall) {
  Fill();
  const std::vector<core::AuditEntry> entries = Open().value()->LoadAudit(0, 100).value();
  EXPECT_EQ(entries.size(), 9U);
  for (const core::AuditEntry& entry : entries) {
    EXPECT_EQ(entry.at, clock_.Now());
    EXPECT_LT(Encode(entry).size(), 210U);  // docs/storage.md says 200 bytes.
  }
  EXPECT_EQ(Problems(), Lines{});
}

TEST_F(AuditTest, HoldsNoTextNameOrAddress) {
  Fill();
  core::OutboxItem item = samples::MakeItem("item-9", samples::Day(1));
  item.case_id = "case-1";
  core::DocumentOutcome document = samples::MakeDocument(1);
  document.findings[0].post.author = "Silas Thrale";
  {
    const auto store = Open();
    core::DocumentOutcome outcome = document;
    outcome.outbox = {item};
    ASSERT_TRUE((*store)->Commit({&outcome, 1}).has_value());
    ASSERT_TRUE((*store)->SaveBatch(samples::MakeBatch("b", {item})).has_value());
    ASSERT_TRUE((*store)->RemoveBatch("b").has_value());
  }
  std::string log;
  Tamper([&log](const Db& db, Batch&) {
    const View view(db);
    for (const std::string_view prefix : {kAuditPrefix, kAuditTailPrefix, kAuditHeadKey}) {
      const std::vector<View::Entry> found = view.List(prefix, 1000).value();
      for (const auto& [key, value] : found) {
        log += key + value;
      }
    }
  });
  const core::Post& post = document.findings[0].post;
  ASSERT_FALSE(post.text.empty());
  for (const std::string& secret :
       {post.text, post.text.substr(0, 6), post.title, post.author, post.url, post.thread_url,
        std::string("forum.example"), std::string("https:"), document.findings[0].id,
        document.cases[0].title, item.recipient, std::string("quillbrook"), item.id}) {
    if (!secret.empty()) {
      EXPECT_EQ(log.find(secret), std::string::npos) << secret;
    }
  }
  EXPECT_NE(log.find("case-1"), std::string::npos);
}

struct TamperCase {
  const char* name;
  std::function<void(const Db&, Batch&)> change;
  Lines problems;
};

core::AuditEntry EntryOf(const Db& db, std::uint64_t number) {
  return RecordReader(db).Find<core::AuditEntry>(AuditKeyOf(number)).value().value();
}

const TamperCase kTamperCases[] = {
    {"AChangedEntry",
     [](const Db& db, Batch& batch) {
       core::AuditEntry entry = EntryOf(db, 4);
       entry.at -= std::chrono::hours{1};
       batch.Put(AuditKeyOf(4), Encode(entry));
     },
     {"entry 4 was changed after it was written"}},
    {"AChangedEntryWithItsHashMadeAnew",
     [](const Db& db, Batch& batch) {
       core::AuditEntry entry = EntryOf(db, 4);
       entry.action = core::AuditAction::kLooked;
       entry.hash = core::HashEntry(entry);
       batch.Put(AuditKeyOf(4), Encode(entry));
     },
     {"entry 4 was replaced: entry 5 names another hash for it"}},
    {"AMissingEntry",
     [](const Db&, Batch& batch) { batch.Remove(AuditKeyOf(4)); },
     {"entry 4 is missing"}},
    {"TheFirstOneMissing",
     [](const Db&, Batch& batch) { batch.Remove(AuditKeyOf(1)); },
     {"entry 1 is missing"}},
    {"SeveralMissing",
     [](const Db&, Batch& batch) {
       batch.Remove(AuditKeyOf(4));
       batch.Remove(AuditKeyOf(5));
     },
     {"entries 4 to 5 are missing"}},
    {"TwoThatChangedPlaces",
     [](const Db& db, Batch& batch) {
       batch.Put(AuditKeyOf(4), Encode(EntryOf(db, 5)));
       batch.Put(AuditKeyOf(5), Encode(EntryOf(db, 4)));
     },
     {"entry 4 is missing", "entry 4 stands out of its place, behind entry 5"}},
    {"ACutTail",
     [](const Db&, Batch& batch) { batch.Remove(AuditKeyOf(9)); },
     {"entry 9 is missing"}},
    {"AReplacedLastEntry",
     [](const Db& db, Batch& batch) {
       core::AuditEntry entry = EntryOf(db, 9);
       entry.actor = core::AuditActor::kIt;
       entry.hash = core::HashEntry(entry);
       batch.Put(AuditKeyOf(9), Encode(entry));
     },
     {"entry 9 was replaced: the log's head names another hash"}},
    {"AnAddedEntry",
     [](const Db& db, Batch& batch) {
       core::AuditEntry entry = EntryOf(db, 9);
       entry.previous = entry.hash;
       entry.number = 10;
       entry.hash = core::HashEntry(entry);
       batch.Put(AuditKeyOf(10), Encode(entry));
     },
     {"entry 10 came after what the log's head knows of"}}};

class TamperTest : public AuditTest, public testing::WithParamInterface<TamperCase> {};

TEST_P(TamperTest, IsNamed) {
  Fill();
  ASSERT_EQ(Problems(), Lines{});
  Tamper(GetParam().change);
  EXPECT_EQ(Problems(), GetParam().problems);
}

INSTANTIATE_TEST_SUITE_P(Audit, TamperTest, testing::ValuesIn(kTamperCases),
                         [](const auto& test) { return test.param.name; });

TEST_F(AuditTest, ATailCutTogetherWithTheHeadIsNoticedByAHeadNotedElsewhere) {
  Fill();
  const core::Sha256 noted = Open(OpenMode::kReadOnly).value()->LoadAuditHead().value().hash;
  EXPECT_EQ(Problems(noted), Lines{});
  Tamper([](const Db& db, Batch& batch) {
    const core::AuditEntry eighth = EntryOf(db, 8);
    batch.Remove(AuditKeyOf(9));
    batch.Put(std::string(kAuditHeadKey), Encode(core::AuditHead{8, 8, eighth.hash}));
  });
  EXPECT_EQ(Problems(), Lines{});
  const Lines problems = Problems(noted);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].find("no entry has the hash " + core::ToHex(noted)), std::string::npos);
}

TEST_F(AuditTest, ACasesOwnChainNamesWhatIsWrongInIt) {
  Fill();
  {
    const auto store = Open();
    const core::AuditEvent looked{.action = core::AuditAction::kLooked, .case_id = "case-2"};
    ASSERT_TRUE((*store)->Record({&looked, 1}).has_value());
  }
  std::vector<core::AuditEntry> entries = Open().value()->LoadAuditOf("case-2").value();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_TRUE(CheckCaseChain(entries).empty());

  std::vector<core::AuditEntry> changed = entries;
  changed[1].at += std::chrono::seconds{1};
  ASSERT_EQ(CheckCaseChain(changed).size(), 1U);
  EXPECT_EQ(CheckCaseChain(changed)[0].what, "entry 5 was changed after it was written");

  changed[1].hash = core::HashEntry(changed[1]);
  ASSERT_EQ(CheckCaseChain(changed).size(), 1U);
  EXPECT_EQ(CheckCaseChain(changed)[0].what,
            "entry 5 was replaced: entry 10 names another hash for it");

  std::vector<core::AuditEntry> fewer = entries;
  fewer.erase(fewer.begin() + 1);
  ASSERT_EQ(CheckCaseChain(fewer).size(), 1U);
  EXPECT_EQ(CheckCaseChain(fewer)[0].what, "entry 5 is missing");
}

TEST_F(AuditTest, TheKeyIsMadeOnceAndForItsOwnerOnly) {
  Fill();
  const fs::path file = Path() / "audit.key";
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  const auto first = LoadAuditKey(Path(), MissingKey::kLeaveEmpty);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->key.size(), 64U);
  EXPECT_FALSE(first->is_new);
  ASSERT_TRUE(Open().has_value());
  EXPECT_EQ(LoadAuditKey(Path(), MissingKey::kMake)->key, first->key);
}

TEST_F(AuditTest, AnotherStoreHashesTheSameUnderAnotherKey) {
  Fill();
  const core::Sha256 here = Open().value()->LoadAudit(0, 1).value().front().subject;
  fs::remove_all(Path());
  Fill();
  EXPECT_NE(Open().value()->LoadAudit(0, 1).value().front().subject, here);
}

TEST_F(AuditTest, ALostKeyIsRenewedAndTheLogSaysSo) {
  Fill();
  fs::remove(Path() / "audit.key");
  ASSERT_TRUE(Open(OpenMode::kReadOnly).has_value());
  EXPECT_FALSE(fs::exists(Path() / "audit.key"));
  const auto entries = Open().value()->LoadAudit(9, 10);
  ASSERT_TRUE(entries.has_value());
  ASSERT_EQ(entries->size(), 1U);
  EXPECT_EQ(entries->front().action, core::AuditAction::kKeyRenewed);
  EXPECT_EQ(Problems(), Lines{});
}

TEST_F(AuditTest, ADamagedKeyIsToldAndNotReplaced) {
  Fill();
  std::ofstream(Path() / "audit.key") << "nonsense\n";
  const auto store = Open();
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().kind, ErrorKind::kCorrupt);
  EXPECT_NE(store.error().message.find("audit.key"), std::string::npos);
  std::ifstream file(Path() / "audit.key");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), "nonsense\n");
}

TEST_F(AuditTest, NothingIsRecordedInAStoreOpenedForReading) {
  Fill();
  const auto store = Open(OpenMode::kReadOnly);
  const core::AuditEvent looked{.action = core::AuditAction::kLooked, .case_id = "case-2"};
  EXPECT_EQ((*store)->Record({&looked, 1}).error().kind, ErrorKind::kBadInput);
}

}  // namespace
}  // namespace schoolwatch::storage
