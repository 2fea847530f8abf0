#include "app/commands/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "app/terminal.h"
#include "tests/app/samples.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

using core::SourceHealth;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class CoverageTest : public testing::Test {
 protected:
  config::Source& Add(const std::string& name) {
    config::Source source;
    source.name = source.title = name;
    source.url = "https://" + name + ".example/feed.xml";
    sources_.push_back(source);
    return sources_.back();
  }
  // A source that worked an hour ago.
  core::SourceState Working(const std::string& name) const {
    core::SourceState state;
    state.name = name;
    state.first_looked_at = now_ - days(60);
    state.last_looked_at = state.last_worked_at = state.last_held_at = now_ - hours(1);
    state.next_due = now_ + minutes(20);
    state.newest_post = now_ - days(3);
    state.posts_seen = 412;
    state.health = SourceHealth::kWorking;
    return state;
  }
  void Remember(core::SourceState state) {
    core::DocumentOutcome outcome;
    outcome.sources.push_back(std::move(state));
    ASSERT_TRUE(store_.Commit(std::span(&outcome, 1)).has_value());
  }
  std::vector<SourceCoverage> Load() const {
    auto coverage = LoadCoverage(sources_, store_, now_);
    EXPECT_TRUE(coverage.has_value());
    return *std::move(coverage);
  }
  std::string Print(OutputForm form = OutputForm::kForPeople, std::size_t width = 80) const {
    std::ostringstream out;
    PrintCoverage(Load(), now_, form, width, out);
    return out.str();
  }
  // One of each.
  void AddAll() {
    Add("herald");
    Remember(Working("herald"));
    for (const auto& [name, health] :
         {std::pair("hollow", SourceHealth::kEmpty), std::pair("sleepy", SourceHealth::kQuiet),
          std::pair("wreck", SourceHealth::kBroken),
          std::pair("closed", SourceHealth::kForbidden)}) {
      Add(name);
      core::SourceState state = Working(name);
      state.health = health;
      if (health == SourceHealth::kBroken) {
        state.failures = 7;
        state.last_error = "HTTP 500";
        state.trouble = core::SourceTrouble::kServer;
      }
      if (health == SourceHealth::kForbidden) {
        state.last_error = "robots.txt: disallowed by line 2: Disallow: /";
        state.trouble = core::SourceTrouble::kRobots;
      }
      Remember(state);
    }
    Add("shaky");
    core::SourceState shaky = Working("shaky");
    shaky.failures = 2;
    shaky.last_error = "no answer in 30 s";
    shaky.trouble = core::SourceTrouble::kNoAnswer;
    Remember(shaky);
    Add("fresh");
    Add("resting").enabled = false;
  }

  std::vector<config::Source> sources_;
  fakes::MemoryStore store_;
  const core::Timestamp now_ = At("2026-11-21T12:00:00Z");
};

TEST_F(CoverageTest, TroubleComesFirst) {
  AddAll();
  std::vector<std::pair<std::string, std::string>> rows;
  for (const SourceCoverage& one : Load()) {
    rows.emplace_back(one.source->name, WatchStateName(one.state));
  }
  using Row = std::pair<std::string, std::string>;
  EXPECT_THAT(rows, ElementsAre(Row("wreck", "broken"), Row("closed", "not watchable: robots.txt"),
                                Row("hollow", "empty"), Row("shaky", "failing"),
                                Row("sleepy", "unusually quiet"), Row("fresh", "not looked at yet"),
                                Row("herald", "watched"), Row("resting", "off")));
}

TEST_F(CoverageTest, SaysWhatIsWrongAndWhatToDo) {
  AddAll();
  const std::string text = Print();
  EXPECT_THAT(text, HasSubstr("HTTP 500 (7 failed looks in a row); it worked last on 2026-11-21."));
  EXPECT_THAT(text, HasSubstr("disallowed by line 2: Disallow: /"));
  EXPECT_THAT(text, HasSubstr("the owner to allow 'schoolwatch'"));
  EXPECT_THAT(text, HasSubstr("(2 failed looks in a row, broken at 5)"));
  EXPECT_THAT(text, HasSubstr("No new post since 2026-11-18, for 3 d."));
  EXPECT_THAT(text,
              HasSubstr("8 sources: 1 watched, 1 broken, 1 not watchable: robots.txt, 1 empty, 1 "
                        "failing,\n1 unusually quiet, 1 not looked at yet, 1 off; last look "
                        "60 min ago\n"));
}

TEST_F(CoverageTest, ARowHasItsTimes) {
  Add("herald");
  core::SourceState state = Working("herald");
  state.delays = {{.day = 20'777, .post = hours(5), .look = minutes(90)}};  // 2026-11-20.
  Remember(state);
  EXPECT_THAT(Print(),
              HasSubstr("\n  herald        60 min  60 min     3 d     412     5 h  90 min  "
                        "20 min\n"));
}

TEST_F(CoverageTest, WhatIsDueNowIsLateAlready) {
  Add("herald");
  core::SourceState state = Working("herald");
  state.next_due = now_ - days(3);
  Remember(state);
  const std::string text = Print();
  EXPECT_THAT(text, HasSubstr("     3 d     due"));
  EXPECT_THAT(text, HasSubstr("1 source due for over a day: does\ncron or the timer still start"));
  sources_[0].enabled = false;
  EXPECT_THAT(Print(), Not(HasSubstr("due for over")));
}

TEST_F(CoverageTest, FitsItsWidth) {
  AddAll();
  Add("a-source-with-a-name-far-too-long-for-any-column-of-a-table-of-80");
  for (const std::size_t width : {80u, 100u, 120u, 200u}) {
    std::istringstream lines(Print(OutputForm::kForPeople, width));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(DisplayWidth(line), width) << line;
      EXPECT_THAT(line, Not(EndsWith(" ")));
    }
  }
}

TEST_F(CoverageTest, WordsOfStrangersMoveNoCursor) {
  Add("wreck");
  core::SourceState state = Working("wreck");
  state.health = SourceHealth::kBroken;
  state.failures = 5;
  state.last_error = "\x1b[2Jgone\nfor good";
  Remember(state);
  const std::string text = Print();
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(text, HasSubstr("[2Jgone for good"));
}

TEST_F(CoverageTest, JsonHasALineASourceAndASum) {
  AddAll();
  const std::string text = Print(OutputForm::kJsonLines);
  EXPECT_EQ(std::ranges::count(text, '\n'), 9);
  EXPECT_THAT(text, HasSubstr(R"("name":"wreck","title":"wreck")"));
  EXPECT_THAT(text, HasSubstr(R"("failures":7,"error":"HTTP 500","advice":"The fault is)"));
  EXPECT_THAT(text, HasSubstr(R"("newest_post":"2026-11-18T12:00:00Z","posts_seen":412)"));
  EXPECT_THAT(text, HasSubstr(R"({"type":"summary","sources":8,"states":{"broken":1,)"));
}

TEST_F(CoverageTest, NoSourcesIsSaid) {
  EXPECT_EQ(Print(), "No sources: sources.yaml names none.\n");
}

}  // namespace
}  // namespace schoolwatch::app
