// A platform's source, from its plan to the store: logins, pages, budgets, money, deletions.

#include "app/pipeline/platform_turn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "app/pipeline/outcome_redactions.h"
#include "app/pipeline/run_pass.h"
#include "app/pipeline/source_news.h"
#include "net/local_server.h"
#include "storage/byte_scan.h"
#include "tests/app/chirp.h"
#include "tests/app/samples.h"
#include "tests/fakes/fake_fetcher.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kOrigin[] = "https://api.chirp.example";
constexpr char kTheft[] =
    "At Quillbrook Academy Mr Thrale stole the money for the school trip. He is a thief.";

class ChirpPoster final : public net::HttpPoster {
 public:
  explicit ChirpPoster(Chirp& chirp) : chirp_(chirp) {}
  core::Result<net::PostAnswer> Post(std::string_view url, const net::Headers& headers,
                                     std::string_view body) override {
    return chirp_.Post(url, headers, body);
  }

 private:
  Chirp& chirp_;
};

class PlatformTurnTest : public testing::Test {
 protected:
  void SetUp() override {
    clock_.SetNow(At("2026-11-20T18:00:00Z"));
    config::Source source;
    source.name = "chirp";
    source.platform = "chirp";
    source.revisit = config::Revisit::kFixed;
    source.credentials = {{"name", "quillbrook"}, {"password", "correct horse battery"}};
    workspace_.config.sources = {source};
    workspace_.platforms.insert_or_assign("chirp", MakeChirp(kOrigin));
    web_.SetHandler([this](const net::Request& request) -> core::Result<net::Response> {
      if (on_request) {
        on_request();
      }
      return chirp_.Answer(request);
    });
  }
  config::Source& source() { return workspace_.config.sources[0]; }

  PassReport Run(RunOptions options = {.schedule = Schedule::kAll}) {
    options.poster = &poster_;
    auto report = RunPass(workspace_, store_in_use_, web_, clock_, options, {}, stop_.get_token());
    EXPECT_TRUE(report.has_value()) << report.error().message;
    return report ? *std::move(report) : PassReport{};
  }
  PassReport RunAfter(std::chrono::milliseconds pause) {
    clock_.Advance(pause);
    return Run();
  }
  core::SourceState State() { return store_in_use_->FindSource("chirp").value().value(); }
  core::PlatformSpending Money() {
    return store_in_use_->FindSpending("chirp/all/money-month")
        .value()
        .value_or(core::PlatformSpending{});
  }

  Workspace workspace_ = TestWorkspace();
  fakes::ManualClock clock_;
  fakes::FakeFetcher web_{clock_};
  Chirp chirp_;
  ChirpPoster poster_{chirp_};
  fakes::MemoryStore store_;
  storage::Store* store_in_use_ = &store_;
  std::stop_source stop_;
  std::function<void()> on_request;
};

TEST_F(PlatformTurnTest, PagesAreReadWithOneLoginAndTheNextLookGoesOnFromThere) {
  chirp_.notes = {{"3", "Nothing of note"}, {"2", kTheft}, {"1", "A fine day"}};
  const PassReport first = Run();
  ASSERT_THAT(first.findings, SizeIs(1));
  EXPECT_EQ(first.findings[0].post.id, "at://did:plc:1/2");
  EXPECT_EQ(first.findings[0].post.platform, "chirp");
  EXPECT_EQ(chirp_.logins, 1);
  ASSERT_THAT(chirp_.targets, SizeIs(2));
  EXPECT_THAT(chirp_.targets[0], Not(HasSubstr("after=")));
  EXPECT_THAT(chirp_.targets[1], HasSubstr("cursor=2"));
  ASSERT_THAT(first.turns, SizeIs(1));
  EXPECT_EQ(first.turns[0].posts, 3u);
  EXPECT_EQ(first.turns[0].trouble, "");
  EXPECT_EQ(State().health, core::SourceHealth::kWorking);

  EXPECT_THAT(RunAfter(minutes(30)).findings, IsEmpty());
  EXPECT_EQ(chirp_.logins, 1);
  EXPECT_EQ(chirp_.refreshes, 0);
  EXPECT_THAT(chirp_.targets[2], HasSubstr("after=2026-11-20T16%3A59%3A00"));
}

TEST_F(PlatformTurnTest, RobotsAreNotAskedOfADocumentedInterface) {
  Run();
  EXPECT_THAT(web_.urls(), Not(Contains(HasSubstr("robots.txt"))));
}

TEST_F(PlatformTurnTest, LoginIsRenewedBeforeItEnds) {
  Run();
  RunAfter(hours(3));
  EXPECT_EQ(chirp_.logins, 1);
  EXPECT_EQ(chirp_.refreshes, 1);
  EXPECT_EQ(State().failures, 0u);
}

TEST_F(PlatformTurnTest, LoginThatCannotBeRenewedIsMadeAnew) {
  Run();
  chirp_.refresh = "another";
  RunAfter(hours(3));
  EXPECT_EQ(chirp_.logins, 2);
  EXPECT_EQ(State().failures, 0u);
}

TEST_F(PlatformTurnTest, TokenThatDiedEarlyIsRenewedOnceAtTheNextLook) {
  Run();
  chirp_.access = "somebody ended it";
  const PassReport dead = RunAfter(minutes(5));
  ASSERT_THAT(dead.turns, SizeIs(1));
  EXPECT_EQ(dead.turns[0].trouble, "route 'search': the login has ended: The token has expired");
  EXPECT_EQ(State().trouble, core::SourceTrouble::kRefused);
  EXPECT_THAT(LoadSourceNews(workspace_.config.sources, store_).value(), IsEmpty());
  RunAfter(minutes(30));
  EXPECT_EQ(chirp_.refreshes, 1);
  EXPECT_EQ(State().failures, 0u);
  // That it was refused once is forgotten: the same may happen again next month.
  chirp_.access = "somebody ended it again";
  RunAfter(minutes(30));
  RunAfter(minutes(30));
  EXPECT_EQ(State().failures, 0u);
}

TEST_F(PlatformTurnTest, FreshTokenRefusedTwiceIsLeftToAPerson) {
  chirp_.refuse_all = true;
  Run();
  const PassReport second = RunAfter(minutes(30));
  EXPECT_THAT(second.turns.at(0).trouble, HasSubstr("the credential is refused"));
  EXPECT_EQ(State().health, core::SourceHealth::kBroken);
  const auto news = LoadSourceNews(workspace_.config.sources, store_).value();
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_THAT(Describe(news[0], clock_.Now()), HasSubstr("The token has expired"));
  const int logins = chirp_.logins + chirp_.refreshes;
  for (int i = 0; i < 5; ++i) {
    RunAfter(hours(24));
  }
  EXPECT_EQ(chirp_.logins + chirp_.refreshes, logins);
  // Another password is another login.
  chirp_.refuse_all = false;
  chirp_.password = source().credentials["password"] = "wrong pony battery";
  RunAfter(hours(24));
  EXPECT_EQ(State().failures, 0u);
}

TEST_F(PlatformTurnTest, WrongPasswordIsTriedTwiceAndNeverSooner) {
  chirp_.password = "another";
  Run();
  EXPECT_EQ(State().health, core::SourceHealth::kBroken);
  EXPECT_THAT(State().last_error, HasSubstr("check `credentials:`"));
  RunAfter(minutes(5));
  EXPECT_EQ(chirp_.logins, 1);
  for (int i = 0; i < 4; ++i) {
    RunAfter(hours(24));
  }
  EXPECT_EQ(chirp_.logins, 2);
  EXPECT_EQ(chirp_.searches, 0);
}

TEST_F(PlatformTurnTest, SlowDownIsObeyed) {
  net::Response slow;
  slow.status = 429;
  slow.headers = {{"retry-after", "7200"}};
  slow.body = R"({"error":"Slow","message":"Too many"})";
  chirp_.instead.emplace("/search", slow);
  const core::Timestamp began = clock_.Now();
  Run();
  EXPECT_EQ(State().trouble, core::SourceTrouble::kThrottled);
  EXPECT_GE(State().next_due, began + hours(2));
}

TEST_F(PlatformTurnTest, SlowDownInWordsIsObeyedToo) {
  net::Response slow;
  slow.status = 200;
  slow.headers = {{"retry-after", "3600"}};
  slow.body = R"({"error":"Slow","message":"Too many"})";
  chirp_.instead.emplace("/search", slow);
  const core::Timestamp began = clock_.Now();
  const PassReport report = Run();
  EXPECT_EQ(report.turns.at(0).trouble, "route 'search': asked to slow down: Too many");
  EXPECT_GE(State().next_due, began + hours(1));
}

TEST_F(PlatformTurnTest, WhatIsNotPermittedIsToldWhileTheRestGoesOn) {
  source().routes = {"search", "paid"};
  source().spend = 1'000'000;
  net::Response forbidden;
  forbidden.status = 403;
  forbidden.body = R"({"error":"Forbidden","message":"Ask for access"})";
  chirp_.instead.emplace("/search", forbidden);
  chirp_.notes = {{"2", kTheft}};
  const PassReport report = Run();
  EXPECT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(State().health, core::SourceHealth::kBroken);
  EXPECT_EQ(State().failures, 0u);
  const auto news = LoadSourceNews(workspace_.config.sources, store_).value();
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_EQ(Describe(news[0], clock_.Now()),
            "source 'chirp' works in part only: route 'search': it is not permitted: Ask for "
            "access.");
}

TEST_F(PlatformTurnTest, SpentBudgetWaitsForTheNextPeriod) {
  net::Response spent;
  spent.status = 403;
  spent.body = R"({"error":"Spent","message":"Quota"})";
  chirp_.instead.emplace("/search", spent);
  Run();
  const core::Timestamp due = State().next_due;
  EXPECT_GE(due, clock_.Now() + minutes(50));
  const int before = chirp_.searches;
  RunAfter(minutes(10));
  EXPECT_EQ(chirp_.searches, before);
  RunAfter(minutes(60));
  EXPECT_GT(chirp_.searches, before);
}

TEST_F(PlatformTurnTest, RequestsOfAnHourAreKeptOverRuns) {
  for (int i = 0; i < 25; ++i) {
    RunAfter(minutes(2));
  }
  EXPECT_EQ(chirp_.searches, 20);
  RunAfter(minutes(20));
  EXPECT_EQ(chirp_.searches, 21);
}

TEST_F(PlatformTurnTest, WhatTheHeadersSayIsLeftIsBelieved) {
  net::Response last;
  last.status = 200;
  last.headers = {{"x-left", "0"}, {"x-reset", "600"}, {"content-type", "application/json"}};
  last.body = R"({"notes":[]})";
  chirp_.instead.emplace("/search", last);
  Run();
  RunAfter(minutes(5));
  EXPECT_EQ(chirp_.searches, 0);
  RunAfter(minutes(6));
  EXPECT_EQ(chirp_.searches, 1);
}

// Money.

class PlatformMoneyTest : public PlatformTurnTest {
 protected:
  void SetUp() override {
    PlatformTurnTest::SetUp();
    source().routes = {"paid"};
    source().spend = 20'000;  // Two cents.
    chirp_.notes = {{"3", "c"}, {"2", "b"}, {"1", "a"}};
  }
};

TEST_F(PlatformMoneyTest, NothingIsSpentWithoutTheSchoolsConsent) {
  source().spend = 0;
  Run();
  EXPECT_EQ(chirp_.paid, 0);
  EXPECT_THAT(State().last_error, HasSubstr("it costs money, and the source has no `spend:`"));
}

TEST_F(PlatformMoneyTest, IsReservedBeforeAndSettledAfter) {
  std::vector<std::uint64_t> reserved;
  on_request = [&] { reserved.push_back(Money().reserved); };
  Run();
  EXPECT_THAT(reserved, ElementsAre(4'000u));
  EXPECT_EQ(Money().reserved, 0u);
  EXPECT_EQ(Money().used, 3'000u);
  EXPECT_EQ(chirp_.billed, 3'000u);
}

TEST_F(PlatformMoneyTest, CapIsNeverCrossedAndTheNextMonthBeginsAnew) {
  for (int i = 0; i < 30; ++i) {
    RunAfter(hours(2));
  }
  EXPECT_LE(chirp_.billed, 20'000u);
  EXPECT_GE(chirp_.billed, 16'000u);
  EXPECT_THAT(State().last_error, HasSubstr("the budget of money is used up"));
  const int before = chirp_.paid;
  clock_.SetNow(At("2026-12-01T00:10:00Z"));
  Run();
  EXPECT_EQ(chirp_.paid, before + 1);
}

TEST_F(PlatformMoneyTest, AnotherKeyBeginsNoMonthAnew) {
  for (int i = 0; i < 30; ++i) {
    source().credentials["name"] = "account-" + std::to_string(i);
    RunAfter(hours(2));
  }
  EXPECT_LE(chirp_.billed, 20'000u);
}

TEST_F(PlatformMoneyTest, RunThatIsStoppedInBetweenCountsTheMost) {
  for (int i = 0; i < 30; ++i) {
    on_request = [this] { stop_.request_stop(); };
    web_.SetLatency(std::chrono::milliseconds(10));
    RunAfter(hours(2));
    stop_ = std::stop_source();
  }
  EXPECT_LE(chirp_.billed, 20'000u);
}

TEST_F(PlatformMoneyTest, WithoutAnAnswerTheMostIsTakenForSpent) {
  web_.SetLatency(std::chrono::hours(1));
  Run();
  EXPECT_EQ(Money().reserved, 0u);
  EXPECT_EQ(Money().used, 4'000u);
}

TEST_F(PlatformMoneyTest, AnErrorCostsNothing) {
  net::Response error;
  error.status = 500;
  chirp_.instead.emplace("/paid", error);
  Run();
  EXPECT_EQ(Money().reserved, 0u);
  EXPECT_EQ(Money().used, 0u);
}

TEST_F(PlatformMoneyTest, RequestThatCannotBeWrittenDownIsNotSent) {
  store_.FailWrites(core::Error{core::ErrorKind::kUnavailable, "the disk is full"});
  RunOptions options{.schedule = Schedule::kAll};
  options.poster = &poster_;
  EXPECT_FALSE(RunPass(workspace_, &store_, web_, clock_, options, {}, {}).has_value());
  EXPECT_EQ(chirp_.paid, 0);
}

TEST_F(PlatformMoneyTest, ADryRunSpendsNothingAndLogsInNowhere) {
  source().routes = {"search", "paid"};
  Run({.schedule = Schedule::kAll, .effects = Effects::kDryRun});
  EXPECT_EQ(chirp_.paid, 0);
  EXPECT_EQ(chirp_.logins, 0);
  EXPECT_EQ(Money(), core::PlatformSpending{});
}

// Deletions.

TEST_F(PlatformTurnTest, WhatIsDeletedThereIsRedactedHere) {
  chirp_.notes = {{"2", kTheft}};
  const PassReport first = Run();
  ASSERT_THAT(first.findings, SizeIs(1));
  const std::string id = first.findings[0].id;
  ASSERT_TRUE(store_.FindEvidence(id).value().has_value());
  chirp_.notes[0].deleted = true;
  const PassReport second = RunAfter(minutes(30));
  EXPECT_EQ(second.commits.redacted, 1u);
  const core::Finding finding = store_.LoadFinding(id).value();
  EXPECT_EQ(finding.post.text, kDeletedText);
  EXPECT_EQ(finding.post.url, "https://chirp.example/n/2");
  EXPECT_EQ(finding.post.id, "at://did:plc:1/2");
  for (const core::Hit& hit : finding.judgement.hits) {
    EXPECT_EQ(hit.text, "");
    EXPECT_NE(hit.why, "");
  }
  EXPECT_EQ(store_.FindEvidence(id).value(), std::nullopt);
  const core::Case of = store_.LoadCase(finding.case_id).value();
  EXPECT_EQ(of.title, kDeletedText);
  EXPECT_EQ(of.history.back().kind, core::CaseEventKind::kGone);
  const std::size_t events = of.history.size();
  RunAfter(minutes(30));
  EXPECT_EQ(store_.LoadCase(finding.case_id).value().history.size(), events);
}

TEST_F(PlatformTurnTest, ACaseInHandHoldsItsEvidence) {
  chirp_.notes = {{"2", kTheft}};
  const core::Finding before = Run().findings.at(0);
  core::Case of = store_.LoadCase(before.case_id).value();
  of.state = core::CaseState::kInHand;
  core::DocumentOutcome outcome;
  outcome.cases = {of};
  ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  chirp_.notes[0].deleted = true;
  RunAfter(minutes(30));
  const core::Finding after = store_.LoadFinding(before.id).value();
  EXPECT_EQ(after.post.text, kTheft);
  EXPECT_TRUE(after.standing.gone);
  EXPECT_TRUE(store_.FindEvidence(before.id).value().has_value());
  EXPECT_EQ(store_.LoadCase(before.case_id).value().history.back().about,
            "deleted at its source; kept here as evidence");
}

struct Held {
  const char* name;
  core::CaseState state;
  core::CaseOutcome outcome;
  core::Category category;
  core::Severity severity;
  bool held;
};

class HeldAsEvidence : public testing::TestWithParam<Held> {};

TEST_P(HeldAsEvidence, WhileItIsNeeded) {
  core::Case of;
  of.state = GetParam().state;
  of.outcome = GetParam().outcome;
  core::Finding finding;
  finding.judgement.categories = {GetParam().category};
  finding.judgement.severity = GetParam().severity;
  EXPECT_EQ(IsHeldAsEvidence(of, finding), GetParam().held);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, HeldAsEvidence,
    testing::Values(Held{"New", core::CaseState::kNew, core::CaseOutcome::kNone,
                         core::Category::kDefamatory, core::Severity::kUrgent, false},
                    Held{"NewDanger", core::CaseState::kNew, core::CaseOutcome::kNone,
                         core::Category::kSafeguarding, core::Severity::kHigh, true},
                    Held{"SeenMildDanger", core::CaseState::kSeen, core::CaseOutcome::kNone,
                         core::Category::kSafeguarding, core::Severity::kMedium, false},
                    Held{"InHand", core::CaseState::kInHand, core::CaseOutcome::kNone,
                         core::Category::kReputational, core::Severity::kLow, true},
                    Held{"Reported", core::CaseState::kClosed, core::CaseOutcome::kReported,
                         core::Category::kReputational, core::Severity::kLow, true},
                    Held{"Concern", core::CaseState::kClosed, core::CaseOutcome::kConcern,
                         core::Category::kReputational, core::Severity::kLow, true},
                    Held{"NoConcern", core::CaseState::kClosed, core::CaseOutcome::kNoConcern,
                         core::Category::kSafeguarding, core::Severity::kUrgent, false},
                    Held{"Criticism", core::CaseState::kClosed, core::CaseOutcome::kLawfulCriticism,
                         core::Category::kReputational, core::Severity::kHigh, false}),
    [](const testing::TestParamInfo<Held>& row) { return row.param.name; });

// Secrets.

TEST_F(PlatformTurnTest, PasswordsAndTokensStandNowhereButInTheLogin) {
  chirp_.notes = {{"2", kTheft}};
  const storage::TempFolder folder;
  {
    auto store = storage::Store::Open(folder.path(), storage::OpenMode::kReadWrite);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    store_in_use_ = store->get();
    PassReport report = Run();
    chirp_.access = "ended";
    const PassReport dead = RunAfter(minutes(30));
    report.notes.insert(report.notes.end(), dead.notes.begin(), dead.notes.end());
    for (const std::string& note : report.notes) {
      EXPECT_THAT(note, Not(HasSubstr("token-")));
    }
    for (const crawler::FetchFailure& failure : dead.failures) {
      EXPECT_THAT(failure.error.message + failure.body, Not(HasSubstr("token-")));
    }
    store_in_use_ = &store_;
  }
  const auto found = storage::ScanFiles(
      folder.path(), std::vector<storage::Needle>{{"correct horse", "password"}});
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(*found, IsEmpty());
}

// The same over real sockets, with libcurl at one end.
TEST_F(PlatformTurnTest, WorksOverTheWire) {
  chirp_.notes = {{"3", "Nothing of note"}, {"2", kTheft}, {"1", "A fine day"}};
  core::Mutex mutex;
  const auto server = net::LocalServer::Start([&](const net::ServerRequest& request) {
    const core::MutexLock lock(mutex);
    if (request.method == "POST") {
      net::PostAnswer answer = chirp_.Post(request.target, {}, request.body);
      return net::ServerResponse{answer.status, {}, answer.body};
    }
    net::Request asked{.url = core::HttpUrl::Parse("http://chirp.example" + request.target).value(),
                       .headers = {}};
    asked.secret_headers = {
        {"Authorization", std::string(net::FindHeader(request.headers, "authorization"))}};
    net::Response answer = chirp_.Answer(asked);
    return net::ServerResponse{answer.status, answer.headers, answer.body};
  });
  ASSERT_TRUE(server.has_value()) << server.error().message;
  const std::string origin = "http://127.0.0.1:" + std::to_string((*server)->port());
  workspace_.platforms.insert_or_assign("chirp", MakeChirp(origin));
  workspace_.config.settings.crawl.feed_gap = std::chrono::milliseconds(1);
  workspace_.config.settings.crawl.address_gap = std::chrono::milliseconds(1);
  net::FetcherOptions options;
  options.user_agent = "schoolwatch-test/1.0 (+https://quillbrook.example/watch)";
  ASSERT_TRUE(options.guard.Allow("127.0.0.1").has_value());
  const auto fetcher = net::MakeCurlFetcher(std::move(options));
  ASSERT_TRUE(fetcher.has_value()) << fetcher.error().message;
  const core::SystemClock clock;
  const auto report =
      RunPass(workspace_, &store_, **fetcher, clock, {.schedule = Schedule::kAll}, {}, {});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_THAT(report->findings, SizeIs(1));
  EXPECT_EQ(report->turns.at(0).posts, 3u);
  EXPECT_EQ(chirp_.logins, 1);
}

}  // namespace
}  // namespace schoolwatch::app
