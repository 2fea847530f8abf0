#include "app/notices/day_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/app/samples.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

struct When {
  const char* name;
  const char* since;
  const char* now;
  bool due;
};
class DayLineTimes : public testing::TestWithParam<When> {};

TEST_P(DayLineTimes, ASchoolDayHasOneLine) {
  core::SchoolCalendar calendar;
  calendar.inset_days = {std::chrono::year{2026} / 11 / 23};
  const bool due = DueDayLine(calendar, {}, At(GetParam().since), At(GetParam().now)).has_value();
  EXPECT_EQ(due, GetParam().due);
}

// 20 November 2026 is a Friday; 26 March 2027 one before the clocks change.
INSTANTIATE_TEST_SUITE_P(
    , DayLineTimes,
    testing::Values(
        When{"BeforeItsTime", "2026-11-19T16:01:00Z", "2026-11-20T15:59:59Z", false},
        When{"AtItsTime", "2026-11-19T16:01:00Z", "2026-11-20T16:00:00Z", true},
        When{"LateInTheDay", "2026-11-19T16:01:00Z", "2026-11-20T23:50:00Z", true},
        When{"OnTheDayThatWatchingBegan", "2026-11-20T09:00:00Z", "2026-11-20T16:00:00Z", false},
        When{"OnlyOnce", "2026-11-20T16:00:10Z", "2026-11-20T16:15:00Z", false},
        When{"OnSaturday", "2026-11-20T16:00:10Z", "2026-11-21T17:00:00Z", false},
        When{"OnAnInsetDay", "2026-11-20T16:00:10Z", "2026-11-23T17:00:00Z", false},
        When{"AfterTheWeekend", "2026-11-20T16:00:10Z", "2026-11-24T16:00:00Z", true},
        When{"BySummerTime", "2027-06-03T15:00:10Z", "2027-06-04T15:00:00Z", true},
        When{"NotYetBySummerTime", "2027-06-03T15:00:10Z", "2027-06-04T14:59:00Z", false}),
    [](const auto& row) { return row.param.name; });

class DayLineTest : public testing::Test {
 protected:
  void Keep(const std::string& source, std::uint32_t failures) {
    core::SourceState state;
    state.name = source;
    state.last_looked_at = At("2026-11-20T15:45:00Z");
    state.health = core::SourceHealth::kWorking;
    state.failures = failures;
    core::DocumentOutcome outcome;
    outcome.sources.push_back(std::move(state));
    ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  }
  void Open(const std::string& id, core::Category category, const std::string& text,
            std::vector<std::string> topics) {
    core::DocumentOutcome outcome;
    core::Finding finding;
    finding.id = "f" + id;
    finding.school = "quillbrook";
    finding.case_id = id;
    finding.post = Allegation("c" + id, text, core::Severity::kHigh).post;
    finding.judgement.categories = {category};
    finding.judgement.topics = topics;
    finding.fetched_at = At("2026-11-20T10:00:00Z");
    core::Case of;
    of.id = id;
    of.school = "quillbrook";
    of.categories = {category};
    of.topics = std::move(topics);
    of.findings = {finding.id};
    of.opened_at = of.changed_at = finding.fetched_at;
    outcome.findings.push_back(std::move(finding));
    outcome.cases.push_back(std::move(of));
    ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  }
  Tally SinceYesterday() const {
    return {.since = At("2026-11-19T16:00:05Z"), .rounds = 96, .posts = 5120, .mentions = 3};
  }

  config::Configuration config_ = TestWorkspace().config;
  fakes::MemoryStore store_;
  const core::Timestamp now_ = At("2026-11-20T16:03:00Z");
};

TEST_F(DayLineTest, SaysWhatWasLookedAtAndWhatCame) {
  config_.sources.push_back(config_.sources[0]);
  config_.sources[1].name = "forum";
  config_.sources[1].title = "Town forum";
  Keep("herald", 0);
  Keep("forum", 2);
  Open("Q7F3-2KXM", core::Category::kReputational, "The dinners are cold", {});
  const auto notice =
      MakeDayLine(config_, config_.settings.contacts[0], SinceYesterday(), store_, now_);
  ASSERT_TRUE(notice.has_value());
  EXPECT_EQ(notice->subject, "the watch goes on: 2 of 2 sources looked at, 1 new case");
  EXPECT_THAT(
      notice->text,
      AllOf(HasSubstr("1 failed (Town forum)"), HasSubstr("none unusually quiet"),
            HasSubstr("5120 posts read, of which 3 mention the school"), HasSubstr("1 new case.")));
  EXPECT_THAT(notice->text, Not(HasSubstr("dinners")));
}

TEST_F(DayLineTest, ACaseThatMayNameARecipientIsNotEvenCounted) {
  Open("Q7F3-2KXM", core::Category::kSafeguarding, "Mrs Wren hits children", {"staff_conduct"});
  const auto to_head =
      MakeDayLine(config_, config_.settings.contacts[0], SinceYesterday(), store_, now_);
  const auto to_dsl =
      MakeDayLine(config_, config_.settings.contacts[1], SinceYesterday(), store_, now_);
  EXPECT_THAT(to_head->subject, HasSubstr("no new case"));
  EXPECT_THAT(to_dsl->subject, HasSubstr("1 new case"));
}

TEST_F(DayLineTest, SaysThatReportsAreNotRead) {
  config_.settings.intake.imap.host = "imap.quillbrook.example";
  const auto text = [this] {
    return MakeDayLine(config_, config_.settings.contacts[0], SinceYesterday(), store_, now_)->text;
  };
  Keep("intake/mailbox", 0);
  EXPECT_THAT(text(), Not(HasSubstr("mailbox")));
  Keep("intake/mailbox", 12);
  EXPECT_THAT(text(), HasSubstr("The report mailbox could not be emptied at the last 12 looks"));
}

TEST_F(DayLineTest, ItIsQueuedOnceAndCountingBeginsAnew) {
  ASSERT_TRUE(QueueDayLines(config_, store_, now_).has_value());
  EXPECT_THAT(store_.LoadItems().value(), IsEmpty()) << "nothing was counted yet";
  ASSERT_TRUE(SaveTally(store_, kDayTally, SinceYesterday()).has_value());
  ASSERT_TRUE(QueueDayLines(config_, store_, now_).has_value());
  ASSERT_TRUE(QueueDayLines(config_, store_, now_).has_value());
  const auto items = store_.LoadItems().value();
  ASSERT_THAT(items, SizeIs(1));
  EXPECT_EQ(items[0].recipient, "head@quillbrook.example");
  EXPECT_EQ(items[0].notice.kind, "day");
  EXPECT_EQ(LoadTally(store_, kDayTally).value(), Tally{.since = now_});
  // As after a crash between the two writes.
  ASSERT_TRUE(SaveTally(store_, kDayTally, SinceYesterday()).has_value());
  ASSERT_TRUE(QueueDayLines(config_, store_, now_ + std::chrono::minutes(15)).has_value());
  EXPECT_THAT(store_.LoadItems().value(), SizeIs(1));
}

TEST_F(DayLineTest, NobodyIsAskedForAndNobodyIsTold) {
  config_.settings.alerts.day_line.to.clear();
  ASSERT_TRUE(SaveTally(store_, kDayTally, SinceYesterday()).has_value());
  ASSERT_TRUE(QueueDayLines(config_, store_, now_).has_value());
  EXPECT_THAT(store_.LoadItems().value(), IsEmpty());
}

TEST_F(DayLineTest, RoundsAddUp) {
  PassReport pass;
  pass.posts_read = 10;
  pass.turns.resize(2);
  pass.turns[0].mentions = 2;
  pass.turns[1].mentions = 1;
  ASSERT_TRUE(CountPass(pass, store_, now_).has_value());
  ASSERT_TRUE(CountPass(pass, store_, now_ + std::chrono::hours(1)).has_value());
  ASSERT_TRUE(CountPass({}, store_, now_ + std::chrono::hours(2)).has_value());
  const Tally tally = LoadTally(store_, kWeekTally).value();
  EXPECT_EQ(tally, (Tally{.since = now_, .rounds = 2, .posts = 20, .mentions = 6, .findings = 0}));
  ASSERT_TRUE(store_.SetNote(kWeekTally, "2026-11-20T16:03:00Z 1 2").has_value());
  EXPECT_EQ(LoadTally(store_, kWeekTally).value(), Tally{}) << "what is damaged begins anew";
}

}  // namespace
}  // namespace schoolwatch::app
