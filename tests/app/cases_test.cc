#include "app/commands/cases.h"

#include <gtest/gtest.h>

#include <sstream>

#include "app/pipeline/outcome_builder.h"
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

TEST_F(CasesTest, NoCasesIsSaid) {
  std::ostringstream out;
  storage::CaseFilter filter;
  filter.school = "another";
  ASSERT_TRUE(ListCases(store_, {.filter = filter}, out).has_value());
  EXPECT_EQ(out.str(), "No cases.\n");
}

}  // namespace
}  // namespace schoolwatch::app
