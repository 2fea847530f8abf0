#include "app/pipeline/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "alerts/channels/channel.h"
#include "alerts/held_up.h"
#include "app/pipeline/outcome_builder.h"
#include "core/hash.h"
#include "storage/erasure.h"
#include "tests/app/samples.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/recording_sink.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::app {
namespace {

using testing::SizeIs;

class DeliveryTest : public testing::Test {
 protected:
  void Find(std::string id, core::Severity severity, std::string text = "") {
    text = text.empty() ? "Mr Thrale took the money, " + id : std::move(text);
    const alerts::Planner planner(workspace_.config.settings.contacts);
    OutcomeBuilder builder(store_, store_, planner, clock_);
    ASSERT_TRUE(builder.Add(DocumentOf({Allegation(std::move(id), std::move(text), severity)}), {})
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

// Somebody's posts are erased while a message about them is on its way, which then is not accepted.
class ErasingSink final : public alerts::AlertSink {
 public:
  ErasingSink(storage::Store& store, core::Timestamp now) : store_(store), now_(now) {}
  core::Result<void> Deliver(const alerts::AlertBatch& batch) override {
    posts_sent_ += batch.entries.size();
    const auto erased =
        storage::Erase(store_, {storage::ErasureTarget::By::kAuthor, "Moira Pellew", "asked"},
                       std::chrono::hours(24 * 365), now_, storage::ErasureEffect::kErase);
    EXPECT_TRUE(erased.has_value()) << erased.error().message;
    return core::Fail(core::ErrorKind::kUnavailable, "451 later");
  }
  std::size_t posts_sent() const { return posts_sent_; }

 private:
  storage::Store& store_;
  const core::Timestamp now_;
  std::size_t posts_sent_ = 0;
};

struct ErasedMeanwhileRow {
  const char* name;
  std::vector<std::string> authors;
  std::size_t left;
};

class ErasedMeanwhileTest : public testing::TestWithParam<ErasedMeanwhileRow> {};

TEST_P(ErasedMeanwhileTest, StaysGoneThoughTheMessageIsTriedAgain) {
  const storage::TempFolder folder;
  const auto store = storage::Store::Open(folder.path() / "store", storage::OpenMode::kReadWrite);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  Workspace workspace = TestWorkspace();
  const fakes::ManualClock clock;
  const alerts::Planner planner(workspace.config.settings.contacts);
  OutcomeBuilder builder(**store, **store, planner, clock);
  for (const std::string& author : GetParam().authors) {
    JudgedPost post = Allegation(core::ShortHash(author),
                                 "Mr Thrale took the money, says " + author, core::Severity::kHigh);
    post.post.author = author;
    post.post.thread_url = "https://forum.example/t/1";  // One case, and so one message.
    ASSERT_TRUE(builder.Add(DocumentOf({std::move(post)}), {}).has_value());
  }
  ASSERT_TRUE((*store)->Commit(builder.Take()).has_value());
  ErasingSink sink(**store, clock.Now());
  const auto report = DeliverWaiting(workspace, **store, sink, clock, DeliveryRound::kAll);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(sink.posts_sent(), GetParam().authors.size());
  std::size_t left = 0;
  const auto batches = (*store)->LoadBatches();
  ASSERT_TRUE(batches.has_value()) << batches.error().message;
  for (const core::OutboxBatch& batch : *batches) {
    for (const core::OutboxItem& item : batch.items) {
      EXPECT_TRUE((*store)->LoadFinding(item.finding_id).has_value()) << item.finding_id;
      ++left;
    }
  }
  EXPECT_EQ(left, GetParam().left);
  EXPECT_EQ(report->waiting, GetParam().left);
  EXPECT_THAT((*store)->LoadItems().value(), SizeIs(0));
}

INSTANTIATE_TEST_SUITE_P(Rows, ErasedMeanwhileTest,
                         testing::Values(ErasedMeanwhileRow{"AllOfIt", {"Moira Pellew"}, 0},
                                         ErasedMeanwhileRow{
                                             "APartOfIt", {"Moira Pellew", "Tobias Crane"}, 1}),
                         [](const auto& row) { return std::string(row.param.name); });

// 300 posts of a bad evening, each its own case, of which every tenth is urgent and came last.
TEST_F(DeliveryTest, ABigIncidentSendsWhatIsUrgentFirstWithinTheProvidersLimit) {
  config::AlertSettings& alerts = workspace_.config.settings.alerts;
  alerts.budget = 1000;
  alerts.channel = "smtp";
  ASSERT_EQ(alerts.smtp.limits.per_minute, 20u) << "the shipped limit";
  const alerts::Planner planner(workspace_.config.settings.contacts);
  std::set<std::string> urgent;
  OutcomeBuilder builder(store_, store_, planner, clock_);
  for (int i = 0; i < 300; ++i) {
    const bool is_urgent = i >= 270;
    std::string text = "Quillbrook Academy";
    for (int word = 0; word < 8; ++word) {
      text += " " + core::ShortHash(std::to_string(100 * i + word)).substr(0, 7);
    }
    JudgedPost post = Allegation("p" + std::to_string(i), text,
                                 is_urgent ? core::Severity::kUrgent : core::Severity::kHigh);
    ASSERT_TRUE(builder.Add(DocumentOf({std::move(post)}), {}).has_value());
    if (is_urgent) {
      urgent.insert(builder.found().back().id);
    }
  }
  ASSERT_TRUE(store_.Commit(builder.Take()).has_value());
  ASSERT_EQ(store_.ListCases({}).value().size(), 300u);

  std::size_t minutes = 0;
  for (; sink_.delivered().size() < 300 && minutes < 20; ++minutes) {
    const std::size_t before = sink_.delivered().size();
    const DeliveryReport report = Deliver();
    EXPECT_EQ(sink_.delivered().size() - before, 20u);
    EXPECT_EQ(report.waiting, 300u - sink_.delivered().size());
    clock_.Advance(std::chrono::seconds(61));
  }
  EXPECT_EQ(minutes, 15u);
  ASSERT_THAT(sink_.delivered(), SizeIs(300));
  for (std::size_t i = 0; i < urgent.size(); ++i) {
    EXPECT_TRUE(urgent.contains(sink_.delivered()[i].entries.at(0).finding.id)) << i;
  }
}

TEST_F(DeliveryTest, AnAnswerIsDueByTheBankHolidaysOfItsSchool) {
  config::Settings& settings = workspace_.config.settings;
  settings.other_calendars["quillbrook"].bank_holidays = {core::ParseDay("2026-11-30").value()};
  clock_.SetNow(At("2026-11-29T12:00:00Z"));  // A Sunday; the Monday is St Andrew's Day.
  Find("c1", core::Severity::kHigh);
  Deliver();
  settings.other_calendars.clear();
  Find("c2", core::Severity::kHigh, "Nobody at Quillbrook Academy ever answers the telephone.");
  Deliver();
  ASSERT_THAT(sink_.delivered(), SizeIs(2));
  EXPECT_EQ(sink_.delivered()[0].entries.at(0).answer_by, At("2026-12-01T17:00:00Z"));
  EXPECT_EQ(sink_.delivered()[1].entries.at(0).answer_by, At("2026-11-30T12:00:00Z"));
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

// A far side that can be out of order, by channel, and keeps when it was handed what.
class FarSides final : public alerts::AlertSink {
 public:
  FarSides(const config::Settings& settings, const core::Clock& clock)
      : settings_(settings), clock_(clock) {}
  core::Result<void> Deliver(const alerts::AlertBatch& batch) override {
    const std::string channel = alerts::ChannelOf(settings_, batch.batch);
    ++attempts[channel];
    if (const auto failure = failures.find(channel); failure != failures.end()) {
      return core::Fail(failure->second);
    }
    sent.push_back({channel, batch, clock_.Now()});
    return {};
  }

  struct Sent {
    std::string channel;
    alerts::AlertBatch batch;
    core::Timestamp at;
  };
  std::map<std::string, core::Error> failures;
  std::map<std::string, std::size_t> attempts;
  std::vector<Sent> sent;

 private:
  const config::Settings& settings_;
  const core::Clock& clock_;
};

class ChannelsTest : public DeliveryTest {
 protected:
  ChannelsTest() {
    settings_.alerts.channel = "smtp";
    settings_.alerts.budget = 1000;  // Each finding has a mail of its own.
    settings_.contacts = {
        {.role = "headteacher",
         .name = "Mrs Ada Wren",
         .email = "head@quillbrook.example",
         .schools = {},
         .where = {}},
        {.role = "it", .name = "", .email = "it@quillbrook.example", .schools = {}, .where = {}}};
  }
  DeliveryReport Round() {
    auto report = DeliverWaiting(workspace_, store_, far_, clock_, DeliveryRound::kAll);
    EXPECT_TRUE(report.has_value()) << report.error().message;
    return *report;
  }
  std::set<std::string> FindingsSent() const {
    std::set<std::string> ids;
    for (const FarSides::Sent& one : far_.sent) {
      for (const core::OutboxItem& item : one.batch.batch.items) {
        ids.insert(item.finding_id);
      }
    }
    ids.erase("");
    return ids;
  }

  config::Settings& settings_ = workspace_.config.settings;
  FarSides far_{settings_, clock_};
};

TEST_F(ChannelsTest, AContactWithTwoChannelsIsToldByBoth) {
  settings_.contacts[0].channels = {"smtp", "webhook"};
  Find("c1", core::Severity::kHigh);
  far_.failures["smtp"] = {core::ErrorKind::kUnavailable, "no connection"};
  const DeliveryReport first = Round();
  EXPECT_EQ(first.sent, 1u);
  ASSERT_EQ(far_.sent.size(), 1u);
  EXPECT_EQ(far_.sent[0].channel, "webhook");
  ASSERT_THAT(first.results, SizeIs(2));
  far_.failures.clear();
  clock_.Advance(std::chrono::minutes(5));
  Round();
  ASSERT_EQ(far_.sent.size(), 2u);
  EXPECT_EQ(far_.sent[1].channel, "smtp");
  EXPECT_EQ(far_.sent[0].batch.batch.message_id, far_.sent[1].batch.batch.message_id);
  EXPECT_EQ(far_.sent[0].batch.entries[0].finding.id, far_.sent[1].batch.entries[0].finding.id);
  EXPECT_THAT(store_.LoadBatches().value(), SizeIs(0));
}

TEST_F(ChannelsTest, AChangeOfTheChannelForAllTakesWaitingMessagesAlong) {
  Find("c1", core::Severity::kHigh);
  far_.failures["smtp"] = {core::ErrorKind::kForbidden, "wrong password"};
  Round();
  settings_.alerts.channel = "sendmail";
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_EQ(Round().sent, 1u);
  EXPECT_EQ(far_.sent[0].channel, "sendmail");
}

TEST_F(ChannelsTest, AMessageGivenUpIsToldByAnotherChannelOnce) {
  settings_.alerts.undelivered.channel = "webhook";
  Find("c1", core::Severity::kHigh);
  far_.failures["smtp"] = {core::ErrorKind::kBadInput, "550 5.1.1 no such user"};
  EXPECT_EQ(Round().given_up, 1u);
  for (int i = 0; i < 10; ++i) {
    clock_.Advance(std::chrono::hours(2));
    Round();
  }
  ASSERT_EQ(far_.sent.size(), 1u);
  EXPECT_EQ(far_.sent[0].channel, "webhook");
  EXPECT_EQ(far_.sent[0].batch.batch.recipient, "it@quillbrook.example");
  EXPECT_EQ(far_.sent[0].batch.batch.items[0].notice.subject, "1 message could not be delivered");
}

TEST_F(ChannelsTest, ALateMessageIsToldByAnotherChannelWhileItWaits) {
  settings_.alerts.undelivered.channel = "webhook";
  Find("c1", core::Severity::kHigh);
  far_.failures["smtp"] = {core::ErrorKind::kUnavailable, "no connection"};
  for (int i = 0; i < 48; ++i) {
    Round();
    clock_.Advance(std::chrono::minutes(30));
  }
  ASSERT_EQ(far_.sent.size(), 1u);
  EXPECT_EQ(far_.sent[0].batch.batch.items[0].notice.subject, "1 message waits to be sent");
}

TEST_F(ChannelsTest, ARefusedLoginIsTriedOnceARoundAndNotForEachMessage) {
  for (int i = 0; i < 20; ++i) {
    Find("c" + std::to_string(i), core::Severity::kHigh);
  }
  far_.failures["smtp"] = {core::ErrorKind::kForbidden, "535"};
  Round();
  EXPECT_EQ(far_.attempts["smtp"], 1u);
}

TEST_F(ChannelsTest, AServerThatPutsOffOneAfterTheOtherIsLeftAloneForTheRound) {
  for (int i = 0; i < 20; ++i) {
    Find("c" + std::to_string(i), core::Severity::kHigh);
  }
  far_.failures["smtp"] = {core::ErrorKind::kThrottled, "451 4.7.0 too fast"};
  Round();
  EXPECT_EQ(far_.attempts["smtp"], 3u);
}

TEST_F(ChannelsTest, OneRefusedRecipientDoesNotHoldUpTheOthers) {
  for (int i = 0; i < 20; ++i) {
    Find("c" + std::to_string(i), core::Severity::kHigh);
  }
  far_.failures["smtp"] = {core::ErrorKind::kBadInput, "550"};
  EXPECT_EQ(Round().given_up, 20u);
}

TEST_F(ChannelsTest, TheProvidersLimitsHoldOverAllRounds) {
  settings_.alerts.smtp.limits = {.per_minute = 4, .per_day = 10};
  for (int i = 0; i < 30; ++i) {
    Find("c" + std::to_string(i), core::Severity::kHigh);
  }
  EXPECT_EQ(Round().sent, 4u);
  EXPECT_EQ(Round().sent, 0u);
  clock_.Advance(std::chrono::seconds(61));
  const DeliveryReport next = Round();
  EXPECT_EQ(next.sent, 4u);
  EXPECT_THAT(next.troubles, SizeIs(1));
  for (int i = 0; i < 10; ++i) {
    clock_.Advance(std::chrono::seconds(61));
    Round();
  }
  EXPECT_EQ(far_.sent.size(), 10u);
  clock_.Advance(std::chrono::hours(26));
  while (Round().sent > 0) {
    clock_.Advance(std::chrono::seconds(61));
  }
  EXPECT_EQ(FindingsSent().size(), 30u) << "the rest came, some of it together";
}

// The week's test: a server that is out of reach, lets nobody in, or puts everything off.
struct OutageCase {
  const char* name;
  core::ErrorKind kind;
};

class OutageTest : public ChannelsTest, public testing::WithParamInterface<OutageCase> {};

TEST_P(OutageTest, AWeekLosesNothingAndFloodsNobody) {
  far_.failures["smtp"] = {GetParam().kind, "not now"};
  std::set<std::string> found;
  int number = 0;
  for (int half_hour = 0; half_hour < 7 * 48; ++half_hour) {
    if (half_hour % 3 == 0) {
      Find("c" + std::to_string(number++), core::Severity::kHigh);
    }
    EXPECT_EQ(Round().sent, 0u);
    clock_.Advance(std::chrono::minutes(30));
  }
  EXPECT_LE(far_.attempts["smtp"], 7u * 48 * 3);
  const std::vector<core::OutboxItem> items = store_.LoadItems().value();
  for (const core::OutboxItem& item : items) {
    found.insert(item.finding_id);
  }
  const std::vector<core::OutboxBatch> batches = store_.LoadBatches().value();
  for (const core::OutboxBatch& batch : batches) {
    EXPECT_FALSE(batch.given_up);
    for (const core::OutboxItem& item : batch.items) {
      found.insert(item.finding_id);
    }
  }
  EXPECT_EQ(found.size(), static_cast<std::size_t>(number));

  far_.failures.clear();
  for (int half_hour = 0; half_hour < 8; ++half_hour) {
    Round();
    clock_.Advance(std::chrono::minutes(30));
  }
  EXPECT_EQ(FindingsSent(), found);
  EXPECT_LE(far_.sent.size(),
            static_cast<std::size_t>(number) / alerts::kTogether + 1 + alerts::kApart + 1);
  EXPECT_THAT(store_.LoadBatches().value(), SizeIs(0));
  std::set<std::string> message_ids;
  for (const FarSides::Sent& one : far_.sent) {
    EXPECT_TRUE(message_ids.insert(one.batch.batch.message_id).second);
  }
}

INSTANTIATE_TEST_SUITE_P(Servers, OutageTest,
                         testing::Values(OutageCase{"OutOfReach", core::ErrorKind::kUnavailable},
                                         OutageCase{"LetsNobodyIn", core::ErrorKind::kForbidden},
                                         OutageCase{"PutsOff", core::ErrorKind::kThrottled}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::app
