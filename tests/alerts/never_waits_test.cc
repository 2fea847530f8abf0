// Safeguarding never waits: whatever a configuration says and whatever runs left behind.

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alerts/alert.h"
#include "alerts/planner.h"
#include "alerts/sealing.h"
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

core::OutboxItem Item(std::string id, std::string recipient, std::string case_id,
                      Delivery delivery = Delivery::kNow) {
  core::OutboxItem item;
  item.id = std::move(id);
  item.recipient = std::move(recipient);
  item.case_id = std::move(case_id);
  item.delivery = delivery;
  item.school = "quillbrook";
  item.batch_key = std::string(core::DeliveryName(delivery)) + ":" + item.case_id;
  return item;
}

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
