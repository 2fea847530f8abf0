#include "storage/backup.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "core/file_descriptor.h"
#include "storage/audit.h"
#include "storage/erasure.h"
#include "storage/repair.h"
#include "storage/restore.h"
#include "storage/store.h"
#include "storage/store_folder.h"
#include "tests/storage/samples.h"
#include "tests/storage/temp_folder.h"
#include "tests/storage/tidy_store.h"

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;

constexpr int kDocuments = 8;

std::string Read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

core::Result<BackupFacts> ReadBytes(const std::string& bytes) {
  std::istringstream in(bytes);
  return ReadBackup(in, [](std::string_view, std::string_view) { return core::Result<void>{}; });
}

class BackupTest : public testing::Test {
 protected:
  BackupTest() { MakeTidyStore(store_, kDocuments); }

  core::Result<BackupFacts> Back() const {
    const auto store = Store::Open(store_, OpenMode::kReadOnly);
    EXPECT_TRUE(store.has_value());
    return WriteBackup(**store, store_, samples::Day(24), file_);
  }
  // Erases who never wrote: it leaves its mark alone.
  void Forget(const std::string& author) const {
    const auto store = Store::Open(store_, OpenMode::kReadWrite);
    ASSERT_TRUE(store.has_value());
    ASSERT_TRUE(Erase(**store, {.by = ErasureTarget::By::kAuthor, .value = author, .reason = {}},
                      std::chrono::hours(24), samples::Day(24), ErasureEffect::kErase)
                    .has_value());
  }

  // What stands beside the store, and it.
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename());
    }
    std::ranges::sort(names);
    return names;
  }

  const TempFolder folder_;
  const fs::path store_ = folder_.path() / "store";
  const fs::path file_ = folder_.path() / "backup.tar";
  const fs::path other_ = folder_.path() / "other";
};

TEST_F(BackupTest, IsRestoredIntoAnEmptyFolderWhole) {
  const auto written = Back();
  ASSERT_TRUE(written.has_value()) << written.error().message;
  EXPECT_GT(written->records, 100u);
  const auto restored =
      RestoreStore(other_, file_, {.existing = Existing::kRefuse}, samples::Day(25));
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_EQ(restored->backup.records, written->records);
  EXPECT_EQ(restored->backup.made_at, samples::Day(24));
  EXPECT_TRUE(restored->old_store.empty());
  EXPECT_EQ(Read(other_ / "audit.key"), Read(store_ / "audit.key"));
  ExpectWholeAfterRun(other_, kDocuments);
}

TEST_F(BackupTest, LoginsStayOnThisMachine) {
  core::DocumentOutcome outcome;
  outcome.sessions = {{.key = "chirp/1", .access_token = "acc3ss", .refresh_token = "r3fresh"}};
  outcome.spending = {{.key = "chirp/1/money", .used = 7}};
  {
    const auto store = Store::Open(store_, OpenMode::kReadWrite);
    ASSERT_TRUE(store.has_value());
    ASSERT_TRUE((*store)->Commit({&outcome, 1}).has_value());
  }
  ASSERT_TRUE(Back().has_value());
  for (const char* const secret : {"acc3ss", "r3fresh"}) {
    EXPECT_EQ(Read(file_).find(secret), std::string::npos);
  }
  ASSERT_TRUE(RestoreStore(other_, file_, {.existing = Existing::kRefuse}, samples::Day(25)));
  const auto restored = Store::Open(other_, OpenMode::kReadOnly);
  ASSERT_TRUE(restored.has_value());
  EXPECT_EQ((*restored)->FindSession("chirp/1").value(), std::nullopt);
  EXPECT_EQ((*restored)->FindSpending("chirp/1/money").value()->used, 7U);
}

TEST_F(BackupTest, HoldsWhatWasThereWhenItBeganWhileWritingGoesOn) {
  const auto store = Store::Open(store_, OpenMode::kReadWrite);
  ASSERT_TRUE(store.has_value());
  // A store whose owner commits while the backup is read from it.
  class Busy final : public RawRecords {
   public:
    explicit Busy(Store& of) : store_(of) {}
    core::Result<void> VisitRecords(const Visit& visit) const override {
      int number = kDocuments;
      return store_.VisitRecords([&](std::string_view key, std::string_view value) {
        if (number < kDocuments + 5) {
          const core::DocumentOutcome more = TidyDocument(number++);
          EXPECT_TRUE(store_.Commit({&more, 1}).has_value());
        }
        return visit(key, value);
      });
    }

   private:
    Store& store_;
  } const busy(**store);
  ASSERT_TRUE(WriteBackup(busy, store_, samples::Day(24), file_).has_value());
  ASSERT_TRUE(
      RestoreStore(other_, file_, {.existing = Existing::kRefuse}, samples::Day(25)).has_value());
  ExpectWholeAfterRun(other_, kDocuments);
}

TEST_F(BackupTest, NothingIsWrittenOver) {
  ASSERT_TRUE(Back().has_value());
  const std::string before = Read(file_);
  const auto again = Back();
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().kind, core::ErrorKind::kBadInput);
  EXPECT_EQ(Read(file_), before);
  EXPECT_EQ(fs::status(file_).permissions(), fs::perms::owner_read | fs::perms::owner_write);

  const auto restored =
      RestoreStore(store_, file_, {.existing = Existing::kRefuse}, samples::Day(25));
  ASSERT_FALSE(restored.has_value());
  EXPECT_EQ(restored.error().kind, core::ErrorKind::kBadInput);
}

TEST_F(BackupTest, OfTwoAtOnceToOneNameTheFirstStays) {
  const auto store = Store::Open(store_, OpenMode::kReadOnly);
  ASSERT_TRUE(store.has_value());
  // While the one reads, another is made from its beginning to its end.
  class Overtaken final : public RawRecords {
   public:
    Overtaken(const Store& of, fs::path folder, fs::path file)
        : store_(of), folder_(std::move(folder)), file_(std::move(file)) {}
    core::Result<void> VisitRecords(const Visit& visit) const override {
      EXPECT_TRUE(WriteBackup(store_, folder_, samples::Day(24), file_).has_value());
      return store_.VisitRecords(visit);
    }

   private:
    const Store& store_;
    const fs::path folder_;
    const fs::path file_;
  } const overtaken(**store, store_, file_);
  const auto second = WriteBackup(overtaken, store_, samples::Day(25), file_);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, core::ErrorKind::kBadInput) << second.error().message;
  const auto kept = ReadBytes(Read(file_));
  ASSERT_TRUE(kept.has_value()) << kept.error().message;
  EXPECT_EQ(kept->made_at, samples::Day(24));
  EXPECT_EQ(Names(), (std::vector<std::string>{"backup.tar", "store"}));
}

TEST_F(BackupTest, WhatAKilledOneLeftIsRemoved) {
  const auto leave = [&](const std::string& name, const std::string& bytes) {
    std::ofstream(folder_.path() / name, std::ios::binary) << bytes;
  };
  const std::string head = "schoolwatch-backup/records-000001";
  leave("backup.tar.unfinished-aB3dEf", "");
  leave("monday.tar.unfinished-abcdef", head);
  leave("tuesday.tar.unfinished-abcdef", head);
  leave("minutes.unfinished-abcdef", "of somebody else's");
  leave("monday.tar", head);
  const core::FileDescriptor busy(
      ::open((folder_.path() / "tuesday.tar.unfinished-abcdef").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(busy.number(), LOCK_EX), 0);  // As who writes it does.
  ASSERT_TRUE(Back().has_value());
  EXPECT_EQ(Names(),
            (std::vector<std::string>{"backup.tar", "minutes.unfinished-abcdef", "monday.tar",
                                      "store", "tuesday.tar.unfinished-abcdef"}));
}

TEST_F(BackupTest, NothingIsLeftOfOneThatFails) {
  class Failing final : public RawRecords {
   public:
    core::Result<void> VisitRecords(const Visit& visit) const override {
      SW_TRY(visit("note/a", "b"));
      return core::Fail(core::ErrorKind::kUnavailable, "the disk");
    }
  };
  EXPECT_FALSE(WriteBackup(Failing(), store_, samples::Day(24), file_).has_value());
  EXPECT_EQ(Names(), std::vector<std::string>{"store"});
}

TEST_F(BackupTest, AFolderIsNoNameForOne) {
  const auto store = Store::Open(store_, OpenMode::kReadOnly);
  ASSERT_TRUE(store.has_value());
  for (const fs::path& name : {fs::path(), folder_.path(), folder_.path() / ""}) {
    const auto written = WriteBackup(**store, store_, samples::Day(24), name);
    ASSERT_FALSE(written.has_value()) << name;
    EXPECT_EQ(written.error().kind, core::ErrorKind::kBadInput) << name;
  }
  EXPECT_EQ(Names(), std::vector<std::string>{"store"});
}

TEST_F(BackupTest, ItIsSaidWhyOneCannotBeOpened) {
  const auto none = RestoreStore(other_, folder_.path() / "none.tar", {}, samples::Day(25));
  ASSERT_FALSE(none.has_value());
  EXPECT_NE(none.error().message.find("No such file"), std::string::npos) << none.error().message;
  const auto folder = RestoreStore(other_, store_, {}, samples::Day(25));
  ASSERT_FALSE(folder.has_value());
  EXPECT_NE(folder.error().message.find("directory"), std::string::npos) << folder.error().message;
}

TEST_F(BackupTest, WhatRootMakesIsOfTheFoldersOwner) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root makes files that the store's owner cannot use";
  }
  constexpr uid_t kOwner = 65534;
  std::ofstream(folder_.path() / "secret") << "root's";
  std::ofstream(store_ / "notes.txt") << "root's";
  fs::create_hard_link(folder_.path() / "secret", store_ / "schoolwatch.log");
  fs::create_symlink(folder_.path() / "secret", store_ / "mail-token");
  ASSERT_EQ(::chown(store_.c_str(), kOwner, kOwner), 0);
  const auto expect_given = [&](const std::string& after) {
    for (const auto& entry : fs::recursive_directory_iterator(store_)) {
      struct stat status{};
      ASSERT_EQ(::lstat(entry.path().c_str(), &status), 0);
      const std::string name = entry.path().filename();
      const uid_t wanted =
          name == "notes.txt" || name == "schoolwatch.log" || name == "mail-token" ? 0 : kOwner;
      EXPECT_EQ(status.st_uid, wanted) << entry.path() << " after " << after;
      EXPECT_EQ(status.st_gid, wanted) << entry.path() << " after " << after;
    }
  };
  ASSERT_TRUE(Back().has_value());  // Only reads, and finds all of root.
  expect_given("reading");
  Forget("Nobody Atall");
  expect_given("writing");
  // The backup's key is another, so that all that a restore makes is made.
  std::ofstream(store_ / "audit.key", std::ios::trunc) << std::string(64, 'b') << '\n';
  ASSERT_TRUE(
      RestoreStore(store_, file_, {.existing = Existing::kReplace}, samples::Day(25)).has_value());
  expect_given("restore");
  std::ofstream(store_ / "db/CURRENT", std::ios::trunc) << "x";
  const auto repaired = RepairStore(store_, {.now = samples::Day(26)});
  ASSERT_TRUE(repaired.has_value()) << repaired.error().message;
  EXPECT_FALSE(repaired->was_whole);
  expect_given("repair");
  struct stat status{};
  ASSERT_EQ(::stat((folder_.path() / "secret").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 0U);
}

TEST_F(BackupTest, AStoreThatRootMakesInAUsersFolderIsTheUsers) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root makes files that another user cannot use";
  }
  ASSERT_TRUE(Back().has_value());
  constexpr uid_t kOwner = 65534;
  ASSERT_EQ(::chown(folder_.path().c_str(), kOwner, kOwner), 0);
  ASSERT_TRUE(RestoreStore(other_, file_, {}, samples::Day(25)).has_value());
  std::vector<fs::path> made{other_};
  for (const auto& entry : fs::recursive_directory_iterator(other_)) {
    made.push_back(entry.path());
  }
  EXPECT_GT(made.size(), 4U);
  for (const fs::path& path : made) {
    struct stat status{};
    ASSERT_EQ(::lstat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, kOwner) << path;
  }
}

TEST_F(BackupTest, WhoMayNotUseTheStoreIsToldWhoMay) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can become somebody who may not";
  }
  ASSERT_TRUE(Back().has_value());
  fs::permissions(folder_.path(), fs::perms{0755});
  fs::permissions(store_, fs::perms::owner_all);
  fs::permissions(file_, fs::perms{0644});
  ASSERT_EQ(::seteuid(65534), 0);
  const auto repaired = RepairStore(store_, {.now = samples::Day(26)});
  const auto restored = RestoreStore(store_, file_, {}, samples::Day(26));
  const auto opened = Store::Open(store_, OpenMode::kReadOnly);
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_FALSE(repaired.has_value());
  EXPECT_EQ(repaired.error().kind, core::ErrorKind::kBadInput);
  EXPECT_NE(repaired.error().message.find(
                "belongs to root: run this as root (sudo schoolwatch repair), or give it"),
            std::string::npos)
      << repaired.error().message;
  ASSERT_FALSE(restored.has_value());
  EXPECT_EQ(restored.error().kind, core::ErrorKind::kBadInput);
  EXPECT_NE(restored.error().message.find("belongs to root:"), std::string::npos)
      << restored.error().message;
  ASSERT_FALSE(opened.has_value());
  EXPECT_NE(opened.error().message.find("belongs to root:"), std::string::npos)
      << opened.error().message;
}

TEST_F(BackupTest, AReplacedStoreIsKept) {
  ASSERT_TRUE(Back().has_value());
  {
    const auto store = Store::Open(store_, OpenMode::kReadWrite);
    ASSERT_TRUE((*store)->SetNote("since", "the backup").has_value());
  }
  const auto restored =
      RestoreStore(store_, file_, {.existing = Existing::kReplace}, samples::Day(25));
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_EQ(restored->old_store, store_ / "db.replaced-20261125T120000Z");
  const auto store = Store::Open(store_, OpenMode::kReadOnly);
  ASSERT_TRUE(store.has_value());
  EXPECT_EQ((*store)->FindNote("since"), std::nullopt);
}

TEST_F(BackupTest, TwoRestoresInOneSecondKeepBothStores) {
  ASSERT_TRUE(Back().has_value());
  {
    const auto store = Store::Open(store_, OpenMode::kReadWrite);
    ASSERT_TRUE((*store)->SetNote("since", "the backup").has_value());
  }
  const auto first =
      RestoreStore(store_, file_, {.existing = Existing::kReplace}, samples::Day(25));
  ASSERT_TRUE(first.has_value()) << first.error().message;
  const auto again =
      RestoreStore(store_, file_, {.existing = Existing::kReplace}, samples::Day(25));
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_NE(first->old_store, again->old_store);
  // The first one kept is the one of before both.
  fs::create_directory(other_);
  fs::rename(first->old_store, other_ / "db");
  const auto store = Store::Open(other_, OpenMode::kReadOnly);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  EXPECT_EQ((*store)->FindNote("since").value(), "the backup");
}

TEST_F(BackupTest, WhatCannotBeExchangedIsLeftWhereItWas) {
  const fs::path fresh = store_ / "db.unfinished-x";
  const fs::path old = store_ / "db.replaced-x";
  fs::create_directory(fresh);
  fs::create_directory(old);  // A name that is taken.
  const std::string current = Read(store_ / "db/CURRENT");
  EXPECT_FALSE(SwapDatabase(store_, fresh, old).has_value());
  EXPECT_EQ(Read(store_ / "db/CURRENT"), current);
  EXPECT_TRUE(fs::exists(fresh));
  fs::remove(old);
  EXPECT_TRUE(SwapDatabase(store_, fresh, old).has_value());
  EXPECT_EQ(Read(old / "CURRENT"), current);
  EXPECT_FALSE(fs::exists(fresh));
  EXPECT_TRUE(fs::is_empty(store_ / "db"));
}

TEST_F(BackupTest, ARestoredStoreBringsItsKeyThoughItIsBrokenOff) {
  const std::string key(64, 'a');
  ASSERT_TRUE(BringAuditKey(store_ / "db", key).has_value());
  // As a kill between the exchange and the end leaves it.
  EXPECT_EQ(LoadAuditKey(store_, MissingKey::kLeaveEmpty)->key, key);
  ASSERT_TRUE(Store::Open(store_, OpenMode::kReadWrite).has_value());
  EXPECT_EQ(Read(store_ / "audit.key"), key + "\n");
  EXPECT_FALSE(fs::exists(store_ / "db/audit.key"));
}

TEST_F(BackupTest, AKeyIsKeptWithTheStoreThatItBelongsTo) {
  ASSERT_TRUE(Back().has_value());
  const std::string of_backup = Read(store_ / "audit.key");
  const std::string own = std::string(64, 'b') + "\n";
  std::ofstream(store_ / "audit.key", std::ios::trunc) << own;
  const auto restored =
      RestoreStore(store_, file_, {.existing = Existing::kReplace}, samples::Day(25));
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_EQ(Read(store_ / "audit.key"), of_backup);
  EXPECT_EQ(Read(store_ / "audit.key.replaced-20261125T120000Z"), own);
  // The restored one is lost: the one kept comes back, and its key with it.
  fs::remove_all(store_ / "db");
  const auto report = RepairStore(store_, {.now = samples::Day(26)});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->put_back, restored->old_store);
  EXPECT_EQ(Read(store_ / "audit.key"), own);
}

TEST_F(BackupTest, MarksWhoseKeyIsGoneAreReadWithTheBackupsOwn) {
  ASSERT_TRUE(Back().has_value());
  Forget("Nobody Atall");
  fs::remove(store_ / "audit.key");
  const auto restored =
      RestoreStore(store_, file_, {.existing = Existing::kReplace}, samples::Day(24));
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_FALSE(restored->erasures_unknown);
  EXPECT_EQ(restored->newer_erasures, 1U);
  const auto store = Store::Open(store_, OpenMode::kReadWrite);
  EXPECT_EQ((*store)->FindLostMarks(samples::Day(24)), LostMarks());
}

TEST_F(BackupTest, MarksWhoseKeyIsNowhereAreNotTakenForCarriedOut) {
  Forget("Nobody Atall");
  fs::remove(store_ / "audit.key");
  // Made anew, and so is the backup's.
  ASSERT_TRUE(Store::Open(store_, OpenMode::kReadWrite).has_value());
  ASSERT_TRUE(Back().has_value());
  const auto restored =
      RestoreStore(store_, file_, {.existing = Existing::kReplace}, samples::Day(24));
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_TRUE(restored->erasures_unknown);
  const auto store = Store::Open(store_, OpenMode::kReadWrite);
  EXPECT_GT((*store)->FindLostMarks(samples::Day(24)).marks, 0U);
}

TEST_F(BackupTest, ErasuresUnderAnotherKeyGoOnCounting) {
  ASSERT_TRUE(Back().has_value());
  fs::remove(store_ / "audit.key");
  Forget("Nobody Atall");  // Under the new one.
  const auto restored =
      RestoreStore(store_, file_, {.existing = Existing::kReplace}, samples::Day(24));
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_FALSE(restored->erasures_unknown);
  EXPECT_EQ(restored->newer_erasures, 1U);
  {
    const auto store = Store::Open(store_, OpenMode::kReadWrite);
    EXPECT_EQ((*store)->FindLostMarks(samples::Day(24)), LostMarks());
  }
  // The key that is kept is what they count by.
  fs::remove(store_ / "audit.key.replaced-20261124T120000Z");
  const auto store = Store::Open(store_, OpenMode::kReadWrite);
  EXPECT_GT((*store)->FindLostMarks(samples::Day(24)).marks, 0U);
}

TEST_F(BackupTest, ErasuresOfANewerBackupUnderAnotherKeyGoOnCounting) {
  ASSERT_TRUE(Back().has_value());
  fs::remove(store_ / "audit.key");
  Forget("Nobody Atall");
  const fs::path newer = folder_.path() / "newer.tar";
  {
    const auto store = Store::Open(store_, OpenMode::kReadOnly);
    ASSERT_TRUE(WriteBackup(**store, store_, samples::Day(24), newer).has_value());
  }
  const auto restored = RestoreStore(
      other_, file_, {.existing = Existing::kRefuse, .erasures_of = newer}, samples::Day(24));
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_FALSE(restored->erasures_unknown);
  EXPECT_EQ(restored->newer_erasures, 1U);
  const auto store = Store::Open(other_, OpenMode::kReadWrite);
  EXPECT_EQ((*store)->FindLostMarks(samples::Day(24)), LostMarks());
}

TEST_F(BackupTest, ATableThatWasCutIsDamageAndNoFaultOfTheDisk) {
  {
    const auto store = Store::Open(store_, OpenMode::kReadWrite);
    ASSERT_TRUE(store.has_value());
    const std::string all;
    ASSERT_TRUE((*store)
                    ->WithDatabase(DatabaseUse::kWrite,
                                   [&](Db& db, const AuditContext&) -> core::Result<void> {
                                     db.Compact({&all, 1});
                                     return {};
                                   })
                    .has_value());
  }
  for (const auto& file : fs::directory_iterator(store_ / "db")) {
    if (file.path().extension() == ".ldb") {
      fs::resize_file(file.path(), file.file_size() / 2);
    }
  }
  const auto store = Store::Open(store_, OpenMode::kReadOnly);
  const core::Result<void> read =
      store ? (*store)->VisitRecords(
                  [](std::string_view, std::string_view) { return core::Result<void>{}; })
            : core::Result<void>(core::Fail(store.error()));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, core::ErrorKind::kCorrupt) << read.error().message;
  EXPECT_NE(read.error().message.find("schoolwatch repair"), std::string::npos);
}

TEST_F(BackupTest, EveryFlippedByteIsNoticedAndNothingTouched) {
  ASSERT_TRUE(Back().has_value());
  const std::string good = Read(file_);
  ASSERT_TRUE(ReadBytes(good).has_value());
  std::size_t unnoticed = 0;
  // Two blocks of zeros end the archive, and nobody asks what is in them.
  for (std::size_t i = 0; i < good.size() - 1024; i += i < 600 ? 1 : 97) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    unnoticed += ReadBytes(bad).has_value() ? 1u : 0u;
  }
  EXPECT_LE(unnoticed, 4u) << "tar's own checksum is followed by two bytes without meaning";
  for (std::size_t size = 0; size < good.size() - 1024; size += 97) {
    EXPECT_FALSE(ReadBytes(good.substr(0, size)).has_value()) << size;
  }
  std::string bad = good;
  bad[2000] = static_cast<char>(bad[2000] ^ 1);
  std::ofstream(file_, std::ios::binary) << bad;
  const auto restored =
      RestoreStore(other_, file_, {.existing = Existing::kRefuse}, samples::Day(25));
  ASSERT_FALSE(restored.has_value());
  EXPECT_EQ(restored.error().kind, core::ErrorKind::kCorrupt);
  EXPECT_FALSE(fs::exists(other_));
}

TEST_F(BackupTest, AnotherFileIsNoBackup) {
  for (const std::string& bytes : {std::string(), std::string("hello"), std::string(4096, 'x')}) {
    const auto read = ReadBytes(bytes);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().kind, core::ErrorKind::kBadInput);
  }
}

}  // namespace
}  // namespace schoolwatch::storage
