#include "storage/known_keys.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "storage/db.h"
#include "storage/key_filter.h"
#include "storage/keys.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::storage {
namespace {

std::string SeenKey(int number) { return Key(kSeenPrefix, "post " + std::to_string(number)); }

TEST(KeyFilterTest, KnowsAllThatWasAddedAndFewOthers) {
  constexpr int kKeys = 50'000;
  KeyFilter filter(kKeys);
  for (int i = 0; i < kKeys; ++i) {
    filter.Add(SeenKey(i));
  }
  int others = 0;
  for (int i = 0; i < kKeys; ++i) {
    ASSERT_TRUE(filter.MayHold(SeenKey(i))) << i;
    others += filter.MayHold(SeenKey(kKeys + i)) ? 1 : 0;
  }
  EXPECT_LT(others, kKeys / 40);
}

TEST(KeyFilterTest, MoreThanItWasMadeForMakesItVagueAndNeverWrong) {
  KeyFilter filter(0);
  for (int i = 0; i < 1000; ++i) {
    filter.Add(SeenKey(i));
  }
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(filter.MayHold(SeenKey(i)));
  }
}

// A database as KnownKeys sees it, which somebody may write to between two pages.
class Keys {
 public:
  void Write(KnownKeys& known, const std::string& key) {
    const core::MutexLock lock(known.writing());
    known.AddWritten(key);
    const std::scoped_lock keys(mutex_);
    keys_.insert(key);
  }
  void Put(const std::string& key) { keys_.insert(key); }
  KnownKeys::Reading Read() {
    return {.list = [this](std::string_view after, std::string_view prefix,
                           std::size_t limit) { return List(after, prefix, limit); },
            .estimate = [](std::string_view /*prefix*/) { return std::size_t{1000}; }};
  }
  std::function<void()> between_pages;
  std::optional<core::Error> failure;

 private:
  core::Result<std::vector<std::string>> List(std::string_view after, std::string_view prefix,
                                              std::size_t limit) {
    if (between_pages) {
      between_pages();
    }
    if (failure) {
      return core::Fail(*failure);
    }
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> page;
    for (auto at = keys_.upper_bound(std::string(after));
         at != keys_.end() && at->starts_with(prefix) && page.size() < limit; ++at) {
      page.push_back(*at);
    }
    return page;
  }
  std::mutex mutex_;
  std::set<std::string> keys_;
};

TEST(KnownKeysTest, SaysNothingBeforeItIsComplete) {
  Keys keys;
  KnownKeys known(keys.Read());
  EXPECT_FALSE(known.is_complete());
  EXPECT_FALSE(known.IsAbsent(SeenKey(1)));
  ASSERT_TRUE(known.Await());
  EXPECT_TRUE(known.is_complete());
  EXPECT_TRUE(known.IsAbsent(SeenKey(1)));
}

TEST(KnownKeysTest, BeginsOnceEnoughWasAskedInVain) {
  Keys keys;
  std::atomic<bool> read = false;
  keys.between_pages = [&] { read = true; };
  KnownKeys known(keys.Read());
  for (int i = 0; i < 4999; ++i) {
    known.NoteAbsent(SeenKey(i));
    known.NoteAbsent(Key(kUrlPrefix, std::to_string(i)));
  }
  EXPECT_FALSE(read);
  known.NoteAbsent(SeenKey(4999));
  ASSERT_TRUE(known.Await());
  EXPECT_TRUE(read);
}

TEST(KnownKeysTest, OtherKindsOfKeysAreNotItsBusiness) {
  Keys keys;
  KnownKeys known(keys.Read());
  ASSERT_TRUE(known.Await());
  EXPECT_FALSE(known.IsAbsent(Key(kUrlPrefix, "https://forum.example/")));
  EXPECT_TRUE(known.IsAbsent(std::string(kNearPrefix) + "week"));
}

// What is written behind the page that is being read would be missed by reading alone.
TEST(KnownKeysTest, KnowsWhatIsWrittenWhileItIsFilled) {
  Keys keys;
  for (int i = 0; i < 9000; ++i) {
    keys.Put(SeenKey(i));
  }
  KnownKeys known(keys.Read());
  int page = 0;
  keys.between_pages = [&] { keys.Write(known, Key(kSeenPrefix, " " + std::to_string(page++))); };
  ASSERT_TRUE(known.Await());
  ASSERT_GE(page, 3);
  for (int i = 0; i < page; ++i) {
    EXPECT_FALSE(known.IsAbsent(Key(kSeenPrefix, " " + std::to_string(i)))) << i;
  }
  for (int i = 0; i < 9000; ++i) {
    EXPECT_FALSE(known.IsAbsent(SeenKey(i))) << i;
  }
  keys.between_pages = {};
  EXPECT_TRUE(known.IsAbsent(SeenKey(9001)));
  keys.Write(known, SeenKey(9001));
  EXPECT_FALSE(known.IsAbsent(SeenKey(9001)));
}

TEST(KnownKeysTest, ADatabaseThatCannotBeReadLeavesItSilent) {
  Keys keys;
  keys.Put(SeenKey(1));
  keys.failure = core::Error{core::ErrorKind::kCorrupt, "damaged"};
  KnownKeys known(keys.Read());
  EXPECT_FALSE(known.Await());
  EXPECT_FALSE(known.IsAbsent(SeenKey(2)));
  keys.Write(known, SeenKey(3));
}

TEST(KnownKeysTest, EndsInTheMiddleOfFilling) {
  Keys keys;
  for (int i = 0; i < 9000; ++i) {
    keys.Put(SeenKey(i));
  }
  std::atomic<int> pages = 0;
  keys.between_pages = [&] { ++pages; };
  {
    KnownKeys known(keys.Read());
    for (int i = 0; i < 5000; ++i) {
      known.NoteAbsent(SeenKey(-i));
    }
  }
  EXPECT_LE(pages, 5);
}

class KnownKeysOfDbTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Db::Open(folder_.path() / "db", folder_.path(), OpenMode::kReadWrite, {});
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    db_ = *std::move(opened);
  }
  void Put(const std::string& key) {
    Batch batch;
    batch.Put(key, "value of " + key);
    ASSERT_TRUE(db_->Write(batch).has_value());
  }
  void Remove(const std::string& key) {
    Batch batch;
    batch.Remove(key);
    ASSERT_TRUE(db_->Write(batch).has_value());
  }
  bool IsThere(const std::string& key) const { return db_->Get(key).value().has_value(); }

  TempFolder folder_;
  std::unique_ptr<Db> db_;
};

TEST_F(KnownKeysOfDbTest, EveryQuestionIsAnsweredAsBefore) {
  for (int i = 0; i < 50; ++i) {
    Put(SeenKey(i));
  }
  Remove(SeenKey(7));
  ASSERT_TRUE(db_->AwaitKnownKeys());
  Put(SeenKey(50));
  Remove(SeenKey(8));
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(IsThere(SeenKey(i)), i <= 50 && i != 7 && i != 8) << i;
  }
  Put(SeenKey(8));
  EXPECT_TRUE(IsThere(SeenKey(8)));
  ASSERT_TRUE(db_->Reopen().has_value());
  EXPECT_TRUE(IsThere(SeenKey(8)));
  EXPECT_FALSE(IsThere(SeenKey(7)));
  EXPECT_TRUE(View(*db_).Get(SeenKey(50)).value().has_value());
  EXPECT_FALSE(View(*db_).Get(SeenKey(51)).value().has_value());
}

TEST_F(KnownKeysOfDbTest, AnOlderStateStillHasWhatWentBefore) {
  Put(SeenKey(1));
  const View before(*db_);
  Remove(SeenKey(1));
  ASSERT_TRUE(db_->AwaitKnownKeys());
  EXPECT_FALSE(IsThere(SeenKey(1)));
  EXPECT_TRUE(before.Get(SeenKey(1)).value().has_value());
}

// Filling begins by itself between the questions of several threads, while one writes.
TEST_F(KnownKeysOfDbTest, WhatIsWrittenIsThereForEverybodyWhateverElseGoesOn) {
  constexpr int kWritten = 300;
  std::atomic<int> written = 0;
  std::vector<std::jthread> readers;
  std::atomic<int> missed = 0;
  for (int reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&, reader] {
      for (int i = 0; written < kWritten || i < 12'000; ++i) {
        const int until = written;
        if (until > 0) {
          missed += IsThere(SeenKey(i % until)) ? 0 : 1;
        }
        missed += IsThere(SeenKey(1'000'000 * (reader + 1) + i)) ? 1 : 0;
      }
    });
  }
  for (int i = 0; i < kWritten; ++i) {
    Put(SeenKey(i));
    written = i + 1;
  }
  readers.clear();
  EXPECT_EQ(missed, 0);
  EXPECT_TRUE(db_->AwaitKnownKeys());
  for (int i = 0; i < kWritten; ++i) {
    EXPECT_TRUE(IsThere(SeenKey(i))) << i;
  }
}

}  // namespace
}  // namespace schoolwatch::storage
