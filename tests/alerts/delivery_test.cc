#include "alerts/delivery.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using core::Delivery;
using core::ErrorKind;
using testing::At;
using testing::CaseOf;
using testing::MakeFinding;

const core::Timestamp kNow = At("2026-11-20T18:06:00Z");

core::OutboxItem Item(std::string id, std::string recipient, std::string case_id,
                      Delivery delivery = Delivery::kNow, std::string school = "quillbrook") {
  core::OutboxItem item;
  item.id = std::move(id);
  item.recipient = std::move(recipient);
  item.case_id = std::move(case_id);
  item.delivery = delivery;
  item.school = std::move(school);
  item.batch_key = delivery == Delivery::kNow      ? "case:" + item.case_id
                   : delivery == Delivery::kDigest ? "digest:" + item.school
                                                   : "backlog:forum";
  item.created_at = kNow;
  return item;
}

core::OutboxBatch Batch(std::string key, std::string case_id, core::Timestamp created) {
  core::OutboxBatch batch;
  batch.key = std::move(key);
  batch.recipient = "dsl@quillbrook.example";
  batch.items = {Item("i", batch.recipient, std::move(case_id))};
  batch.created_at = created;
  batch.next_attempt_at = created;
  return batch;
}

std::vector<std::string> SentFrom(DueQueue queue) {
  std::vector<std::string> keys;
  while (const auto batch = queue.Next(kNow)) {
    keys.push_back(batch->key);
  }
  return keys;
}

using Keys = std::vector<std::string>;

TEST(DueQueueTest, OldestFirstAndNeverBeforeTheirTime) {
  std::vector<core::OutboxBatch> batches{Batch("late", "C1", kNow), Batch("early", "C2", kNow),
                                         Batch("waits", "C3", kNow), Batch("over", "C4", kNow)};
  batches[1].created_at -= std::chrono::hours(1);
  batches[2].next_attempt_at = kNow + std::chrono::seconds(1);
  batches[3].given_up = true;
  EXPECT_EQ(SentFrom(DueQueue(batches)), (Keys{"early", "late"}));
}

TEST(DueQueueTest, ALaterMessageOfACaseWaitsForTheEarlierOne) {
  std::vector<core::OutboxBatch> batches{Batch("first", "C1", kNow - std::chrono::minutes(5)),
                                         Batch("second", "C1", kNow)};
  batches[0].next_attempt_at = kNow + std::chrono::minutes(3);
  EXPECT_EQ(SentFrom(DueQueue(batches)), Keys{});
  batches[0].given_up = true;
  EXPECT_EQ(SentFrom(DueQueue(batches)), Keys{"second"});
}

TEST(DueQueueTest, WhatIsPutBackHoldsUpItsCaseAndNoOther) {
  DueQueue queue({Batch("first", "C1", kNow - std::chrono::minutes(5)), Batch("second", "C1", kNow),
                  Batch("other", "C2", kNow)});
  queue.PutBack(queue.Next(kNow).value());
  EXPECT_EQ(queue.Next(kNow)->key, "other");
  EXPECT_EQ(queue.Next(kNow), std::nullopt);
  Keys rest;
  for (const core::OutboxBatch& batch : std::move(queue).TakeRest()) {
    rest.push_back(batch.key);
  }
  EXPECT_EQ(rest, (Keys{"first", "second"}));
}

TEST(DueQueueTest, WhatNeverWaitsGoesFirstBehindWhatIsOlderInItsCase) {
  std::vector<core::OutboxBatch> batches{
      Batch("other", "C1", kNow - std::chrono::minutes(9)),
      Batch("first of its case", "C2", kNow - std::chrono::minutes(5)),
      Batch("pressing", "C2", kNow)};
  batches[2].items[0].never_waits = true;
  EXPECT_EQ(SentFrom(DueQueue(batches)), (Keys{"first of its case", "pressing", "other"}));
}

TEST(DueQueueTest, TheMostSevereGoFirstAndDigestsLast) {
  std::vector<core::OutboxBatch> batches{
      Batch("digest", "C1", kNow - std::chrono::minutes(9)),
      Batch("high", "C2", kNow - std::chrono::minutes(8)),
      Batch("urgent", "C3", kNow - std::chrono::minutes(7)),
      Batch("never waits, medium", "C4", kNow - std::chrono::minutes(6)),
      Batch("never waits, urgent", "C5", kNow - std::chrono::minutes(5)),
      Batch("before the urgent one", "C6", kNow - std::chrono::minutes(4)),
      Batch("never waits, urgent too", "C6", kNow)};
  const auto make = [&](std::size_t i, core::Severity severity, bool never_waits) {
    batches[i].items[0].severity = severity;
    batches[i].items[0].never_waits = never_waits;
  };
  batches[0].delivery = Delivery::kDigest;
  make(0, core::Severity::kHigh, false);
  batches[0].items[0].delivery = Delivery::kDigest;
  make(1, core::Severity::kHigh, false);
  make(2, core::Severity::kUrgent, false);
  make(3, core::Severity::kMedium, true);
  make(4, core::Severity::kUrgent, true);
  make(5, core::Severity::kLow, false);
  make(6, core::Severity::kUrgent, true);
  EXPECT_EQ(SentFrom(DueQueue(batches)),
            (Keys{"never waits, urgent", "before the urgent one", "never waits, urgent too",
                  "never waits, medium", "urgent", "high", "digest"}));
}

TEST(DueQueueTest, EachChannelHasItsOwnOrder) {
  core::OutboxBatch failing = Batch("first", "C1", kNow - std::chrono::minutes(5));
  core::OutboxBatch later = Batch("second", "C1", kNow);
  later.channel = "webhook";
  DueQueue queue({failing, later});
  queue.PutBack(queue.Next(kNow).value());
  EXPECT_EQ(queue.Next(kNow)->key, "second");
}

TEST(DueQueueTest, WhatWasNotReachedIsLeft) {
  DueQueue queue({Batch("a", "C1", kNow), Batch("b", "C2", kNow), Batch("c", "C3", kNow)});
  queue.PutBack(queue.Next(kNow).value());
  EXPECT_EQ(std::move(queue).TakeRest().size(), 3U);
}

TEST(AfterFailureTest, WaitsLongerEachTimeUpToAnHour) {
  core::OutboxBatch batch = Batch("k", "C1", kNow);
  std::chrono::milliseconds last{0};
  for (int attempt = 1; attempt <= 12; ++attempt) {
    const core::Timestamp now = batch.next_attempt_at;
    batch = AfterFailure(batch, {ErrorKind::kUnavailable, "no connection"}, now);
    const auto waited = batch.next_attempt_at - now;
    const std::chrono::minutes base{std::min(60, 1 << (attempt - 1))};
    EXPECT_GE(waited, base * 8 / 10) << attempt;
    EXPECT_LE(waited, base * 12 / 10) << attempt;
    if (attempt <= 6) {
      EXPECT_GT(waited, last);
    }
    last = waited;
    EXPECT_EQ(batch.attempts, static_cast<std::uint32_t>(attempt));
    EXPECT_FALSE(batch.given_up);
  }
  EXPECT_EQ(batch.last_error, "no connection");
}

TEST(AfterFailureTest, DifferentMessagesDoNotReturnTogether) {
  std::set<core::Timestamp> times;
  for (int i = 0; i < 50; ++i) {
    times.insert(AfterFailure(Batch("k" + std::to_string(i), "C1", kNow),
                              {ErrorKind::kUnavailable, ""}, kNow)
                     .next_attempt_at);
  }
  EXPECT_GT(times.size(), 20U);
}

TEST(AfterFailureTest, WhatIsPutOffForTwoWeeksIsGivenUpAndNotBefore) {
  core::OutboxBatch batch = Batch("k", "C1", kNow);
  batch.attempts = kLeastAttempts;
  const core::Error error{ErrorKind::kThrottled, "451 later"};
  EXPECT_FALSE(AfterFailure(batch, error, kNow + std::chrono::hours(14 * 24 - 1)).given_up);
  EXPECT_TRUE(AfterFailure(batch, error, kNow + std::chrono::hours(14 * 24)).given_up);
}

TEST(AfterFailureTest, AServerOutOfReachIsTriedForEver) {
  core::OutboxBatch batch = Batch("k", "C1", kNow);
  batch.attempts = 1000;
  for (const ErrorKind kind : {ErrorKind::kUnavailable, ErrorKind::kForbidden}) {
    EXPECT_FALSE(AfterFailure(batch, {kind, "down"}, kNow + std::chrono::days(400)).given_up);
  }
}

TEST(AfterFailureTest, AClockThatJumpsAheadByYearsEndsNothing) {
  const core::OutboxBatch after = AfterFailure(
      Batch("k", "C1", kNow), {ErrorKind::kUnavailable, "down"}, kNow + std::chrono::days(3650));
  EXPECT_FALSE(after.given_up);
}

TEST(DueQueueTest, WhatAClockAheadPutOffForYearsIsSentNow) {
  core::OutboxBatch batch = Batch("k", "C1", kNow);
  batch.next_attempt_at = kNow + std::chrono::days(3650);
  EXPECT_TRUE(DueQueue({batch}).Next(kNow).has_value());
}

struct KindCase {
  const char* name;
  ErrorKind kind;
  bool given_up;
};
class AfterFailureKindTest : public ::testing::TestWithParam<KindCase> {};

TEST_P(AfterFailureKindTest, OnlyARefusalForGoodEndsIt) {
  const core::OutboxBatch after =
      AfterFailure(Batch("k", "C1", kNow), {GetParam().kind, "said no"}, kNow);
  EXPECT_EQ(after.given_up, GetParam().given_up);
  if (!after.given_up) {
    EXPECT_GT(after.next_attempt_at, kNow);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, AfterFailureKindTest,
                         ::testing::Values(KindCase{"BadInput", ErrorKind::kBadInput, true},
                                           KindCase{"Throttled", ErrorKind::kThrottled, false},
                                           KindCase{"Unavailable", ErrorKind::kUnavailable, false},
                                           KindCase{"LoginRefused", ErrorKind::kForbidden, false},
                                           KindCase{"Stopped", ErrorKind::kCancelled, false}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(AfterFailureTest, BeingStoppedIsNoAttempt) {
  EXPECT_EQ(AfterFailure(Batch("k", "C1", kNow), {ErrorKind::kCancelled, ""}, kNow).attempts, 0U);
}

TEST(AfterFailureTest, AServersAnswerIsKeptShortAndClean) {
  const auto after = AfterFailure(
      Batch("k", "C1", kNow), {ErrorKind::kThrottled, "451\r\n" + std::string(5000, 'x')}, kNow);
  EXPECT_LE(after.last_error.size(), 300U);
  EXPECT_EQ(after.last_error.find('\n'), std::string::npos);
}

TEST(MakeAlertBatchTest, WorstFirstThenNewest) {
  core::Finding low = MakeFinding({.id = "low", .severity = core::Severity::kLow});
  core::Finding old_high = MakeFinding({.id = "old", .severity = core::Severity::kHigh});
  core::Finding new_high = MakeFinding({.id = "new", .severity = core::Severity::kHigh});
  new_high.post.published = *new_high.post.published + std::chrono::hours(1);
  const AlertBatch batch = testing::MakeBatch({low, old_high, new_high});
  ASSERT_EQ(batch.entries.size(), 3U);
  EXPECT_EQ(batch.entries[0].finding.id, "new");
  EXPECT_EQ(batch.entries[1].finding.id, "old");
  EXPECT_EQ(batch.entries[2].finding.id, "low");
  EXPECT_EQ(batch.school_name, "Quillbrook Academy");
}

TEST(MakeAlertBatchTest, SeveralSchoolsAreNotNamed) {
  core::Finding other = MakeFinding({.id = "other"});
  other.school = "elsewhere";
  EXPECT_EQ(testing::MakeBatch({MakeFinding(), other}).school_name, "several schools");
}

}  // namespace
}  // namespace schoolwatch::alerts
