#include "app/coverage/platform_coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <deque>
#include <sstream>
#include <string>

#include "app/coverage/coverage_page.h"
#include "app/coverage/platform_coverage_print.h"
#include "app/terminal.h"
#include "tests/app/platform_samples.h"
#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

using std::chrono::hours;
using testing::HasSubstr;
using testing::Not;

class PlatformCoverageTest : public testing::Test {
 protected:
  PlatformCoverageTest() {
    core::School school;
    school.key = "quillbrook";
    school.name = "Quillbrook <Academy>";
    school.site = "www.quillbrook-academy.example";
    schools_.push_back(school);
  }
  SourceCoverage& Add(const std::string& name, const std::string& platform,
                      const std::string& url = "", WatchState state = WatchState::kWatched) {
    config::Source& source = sources_.emplace_back();
    source.name = name;
    source.platform = platform;
    source.url = url;
    source.enabled = state != WatchState::kOff;
    SourceCoverage one{.source = &source, .state = state, .remembered = {}, .worst = {}};
    if (state != WatchState::kOff && state != WatchState::kNotYet) {
      one.remembered.last_looked_at = now_ - hours(2);
      one.remembered.newest_post = now_ - hours(50);
      one.remembered.posts_seen = 40;
    }
    coverage_.push_back(one);
    return coverage_.back();
  }
  config::Source& SourceOf(SourceCoverage& one) {
    return *std::ranges::find(sources_, one.source->name, &config::Source::name);
  }
  std::vector<NameCoverage> Find() const {
    return FindNameCoverage(names_, platforms_, coverage_, schools_, cases_, now_);
  }
  NameCoverage Of(std::string_view name) const {
    for (const NameCoverage& one : Find()) {
      if (one.name->name == name) {
        return one;
      }
    }
    ADD_FAILURE() << name;
    return {};
  }
  NameState StateOf(std::string_view name) const { return Of(name).state; }
  std::string Print(OutputForm form, std::size_t width = 80) const {
    std::ostringstream out;
    PrintNameCoverage(Find(), now_, form, width, out);
    return out.str();
  }
  std::string MakePage() const {
    return MakeCoveragePage(Find(), coverage_, schools_, now_, "Europe/London");
  }

  const core::Timestamp now_ = At("2026-11-21T12:00:00Z");
  const crawler::Platforms platforms_ = SamplePlatforms();
  const std::vector<PolicyName> names_ = SampleNames();
  std::vector<core::School> schools_;
  std::deque<config::Source> sources_;  // Whose addresses `coverage_` keeps.
  std::vector<SourceCoverage> coverage_;
  std::vector<core::Case> cases_;
};

TEST_F(PlatformCoverageTest, WithoutASourceItSaysWhatIsMissing) {
  const NameCoverage locked = Of("Quillnet");
  EXPECT_EQ(locked.state, NameState::kLacksCredential);
  EXPECT_EQ(locked.why, "It needs credentials: key.");
  EXPECT_THAT(locked.do_next, HasSubstr("platforms show quillnet"));
  EXPECT_EQ(Of("Quillpay").why, "It needs credentials: bearer, and costs money.");
  EXPECT_EQ(StateOf("Quillcast"), NameState::kNoSource);
  EXPECT_EQ(StateOf("Quilltry"), NameState::kOff);
  EXPECT_THAT(Of("Quilltry").why, HasSubstr("has not been tried"));
  const NameCoverage closed = Of("Quillgram");
  EXPECT_EQ(closed.state, NameState::kNotWatchable);
  EXPECT_EQ(closed.why, "Its messages are private and vanish.");
  EXPECT_THAT(closed.report, HasSubstr("Type what it said"));
  EXPECT_EQ(StateOf("Blogs"), NameState::kNoSource);
}

TEST_F(PlatformCoverageTest, SumsUpWhatItsSourcesBrought) {
  SourceOf(Add("notes", "quillnet")).credentials["key"] = "x";
  Add("notes-feed", "social", "https://www.quillnet.example/feed");
  core::Case both;
  both.sources = {"notes", "notes-feed"};
  core::Case other;
  other.sources = {"herald"};
  cases_ = {both, other};
  const NameCoverage found = Of("Quillnet");
  EXPECT_EQ(found.state, NameState::kWatched);
  EXPECT_EQ(found.sources.size(), 2U);
  EXPECT_EQ(found.posts_seen, 80U);
  EXPECT_EQ(found.cases, 1U);
  EXPECT_EQ(found.last_look, now_ - hours(2));
  EXPECT_EQ(found.newest_post, now_ - hours(50));
  EXPECT_EQ(found.why, "");
}

TEST_F(PlatformCoverageTest, ASourceThatLacksItsCredentialWatchesNothing) {
  Add("notes", "quillnet", "", WatchState::kNotYet);
  EXPECT_EQ(StateOf("Quillnet"), NameState::kLacksCredential);
  Add("notes-feed", "social", "https://quillnet.example/feed");
  EXPECT_EQ(StateOf("Quillnet"), NameState::kWatched);
  EXPECT_EQ(Of("Quillnet").why, "It needs credentials: key.");
}

struct TroubleRow {
  WatchState source;
  NameState state;
};

TEST_F(PlatformCoverageTest, ASourceThatDoesNotWorkIsNotCalledWatched) {
  for (const TroubleRow& row : {TroubleRow{WatchState::kBroken, NameState::kTrouble},
                                TroubleRow{WatchState::kFailing, NameState::kTrouble},
                                TroubleRow{WatchState::kForbidden, NameState::kTrouble},
                                TroubleRow{WatchState::kNotYet, NameState::kNotYet},
                                TroubleRow{WatchState::kEmpty, NameState::kWatched},
                                TroubleRow{WatchState::kQuiet, NameState::kWatched},
                                TroubleRow{WatchState::kOff, NameState::kOff}}) {
    coverage_.clear();
    Add("talks", "quillcast", "", row.source);
    EXPECT_EQ(StateOf("Quillcast"), row.state) << WatchStateName(row.source);
  }
  EXPECT_EQ(Of("Quillcast").why, "It is switched off in sources.yaml.");
  coverage_.clear();
  Add("talks", "quillcast", "", WatchState::kForbidden);
  EXPECT_THAT(Of("Quillcast").why, HasSubstr("robots.txt"));
  Add("talks-2", "quillcast");
  EXPECT_EQ(StateOf("Quillcast"), NameState::kWatched);
}

TEST_F(PlatformCoverageTest, WhatASearchFindsIsNotCalledWatched) {
  Add("talks", "quillcast");
  EXPECT_EQ(StateOf("Quillgram"), NameState::kIndirect);
  coverage_[0].state = WatchState::kBroken;
  EXPECT_EQ(StateOf("Quillgram"), NameState::kNotWatchable);
}

TEST_F(PlatformCoverageTest, AnAddressBelongsByItsHostBeforeItsWord) {
  Add("parents", "blog", "https://parents.example/feed");
  Add("site", "blog", "https://news.quillbrook-academy.example/feed");
  Add("notes", "blog", "https://quillnet.example/feed");
  EXPECT_EQ(Of("Blogs").sources.size(), 1U);
  EXPECT_EQ(Of("The school's own web site").sources.size(), 1U);
  EXPECT_EQ(Of("Quillnet").sources.size(), 1U);
  // A look-alike is another host.
  Add("fake", "blog", "https://evil-quillbrook-academy.example/feed");
  EXPECT_EQ(Of("The school's own web site").sources.size(), 1U);
}

TEST_F(PlatformCoverageTest, TellsPeopleByState) {
  Add("talks", "quillcast");
  Add("parents", "blog", "https://parents.example/feed", WatchState::kOff);
  const std::string text = Print(OutputForm::kForPeople);
  EXPECT_LT(text.find("\nWatched\n"), text.find("\nReady, but lacking credentials\n"));
  EXPECT_THAT(text, HasSubstr("  Quillcast                    2 h     2 d      40       0\n"));
  EXPECT_THAT(text, HasSubstr("It needs credentials: key. `schoolwatch platforms show quillnet` "));
  EXPECT_THAT(text, HasSubstr("7 platforms: 1 watched, 1 by searches only, 1 no source, 2 lacks "
                              "credentials, 2\noff\n"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(DisplayWidth(line), 80U) << line;
  }
}

TEST_F(PlatformCoverageTest, TellsProgramsOneObjectAPlatform) {
  SourceOf(Add("notes", "quillnet")).credentials["key"] = "the-secret";
  const std::string text = Print(OutputForm::kJsonLines);
  EXPECT_THAT(text, Not(HasSubstr("the-secret")));
  std::istringstream lines(text);
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  const boost::json::object first = boost::json::parse(line).as_object();
  EXPECT_EQ(first.at("type"), "platform");
  EXPECT_EQ(first.at("name"), "Quillnet");
  EXPECT_EQ(first.at("state"), "watched");
  EXPECT_EQ(first.at("last_look"), "2026-11-21T10:00:00Z");
  EXPECT_EQ(first.at("posts_seen"), 40);
  EXPECT_EQ(first.at("sources").as_array().size(), 1U);
  std::size_t count = 1;
  while (std::getline(lines, line)) {
    EXPECT_EQ(boost::json::parse(line).at("type"), "platform");
    ++count;
  }
  EXPECT_EQ(count, names_.size());
}

TEST_F(PlatformCoverageTest, ThePageForGovernorsTellsNoNamesErrorsOrCases) {
  SourceCoverage& one =
      Add("mrs-wrens-blog", "blog", "https://wren.example/feed?token=geheim", WatchState::kBroken);
  one.remembered.last_error = "HTTP 500 of Mrs Wren";
  SourceOf(Add("notes", "quillnet")).credentials["key"] = "the-secret";
  core::Case found;
  found.title = "Somebody's words";
  found.sources = {"notes"};
  cases_ = {found};
  const std::string page = MakePage();
  for (const char* hidden : {"wren", "Wren", "geheim", "the-secret", "HTTP 500", "Somebody",
                             "notes-", "<script", "http://", "https://"}) {
    EXPECT_THAT(page, Not(HasSubstr(hidden))) << hidden;
  }
  EXPECT_THAT(page, HasSubstr("<title>What is watched for Quillbrook &lt;Academy&gt;</title>"));
  EXPECT_THAT(page, HasSubstr("Set up, but not working"));
  EXPECT_THAT(page, HasSubstr("<dt>Never seen</dt><dd>Private notes</dd>"));
  EXPECT_THAT(page, HasSubstr("Its messages are private and vanish."));
  EXPECT_THAT(page, HasSubstr("<dt>How to report</dt><dd>Type what it said"));
}

TEST_F(PlatformCoverageTest, WhatNoRunLooksAtAnyMoreIsNotWatched) {
  SourceCoverage& talks = Add("talks", "quillcast");
  talks.remembered.next_due = now_ - hours(23);
  EXPECT_EQ(StateOf("Quillcast"), NameState::kWatched);
  talks.remembered.last_looked_at = now_ - hours(50);
  talks.remembered.next_due = now_ - hours(49);
  const NameCoverage found = Of("Quillcast");
  EXPECT_EQ(found.state, NameState::kTrouble);
  EXPECT_EQ(found.why, "No run has looked there since 2026-11-19.");
  talks.remembered.next_due = now_ + hours(100);
  EXPECT_EQ(StateOf("Quillcast"), NameState::kWatched) << "it is asked once a week";
}

TEST_F(PlatformCoverageTest, TheTableFitsATerminalWhateverTheNames) {
  Add("talks", "quillcast");
  std::istringstream lines(Print(OutputForm::kForPeople, 80));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(DisplayWidth(line), 80U) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

TEST_F(PlatformCoverageTest, ThePageTellsTimesAsPeopleDo) {
  Add("talks", "quillcast");
  const std::string page = MakePage();
  EXPECT_THAT(page, HasSubstr("As it was on Sat 21 Nov 2026, 12:00 GMT."));
  EXPECT_THAT(page, HasSubstr("<dt>Last look</dt><dd>Sat 21 Nov 2026, 10:00 GMT</dd>"));
  EXPECT_THAT(page, Not(HasSubstr("+00:00")));
}

TEST_F(PlatformCoverageTest, ThePageSaysWhetherReportsAreRead) {
  EXPECT_THAT(MakePage(), HasSubstr("nobody can send anything in"));
  SourceCoverage& mailbox = Add("intake/mailbox", "");
  mailbox.remembered.last_worked_at = now_ - hours(2);
  mailbox.remembered.posts_seen = 7;
  EXPECT_THAT(MakePage(), HasSubstr("<h3>The report mailbox</h3>"));
  EXPECT_THAT(MakePage(), HasSubstr("<dt>Reports taken</dt><dd>7</dd>"));
  EXPECT_THAT(MakePage(), Not(HasSubstr("could not be read")));
  coverage_.back().remembered.failures = 9;
  coverage_.back().remembered.last_error = "imap.example: no";
  EXPECT_THAT(MakePage(), HasSubstr("It could not be read at the last look"));
  EXPECT_THAT(MakePage(), Not(HasSubstr("imap.example")));
}

// What a screen reader and a phone need; and nothing that could be loaded or run.
TEST_F(PlatformCoverageTest, ThePageIsPlainAndAccessible) {
  Add("talks", "quillcast");
  const std::string page = MakePage();
  for (const char* wanted :
       {"<html lang=\"en-GB\">", "<meta name=\"viewport\"", "prefers-color-scheme: dark", "<main>",
        "<nav aria-label=", "default-src 'none'", "color-scheme: light dark"}) {
    EXPECT_THAT(page, HasSubstr(wanted));
  }
  // Every link on it leads to a heading of it.
  std::size_t links = 0;
  for (std::size_t at = page.find("href=\"#"); at != std::string::npos;
       at = page.find("href=\"#", at + 1)) {
    const std::string id = page.substr(at + 7, page.find('"', at + 7) - at - 7);
    EXPECT_THAT(page, HasSubstr("<h2 id=\"" + id + "\">"));
    ++links;
  }
  EXPECT_GT(links, 3U);
}

}  // namespace
}  // namespace schoolwatch::app
