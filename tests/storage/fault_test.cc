#include <cerrno>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "storage/audit_check.h"
#include "storage/leveldb_store.h"
#include "tests/storage/fault_env.h"
#include "tests/storage/old_formats.h"
#include "tests/storage/samples.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::storage {
namespace {

using core::ErrorKind;
using samples::Presence;

constexpr int kDocuments = 10;

const core::DocumentOutcome& Document(int number) {
  static const std::vector<core::DocumentOutcome> documents = [] {
    std::vector<core::DocumentOutcome> made;
    for (int i = 0; i < kDocuments; ++i) {
      made.push_back(samples::MakeDocument(i));
    }
    return made;
  }();
  return documents.at(static_cast<std::size_t>(number));
}

// LevelDB's smallest write buffer: 10 documents of 8 KB make it turn its log over and compact.
DbSettings Settings(FaultEnv& env) {
  DbSettings settings;
  settings.env = &env;
  settings.write_buffer_bytes = 64U << 10;
  return settings;
}

core::Result<std::unique_ptr<Store>> Open(const TempFolder& folder, FaultEnv& env) {
  return OpenLevelDbStore(folder.path() / "store", OpenMode::kReadWrite, "fault test",
                          Settings(env));
}

struct Outcome {
  std::set<int> committed;
  std::vector<core::Error> errors;
};

// Commits the documents that are not in `done`, until one fails.
void CommitMissing(const TempFolder& folder, FaultEnv& env, Outcome& outcome) {
  const auto store = Open(folder, env);
  if (!store.has_value()) {
    outcome.errors.push_back(store.error());
    return;
  }
  for (int i = 0; i < kDocuments; ++i) {
    if (outcome.committed.contains(i)) {
      continue;
    }
    const core::DocumentOutcome& document = Document(i);
    if (const auto done = (*store)->Commit({&document, 1}); !done.has_value()) {
      outcome.errors.push_back(done.error());
      // Nothing more may go on top of what may be half a record.
      const auto again = (*store)->Commit({&document, 1});
      ASSERT_FALSE(again.has_value());
      EXPECT_EQ(again.error(), done.error());
      return;
    }
    outcome.committed.insert(i);
  }
}

// What is in the store: every committed document whole, every other whole or absent.
void CheckAll(const TempFolder& folder, FaultEnv& env, const std::set<int>& committed) {
  const auto store = Open(folder, env);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  for (int i = 0; i < kDocuments; ++i) {
    const Presence presence = samples::LookFor(**store, Document(i));
    if (committed.contains(i)) {
      EXPECT_EQ(presence, Presence::kWhole) << "document " << i;
    } else {
      EXPECT_NE(presence, Presence::kTorn) << "document " << i;
    }
    // What is there is in the log, once, and nothing else is.
    const auto entries = (*store)->LoadAuditOf("case-" + std::to_string(i));
    ASSERT_TRUE(entries.has_value()) << entries.error().message;
    EXPECT_EQ(entries->size(), presence == Presence::kWhole ? 2U : 0U) << "document " << i;
  }
  const auto audit = CheckAudit(**store, std::nullopt);
  ASSERT_TRUE(audit.has_value()) << audit.error().message;
  EXPECT_TRUE(audit->problems.empty()) << audit->problems.front().what;
}

std::uint64_t CountOperations() {
  const TempFolder folder;
  FaultEnv env;
  Outcome outcome;
  CommitMissing(folder, env, outcome);
  EXPECT_EQ(outcome.committed.size(), std::size_t{kDocuments});
  return env.operations();
}

struct FaultCase {
  const char* name;
  int cause;
  FaultEnv::Lasting lasting;
  FaultEnv::Torn torn;
  std::optional<FaultEnv::Unsynced> power_cut;
};

class FaultTest : public testing::TestWithParam<FaultCase> {};

TEST_P(FaultTest, AtEveryWriteEachDocumentIsWhollyThereOrWhollyAbsent) {
  const FaultCase& fault = GetParam();
  const std::uint64_t operations = CountOperations();
  ASSERT_GT(operations, 60U);
  std::size_t failed = 0;
  for (std::uint64_t at = 0; at < operations; ++at) {
    SCOPED_TRACE("operation " + std::to_string(at));
    const TempFolder folder;
    FaultEnv env;
    env.Arm({at, fault.cause, fault.lasting, fault.torn});
    Outcome outcome;
    CommitMissing(folder, env, outcome);
    failed += outcome.errors.size();
    for (const core::Error& error : outcome.errors) {
      EXPECT_EQ(error.kind, ErrorKind::kUnavailable) << error.message;
      EXPECT_NE(error.message.find((folder.path() / "store").string()), std::string::npos);
      EXPECT_NE(error.message.find("nothing was lost"), std::string::npos) << error.message;
    }
    if (fault.power_cut) {
      env.DropUnsynced(*fault.power_cut);
    }
    env.Arm({});  // The disk is well again.
    CheckAll(folder, env, outcome.committed);
    // And the next run carries on.
    outcome.errors.clear();
    CommitMissing(folder, env, outcome);
    EXPECT_TRUE(outcome.errors.empty());
    CheckAll(folder, env, outcome.committed);
    if (HasFailure()) {
      return;
    }
  }
  // Compaction's own failures may go unseen until the next write, but most are seen.
  EXPECT_GT(failed, operations / 2);
}

INSTANTIATE_TEST_SUITE_P(
    Disk, FaultTest,
    testing::Values(
        FaultCase{"OneErrorInPassing", EIO, FaultEnv::Lasting::kOnce, FaultEnv::Torn::kNo, {}},
        FaultCase{"OneHalfWrite", EIO, FaultEnv::Lasting::kOnce, FaultEnv::Torn::kHalf, {}},
        FaultCase{"DiskFull", ENOSPC, FaultEnv::Lasting::kForGood, FaultEnv::Torn::kHalf, {}},
        FaultCase{"PowerCut", EIO, FaultEnv::Lasting::kForGood, FaultEnv::Torn::kHalf,
                  FaultEnv::Unsynced::kCut},
        FaultCase{"PowerCutThatLeavesZeros", EIO, FaultEnv::Lasting::kForGood,
                  FaultEnv::Torn::kHalf, FaultEnv::Unsynced::kZeroed}),
    [](const auto& row) { return std::string(row.param.name); });

// From format 1, broken off at every write: the next opening brings it to its end.
TEST(MigrationFaultTest, BrokenOffAnywhereItIsDoneAgain) {
  const TempFolder made;
  samples::MakeFirstFormat(made.path() / "store");
  std::uint64_t operations = 1;  // Until the first run through has told.
  std::size_t failed = 0;
  for (std::uint64_t at = 0; at < operations; ++at) {
    SCOPED_TRACE("operation " + std::to_string(at));
    const TempFolder folder;
    std::filesystem::copy(made.path() / "store", folder.path() / "store",
                          std::filesystem::copy_options::recursive);
    FaultEnv env;
    env.Arm({at, EIO, FaultEnv::Lasting::kForGood, FaultEnv::Torn::kHalf});
    failed += Open(folder, env).has_value() ? 0U : 1U;
    env.DropUnsynced(FaultEnv::Unsynced::kZeroed);
    env.Arm({});
    const auto store = Open(folder, env);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    operations = std::max(operations, env.operations());
    ASSERT_EQ(samples::CountFound(**store), samples::kOldTexts);
  }
  EXPECT_GT(failed, 15U);
}

std::uintmax_t LogBytes(const TempFolder& folder) {
  std::uintmax_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.path() / "store" / "db")) {
    bytes += file.path().extension() == ".log" ? file.file_size() : 0;
  }
  return bytes;
}

TEST(LogEnvTest, ALogIsLongerThanItsRecordsUntilItIsClosed) {
  const TempFolder folder;
  {
    const auto store = Store::Open(folder.path() / "store", OpenMode::kReadWrite);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    ASSERT_TRUE((*store)->Commit({&Document(1), 1}).has_value());
    const std::uintmax_t length = LogBytes(folder);
    EXPECT_GT(length, 100'000U);
    ASSERT_TRUE((*store)->Commit({&Document(2), 1}).has_value());
    EXPECT_EQ(LogBytes(folder), length);  // What makes the sync cheap.
  }
  EXPECT_LT(LogBytes(folder), 100'000U);
  const auto store = Store::Open(folder.path() / "store", OpenMode::kReadOnly);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  EXPECT_EQ(samples::LookFor(**store, Document(2)), Presence::kWhole);
}

struct MessageCase {
  const char* name;
  int cause;
  ErrorKind kind;
  const char* message;  // %s is the store's folder.
};

class FaultMessageTest : public testing::TestWithParam<MessageCase> {};

TEST_P(FaultMessageTest, SaysWhereAndWhatToDo) {
  const TempFolder folder;
  FaultEnv env;
  const auto store = Open(folder, env);
  ASSERT_TRUE(store.has_value());
  env.Arm({0, GetParam().cause, FaultEnv::Lasting::kForGood, FaultEnv::Torn::kNo});
  const auto done = (*store)->Commit({&Document(1), 1});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, GetParam().kind);
  std::string message = GetParam().message;
  message.replace(message.find("%s"), 2, (folder.path() / "store").string());
  EXPECT_TRUE(done.error().message.starts_with(message)) << done.error().message;
  EXPECT_EQ(samples::LookFor(**store, Document(1)), Presence::kAbsent);
  env.Arm({});
}

INSTANTIATE_TEST_SUITE_P(
    Rows, FaultMessageTest,
    testing::Values(MessageCase{"DiskFull", ENOSPC, ErrorKind::kUnavailable,
                                "no space is left on the disk that holds the store '%s'; nothing "
                                "was lost: free some space and run again"},
                    MessageCase{"OverQuota", EDQUOT, ErrorKind::kUnavailable,
                                "no space is left on the disk that holds the store '%s'"},
                    MessageCase{"ReadOnly", EROFS, ErrorKind::kUnavailable,
                                "the disk that holds the store '%s' can only be read; nothing was "
                                "lost: make it writable"},
                    MessageCase{"BadDisk", EIO, ErrorKind::kUnavailable,
                                "the disk that holds the store '%s' reports an error; nothing was "
                                "lost: check the disk"},
                    MessageCase{"TooManyFiles", EMFILE, ErrorKind::kUnavailable,
                                "the store '%s' cannot open its files: too many"},
                    MessageCase{"NotOurs", EACCES, ErrorKind::kBadInput,
                                "the store '%s' has files that this user may not use"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::storage
