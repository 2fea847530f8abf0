#include "app/notices/report_numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/notices/tally.h"
#include "tests/app/samples.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

using alerts::ReportFor;
using core::CaseEventKind;
using core::CaseOutcome;
using core::CaseState;
using core::Category;
using core::Severity;
using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const core::Timestamp kFrom = At("2026-11-13T15:00:00Z");
const core::Timestamp kTo = At("2026-11-20T15:00:00Z");

struct Seed {
  std::string id = "Q7F3-2KXM";
  Category category = Category::kReputational;
  Severity severity = Severity::kMedium;
  std::vector<std::string> topics{"food"};
  std::string text = "The dinners at Quillbrook Academy are cold";
  std::string author = "watchful";
  core::Timestamp opened = kFrom + hours(24);
  CaseState state = CaseState::kNew;
  CaseOutcome outcome = CaseOutcome::kNone;
  std::vector<core::CaseEvent> history{};
  std::string title = "At the gates";
};

class ReportNumbersTest : public testing::Test {
 protected:
  ReportNumbersTest() {
    config_.settings.contacts.push_back({.role = "chair",
                                         .name = "Mr Otis Fenn",
                                         .email = "chair@quillbrook.example",
                                         .schools = {},
                                         .where = {}});
    config_.sources[0].title = "Barnaby Rudge's page";
  }

  void Plant(const Seed& seed) {
    core::Finding finding;
    finding.id = "f" + seed.id;
    finding.school = "quillbrook";
    finding.case_id = seed.id;
    finding.post = Allegation("c" + seed.id, seed.text, seed.severity).post;
    finding.post.author = seed.author;
    finding.post.author_url = "http://herald.example/people/" + seed.author;
    finding.post.published = seed.opened - minutes(30);
    finding.judgement.categories = {seed.category};
    finding.judgement.topics = seed.topics;
    finding.judgement.severity = seed.severity;
    finding.fetched_at = seed.opened;
    core::Case of;
    of.id = seed.id;
    of.school = "quillbrook";
    of.state = seed.state;
    of.outcome = seed.outcome;
    of.title = seed.title;
    of.severity = seed.severity;
    of.categories = {seed.category};
    of.topics = seed.topics;
    of.findings = {finding.id};
    of.opened_at = seed.opened;
    of.changed_at = seed.history.empty() ? seed.opened : seed.history.back().at;
    of.thread_url = "http://herald.example/gates";
    of.sources = {"herald"};
    of.history = seed.history;
    core::DocumentOutcome outcome;
    outcome.findings.push_back(std::move(finding));
    outcome.cases.push_back(std::move(of));
    ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  }
  static core::CaseEvent Event(core::Timestamp at, CaseEventKind kind, std::string who) {
    core::CaseEvent event;
    event.at = at;
    event.kind = kind;
    event.who = std::move(who);
    event.reason = "Spoke with Barnaby Rudge about it";
    return event;
  }

  alerts::Report Count(const std::string& role = "headteacher",
                       ReportFor audience = ReportFor::kHeadteacher) {
    for (const config::Contact& contact : config_.settings.contacts) {
      if (contact.role == role) {
        const auto report = CountForReport(
            config_, store_, {.reader = contact, .audience = audience, .from = kFrom, .to = kTo});
        EXPECT_TRUE(report.has_value()) << report.error().message;
        return report.value_or(alerts::Report{});
      }
    }
    return {};
  }

  config::Configuration config_ = TestWorkspace().config;
  fakes::MemoryStore store_;
};

TEST_F(ReportNumbersTest, CasesCountWhereTheyBelong) {
  Plant({.id = "AAAA-1111",
         .category = Category::kSafeguarding,
         .severity = Severity::kHigh,
         .topics = {"weapon"},
         .opened = kFrom + hours(1)});
  Plant({.id = "BBBB-2222", .topics = {"food", "staff_conduct"}, .opened = kFrom + hours(24)});
  Plant({.id = "CCCC-3333", .opened = kFrom - hours(1)});
  Plant({.id = "DDDD-4444", .opened = kTo});
  const alerts::Report report = Count();
  EXPECT_EQ(report.opened, 2u) << "neither before nor after";
  EXPECT_EQ(report.open_now, 4u);
  ASSERT_THAT(report.bars, SizeIs(8));
  EXPECT_EQ(report.bars[0], (alerts::ReportBar{.label = "13 Nov", .safeguarding = 1}));
  EXPECT_EQ(report.bars[1], (alerts::ReportBar{.label = "14 Nov", .reputational = 1}));
  EXPECT_THAT(report.topics,
              ElementsAre(alerts::ReportRow{"food", 1}, alerts::ReportRow{"staff conduct", 1},
                          alerts::ReportRow{"weapon", 1}));
  EXPECT_THAT(report.sources, ElementsAre(alerts::ReportRow{"Barnaby Rudge's page", 2}));
  EXPECT_THAT(report.priorities,
              ElementsAre(alerts::ReportRow{"high", 1}, alerts::ReportRow{"medium", 1}));
  EXPECT_EQ(report.until_found, minutes(30));
  ASSERT_THAT(report.waiting, SizeIs(4));
  EXPECT_EQ(report.waiting[0].id, "AAAA-1111") << "the most serious first";
}

TEST_F(ReportNumbersTest, LongTimesAreShownByWeeks) {
  const auto report = CountForReport(config_, store_,
                                     {.reader = config_.settings.contacts[0],
                                      .audience = ReportFor::kGovernors,
                                      .from = kTo - hours(24 * 90),
                                      .to = kTo});
  EXPECT_EQ(report->bar_unit, "week");
  EXPECT_THAT(report->bars, SizeIs(13));
}

TEST_F(ReportNumbersTest, DecisionsGivePrecision) {
  for (const auto& [id, outcome] : {std::pair("AAAA-1111", CaseOutcome::kConcern),
                                    std::pair("BBBB-2222", CaseOutcome::kNoConcern),
                                    std::pair("CCCC-3333", CaseOutcome::kNotAboutUs),
                                    std::pair("DDDD-4444", CaseOutcome::kComplaint)}) {
    Plant({.id = id,
           .opened = kFrom - hours(48),
           .state = CaseState::kClosed,
           .outcome = outcome,
           .history = {Event(kFrom + hours(3), CaseEventKind::kClosed, "Ada Wren")}});
  }
  const alerts::Report report = Count();
  EXPECT_EQ(report.opened, 0u);
  EXPECT_EQ(report.worth, 2u);
  EXPECT_THAT(report.outcomes, SizeIs(4));
}

TEST_F(ReportNumbersTest, TimesToAlertAndAnswerComeFromTheLogAndTheHistory) {
  Plant({.history = {Event(kTo + hours(500), CaseEventKind::kState, "Ada Wren")}});
  core::OutboxBatch batch;
  batch.key = "b1";
  batch.message_id = "b1@quillbrook.example";
  batch.recipient = "head@quillbrook.example";
  core::OutboxItem item;
  item.id = "i1";
  item.recipient = batch.recipient;
  item.case_id = "Q7F3-2KXM";
  batch.items = {item};
  ASSERT_TRUE(store_.SaveBatch(batch).has_value());
  ASSERT_TRUE(store_.RemoveBatch("b1").has_value());
  const auto entries = store_.LoadAuditOf("Q7F3-2KXM").value();
  const auto mailed =
      std::ranges::find(entries, core::AuditAction::kMailAccepted, &core::AuditEntry::action);
  ASSERT_NE(mailed, entries.end());
  const alerts::Report report = Count();
  if (mailed->at >= kFrom + hours(24)) {  // By the store's own clock.
    ASSERT_TRUE(report.until_alert.has_value());
    EXPECT_EQ(*report.until_alert, mailed->at - (kFrom + hours(24)));
  } else {
    EXPECT_FALSE(report.until_alert.has_value()) << "a mail before its case is none of it";
  }
}

TEST_F(ReportNumbersTest, WhatIsGoneAndDeletedIsCounted) {
  Plant({.opened = kFrom - hours(48),
         .history = {Event(kFrom + hours(1), CaseEventKind::kGone, ""),
                     Event(kTo + hours(1), CaseEventKind::kGone, "")}});
  EXPECT_EQ(Count().gone, 1u);
}

TEST_F(ReportNumbersTest, ACaseThatMayNameItsReaderIsNotInIt) {
  Plant({.category = Category::kSafeguarding,
         .topics = {"staff_conduct"},
         .text = "Mrs Wren hits children at Quillbrook Academy",
         .opened = kFrom + hours(1)});
  EXPECT_EQ(Count("headteacher").opened, 0u);
  EXPECT_THAT(Count("headteacher").waiting, IsEmpty());
  EXPECT_THAT(Count("headteacher").topics, IsEmpty());
  EXPECT_EQ(Count("headteacher").open_now, 0u);
  EXPECT_EQ(Count("dsl").opened, 1u);
}

// Everything that is somebody's or somebody wrote, in every field that could hold it.
TEST_F(ReportNumbersTest, TheGovernorsReportHoldsNothingPersonal) {
  const std::vector<Seed> seeds = {
      {.id = "AAAA-1111",
       .category = Category::kSafeguarding,
       .severity = Severity::kUrgent,
       .topics = {"self_harm"},
       .text = "Tilda Marsh cries every day at Quillbrook Academy",
       .author = "GateWatcher77",
       .title = "What about Tilda Marsh"},
      {.id = "BBBB-2222",
       .category = Category::kDefamatory,
       .severity = Severity::kHigh,
       .topics = {"crime_allegation"},
       .text = "Silas Thrale took the trip money",
       .author = "Barnaby Rudge",
       .state = CaseState::kClosed,
       .outcome = CaseOutcome::kConcern,
       .history = {Event(kFrom + hours(30), CaseEventKind::kClosed, "Ada Wren")},
       .title = "Silas Thrale and the money"},
      {.id = "CCCC-3333", .text = "Otis Fenn never answers letters", .author = "@quill_mum"},
  };
  for (const Seed& seed : seeds) {
    Plant(seed);
  }
  ASSERT_TRUE(SaveTally(store_, kWeekTally, {.since = kFrom, .posts = 100}).has_value());
  const auto notice = MakeReport(config_, SW_SOURCE_DIR "/config", store_,
                                 {.reader = config_.settings.contacts.back(),
                                  .audience = ReportFor::kGovernors,
                                  .from = kFrom,
                                  .to = kTo});
  ASSERT_TRUE(notice.has_value()) << notice.error().message;
  std::vector<std::string> personal = {"Tilda",
                                       "Marsh",
                                       "Silas",
                                       "Thrale",
                                       "Otis",
                                       "Fenn",
                                       "Ada",
                                       "Wren",
                                       "Noor",
                                       "Hadley",
                                       "GateWatcher77",
                                       "Barnaby",
                                       "Rudge",
                                       "quill_mum",
                                       "watchful",
                                       "herald",
                                       "http",
                                       "gates",
                                       "cries",
                                       "trip",
                                       "letters",
                                       "money",
                                       "answers letters",
                                       "@quillbrook"};
  for (const Seed& seed : seeds) {
    personal.push_back(seed.id);
    personal.push_back(seed.id.substr(0, 4));
    personal.push_back(seed.text);
    personal.push_back(seed.title);
  }
  // The plot's own letters could hold any short word by chance.
  std::string html = notice->html;
  const std::size_t image = html.find("data:image/png;base64,");
  ASSERT_NE(image, std::string::npos) << "the plot is there";
  html.erase(image, html.find('"', image) - image);
  for (const std::string& shown : {notice->subject, notice->text, html}) {
    for (const std::string& word : personal) {
      EXPECT_THAT(shown, Not(HasSubstr(word))) << word;
    }
  }
  EXPECT_THAT(notice->text, HasSubstr("3 new cases"));
  EXPECT_THAT(notice->text, HasSubstr("- news: 3\n")) << "kinds of places instead of their names";
}

struct When {
  const char* name;
  const char* since;
  const char* now;
  const char* due;  // Empty: none.
};
class ReportTimes : public testing::TestWithParam<When> {};

TEST_P(ReportTimes, AWeekHasOneReport) {
  const auto due = DueReport({}, {}, At(GetParam().since), At(GetParam().now));
  EXPECT_EQ(due ? core::FormatRfc3339(*due) : "", GetParam().due);
}

INSTANTIATE_TEST_SUITE_P(
    , ReportTimes,
    testing::Values(
        When{"OnFriday", "2026-11-13T15:00:10Z", "2026-11-20T15:00:00Z", "2026-11-20T15:00:00Z"},
        When{"NotBefore", "2026-11-13T15:00:10Z", "2026-11-20T14:59:00Z", ""},
        When{"OnlyOnce", "2026-11-20T15:00:10Z", "2026-11-20T15:15:00Z", ""},
        When{"LateAfterAStop", "2026-11-13T15:00:10Z", "2026-11-24T09:00:00Z",
             "2026-11-20T15:00:00Z"},
        When{"NotOnTheDayThatWatchingBegan", "2026-11-20T09:00:00Z", "2026-11-20T16:00:00Z", ""},
        When{"NorTheDayAfter", "2026-11-20T09:00:00Z", "2026-11-21T16:00:00Z", ""},
        When{"BySummerTime", "2027-05-28T14:00:10Z", "2027-06-04T14:00:00Z",
             "2027-06-04T14:00:00Z"}),
    [](const auto& row) { return row.param.name; });

TEST_F(ReportNumbersTest, TheWeeksReportIsQueuedOnce) {
  Plant({});
  ASSERT_TRUE(SaveTally(store_, kWeekTally, {.since = kFrom + minutes(1), .posts = 7}).has_value());
  ASSERT_TRUE(QueueReports(config_, SW_SOURCE_DIR "/config", store_, kTo + minutes(4)).has_value());
  ASSERT_TRUE(
      QueueReports(config_, SW_SOURCE_DIR "/config", store_, kTo + minutes(19)).has_value());
  const auto items = store_.LoadItems().value();
  ASSERT_THAT(items, SizeIs(1));
  EXPECT_EQ(items[0].recipient, "head@quillbrook.example");
  EXPECT_EQ(items[0].notice.kind, "report");
  EXPECT_THAT(items[0].notice.text, HasSubstr("7 posts read"));
}

}  // namespace
}  // namespace schoolwatch::app
