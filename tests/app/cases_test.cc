#include "app/commands/cases.h"

#include <gtest/gtest.h>

#include <sstream>

#include "app/pipeline/outcome_builder.h"
#include "app/terminal.h"
#include "tests/app/samples.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

class CasesTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::vector<config::Contact> contacts;
    const alerts::Planner planner(contacts);
    OutcomeBuilder builder(store_, store_, planner, clock_);
    ASSERT_TRUE(
        builder
            .Add(DocumentOf({Allegation("c1", "Mr Thrale \x1b[2Jtook it.", core::Severity::kHigh)}),
                 {})
            .has_value());
    ASSERT_TRUE(store_.Commit(builder.Take()).has_value());
  }
  fakes::ManualClock clock_;
  fakes::MemoryStore store_;
};

TEST_F(CasesTest, ListIsForPeopleOrForPrograms) {
  std::ostringstream people;
  ASSERT_TRUE(ListCases(store_, {.filter = {}}, people).has_value());
  EXPECT_NE(people.str().find("high"), std::string::npos) << people.str();
  EXPECT_EQ(people.str().find('\x1b'), std::string::npos) << "a stranger's text moves no cursor";
  std::ostringstream json;
  ASSERT_TRUE(ListCases(store_, {.filter = {}, .form = OutputForm::kJsonLines}, json).has_value());
  EXPECT_NE(json.str().find("\"severity\":\"high\""), std::string::npos);
}

TEST_F(CasesTest, ListAndShowFitATerminal) {
  using enum core::Category;
  core::DocumentOutcome outcome;
  outcome.cases = {store_.ListCases({}).value()[0]};
  core::Case& one = outcome.cases[0];
  one.title = "What the office of Quillbrook Academy said to us on Friday, and what it did not say";
  one.categories = {kSafeguarding, kDefamatory, kReputational};
  one.history.push_back({.at = one.changed_at,
                         .who = "",
                         .kind = core::CaseEventKind::kWorse,
                         .about = "urgent",
                         .reason = "",
                         .finding = one.findings.at(0)});
  core::Finding finding = store_.LoadFinding(one.findings.at(0)).value();
  finding.post.author = "A parent of two whose name is as long as names of that kind may be";
  finding.post.text =
      "First line.\n\nAnd a second one that goes on and on about the gates, the bell and the new "
      "timetable of Quillbrook Academy, until nobody reads it any more.";
  finding.judgement.hits = {{.rule = "stole",
                             .text = "took the raffle money and all that was in the box beside it",
                             .why = "says that somebody of the school took what was not theirs"}};
  outcome.findings = {finding};
  ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  std::ostringstream out;
  ASSERT_TRUE(ListCases(store_, {.filter = {}}, out).has_value());
  ASSERT_TRUE(ShowCase(store_, one.id, OutputForm::kForPeople, clock_.Now(), out).has_value());
  EXPECT_NE(out.str().find("! got worse"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("      First line.\n\n      And a second"), std::string::npos)
      << out.str();
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(DisplayWidth(line), 80U) << line;
  }
}

TEST_F(CasesTest, AListThatIsCutSaysSo) {
  core::DocumentOutcome outcome;
  outcome.cases = {store_.ListCases({}).value()[0]};
  outcome.cases[0].id = "SECOND";
  ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  CaseList list;
  for (const std::size_t limit : {2U, 1U}) {
    list.filter.limit = limit;
    std::ostringstream out;
    ASSERT_TRUE(ListCases(store_, list, out).has_value());
    EXPECT_EQ(out.str().find("Only the 1 case that changed last") != std::string::npos, limit == 1)
        << out.str();
  }
}

TEST_F(CasesTest, ShowTakesTheBeginningOfAnId) {
  const std::string id = store_.ListCases({}).value()[0].id;
  std::ostringstream out;
  ASSERT_TRUE(
      ShowCase(store_, id.substr(0, id.size() - 1), OutputForm::kForPeople, clock_.Now(), out)
          .has_value());
  EXPECT_NE(out.str().find("took it."), std::string::npos);
  EXPECT_EQ(ShowCase(store_, "ZZZ", OutputForm::kForPeople, clock_.Now(), out).error().kind,
            core::ErrorKind::kNotFound);
}

TEST_F(CasesTest, ShowSaysByWhenAnAnswerIsDue) {
  const std::string id = store_.ListCases({}).value()[0].id;
  const core::SchoolCalendar calendar;
  // Found on a Friday at noon.
  std::ostringstream out;
  ASSERT_TRUE(
      ShowCase(store_, id, OutputForm::kForPeople, clock_.Now(), out, &calendar).has_value());
  EXPECT_NE(out.str().find("Answer by  2026-11-23T17:00:00Z\n"), std::string::npos) << out.str();
  std::ostringstream later;
  clock_.Advance(std::chrono::days(4));
  ASSERT_TRUE(
      ShowCase(store_, id, OutputForm::kForPeople, clock_.Now(), later, &calendar).has_value());
  EXPECT_NE(later.str().find("17:00:00Z (overdue)\n"), std::string::npos) << later.str();
}

TEST_F(CasesTest, AMistypedSchoolIsNoQuietOne) {
  const std::string school = store_.ListCases({}).value()[0].school;
  core::School other;
  other.key = "millbrook";
  const std::vector<core::School> watched{other};
  EXPECT_TRUE(CheckSchool(store_, watched, "").has_value());
  EXPECT_TRUE(CheckSchool(store_, watched, "millbrook").has_value());
  EXPECT_TRUE(CheckSchool(store_, watched, school).has_value()) << "it was watched once";
  const core::Result<void> mistyped = CheckSchool(store_, watched, "milbrook");
  ASSERT_FALSE(mistyped.has_value());
  EXPECT_EQ(mistyped.error().kind, core::ErrorKind::kBadInput);
  EXPECT_EQ(mistyped.error().message,
            "there is no school 'milbrook'; these are watched: millbrook");
}

// Looks are noted at an edited post's newest text.
TEST_F(CasesTest, AnEditedPostIsToldToBeThereByItsNewestTextAlone) {
  core::DocumentOutcome outcome;
  outcome.cases = {store_.ListCases({}).value()[0]};
  core::Finding first = store_.LoadFinding(outcome.cases[0].findings.at(0)).value();
  core::Finding edit = first;
  edit.id = "feedfeedfeedfeed";
  edit.edit_of = first.id;
  first.standing.seen_at = first.standing.looked_at = first.fetched_at + std::chrono::hours(1);
  edit.standing.seen_at = first.standing.seen_at;
  edit.standing.missed_at = edit.standing.seen_at + std::chrono::hours(24);
  edit.standing.gone = true;
  outcome.findings = {first, edit};
  outcome.cases[0].findings.push_back(edit.id);
  outcome.cases[0].edits = 1;
  ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  std::ostringstream out;
  ASSERT_TRUE(
      ShowCase(store_, outcome.cases[0].id, OutputForm::kForPeople, clock_.Now(), out).has_value());
  EXPECT_EQ(out.str().find("still there on"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("edited since: post feedfeedfeedfeed tells"), std::string::npos);
  EXPECT_NE(out.str().find("gone: it went between "), std::string::npos);
}

// No look missed it, so there is no time between two.
TEST_F(CasesTest, APostThatItsPlatformCallsDeletedWentAtNoKnownTime) {
  core::DocumentOutcome outcome;
  outcome.cases = {store_.ListCases({}).value()[0]};
  outcome.findings = {store_.LoadFinding(outcome.cases[0].findings.at(0)).value()};
  outcome.findings[0].standing.gone = true;
  ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  std::ostringstream out;
  ASSERT_TRUE(
      ShowCase(store_, outcome.cases[0].id, OutputForm::kForPeople, clock_.Now(), out).has_value());
  EXPECT_NE(out.str().find("    gone: deleted at its source\n"), std::string::npos) << out.str();
  EXPECT_EQ(out.str().find("1970"), std::string::npos);
}

TEST_F(CasesTest, TimesSayThatTheyAreUtc) {
  const core::Case one = store_.ListCases({}).value()[0];
  const std::string minute = core::FormatRfc3339(one.changed_at).substr(0, 16) + "Z ";
  std::ostringstream out;
  ASSERT_TRUE(ListCases(store_, {.filter = {}}, out).has_value());
  ASSERT_TRUE(ShowCase(store_, one.id, OutputForm::kForPeople, clock_.Now(), out).has_value());
  const std::size_t listed = out.str().find(minute);
  ASSERT_NE(listed, std::string::npos) << out.str();
  EXPECT_NE(out.str().find(minute, listed + 1), std::string::npos) << "in the history, too";
}

TEST_F(CasesTest, NoCasesIsSaid) {
  std::ostringstream out;
  storage::CaseFilter filter;
  filter.school = "another";
  ASSERT_TRUE(ListCases(store_, {.filter = filter}, out).has_value());
  EXPECT_EQ(out.str(), "No cases.\n");
}

}  // namespace
}  // namespace schoolwatch::app
