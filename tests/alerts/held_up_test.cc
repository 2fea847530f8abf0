#include "alerts/held_up.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "alerts/alert.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using testing::At;

const core::Timestamp kNow = At("2026-11-27T09:00:00Z");

core::OutboxBatch Waiting(int number, std::chrono::hours since = std::chrono::hours(30)) {
  core::OutboxBatch batch;
  batch.key = "b" + std::to_string(number);
  batch.message_id = "alert-" + batch.key + "@x.example";
  batch.recipient = "head@quillbrook.example";
  batch.school = "quillbrook";
  batch.created_at = kNow - since - std::chrono::minutes(number);
  core::OutboxItem item;
  item.id = "i" + std::to_string(number);
  item.recipient = batch.recipient;
  item.school = batch.school;
  item.case_id = "C" + std::to_string(number);
  item.finding_id = "f" + std::to_string(number);
  item.reason = kReasonNew;
  batch.items = {item};
  return batch;
}

std::vector<core::OutboxBatch> ManyWaiting(int count) {
  std::vector<core::OutboxBatch> batches;
  for (int i = 0; i < count; ++i) {
    batches.push_back(Waiting(i));
  }
  return batches;
}

std::vector<Fold> FoldNow(const std::vector<core::OutboxBatch>& batches) {
  return FoldHeldUp(batches, kNow, "x.example");
}

TEST(FoldHeldUpTest, AFewStayApart) { EXPECT_TRUE(FoldNow(ManyWaiting(kApart)).empty()); }

TEST(FoldHeldUpTest, ManyComeTogetherOldestFirstAndNothingIsLost) {
  const std::vector<Fold> folds = FoldNow(ManyWaiting(70));
  ASSERT_EQ(folds.size(), 3U);
  std::set<std::string> items;
  std::set<std::string> keys;
  for (const Fold& fold : folds) {
    EXPECT_LE(fold.together.items.size(), kTogether);
    EXPECT_EQ(fold.together.delivery, core::Delivery::kDigest);
    EXPECT_EQ(fold.together.recipient, "head@quillbrook.example");
    EXPECT_EQ(fold.together.school, "quillbrook");
    EXPECT_EQ(fold.together.items.size(), fold.old.size());
    keys.insert(fold.together.key);
    for (const core::OutboxItem& item : fold.together.items) {
      items.insert(item.id);
    }
  }
  EXPECT_EQ(items.size(), 70U);
  EXPECT_EQ(keys.size(), 3U);
  EXPECT_EQ(folds[0].together.items[0].id, "i69");
}

TEST(FoldHeldUpTest, TheSameMessagesGiveTheSameOne) {
  const auto once = FoldNow(ManyWaiting(8));
  const auto again = FoldHeldUp(ManyWaiting(8), kNow + std::chrono::hours(1), "x.example");
  ASSERT_EQ(once.size(), 1U);
  EXPECT_EQ(once[0].together.key, again[0].together.key);
  EXPECT_EQ(once[0].together.message_id, again[0].together.message_id);
}

TEST(FoldHeldUpTest, WhatIsOnItsWayIsLeftAlone) {
  std::vector<core::OutboxBatch> batches;
  for (int i = 0; i < 20; ++i) {
    batches.push_back(Waiting(i, std::chrono::hours(0)));
  }
  EXPECT_TRUE(FoldNow(batches).empty());
}

TEST(FoldHeldUpTest, EachRecipientAndChannelHasItsOwn) {
  std::vector<core::OutboxBatch> batches = ManyWaiting(30);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    batches[i].recipient = i % 2 == 0 ? "head@x.example" : "dsl@x.example";
    batches[i].channel = i % 3 == 0 ? "webhook" : "";
  }
  const std::vector<Fold> folds = FoldNow(batches);
  EXPECT_EQ(folds.size(), 2U) << "five of either for the webhook stay apart";
  for (const Fold& fold : folds) {
    for (const core::OutboxBatch& old : fold.old) {
      EXPECT_EQ(old.recipient, fold.together.recipient);
      EXPECT_EQ(old.channel, fold.together.channel);
    }
  }
}

TEST(FoldHeldUpTest, WhatNeverWaitsIsNotHiddenAmongTheRest) {
  std::vector<core::OutboxBatch> batches = ManyWaiting(20);
  for (std::size_t i = 0; i < kUrgentApart; ++i) {
    batches[i].items[0].never_waits = true;
  }
  const std::vector<Fold> folds = FoldNow(batches);
  ASSERT_EQ(folds.size(), 1U);
  EXPECT_EQ(folds[0].old.size(), 20 - kUrgentApart);
  for (const core::OutboxItem& item : folds[0].together.items) {
    EXPECT_FALSE(item.never_waits);
  }
}

TEST(FoldHeldUpTest, MessagesWithoutContentAndGivenUpOnesStayAsTheyAre) {
  std::vector<core::OutboxBatch> batches = ManyWaiting(30);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (i % 3 == 0) {
      batches[i].given_up = true;
    } else if (i % 3 == 1) {
      batches[i].items[0].notice.kind = "day";
    } else {
      batches[i].items[0].reason = kReasonNobody;
    }
  }
  EXPECT_TRUE(FoldNow(batches).empty());
}

TEST(FoldHeldUpTest, SeveralSchoolsAreNamedAsNone) {
  std::vector<core::OutboxBatch> batches = ManyWaiting(8);
  batches[3].school = "another";
  const std::vector<Fold> folds = FoldNow(batches);
  ASSERT_EQ(folds.size(), 1U);
  EXPECT_EQ(folds[0].together.school, "");
}

}  // namespace
}  // namespace schoolwatch::alerts
