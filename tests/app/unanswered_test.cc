#include "app/pipeline/unanswered.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "alerts/alert.h"
#include "alerts/timing.h"
#include "app/case_changes.h"
#include "app/pipeline/outcome_builder.h"
#include "tests/app/samples.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

using core::Category;
using core::Severity;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

config::Contact Contact(std::string role, std::string name) {
  const std::string email = role + "@quillbrook.example";
  return {
      .role = std::move(role), .name = std::move(name), .email = email, .schools = {}, .where = {}};
}

class UnansweredTest : public testing::Test {
 protected:
  UnansweredTest() {
    settings_.contacts = {Contact("headteacher", "Mrs Ada Wren"),
                          Contact("dsl", "Miss Noor Hadley"), Contact("deputy", "Mr Silas Thrale"),
                          Contact("chair", "Mr Idris Vale")};
    settings_.alerts.escalation.to = {"deputy", "chair"};
    clock_.SetNow(At("2026-11-17T09:00:00Z"));
  }

  // Finds a post of today and returns its case.
  std::string Find(std::string text, Severity severity, Category category,
                   std::vector<std::string> topics = {"weapon"}) {
    alerts::Planner planner(settings_.contacts);
    OutcomeBuilder builder(store_, store_, planner, clock_);
    JudgedPost post = Allegation("p1", std::move(text), severity);
    post.judgement.categories = {category};
    post.judgement.topics = std::move(topics);
    post.post.published = clock_.Now();
    JudgedDocument document = DocumentOf({post});
    document.fetched.fetched_at = clock_.Now();
    EXPECT_TRUE(builder.Add(document, {}).has_value());
    EXPECT_TRUE(store_.Commit(builder.Take()).has_value());
    told_ = store_.LoadItems().value().size();
    return builder.found().back().case_id;
  }
  // The roles that are told further at a time.
  std::vector<std::string> RolesToldAt(std::string_view time) {
    const auto count = TellOfUnanswered(settings_, store_, At(time));
    EXPECT_TRUE(count.has_value()) << count.error().message;
    const auto items = store_.LoadItems().value();
    std::vector<std::string> roles;
    for (std::size_t i = told_; i < items.size(); ++i) {
      EXPECT_EQ(items[i].reason, alerts::kReasonUnanswered);
      EXPECT_EQ(items[i].delivery, core::Delivery::kNow);
      roles.push_back(items[i].role);
    }
    told_ = items.size();
    return roles;
  }

  config::Settings settings_;
  fakes::ManualClock clock_;
  fakes::MemoryStore store_;
  std::size_t told_ = 0;
};

TEST_F(UnansweredTest, DeputyThenChairEachOnce) {
  const std::string id = Find("The dinners are a scandal.", Severity::kHigh, Category::kDefamatory);
  EXPECT_THAT(RolesToldAt("2026-11-17T12:59:00Z"), IsEmpty());
  EXPECT_THAT(RolesToldAt("2026-11-17T13:00:00Z"), ElementsAre("deputy"));
  EXPECT_THAT(RolesToldAt("2026-11-17T13:15:00Z"), IsEmpty());
  EXPECT_THAT(RolesToldAt("2026-11-17T17:00:00Z"), ElementsAre("chair"));
  EXPECT_THAT(RolesToldAt("2026-11-27T17:00:00Z"), IsEmpty());
  const core::Case of = store_.LoadCase(id).value();
  EXPECT_EQ(of.history.back().kind, core::CaseEventKind::kEscalated);
  EXPECT_EQ(of.history.back().about, "chair");
}

TEST_F(UnansweredTest, WhatSomebodyHasSeenGoesNoFurther) {
  const std::string id = Find("The dinners are a scandal.", Severity::kHigh, Category::kDefamatory);
  const auto seen = SetState(store_, id, core::CaseState::kSeen,
                             {.who = "Ada Wren", .reason = "", .at = clock_.Now()});
  ASSERT_TRUE(seen.has_value());
  ASSERT_TRUE(store_.Commit(std::vector{*seen}).has_value());
  EXPECT_THAT(RolesToldAt("2026-11-20T13:00:00Z"), IsEmpty());
}

TEST_F(UnansweredTest, WhatWentInADigestGoesNoFurther) {
  Find("The dinners are cold.", Severity::kMedium, Category::kReputational);
  EXPECT_THAT(RolesToldAt("2026-11-20T13:00:00Z"), IsEmpty());
}

TEST_F(UnansweredTest, AVacantPostTakesNoTime) {
  settings_.contacts.erase(settings_.contacts.begin() + 2);  // The deputy.
  Find("A fight at the gates.", Severity::kHigh, Category::kSafeguarding);
  EXPECT_THAT(RolesToldAt("2026-11-17T13:00:00Z"), ElementsAre("chair"));
}

TEST_F(UnansweredTest, WhoeverMayBeMeantIsPassedOver) {
  Find("Thrale hits children in the changing rooms.", Severity::kUrgent, Category::kSafeguarding,
       {"staff_conduct"});
  EXPECT_THAT(RolesToldAt("2026-11-17T13:00:00Z"), ElementsAre("chair"));
  EXPECT_THAT(RolesToldAt("2026-11-20T13:00:00Z"), IsEmpty());
}

TEST_F(UnansweredTest, WhoeverWasToldIsNotToldAgain) {
  // Of what may mean the headteacher the chair hears at once.
  Find("Wren hits children in the changing rooms.", Severity::kUrgent, Category::kSafeguarding,
       {"staff_conduct"});
  EXPECT_THAT(RolesToldAt("2026-11-17T13:00:00Z"), ElementsAre("deputy"));
  EXPECT_THAT(RolesToldAt("2026-11-20T13:00:00Z"), IsEmpty());
}

TEST_F(UnansweredTest, DangerOnTheFridayBeforeHalfTermIsToldOnSaturdayAndSunday) {
  settings_.calendar.terms = {{*core::ParseDay("2026-09-02"), *core::ParseDay("2026-12-18")}};
  settings_.calendar.half_terms = {{*core::ParseDay("2026-10-26"), *core::ParseDay("2026-10-30")}};
  clock_.SetNow(At("2026-10-23T15:30:00Z"));  // Half past four.
  Find("He will bring a knife.", Severity::kUrgent, Category::kSafeguarding);
  EXPECT_THAT(RolesToldAt("2026-10-24T15:29:00Z"), IsEmpty());
  EXPECT_THAT(RolesToldAt("2026-10-24T15:30:00Z"), ElementsAre("deputy"));
  EXPECT_TRUE(store_.LoadItems().value().back().never_waits);
  EXPECT_THAT(RolesToldAt("2026-10-25T15:30:00Z"), ElementsAre("chair"));
}

TEST_F(UnansweredTest, GossipOnTheFridayBeforeHalfTermWaitsForItsEnd) {
  settings_.calendar.terms = {{*core::ParseDay("2026-09-02"), *core::ParseDay("2026-12-18")}};
  settings_.calendar.half_terms = {{*core::ParseDay("2026-10-26"), *core::ParseDay("2026-10-30")}};
  clock_.SetNow(At("2026-10-23T15:30:00Z"));
  Find("The dinners are a scandal.", Severity::kHigh, Category::kDefamatory);
  EXPECT_THAT(RolesToldAt("2026-11-02T11:29:00Z"), IsEmpty());
  EXPECT_THAT(RolesToldAt("2026-11-02T11:30:00Z"), ElementsAre("deputy"));
  EXPECT_FALSE(store_.LoadItems().value().back().never_waits);
}

TEST_F(UnansweredTest, WhatANewSourceAlreadyHeldAsksForNoAnswer) {
  core::SourceState source;
  source.name = "herald";
  source.first_looked_at = clock_.Now();
  core::DocumentOutcome outcome;
  outcome.sources = {source};
  ASSERT_TRUE(store_.Commit(std::vector{outcome}).has_value());
  alerts::Planner planner(settings_.contacts);
  OutcomeBuilder builder(store_, store_, planner, clock_);
  JudgedPost post = Allegation("p1", "Mr Vale was once a thief.", Severity::kHigh);
  post.post.published = At("2025-11-20T18:00:00Z");
  JudgedDocument document = DocumentOf({post});
  document.fetched.fetched_at = clock_.Now();
  ASSERT_TRUE(
      builder.Add(document, {.first_look = true, .backlog_before = clock_.Now()}).has_value());
  ASSERT_TRUE(store_.Commit(builder.Take()).has_value());
  told_ = store_.LoadItems().value().size();
  EXPECT_THAT(RolesToldAt("2026-11-20T13:00:00Z"), IsEmpty());
}

TEST_F(UnansweredTest, AnEmptyListSwitchesItOff) {
  settings_.alerts.escalation.to.clear();
  Find("He will bring a knife.", Severity::kUrgent, Category::kSafeguarding);
  EXPECT_THAT(RolesToldAt("2026-11-27T13:00:00Z"), IsEmpty());
}

}  // namespace
}  // namespace schoolwatch::app
