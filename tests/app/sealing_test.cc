// When what was found goes out, from the commit to the sink, with a store and a clock.

#include "app/pipeline/sealing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "alerts/timing.h"
#include "app/case_changes.h"
#include "app/pipeline/delivery.h"
#include "app/pipeline/mute_notices.h"
#include "app/pipeline/outcome_builder.h"
#include "tests/app/samples.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/recording_sink.h"

namespace schoolwatch::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class WhenTest : public testing::Test {
 protected:
  WhenTest() {
    config::Settings& settings = workspace_.config.settings;
    settings.contacts = HeadAlone();
    settings.contacts.push_back({.role = "dsl",
                                 .name = "Miss Noor Hadley",
                                 .email = "dsl@quillbrook.example",
                                 .schools = {},
                                 .where = {}});
    settings.alerts.digest = config::DigestRhythm::kDaily;
    settings.alerts.quiet_hours = {.from = hours(20), .to = hours(7)};
    clock_.SetNow(At("2026-11-16T09:00:00Z"));
    Send();                        // The first run of all.
    Send("2026-11-17T07:31:00Z");  // Tuesday's digest has been.
  }

  // Finds a post and returns its case.
  std::string Find(const std::string& id, core::Severity severity,
                   core::Category category = core::Category::kReputational) {
    alerts::Planner planner(workspace_.config.settings.contacts);
    planner.KeepTo(alerts::MakeTimingRules(workspace_.config.settings));
    OutcomeBuilder builder(store_, store_, planner, clock_);
    JudgedPost post = Allegation(id, "Something happened at the gates, they say: " + id, severity);
    post.judgement.categories = {category};
    post.judgement.topics = {"weapon"};
    post.post.thread_url = "http://herald.example/gates";
    EXPECT_TRUE(builder.Add(DocumentOf({post}), {}).has_value());
    EXPECT_TRUE(store_.Commit(builder.Take()).has_value());
    return builder.found().back().case_id;
  }
  // Runs at a time; who was sent how many findings, in order.
  std::vector<std::string> Send(std::string_view at = "") {
    if (!at.empty()) {
      clock_.SetNow(At(at));
    }
    const std::size_t before = sink_.delivered().size();
    EXPECT_TRUE(DeliverWaiting(workspace_, store_, sink_, clock_, DeliveryRound::kAll).has_value());
    std::vector<std::string> sent;
    for (std::size_t i = before; i < sink_.delivered().size(); ++i) {
      const core::OutboxBatch& batch = sink_.delivered()[i].batch;
      const std::string to = batch.recipient.substr(0, batch.recipient.find('@'));
      sent.push_back(to + " " +
                     (batch.items[0].notice.kind.empty() ? std::to_string(batch.items.size())
                                                         : batch.items[0].notice.subject));
    }
    return sent;
  }
  void Close(const std::string& id, const std::string& who) {
    auto outcome = CloseCase(store_, id, core::CaseOutcome::kNoConcern, NameMask({}, {}),
                             {.who = who, .reason = "settled", .at = clock_.Now()});
    ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
    ASSERT_TRUE(store_.Commit(std::vector{*outcome}).has_value());
  }
  void Mute(const std::string& id) {
    workspace_.config.settings.alerts.mutes = {{.case_id = id,
                                                .owner = "dsl@quillbrook.example",
                                                .reason = "settled",
                                                .until = *core::ParseDay("2026-11-27"),
                                                .where = {}}};
  }

  Workspace workspace_ = TestWorkspace();
  fakes::ManualClock clock_;
  fakes::MemoryStore store_;
  fakes::RecordingSink sink_;
};

TEST_F(WhenTest, TheRestWaitsForTheMorning) {
  clock_.SetNow(At("2026-11-17T10:00:00Z"));
  Find("p1", core::Severity::kMedium);
  EXPECT_THAT(Send(), IsEmpty());
  EXPECT_THAT(Send("2026-11-17T16:00:00Z"), IsEmpty());
  EXPECT_THAT(Send("2026-11-18T07:31:00Z"), ElementsAre("head 1"));
}

TEST_F(WhenTest, DangerGoesAtNightAndItsCopiesInTheMorning) {
  clock_.SetNow(At("2026-11-17T22:00:00Z"));
  Find("p1", core::Severity::kMedium, core::Category::kSafeguarding);
  EXPECT_THAT(Send(), UnorderedElementsAre("dsl 1", "head 1"));
  Find("p2", core::Severity::kMedium, core::Category::kSafeguarding);
  EXPECT_THAT(Send("2026-11-18T06:00:00Z"), IsEmpty());
  EXPECT_THAT(Send("2026-11-18T07:00:00Z"), UnorderedElementsAre("dsl 1", "head 1"));
}

TEST_F(WhenTest, AMuteHoldsWhatComesToACaseThatTheLeadClosed) {
  clock_.SetNow(At("2026-11-17T10:00:00Z"));
  const std::string id = Find("p1", core::Severity::kMedium, core::Category::kSafeguarding);
  Send();
  Close(id, "Noor Hadley");
  Mute(id);
  clock_.SetNow(At("2026-11-18T10:00:00Z"));
  Find("p2", core::Severity::kMedium, core::Category::kSafeguarding);
  EXPECT_THAT(Send(), IsEmpty());
  Find("p3", core::Severity::kHigh, core::Category::kSafeguarding);
  EXPECT_THAT(Send(), UnorderedElementsAre("dsl 1", "head 1")) << "it is worse";
  EXPECT_THAT(Send("2026-11-27T16:00:00Z"), IsEmpty());
  EXPECT_THAT(Send("2026-11-28T10:00:00Z"), UnorderedElementsAre("dsl 1", "head 1"));
}

TEST_F(WhenTest, AMuteOfWhatSomebodyElseClosedHoldsNothing) {
  clock_.SetNow(At("2026-11-17T10:00:00Z"));
  const std::string id = Find("p1", core::Severity::kMedium, core::Category::kSafeguarding);
  Send();
  Close(id, "Mrs Ada Wren");
  Mute(id);
  clock_.SetNow(At("2026-11-18T10:00:00Z"));
  Find("p2", core::Severity::kMedium, core::Category::kSafeguarding);
  EXPECT_THAT(Send(), UnorderedElementsAre("dsl 1", "head 1"));
  ASSERT_TRUE(QueueMuteNotices(workspace_.config.settings, store_, clock_.Now()).has_value());
  EXPECT_THAT(Send(), ElementsAre("dsl a mute of case " + id + " does not count"));
  ASSERT_TRUE(QueueMuteNotices(workspace_.config.settings, store_, clock_.Now()).has_value());
  EXPECT_THAT(Send(), IsEmpty()) << "once is enough";
}

TEST_F(WhenTest, TheOwnerIsRemindedBeforeAMuteEnds) {
  clock_.SetNow(At("2026-11-17T10:00:00Z"));
  const std::string id = Find("p1", core::Severity::kHigh);
  Send();
  Close(id, "Mrs Ada Wren");  // No safeguarding: anybody may.
  Mute(id);
  const auto remind = [&](std::string_view at) {
    clock_.SetNow(At(at));
    EXPECT_TRUE(QueueMuteNotices(workspace_.config.settings, store_, clock_.Now()).has_value());
    return Send();
  };
  EXPECT_THAT(remind("2026-11-20T10:00:00Z"), IsEmpty());
  EXPECT_THAT(remind("2026-11-23T10:00:00Z"),
              ElementsAre("dsl the mute of case " + id + " ends on 2026-11-27"));
  EXPECT_THAT(remind("2026-11-24T10:00:00Z"), IsEmpty());
}

}  // namespace
}  // namespace schoolwatch::app
