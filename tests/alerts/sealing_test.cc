#include "alerts/sealing.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "alerts/alert.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using core::Delivery;
using std::chrono::hours;
using testing::At;

const core::Timestamp kNow = At("2026-11-20T18:06:00Z");  // A Friday.

core::OutboxItem Item(std::string id, std::string recipient, std::string case_id,
                      Delivery delivery = Delivery::kNow, std::string school = "quillbrook") {
  core::OutboxItem item;
  item.id = std::move(id);
  item.recipient = std::move(recipient);
  item.case_id = std::move(case_id);
  item.delivery = delivery;
  item.school = std::move(school);
  item.batch_key = delivery == Delivery::kNow       ? "case:" + item.case_id
                   : delivery == Delivery::kSummary ? "summary:" + item.case_id
                   : delivery == Delivery::kDigest  ? DigestKey(item.school)
                                                    : "backlog:forum";
  item.created_at = kNow;
  return item;
}

TEST(SealBatchesTest, OneMessageForARecipientAndCase) {
  const auto batches =
      SealBatches({Item("a", "dsl@x.example", "C1"), Item("b", "dsl@x.example", "C1"),
                   Item("c", "dsl@x.example", "C2"), Item("d", "head@x.example", "C1")},
                  {}, kNow, "x.example");
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_EQ(batches[0].items.size(), 2U);
  std::set<std::string> keys;
  std::set<std::string> ids;
  for (const core::OutboxBatch& batch : batches) {
    keys.insert(batch.key);
    ids.insert(batch.message_id);
    EXPECT_TRUE(batch.message_id.ends_with("@x.example")) << batch.message_id;
    EXPECT_EQ(batch.created_at, kNow);
    EXPECT_EQ(batch.next_attempt_at, kNow);
    EXPECT_EQ(batch.attempts, 0U);
  }
  EXPECT_EQ(keys.size(), 3U);
  EXPECT_EQ(ids.size(), 3U);
}

TEST(SealBatchesTest, TheSameItemsInAnyOrderGiveTheSameMessage) {
  const auto once = SealBatches({Item("a", "d@x.example", "C1"), Item("b", "d@x.example", "C1")},
                                {}, kNow, "x.example");
  const auto again = SealBatches({Item("b", "d@x.example", "C1"), Item("a", "d@x.example", "C1")},
                                 {}, kNow, "x.example");
  EXPECT_EQ(once, again);
}

TEST(SealBatchesTest, ItemsThatAreInABatchAlreadyAreLeftOut) {
  const auto first = SealBatches({Item("a", "d@x.example", "C1")}, {}, kNow, "x.example");
  EXPECT_TRUE(SealBatches({Item("a", "d@x.example", "C1")}, first, kNow, "x.example").empty());
  EXPECT_EQ(SealBatches({Item("a", "d@x.example", "C1"), Item("a", "d@x.example", "C1")}, {}, kNow,
                        "x.example")[0]
                .items.size(),
            1U);
}

TEST(SealBatchesTest, MoreOfACaseJoinsTheCasesOwnMessage) {
  const auto batches = SealBatches(
      {Item("a", "d@x.example", "C1"), Item("b", "d@x.example", "C1", Delivery::kDigest),
       Item("c", "d@x.example", "C2", Delivery::kDigest)},
      {}, kNow, "x.example");
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[0].items.size(), 2U);
  EXPECT_EQ(batches[0].delivery, Delivery::kNow);
  EXPECT_EQ(batches[1].delivery, Delivery::kDigest);
}

TEST(SealBatchesTest, ANoticeWithoutContentStaysByItself) {
  core::OutboxItem notice = Item("a", "it@x.example", "C1");
  notice.reason = kReasonNobody;
  const auto batches = SealBatches({notice, Item("b", "it@x.example", "C1", Delivery::kDigest)}, {},
                                   kNow, "x.example");
  EXPECT_EQ(batches.size(), 2U);
}

TEST(SealBatchesTest, ASummaryOfSeveralSchoolsNamesNone) {
  const auto batches =
      SealBatches({Item("a", "d@x.example", "C1", Delivery::kBacklog, "quillbrook"),
                   Item("b", "d@x.example", "C2", Delivery::kBacklog, "elsewhere")},
                  {}, kNow, "x.example");
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].school, "");
}

// --- What may go now ---

// A school with a digest at 07:30, quiet hours from 20:00 to 07:00, and two mails a day.
TimingRules Daily() {
  TimingRules rules;
  rules.digest = config::DigestRhythm::kDaily;
  rules.budget = 2;
  rules.quiet_hours = {.from = hours(20), .to = hours(7)};
  return rules;
}

core::OutboxItem ItemAt(const char* created, std::string id, std::string case_id,
                        Delivery delivery = Delivery::kNow) {
  core::OutboxItem item = Item(std::move(id), "head@x.example", std::move(case_id), delivery);
  item.created_at = At(created);
  item.reason = kReasonNew;
  return item;
}

// What waits at a school, and what its runs have let go.
class School {
 public:
  explicit School(TimingRules rules = Daily()) : rules_(std::move(rules)) {
    Run("2026-11-16T09:00:00Z");  // The first run of all lets everything go.
    Run("2026-11-17T07:30:00Z");  // Tuesday's digest has been.
  }
  void Add(core::OutboxItem item) { waiting_.push_back(std::move(item)); }
  void Mute(const std::string& case_id) { muted_.insert(case_id); }
  // The ids of what goes, each message in brackets.
  std::string Run(const char* at, SealingMoment moment = SealingMoment::kEndOfRun) {
    const core::Timestamp now = At(at);
    // As text in between, like the store keeps it.
    before_ = ParseSentBefore(FormatSentBefore(before_));
    const auto batches =
        SealBatches(TakeDue(waiting_, moment, now, rules_, muted_, before_), {}, now, "x.example");
    NoteSealed(batches, now, rules_, before_);
    std::string gone;
    for (const core::OutboxBatch& batch : batches) {
      gone += "[";
      for (const core::OutboxItem& item : batch.items) {
        gone += (gone.ends_with('[') ? "" : " ") + item.id;
        reasons_ += item.reason + "\n";
        std::erase_if(waiting_, [&](const core::OutboxItem& one) { return one.id == item.id; });
      }
      gone += "]";
    }
    return gone;
  }
  const std::string& reasons() const { return reasons_; }

 private:
  TimingRules rules_;
  std::vector<core::OutboxItem> waiting_;
  std::set<std::string> muted_;
  SentBefore before_;
  std::string reasons_;
};

TEST(TakeDueTest, TheDigestGoesWithTheFirstRunAfterItsTime) {
  School school;
  school.Add(ItemAt("2026-11-17T10:00:00Z", "a", "C1", Delivery::kDigest));
  EXPECT_EQ(school.Run("2026-11-17T10:00:00Z"), "");
  school.Add(ItemAt("2026-11-17T15:00:00Z", "b", "C2", Delivery::kDigest));
  EXPECT_EQ(school.Run("2026-11-18T07:29:00Z"), "");
  school.Add(ItemAt("2026-11-18T07:31:00Z", "c", "C3", Delivery::kDigest));
  EXPECT_EQ(school.Run("2026-11-18T07:31:00Z"), "[a b c]");
  school.Add(ItemAt("2026-11-18T07:40:00Z", "d", "C4", Delivery::kDigest));
  EXPECT_EQ(school.Run("2026-11-18T07:45:00Z"), "");
}

TEST(TakeDueTest, EachSchoolsDigestKeepsItsOwnBankHolidays) {
  TimingRules rules = Daily();
  rules.other_calendars["glenmill"].bank_holidays = {core::ParseDay("2026-11-30").value()};
  School trust(rules);
  trust.Run("2026-11-27T07:30:00Z");
  core::OutboxItem there = ItemAt("2026-11-28T10:00:00Z", "there", "C1", Delivery::kDigest);
  there.school = "glenmill";
  there.batch_key = DigestKey("glenmill");
  trust.Add(there);
  trust.Add(ItemAt("2026-11-28T10:00:00Z", "here", "C2", Delivery::kDigest));
  EXPECT_EQ(trust.Run("2026-11-30T08:00:00Z"), "[here]") << "St Andrew's Day";
  EXPECT_EQ(trust.Run("2026-12-01T07:29:00Z"), "");
  EXPECT_EQ(trust.Run("2026-12-01T08:00:00Z"), "[there]");
}

TEST(TakeDueTest, ADailyRunAtAnyTimeSendsWhatItFound) {
  School school;
  for (const char* day : {"2026-11-18T12:00:00Z", "2026-11-19T12:00:00Z"}) {
    school.Add(ItemAt(day, day, "C1", Delivery::kDigest));
    EXPECT_EQ(school.Run(day), "[" + std::string(day) + "]");
  }
}

TEST(TakeDueTest, TheFirstRunOfAllSendsADigest) {
  SentBefore before;
  EXPECT_EQ(TakeDue({ItemAt("2026-11-17T10:00:00Z", "a", "C1", Delivery::kDigest)},
                    SealingMoment::kEndOfRun, At("2026-11-17T10:00:00Z"), Daily(), {}, before)
                .size(),
            1U);
}

TEST(TakeDueTest, NoDigestAtTheWeekend) {
  School school;
  EXPECT_EQ(school.Run("2026-11-20T07:31:00Z"), "");
  school.Add(ItemAt("2026-11-20T16:30:00Z", "a", "C1", Delivery::kDigest));
  EXPECT_EQ(school.Run("2026-11-21T12:00:00Z"), "");
  EXPECT_EQ(school.Run("2026-11-22T12:00:00Z"), "");
  EXPECT_EQ(school.Run("2026-11-23T07:31:00Z"), "[a]");
}

TEST(TakeDueTest, WhatAddsLittleRidesAlongOrWaitsForTheRollUp) {
  School school;
  core::OutboxItem little = ItemAt("2026-11-16T10:00:00Z", "a", "C1", Delivery::kDigest);
  little.not_before = At("2026-11-20T07:30:00Z");
  school.Add(little);
  EXPECT_EQ(school.Run("2026-11-17T07:31:00Z"), "");
  EXPECT_EQ(school.Run("2026-11-20T07:31:00Z"), "[a]");
  little.id = "b";
  little.not_before = At("2026-11-27T07:30:00Z");
  school.Add(little);
  school.Add(ItemAt("2026-11-23T10:00:00Z", "c", "C2", Delivery::kDigest));
  EXPECT_EQ(school.Run("2026-11-24T07:31:00Z"), "[b c]");
}

TEST(TakeDueTest, QuietHoursHoldAllButWhatNeverWaits) {
  School school;
  core::OutboxItem danger = ItemAt("2026-11-17T22:00:00Z", "danger", "C1");
  danger.never_waits = true;
  school.Add(danger);
  school.Add(ItemAt("2026-11-17T22:00:00Z", "gossip", "C2"));
  EXPECT_EQ(school.Run("2026-11-17T22:01:00Z"), "[danger]");
  EXPECT_EQ(school.Run("2026-11-18T06:59:00Z"), "");
  EXPECT_EQ(school.Run("2026-11-18T07:00:00Z"), "[gossip]");
}

TEST(TakeDueTest, WhoRunsInQuietHoursOnlyIsServedADayLate) {
  School school;
  school.Add(ItemAt("2026-11-17T22:00:00Z", "a", "C1"));
  EXPECT_EQ(school.Run("2026-11-17T22:00:00Z"), "");
  EXPECT_EQ(school.Run("2026-11-18T22:00:00Z"), "[a]");
}

TEST(TakeDueTest, PastTheBudgetTheRestJoinsTheDigestAndSaysSo) {
  School school;
  for (const char* id : {"a", "b", "c", "d"}) {
    school.Add(ItemAt("2026-11-17T10:00:00Z", id, std::string("C") + id));
  }
  core::OutboxItem danger = ItemAt("2026-11-17T10:00:00Z", "z", "Cz");
  danger.never_waits = true;
  school.Add(danger);
  EXPECT_EQ(school.Run("2026-11-17T10:00:00Z"), "[a][z]") << "what never waits counts first";
  EXPECT_EQ(school.Run("2026-11-18T00:30:00Z"), "") << "a new day's budget is for new things";
  EXPECT_EQ(school.reasons().find(kOverBudget), std::string::npos);
  EXPECT_EQ(school.Run("2026-11-18T07:31:00Z"), "[b c d]");
  EXPECT_NE(school.reasons().find("new case, over the day's budget"), std::string::npos);
}

TEST(TakeDueTest, TheBudgetIsEachRecipientsOwn) {
  School school;
  for (const char* to : {"head@x.example", "dsl@x.example"}) {
    for (const char* id : {"1", "2"}) {
      core::OutboxItem item = Item(to + std::string(id), to, id);
      item.created_at = At("2026-11-17T10:00:00Z");
      school.Add(item);
    }
  }
  EXPECT_EQ(school.Run("2026-11-17T10:00:00Z"),
            "[dsl@x.example1][dsl@x.example2][head@x.example1][head@x.example2]");
}

TEST(TakeDueTest, CopiesComeOnceAnHourAtMost) {
  School school;
  school.Add(ItemAt("2026-11-17T10:00:00Z", "first", "C1"));
  EXPECT_EQ(school.Run("2026-11-17T10:00:00Z"), "[first]");
  school.Add(ItemAt("2026-11-17T10:10:00Z", "copy1", "C1", Delivery::kSummary));
  school.Add(ItemAt("2026-11-17T10:20:00Z", "copy2", "C1", Delivery::kSummary));
  EXPECT_EQ(school.Run("2026-11-17T10:59:00Z"), "");
  EXPECT_EQ(school.Run("2026-11-17T11:00:00Z"), "[copy1 copy2]");
}

TEST(TakeDueTest, CopiesAndDigestItemsJoinTheCasesOwnMessage) {
  School school;
  school.Add(ItemAt("2026-11-17T10:00:00Z", "first", "C1"));
  EXPECT_EQ(school.Run("2026-11-17T10:00:00Z"), "[first]");
  school.Add(ItemAt("2026-11-17T10:10:00Z", "copy", "C1", Delivery::kSummary));
  school.Add(ItemAt("2026-11-17T10:11:00Z", "more", "C1", Delivery::kDigest));
  school.Add(ItemAt("2026-11-17T10:12:00Z", "worse", "C1"));
  EXPECT_EQ(school.Run("2026-11-17T10:12:00Z"), "[copy more worse]");
}

TEST(TakeDueTest, WhatIsMutedWaitsUntilTheMuteEnds) {
  School school;
  school.Mute("C1");
  school.Add(ItemAt("2026-11-17T10:00:00Z", "a", "C1"));
  core::OutboxItem worse = ItemAt("2026-11-17T10:00:00Z", "worse", "C1");
  worse.never_waits = true;
  EXPECT_EQ(school.Run("2026-11-17T10:00:00Z"), "");
  school.Add(worse);
  EXPECT_EQ(school.Run("2026-11-17T10:01:00Z"), "[worse]");
}

TEST(TakeDueTest, DuringARunOnlyWhatIsUrgentAndSettled) {
  School school;
  school.Add(ItemAt("2026-11-17T10:00:00Z", "a", "C1"));
  school.Add(ItemAt("2026-11-17T10:00:00Z", "b", "C2", Delivery::kDigest));
  EXPECT_EQ(school.Run("2026-11-17T10:00:59Z", SealingMoment::kDuringRun), "");
  EXPECT_EQ(school.Run("2026-11-17T10:01:00Z", SealingMoment::kDuringRun), "[a]");
}

TEST(TakeDueTest, ANoticeWaitsForItsTimeAndTakesNoPlaceInADigest) {
  School school;
  core::OutboxItem notice = ItemAt("2026-11-17T06:00:00Z", "n", "");
  notice.notice = {.kind = "day", .subject = "a quiet day", .text = "Nothing."};
  notice.not_before = At("2026-11-17T15:00:00Z");
  school.Add(notice);
  EXPECT_EQ(school.Run("2026-11-17T14:59:00Z"), "");
  EXPECT_EQ(school.Run("2026-11-17T15:00:00Z"), "[n]");
}

TEST(TakeDueTest, AClockThatRanAheadHoldsNothingUp) {
  School school;
  EXPECT_EQ(school.Run("2036-11-17T10:00:00Z"), "");
  school.Add(ItemAt("2026-11-17T10:00:00Z", "a", "C1", Delivery::kDigest));
  EXPECT_EQ(school.Run("2026-11-17T10:00:00Z"), "[a]");
}

TEST(SentBeforeTest, DamagedTextIsNoTrouble) {
  for (const char* text : {"", "\n\n", "digest", "digest x\nmails a\nmails a -4\ncase\nmoved\n",
                           "mails a 99999999999999999999"}) {
    EXPECT_EQ(ParseSentBefore(text), SentBefore{}) << text;
  }
}

}  // namespace
}  // namespace schoolwatch::alerts
