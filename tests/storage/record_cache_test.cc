#include "storage/record_cache.h"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "storage/audit.h"
#include "storage/db.h"
#include "storage/keys.h"
#include "storage/store.h"
#include "tests/storage/samples.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::storage {
namespace {

core::SeenMark Mark(const std::string& post, const std::string& text) {
  return {.post_key = post,
          .text_hash = text,
          .seen_at = core::Timestamp{std::chrono::seconds{1'700'000'000}}};
}

TEST(RecordCacheTest, GivesWhatWasPutLast) {
  RecordCache cache;
  EXPECT_FALSE(cache.Find("a").value);
  cache.Put("a", "1");
  cache.Put("b", "1");
  cache.Put("a", "2");
  EXPECT_EQ(cache.Find("a").value, "2");
  EXPECT_EQ(cache.Find("b").value, "1");
  EXPECT_FALSE(cache.Find("a2").value) << "no other key whose record begins alike";
  EXPECT_FALSE(cache.Find("").value);
  cache.Drop("a");
  EXPECT_FALSE(cache.Find("a").value);
  EXPECT_TRUE(cache.Find("b").value);
}

TEST(RecordCacheTest, WhatWasReadBeforeAChangeIsNotKeptAfterIt) {
  RecordCache cache;
  const RecordCache::Answer before = cache.Find("a");
  cache.Put("a", "2");
  cache.Keep("a", "1", before.changes);
  EXPECT_EQ(cache.Find("a").value, "2");
  const RecordCache::Answer again = cache.Find("c");
  cache.Drop("c");
  cache.Keep("c", "1", again.changes);
  EXPECT_FALSE(cache.Find("c").value) << "it may have been erased";
  cache.Keep("c", "1", cache.Find("c").changes);
  EXPECT_TRUE(cache.Find("c").value);
}

TEST(RecordCacheTest, ALongRecordIsNotKeptNorIsTheShortOneBeforeIt) {
  RecordCache cache;
  cache.Put("a", "1");
  cache.Put("a", std::string(RecordCache::kLongestBytes - 1, 'x'));
  EXPECT_TRUE(cache.Find("a").value);
  cache.Put("a", std::string(RecordCache::kLongestBytes, 'x'));
  EXPECT_FALSE(cache.Find("a").value);
}

TEST(RecordCacheTest, HoldsSoManyAndNoMore) {
  RecordCache cache;
  std::size_t held = 0;
  for (std::size_t i = 0; i < 2 * RecordCache::kMost; ++i) {
    cache.Put(std::to_string(i), "1");
  }
  for (std::size_t i = 0; i < 2 * RecordCache::kMost; ++i) {
    held += cache.Find(std::to_string(i)).value ? 1u : 0u;
  }
  EXPECT_LE(held, RecordCache::kMost);
  EXPECT_GT(held, RecordCache::kMost / 2);
}

TEST(RecordCacheTest, WhatIsDeletedPastItIsGone) {
  const TempFolder folder;
  auto store = Store::Open(folder.path() / "store", OpenMode::kReadWrite, "test");
  ASSERT_TRUE(store.has_value()) << store.error().message;
  core::DocumentOutcome outcome;
  outcome.seen = {Mark("a", "1")};
  ASSERT_TRUE((*store)->Commit({&outcome, 1}).has_value());
  EXPECT_TRUE((*store)->FindSeen("a").value().has_value());
  ASSERT_TRUE((*store)
                  ->WithDatabase(DatabaseUse::kWrite,
                                 [](Db& db, const AuditContext& /*audit*/) {
                                   return RemoveAll(db, kSeenPrefix);
                                 })
                  .has_value());
  EXPECT_FALSE((*store)->FindSeen("a").value().has_value());
}

// A reader that is slow must never bring back what was there before.
TEST(RecordCacheTest, OfAStoreThatIsWrittenAndReadByTurnsOnlyTheNewestIsSeen) {
  const TempFolder folder;
  auto store = Store::Open(folder.path() / "store", OpenMode::kReadWrite, "test");
  ASSERT_TRUE(store.has_value()) << store.error().message;
  constexpr int kTexts = 200;
  std::atomic<int> written = -1;
  std::atomic<int> older = 0;
  std::vector<std::jthread> readers;
  for (int reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&] {
      while (written < kTexts - 1) {
        const int least = written;
        const auto mark = (*store)->FindSeen("a");
        older += least >= 0 && (!mark || !*mark || std::stoi((*mark)->text_hash) < least) ? 1 : 0;
      }
    });
  }
  for (int text = 0; text < kTexts; ++text) {
    core::DocumentOutcome outcome;
    outcome.seen = {Mark("a", std::to_string(text))};
    ASSERT_TRUE((*store)->Commit({&outcome, 1}).has_value());
    written = text;
  }
  readers.clear();
  EXPECT_EQ(older, 0);
}

}  // namespace
}  // namespace schoolwatch::storage
