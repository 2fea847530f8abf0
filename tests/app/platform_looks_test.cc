// Posts of a platform over days: asked for again by their ids, and seen to be edited, gone or back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "app/pipeline/outcome_redactions.h"
#include "app/pipeline/run_pass.h"
#include "tests/app/chirp.h"
#include "tests/app/samples.h"
#include "tests/fakes/fake_fetcher.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

using core::CaseEventKind;
using std::chrono::hours;
using std::chrono::minutes;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kTheft[] =
    "At Quillbrook Academy Mr Thrale stole the money for the school trip. He is a thief.";

class LookPoster final : public net::HttpPoster {
 public:
  explicit LookPoster(Chirp& chirp) : chirp_(chirp) {}
  core::Result<net::PostAnswer> Post(std::string_view url, const net::Headers& headers,
                                     std::string_view body) override {
    return chirp_.Post(url, headers, body);
  }

 private:
  Chirp& chirp_;
};

// Time goes on while a pass waits; the day does not.
class LookDay final : public core::Clock {
 public:
  explicit LookDay(const core::Clock& steady) : steady_(steady) {}
  core::Timestamp Now() const override { return now; }
  std::chrono::steady_clock::time_point Steady() const override { return steady_.Steady(); }

  core::Timestamp now = At("2026-11-20T18:00:00Z");

 private:
  const core::Clock& steady_;
};

// Chirp, whose search soon finds a note no more. It is asked for by its id, once a day.
class PlatformLooksTest : public testing::Test {
 protected:
  void SetUp() override {
    config::Source source;
    source.name = "chirp";
    source.platform = "chirp";
    source.revisit = config::Revisit::kFixed;
    source.credentials = {{"name", "quillbrook"}, {"password", "correct horse battery"}};
    workspace_.config.sources = {source};
    workspace_.platforms.insert_or_assign("chirp", MakeChirp("https://api.chirp.example"));
    web_.SetHandler([this](const net::Request& request) { return chirp_.Answer(request); });
    chirp_.notes = {{"2", kTheft}};
  }
  config::Source& source() { return workspace_.config.sources[0]; }

  PassReport Run(Schedule schedule = Schedule::kAll) {
    RunOptions options{.schedule = schedule};
    options.poster = &poster_;
    auto report = RunPass(workspace_, &store_, web_, clock_, options, {}, {});
    EXPECT_TRUE(report.has_value()) << report.error().message;
    return report ? *std::move(report) : PassReport{};
  }
  // The first look of all, after which the search finds nothing any more.
  void FindTheNote() {
    ASSERT_THAT(Run().findings, SizeIs(1));
    chirp_.forgets = true;
  }
  PassReport RunNextDay(Schedule schedule = Schedule::kAll) {
    clock_.now += hours(24);
    return Run(schedule);
  }
  core::Case TheCase() {
    const auto cases = store_.ListCases({}).value();
    EXPECT_THAT(cases, SizeIs(1));
    return cases.empty() ? core::Case{} : cases[0];
  }
  core::Finding TheFinding() { return store_.LoadFinding(TheCase().findings.at(0)).value(); }
  std::vector<CaseEventKind> Events() {
    std::vector<CaseEventKind> events;
    for (const core::CaseEvent& event : TheCase().history) {
      events.push_back(event.kind);
    }
    return events;
  }
  void AnswerOnce(int status, std::string body, net::Headers headers = {}) {
    net::Response response;
    response.status = status;
    response.headers = std::move(headers);
    response.body = std::move(body);
    chirp_.instead.insert_or_assign("/notes", std::move(response));
  }
  void ExpectNothingConcluded() {
    EXPECT_EQ(TheFinding().standing.missed_at, core::Timestamp{});
    EXPECT_FALSE(TheFinding().standing.gone);
    EXPECT_THAT(Events(), SizeIs(1));
  }

  Workspace workspace_ = TestWorkspace();
  fakes::ManualClock steady_;
  LookDay clock_{steady_};
  fakes::FakeFetcher web_{steady_};
  Chirp chirp_;
  LookPoster poster_{chirp_};
  fakes::MemoryStore store_;
};

TEST_F(PlatformLooksTest, APostThatStandsIsSeenOnceADay) {
  FindTheNote();
  EXPECT_THAT(chirp_.asked, IsEmpty()) << "it was just seen";
  EXPECT_EQ(RunNextDay().looks, 1u);
  ASSERT_THAT(chirp_.asked, SizeIs(1));
  EXPECT_EQ(chirp_.asked[0], "/notes?ids=at%3A%2F%2Fdid%3Aplc%3A1%2F2");
  EXPECT_EQ(TheFinding().standing.seen_at, clock_.now);
  clock_.now += minutes(30);
  EXPECT_EQ(Run().looks, 0u);
  EXPECT_THAT(chirp_.asked, SizeIs(1));
  ExpectNothingConcluded();
}

TEST_F(PlatformLooksTest, MissedOnTwoDaysItIsGoneAndDatedAndLaterThereAgain) {
  FindTheNote();
  const core::Timestamp found_at = clock_.now;
  chirp_.notes.clear();
  const PassReport first = RunNextDay();
  EXPECT_EQ(first.commits.gone, 0u);
  EXPECT_EQ(TheFinding().standing.missed_at, clock_.now);
  EXPECT_THAT(Events(), SizeIs(1));
  const core::Timestamp missed_at = clock_.now;
  EXPECT_EQ(RunNextDay().commits.gone, 1u);
  ASSERT_THAT(Events(), Contains(CaseEventKind::kGone));
  EXPECT_EQ(TheCase().history.back().about,
            "between " + core::FormatRfc3339(found_at) + " and " + core::FormatRfc3339(missed_at));
  EXPECT_EQ(TheFinding().post.text, kTheft) << "nobody said that it was deleted";
  // Said once, and no longer asked for.
  EXPECT_EQ(RunNextDay().looks, 0u);
  EXPECT_THAT(chirp_.asked, SizeIs(2));
  // Until the search shows it again.
  chirp_.notes = {{"2", kTheft}};
  chirp_.forgets = false;
  RunNextDay();
  EXPECT_EQ(TheCase().history.back().kind, CaseEventKind::kBack);
  EXPECT_FALSE(TheFinding().standing.gone);
}

TEST_F(PlatformLooksTest, SeenBetweenTwoMissesItIsNotGone) {
  FindTheNote();
  const std::vector<Chirp::Note> notes = chirp_.notes;
  chirp_.notes.clear();
  RunNextDay();
  chirp_.notes = notes;
  RunNextDay();
  EXPECT_EQ(TheFinding().standing.missed_at, core::Timestamp{});
  chirp_.notes.clear();
  RunNextDay();
  EXPECT_THAT(Events(), SizeIs(1));
  EXPECT_EQ(TheFinding().standing.missed_at, clock_.now);
}

TEST_F(PlatformLooksTest, WhatTheSearchShowsStands) {
  FindTheNote();
  AnswerOnce(200, R"({"notes":[]})");
  RunNextDay();
  ASSERT_NE(TheFinding().standing.missed_at, core::Timestamp{});
  chirp_.forgets = false;
  clock_.now += hours(1);
  Run();
  EXPECT_EQ(TheFinding().standing.missed_at, core::Timestamp{});
  EXPECT_EQ(TheFinding().standing.seen_at, clock_.now);
}

TEST_F(PlatformLooksTest, AnAnswerThatThereIsNothingIsAMiss) {
  FindTheNote();
  AnswerOnce(404, R"({"error":"None","message":"There is no such note"})");
  const PassReport first = RunNextDay();
  EXPECT_EQ(TheFinding().standing.missed_at, clock_.now);
  EXPECT_THAT(first.failures, IsEmpty()) << "that is what the look was for";
  EXPECT_THAT(first.notes, IsEmpty());
  AnswerOnce(200, R"({"error":"None","message":"There is no such note"})");
  EXPECT_EQ(RunNextDay().commits.gone, 1u);
}

TEST_F(PlatformLooksTest, AnEditIsJudgedAgain) {
  FindTheNote();
  chirp_.notes[0].text = "I take back what I said of Quillbrook Academy.";
  EXPECT_EQ(RunNextDay().commits.edited_posts, 1u);
  EXPECT_THAT(Events(), Contains(CaseEventKind::kEdited));
  RunNextDay();
  EXPECT_THAT(Events(), SizeIs(2)) << "edited once, and not gone";
}

// Who deletes a post says so; who only leaves it out does not.
TEST_F(PlatformLooksTest, SaidToBeDeletedItIsGoneAtOnceAndSoAreItsWords) {
  FindTheNote();
  chirp_.notes[0].deleted = true;
  const PassReport report = RunNextDay();
  EXPECT_EQ(report.commits.redacted, 1u);
  EXPECT_EQ(report.commits.gone, 1u);
  EXPECT_EQ(TheFinding().post.text, kDeletedText);
  EXPECT_TRUE(TheFinding().standing.gone);
  EXPECT_THAT(TheCase().history.back().about, HasSubstr("deleted at its source"));
  EXPECT_EQ(RunNextDay().looks, 0u);
}

TEST_F(PlatformLooksTest, ACaseInHandHoldsWhatALookSaysIsDeleted) {
  FindTheNote();
  core::DocumentOutcome outcome;
  outcome.cases = {TheCase()};
  outcome.cases[0].state = core::CaseState::kInHand;
  ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  chirp_.notes[0].deleted = true;
  RunNextDay();
  EXPECT_EQ(TheFinding().post.text, kTheft);
  EXPECT_TRUE(TheFinding().standing.gone);
}

struct NoProof {
  const char* name;
  int status;
  const char* body;
};

class NothingIsConcluded : public PlatformLooksTest, public testing::WithParamInterface<NoProof> {};

TEST_P(NothingIsConcluded, FromWhatIsNoAnswer) {
  FindTheNote();
  for (int day = 1; day <= 3; ++day) {
    AnswerOnce(GetParam().status, GetParam().body);
    RunNextDay();
    EXPECT_THAT(chirp_.asked, SizeIs(day));
    ExpectNothingConcluded();
    clock_.now += hours(1);
    Run();
    EXPECT_THAT(chirp_.asked, SizeIs(day)) << "not again on the same day";
  }
  EXPECT_EQ(store_.FindSource("chirp").value()->failures, 0u) << "the source works";
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NothingIsConcluded,
    testing::Values(NoProof{"AServerInTrouble", 500, ""},
                    NoProof{"AnInterfaceThatMoved", 404, "<html>Not here</html>"},
                    NoProof{"AnotherForm", 200, R"({"message":"Back soon"})"},
                    NoProof{"NoJson", 200, "<html>Sign in</html>"},
                    NoProof{"Forbidden", 403, R"({"error":"Forbidden","message":"No"})"},
                    NoProof{"AnErrorInWords", 200, R"({"error":"Forbidden","notes":[]})"}),
    [](const testing::TestParamInfo<NoProof>& row) { return row.param.name; });

TEST_F(PlatformLooksTest, ALoginThatEndedConcludesNothingAndIsRenewed) {
  FindTheNote();
  AnswerOnce(401, R"({"error":"ExpiredToken","message":"The token has expired"})");
  RunNextDay();
  ExpectNothingConcluded();
  const int refreshes = chirp_.refreshes;
  clock_.now += minutes(5);
  Run();
  EXPECT_EQ(chirp_.refreshes, refreshes + 1);
  RunNextDay();
  EXPECT_EQ(TheFinding().standing.seen_at, clock_.now);
}

TEST_F(PlatformLooksTest, AskedToSlowDownItWaits) {
  FindTheNote();
  AnswerOnce(429, R"({"error":"Slow","message":"Too many"})", {{"retry-after", "7200"}});
  const PassReport report = RunNextDay();
  ExpectNothingConcluded();
  EXPECT_EQ(report.turns.at(0).trouble, "") << "the source itself was answered";
  EXPECT_GE(store_.FindSource("chirp").value()->next_due, clock_.now + hours(2));
}

TEST_F(PlatformLooksTest, HalfOfABudgetIsKeptForWhatIsNew) {
  FindTheNote();
  const core::Standing before = TheFinding().standing;
  clock_.now += hours(24) - minutes(90);
  // Twenty requests an hour: eleven of them are used when the look is due.
  for (int i = 0; i < 11; ++i) {
    clock_.now += minutes(3);
    Run();
  }
  const int searches = chirp_.searches;
  clock_.now += minutes(10);
  const PassReport spent = Run();
  EXPECT_GT(chirp_.searches, searches) << "there is something left for new posts";
  EXPECT_THAT(chirp_.asked, IsEmpty());
  EXPECT_THAT(spent.notes,
              Contains(HasSubstr("half of the budget of requests is kept for new posts")));
  EXPECT_EQ(TheFinding().standing, before);
  // As soon as the budget begins anew, and not a day later.
  clock_.now += hours(1);
  Run();
  EXPECT_THAT(chirp_.asked, SizeIs(1));
}

TEST_F(PlatformLooksTest, ASourceThatIsNotDueIsLeftAloneAsideOfTheLook) {
  source().interval = hours(24 * 30);
  FindTheNote();
  const auto before = store_.FindSource("chirp").value();
  const int searches = chirp_.searches;
  chirp_.notes.clear();
  const PassReport report = RunNextDay(Schedule::kDueOnly);
  EXPECT_EQ(report.looks, 1u);
  EXPECT_EQ(report.not_due, 1u);
  EXPECT_THAT(report.turns, IsEmpty());
  EXPECT_EQ(chirp_.searches, searches);
  EXPECT_EQ(store_.FindSource("chirp").value(), before);
  EXPECT_EQ(RunNextDay(Schedule::kDueOnly).commits.gone, 1u);
}

TEST_F(PlatformLooksTest, ClosedAndOldCasesAreAskedForNoMore) {
  FindTheNote();
  core::Case closed = TheCase();
  closed.state = core::CaseState::kClosed;
  closed.outcome = core::CaseOutcome::kComplaint;
  core::DocumentOutcome outcome;
  outcome.cases = {closed};
  ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  EXPECT_EQ(RunNextDay().looks, 0u);
  closed.state = core::CaseState::kNew;
  closed.outcome = core::CaseOutcome::kNone;
  outcome.cases = {closed};
  ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  clock_.now += hours(24 * 28);
  EXPECT_EQ(Run().looks, 0u);
  EXPECT_THAT(chirp_.asked, IsEmpty());
}

}  // namespace
}  // namespace schoolwatch::app
