#include "storage/mark_cache.h"

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

TEST(MarkCacheTest, GivesWhatWasPutLast) {
  MarkCache cache;
  EXPECT_FALSE(cache.Find("a").mark);
  cache.Put(Mark("a", "1"));
  cache.Put(Mark("b", "1"));
  cache.Put(Mark("a", "2"));
  EXPECT_EQ(cache.Find("a").mark, Mark("a", "2"));
  EXPECT_EQ(cache.Find("b").mark, Mark("b", "1"));
  EXPECT_FALSE(cache.Find("").mark);
}

TEST(MarkCacheTest, WhatWasReadBeforeAWriteIsNotKeptAfterIt) {
  MarkCache cache;
  const MarkCache::Answer before = cache.Find("a");
  const core::SeenMark read = Mark("a", "1");
  cache.Put(Mark("a", "2"));
  cache.Keep(read, before.changes);
  EXPECT_EQ(cache.Find("a").mark, Mark("a", "2"));
  const MarkCache::Answer again = cache.Find("c");
  cache.Clear();
  cache.Keep(Mark("c", "1"), again.changes);
  EXPECT_FALSE(cache.Find("c").mark) << "it may have been erased";
  cache.Keep(Mark("c", "1"), cache.Find("c").changes);
  EXPECT_TRUE(cache.Find("c").mark);
}

TEST(MarkCacheTest, HoldsSoManyAndNoMore) {
  MarkCache cache;
  std::size_t held = 0;
  for (std::size_t i = 0; i < 2 * MarkCache::kMost; ++i) {
    cache.Put(Mark(std::to_string(i), "1"));
  }
  for (std::size_t i = 0; i < 2 * MarkCache::kMost; ++i) {
    held += cache.Find(std::to_string(i)).mark ? 1u : 0u;
  }
  EXPECT_LE(held, MarkCache::kMost);
  EXPECT_GT(held, MarkCache::kMost / 2);
}

TEST(MarkCacheTest, WhatIsDeletedPastItIsGone) {
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
TEST(MarkCacheTest, OfAStoreThatIsWrittenAndReadByTurnsOnlyTheNewestIsSeen) {
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
