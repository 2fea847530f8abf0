#include "storage/leveldb_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "storage/held.h"
#include "storage/keys.h"
#include "storage/store_folder.h"
#include "storage/store_lock.h"
#include "tests/storage/samples.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::storage {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using samples::Presence;

class LevelDbStoreTest : public testing::Test {
 protected:
  fs::path Path() const { return temp_.path() / "store"; }
  core::Result<std::unique_ptr<Store>> Open(OpenMode mode = OpenMode::kReadWrite) const {
    return Store::Open(Path(), mode, "schoolwatch test");
  }
  // Makes a store with documents 1 … count, and closes it.
  void Fill(int count) const {
    auto store = Open();
    ASSERT_TRUE(store.has_value()) << store.error().message;
    for (int i = 1; i <= count; ++i) {
      const core::DocumentOutcome outcome = samples::MakeDocument(i);
      ASSERT_TRUE((*store)->Commit({&outcome, 1}).has_value());
    }
  }
  // Writes under our keys past the store.
  void PutRaw(const std::string& key, const std::string& value) const {
    auto db = Db::Open(DatabaseFolder(Path()), Path(), OpenMode::kReadWrite, DbSettings{});
    ASSERT_TRUE(db.has_value()) << db.error().message;
    Batch batch;
    batch.Put(key, value);
    ASSERT_TRUE((*db)->Write(batch).has_value());
  }
  std::vector<fs::path> Files(const std::string& extension) const {
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(DatabaseFolder(Path()))) {
      if (file.path().extension() == extension) {
        files.push_back(file.path());
      }
    }
    std::ranges::sort(files);
    return files;
  }
  TempFolder temp_;
};

mode_t ModeOf(const fs::path& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777U;
}

TEST_F(LevelDbStoreTest, RemembersAfterClosing) {
  Fill(3);
  const auto store = Open();
  ASSERT_TRUE(store.has_value()) << store.error().message;
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(samples::LookFor(**store, i), Presence::kWhole) << i;
  }
}

TEST_F(LevelDbStoreTest, MakesItsFolderPrivateWithTheParentsThatAreMissing) {
  const fs::path deep = temp_.path() / "a" / "b" / "store" / "";
  ASSERT_TRUE(Store::Open(deep, OpenMode::kReadWrite).has_value());
  EXPECT_EQ(ModeOf(deep), 0700U);
  EXPECT_EQ(ModeOf(DatabaseFolder(deep)), 0700U);
  EXPECT_EQ(ModeOf(deep / "lock"), 0600U);
  EXPECT_NE(ModeOf(temp_.path() / "a"), 0700U);
}

TEST_F(LevelDbStoreTest, AFolderThatWasThereKeepsItsModeAndTheDatabaseIsClosedToOthers) {
  fs::create_directories(DatabaseFolder(Path()));
  fs::permissions(Path(), fs::perms{0755});
  fs::permissions(DatabaseFolder(Path()), fs::perms{0755});
  ASSERT_TRUE(Open().has_value());
  EXPECT_EQ(ModeOf(Path()), 0755U);
  EXPECT_EQ(ModeOf(DatabaseFolder(Path())), 0700U);
}

TEST_F(LevelDbStoreTest, AFileInTheWayIsBadInput) {
  std::ofstream(Path()) << "not a folder";
  for (const OpenMode mode : {OpenMode::kReadWrite, OpenMode::kReadOnly}) {
    const auto store = Open(mode);
    ASSERT_FALSE(store.has_value());
    if (mode == OpenMode::kReadWrite) {
      EXPECT_EQ(store.error().kind, ErrorKind::kBadInput);
      EXPECT_NE(store.error().message.find(Path().string()), std::string::npos);
    }
  }
  EXPECT_EQ(Store::Open("", OpenMode::kReadWrite).error().kind, ErrorKind::kBadInput);
}

TEST_F(LevelDbStoreTest, AFolderThatMayNotBeWrittenIsBadInput) {
  fs::permissions(temp_.path(), fs::perms{0555});
  const uid_t user = ::geteuid();
  if (user == 0) {
    ASSERT_EQ(::seteuid(65534), 0);  // Root may write anywhere.
  }
  const auto store = Open();
  if (user == 0) {
    ASSERT_EQ(::seteuid(user), 0);
  }
  fs::permissions(temp_.path(), fs::perms{0755});
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().kind, ErrorKind::kBadInput);
  EXPECT_NE(store.error().message.find("chown"), std::string::npos) << store.error().message;
}

TEST_F(LevelDbStoreTest, ASecondOpenLearnsWhoHoldsIt) {
  auto first = Open();
  ASSERT_TRUE(first.has_value());
  for (const OpenMode mode : {OpenMode::kReadWrite, OpenMode::kReadOnly}) {
    const auto second = Open(mode);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().kind, ErrorKind::kHeld);
    const std::string holder =
        "is held by process " + std::to_string(::getpid()) + " (schoolwatch test, since 2";
    EXPECT_NE(second.error().message.find(holder), std::string::npos) << second.error().message;
    EXPECT_NE(second.error().message.find(Path().string()), std::string::npos);
  }
  first->reset();
  EXPECT_TRUE(Open().has_value());
}

TEST_F(LevelDbStoreTest, AReadOnlyHolderIsNamedToo) {
  Fill(1);
  const auto reader = Open(OpenMode::kReadOnly);
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ(Open().error().kind, ErrorKind::kHeld);
}

TEST_F(LevelDbStoreTest, ALockFileOfADeadProcessHoldsNobodyUp) {
  Fill(1);
  std::ofstream(Path() / "lock") << "1 schoolwatch run\n";
  EXPECT_TRUE(Open().has_value());
}

TEST(HeldTest, TheErrorNamesTheHolderWhereHeIsKnown) {
  const core::Error held = HeldError("/x", Holder{1234, "schoolwatch run", samples::Day(20)});
  EXPECT_EQ(held.message,
            "the store '/x' is held by process 1234 (schoolwatch run, since "
            "2026-11-20T12:00:00Z)");
  EXPECT_EQ(core::FailWith("opening", held).error().kind, ErrorKind::kHeld);
  EXPECT_EQ(HeldError("/x", Holder{}).message, "the store '/x' is held by another process");
}

TEST(StoreLockTest, ALockFileOfAnyContentIsShownSafely) {
  const TempFolder folder;
  const auto lock = StoreLock::Take(folder.path(), "schoolwatch run");
  ASSERT_TRUE(lock.has_value());
  for (const char* text : {"", "\n", "x", "12", "12 \n", " \n", "zz \x1B[2J\n", "-5 a b c\n"}) {
    std::ofstream(folder.path() / "lock") << text;
    const auto second = StoreLock::Take(folder.path(), "b");
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().kind, ErrorKind::kHeld) << second.error().message;
    EXPECT_EQ(second.error().message.find('\x1B'), std::string::npos);
  }
}

TEST(StoreLockTest, ALinkIsNotFollowed) {
  const TempFolder folder;
  fs::create_symlink(folder.path() / "target", folder.path() / "lock");
  EXPECT_EQ(StoreLock::Take(folder.path(), "a").error().kind, ErrorKind::kBadInput);
  EXPECT_FALSE(fs::exists(folder.path() / "target"));
}

TEST_F(LevelDbStoreTest, ReadOnlyNeedsAStore) {
  EXPECT_EQ(Open(OpenMode::kReadOnly).error().kind, ErrorKind::kNotFound);
  EXPECT_FALSE(fs::exists(Path()));
}

TEST_F(LevelDbStoreTest, ReadOnlyReadsAndRefusesToWrite) {
  Fill(1);
  const auto store = Open(OpenMode::kReadOnly);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  EXPECT_EQ(samples::LookFor(**store, 1), Presence::kWhole);
  const core::DocumentOutcome outcome = samples::MakeDocument(2);
  EXPECT_EQ((*store)->Commit({&outcome, 1}).error().kind, ErrorKind::kBadInput);
  EXPECT_EQ((*store)->SetNote("a", "b").error().kind, ErrorKind::kBadInput);
  EXPECT_EQ((*store)->SaveBatch({}).error().kind, ErrorKind::kBadInput);
  EXPECT_EQ((*store)->RemoveBatch("k").error().kind, ErrorKind::kBadInput);
}

TEST_F(LevelDbStoreTest, ReadOnlyChangesNoByteOnDisk) {
  Fill(3);
  const auto contents = [&] {
    std::map<std::string, std::string> files;
    for (const auto& file : fs::recursive_directory_iterator(Path())) {
      if (file.is_regular_file()) {
        std::ifstream in(file.path(), std::ios::binary);
        files[file.path().string()] = std::string(std::istreambuf_iterator<char>(in), {});
      }
    }
    return files;
  };
  const auto before = contents();
  for (int i = 0; i < 2; ++i) {
    const auto store = Open(OpenMode::kReadOnly);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    EXPECT_EQ(samples::LookFor(**store, 3), Presence::kWhole);
  }
  EXPECT_EQ(contents(), before);
}

TEST_F(LevelDbStoreTest, AStoreOfANewerReleaseIsRefusedUntouched) {
  Fill(1);
  const std::string newer = std::to_string(kSchemaVersion + 1);
  PutRaw(std::string(kSchemaKey), newer);
  for (const OpenMode mode : {OpenMode::kReadWrite, OpenMode::kReadOnly}) {
    const auto store = Open(mode);
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().kind, ErrorKind::kBadInput);
    EXPECT_NE(store.error().message.find("newer schoolwatch (format " + newer), std::string::npos);
  }
  PutRaw(std::string(kSchemaKey), std::to_string(kSchemaVersion));
  EXPECT_EQ(samples::LookFor(**Open(), 1), Presence::kWhole);
}

TEST_F(LevelDbStoreTest, AStoreWithoutAFormatIsDamaged) {
  Fill(1);
  PutRaw(std::string(kSchemaKey), "new");
  EXPECT_EQ(Open().error().kind, ErrorKind::kCorrupt);
}

TEST_F(LevelDbStoreTest, ADamagedRecordIsNamed) {
  Fill(1);
  PutRaw("case/case-1", "\x01garbage");
  PutRaw("source/odd \x01name", "");
  const auto store = Open();
  ASSERT_TRUE(store.has_value());
  const auto found = (*store)->LoadCase("case-1");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().kind, ErrorKind::kCorrupt);
  EXPECT_NE(found.error().message.find("'case/case-1' is damaged"), std::string::npos);
  EXPECT_NE(found.error().message.find("schoolwatch repair"), std::string::npos);
  EXPECT_EQ((*store)->ListCases({}).error().kind, ErrorKind::kCorrupt);
  EXPECT_NE((*store)->FindSource("odd \x01name").error().message.find("source/odd\\x20\\x01name"),
            std::string::npos);
}

TEST_F(LevelDbStoreTest, AnIndexThatNamesNoCaseIsDamage) {
  Fill(1);
  PutRaw(ChangedKey(samples::Day(21), "gone"), "");
  const auto store = Open();
  ASSERT_TRUE(store.has_value());
  EXPECT_EQ((*store)->ListCases({}).error().kind, ErrorKind::kCorrupt);
}

TEST_F(LevelDbStoreTest, AMissingCurrentFileNeverMakesAnEmptyStore) {
  Fill(2);
  const fs::path current = DatabaseFolder(Path()) / "CURRENT";
  fs::rename(current, temp_.path() / "kept");
  for (const OpenMode mode : {OpenMode::kReadWrite, OpenMode::kReadOnly}) {
    EXPECT_EQ(Open(mode).error().kind, ErrorKind::kCorrupt);
  }
  fs::rename(temp_.path() / "kept", current);
  EXPECT_EQ(samples::LookFor(**Open(), 2), Presence::kWhole);
}

TEST_F(LevelDbStoreTest, DamagedFilesAreReportedAndNotOverlooked) {
  Fill(2);
  {
    ASSERT_TRUE(Open().has_value());
  }  // Moves the log into a table.
  for (const char* extension : {".ldb", ".log", ""}) {
    const TempFolder saved;
    fs::copy(Path(), saved.path() / "copy", fs::copy_options::recursive);
    std::vector<fs::path> files = Files(extension);
    ASSERT_FALSE(files.empty()) << extension;
    for (const fs::path& file : files) {
      if (file.filename() == "LOCK" || fs::file_size(file) < 20) {
        continue;
      }
      std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
      stream.seekp(12);
      stream << "\xDE\xAD";
    }
    const auto store = Open();
    bool reported = !store.has_value() && store.error().kind == ErrorKind::kCorrupt;
    if (store.has_value()) {
      reported = (*store)->FindHost("https://host1.example").has_value() == false ||
                 (*store)->LoadCase("case-1").has_value() == false;
    } else {
      EXPECT_NE(store.error().message.find("schoolwatch repair"), std::string::npos)
          << store.error().message;
    }
    const bool any = std::ranges::any_of(files, [](const fs::path& file) {
      return file.filename() != "LOCK" && fs::exists(file) && fs::file_size(file) >= 20;
    });
    EXPECT_TRUE(reported || !any) << extension;
    fs::remove_all(Path());
    fs::copy(saved.path() / "copy", Path(), fs::copy_options::recursive);
  }
}

TEST_F(LevelDbStoreTest, AMissingTableIsDamage) {
  Fill(2);
  {
    ASSERT_TRUE(Open().has_value());
  }
  const std::vector<fs::path> tables = Files(".ldb");
  ASSERT_FALSE(tables.empty());
  fs::remove(tables.front());
  const auto store = Open();
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().kind, ErrorKind::kCorrupt);
}

TEST_F(LevelDbStoreTest, AHalfMadeStoreIsMadeAnew) {
  fs::create_directories(DatabaseFolder(Path()));
  std::ofstream(DatabaseFolder(Path()) / "MANIFEST-000001") << "half";
  EXPECT_TRUE(Open().has_value());
}

TEST_F(LevelDbStoreTest, ManyThreadsReadWhileOneCommits) {
  const auto store = Open();
  ASSERT_TRUE(store.has_value());
  constexpr int kDocuments = 8;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        const auto cases = (*store)->ListCases({});
        ASSERT_TRUE(cases.has_value()) << cases.error().message;
        for (const core::Case& found : *cases) {
          EXPECT_TRUE((*store)->LoadFinding(found.findings.at(0)).has_value());
        }
      }
    });
  }
  for (int i = 1; i <= kDocuments; ++i) {
    const core::DocumentOutcome outcome = samples::MakeDocument(i);
    EXPECT_TRUE((*store)->Commit({&outcome, 1}).has_value());
  }
  readers.clear();
  EXPECT_EQ((*store)->ListCases({}).value().size(), std::size_t{kDocuments});
}

}  // namespace
}  // namespace schoolwatch::storage
