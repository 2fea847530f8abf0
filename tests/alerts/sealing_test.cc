#include "alerts/sealing.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "alerts/alert.h"
#include "alerts/planner.h"
#include "core/working_time.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using core::Category;
using core::Delivery;
using core::Severity;
using std::chrono::hours;
using std::chrono::minutes;
using testing::At;
using testing::CaseOf;
using testing::MakeFinding;

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

// --- Safeguarding never waits ---

// Anything that a configuration can say, and any state that runs can leave behind.
class AnySettings {
 public:
  explicit AnySettings(std::uint32_t seed) : random_(seed) {}

  std::size_t Below(std::size_t count) { return random_() % count; }
  bool Half() { return Below(2) == 0; }
  minutes TimeOfDay() { return minutes(Below(24 * 60)); }

  TimingRules Rules() {
    TimingRules rules;
    rules.digest = static_cast<config::DigestRhythm>(Below(3));
    rules.digest_at = TimeOfDay();
    rules.roll_up = std::chrono::weekday(static_cast<unsigned>(1 + Below(5)));
    rules.budget = 1 + Below(3);
    rules.quiet_hours = {.from = TimeOfDay(), .to = TimeOfDay()};
    if (Half()) {
      rules.calendar.terms = {{*core::ParseDay("2026-09-02"), *core::ParseDay("2026-12-18")}};
      rules.calendar.half_terms = {{*core::ParseDay("2026-10-26"), *core::ParseDay("2026-10-30")}};
      rules.calendar.bank_holidays = {*core::ParseDay("2026-12-25")};
    }
    rules.calendar.work_from = minutes(Below(12 * 60));
    rules.calendar.work_to = rules.calendar.work_from + minutes(1 + Below(11 * 60));
    rules.leads = {testing::Contact("dsl", "Miss Noor Hadley", "dsl@x.example")};
    rules.mutes.push_back({.case_id = "Q7F3-2K",
                           .owner = "dsl@x.example",
                           .reason = "settled",
                           .until = *core::ParseDay("2027-12-31"),
                           .where = {}});
    return rules;
  }
  core::Timestamp Moment() { return At("2026-09-01T00:00:00Z") + minutes(Below(200 * 24 * 60)); }
  SentBefore Before(core::Timestamp now, const std::string& recipient) {
    SentBefore before;
    if (Half()) {
      before.last_digest = now - minutes(Below(10'000));
    }
    // Messages enough for any budget, of this case among others.
    std::vector<core::OutboxBatch> sent(Below(6));
    for (core::OutboxBatch& batch : sent) {
      batch.recipient = recipient;
      batch.items = {Item("old", recipient, "Q7F3-2K")};
    }
    NoteSealed(sent, now - minutes(Below(90)), {}, before);
    return before;
  }
  Severity SeverityFrom(Severity least) {
    const auto lowest = static_cast<std::size_t>(least);
    return static_cast<Severity>(lowest +
                                 Below(static_cast<std::size_t>(Severity::kUrgent) - lowest + 1));
  }

 private:
  std::mt19937 random_;
};

bool IsSealed(const std::vector<core::OutboxBatch>& batches, const std::string& id,
              core::Timestamp now) {
  for (const core::OutboxBatch& batch : batches) {
    for (const core::OutboxItem& item : batch.items) {
      if (item.id == id && batch.next_attempt_at <= now) {
        return true;
      }
    }
  }
  return false;
}

TEST(SafeguardingNeverWaitsTest, WhateverTheSettings) {
  int held = 0;
  for (std::uint32_t seed = 0; seed < 4'000; ++seed) {
    AnySettings any(seed);
    const TimingRules rules = any.Rules();
    Planner planner(std::vector{testing::Contact("dsl", "Miss Noor Hadley", "dsl@x.example")});
    planner.KeepTo(rules);
    const core::Timestamp now = any.Moment();

    const core::Finding finding =
        MakeFinding({.severity = any.SeverityFrom(Severity::kMedium), .topics = {"weapon"}});
    CaseChange change{.finding = &finding, .before = {}, .after = CaseOf(finding)};
    if (any.Half()) {
      // A case that was no danger, or a milder one; open or closed, grown or edited.
      core::Case before = CaseOf(finding);
      before.severity = any.SeverityFrom(Severity::kLow);
      const bool gossip = any.Half();
      before.categories = {gossip ? Category::kReputational : Category::kSafeguarding};
      before.state = static_cast<core::CaseState>(any.Below(4));
      before.history = {{.at = now,
                         .who = "Noor Hadley",
                         .kind = core::CaseEventKind::kClosed,
                         .about = "no concern",
                         .reason = ""}};
      const auto below = static_cast<std::size_t>(finding.judgement.severity);
      change.danger_before = gossip ? Severity::kNone : static_cast<Severity>(any.Below(below));
      change.before = before;
      change.growing = any.Half();
      change.edited = any.Half();
    }
    change.backlog = any.Half();
    std::vector<core::OutboxItem> items = planner.Plan(change, now);
    ASSERT_EQ(items.size(), 1U);
    const std::string id = items[0].id;

    // Among others that are held.
    for (std::size_t i = any.Below(5); i > 0; --i) {
      items.push_back(Item("other" + std::to_string(i), "dsl@x.example", std::to_string(i),
                           static_cast<Delivery>(any.Below(4))));
      items.back().created_at = now - minutes(any.Below(2000));
    }
    SentBefore before = any.Before(now, "dsl@x.example");
    const std::size_t waiting = items.size();
    const auto batches =
        SealBatches(TakeDue(items, SealingMoment::kEndOfRun, now, rules, {"Q7F3-2K"}, before), {},
                    now, "x.example");
    std::size_t gone = 0;
    for (const core::OutboxBatch& batch : batches) {
      gone += batch.items.size();
    }
    held += gone < waiting ? 1 : 0;
    ASSERT_TRUE(IsSealed(batches, id, now)) << "seed " << seed;
  }
  EXPECT_GT(held, 600) << "the settings hold nothing, so this proves nothing";
}

TEST(SafeguardingNeverWaitsTest, ALowOneGoesTheSameSchoolDay) {
  for (std::uint32_t seed = 0; seed < 1'000; ++seed) {
    AnySettings any(seed);
    TimingRules rules = any.Rules();
    rules.mutes.clear();
    rules.calendar.work_from = hours(8);
    rules.calendar.work_to = hours(17);
    rules.quiet_hours = {.from = hours(17) + minutes(any.Below(6 * 60)),
                         .to = minutes(any.Below(8 * 60))};  // `check` refuses others.
    core::Timestamp now = any.Moment();
    while (!core::IsWorkingTime(rules.calendar, now)) {
      now += minutes(20);
    }
    Planner planner(std::vector{testing::Contact("dsl", "Miss Noor Hadley", "dsl@x.example")});
    planner.KeepTo(rules);
    const core::Finding finding = MakeFinding({.severity = Severity::kLow, .topics = {"bullying"}});
    const auto items =
        planner.Plan({.finding = &finding, .before = {}, .after = CaseOf(finding)}, now);
    ASSERT_EQ(items.size(), 1U);
    SentBefore before;
    before.last_digest = now;
    std::vector<core::OutboxItem> gone;
    // A run every quarter of an hour.
    core::Timestamp at = now;
    for (; gone.empty() && core::IsWorkingTime(rules.calendar, at); at += minutes(15)) {
      gone = TakeDue(items, SealingMoment::kEndOfRun, at, rules, {}, before);
    }
    ASSERT_EQ(gone.size(), 1U) << "seed " << seed << " " << core::FormatRfc3339(now);
  }
}

}  // namespace
}  // namespace schoolwatch::alerts
