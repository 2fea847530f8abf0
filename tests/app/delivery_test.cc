#include "app/pipeline/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/pipeline/outcome_builder.h"
#include "tests/app/samples.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/recording_sink.h"

namespace schoolwatch::app {
namespace {

using testing::SizeIs;

class DeliveryTest : public testing::Test {
 protected:
  void Find(std::string id, core::Severity severity) {
    const alerts::Planner planner(workspace_.config.settings.contacts);
    OutcomeBuilder builder(store_, store_, planner, clock_);
    ASSERT_TRUE(
        builder.Add(DocumentOf({Allegation(id, "Mr Thrale took the money, " + id, severity)}), {})
            .has_value());
    ASSERT_TRUE(store_.Commit(builder.Take()).has_value());
  }
  DeliveryReport Deliver(DeliveryRound round = DeliveryRound::kAll) {
    auto report = DeliverWaiting(workspace_, store_, sink_, clock_, round);
    EXPECT_TRUE(report.has_value()) << report.error().message;
    return *report;
  }

  Workspace workspace_ = TestWorkspace();
  fakes::ManualClock clock_;
  fakes::MemoryStore store_;
  fakes::RecordingSink sink_;
};

TEST_F(DeliveryTest, WhatWasAcceptedIsGone) {
  Find("c1", core::Severity::kHigh);
  EXPECT_EQ(Deliver().sent, 1u);
  EXPECT_EQ(Deliver().sent, 0u);
  EXPECT_THAT(store_.LoadItems().value(), SizeIs(0));
  EXPECT_THAT(store_.LoadBatches().value(), SizeIs(0));
}

TEST_F(DeliveryTest, ADeadServerLosesNothing) {
  Find("c1", core::Severity::kHigh);
  sink_.FailNext({core::ErrorKind::kUnavailable, "no connection"});
  const DeliveryReport first = Deliver();
  EXPECT_EQ(first.sent, 0u);
  EXPECT_EQ(first.waiting, 1u);
  EXPECT_THAT(first.troubles, SizeIs(1));
  EXPECT_EQ(Deliver().sent, 0u) << "not before its time";
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_EQ(Deliver().sent, 1u);
}

TEST_F(DeliveryTest, ADuringRunRoundSendsOnlyWhatMustNotWait) {
  Find("c1", core::Severity::kLow);
  Find("c2", core::Severity::kHigh);
  EXPECT_EQ(Deliver(DeliveryRound::kUrgentOnly).sent, 0u) << "its case may still grow";
  clock_.Advance(std::chrono::minutes(2));
  EXPECT_EQ(Deliver(DeliveryRound::kUrgentOnly).sent, 1u);
  EXPECT_EQ(Deliver().sent, 1u);
}

TEST_F(DeliveryTest, ARepeatAfterACrashIsTheSameMessage) {
  Find("c1", core::Severity::kHigh);
  // The server accepted, then the process died before the batch was removed: the save before the
  // attempt is what is left.
  class AcceptsThenDies final : public alerts::AlertSink {
   public:
    core::Result<void> Deliver(const alerts::AlertBatch& batch) override {
      ids.push_back(batch.batch.message_id);
      return core::Fail(core::ErrorKind::kCancelled, "killed");
    }
    std::vector<std::string> ids;
  } dying;
  ASSERT_TRUE(DeliverWaiting(workspace_, store_, dying, clock_, DeliveryRound::kAll).has_value());
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_EQ(Deliver().sent, 1u);
  ASSERT_FALSE(dying.ids.empty());
  EXPECT_EQ(sink_.delivered()[0].batch.message_id, dying.ids[0]);
}

}  // namespace
}  // namespace schoolwatch::app
