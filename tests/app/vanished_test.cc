// The pipeline over days: posts of open cases are looked at again, and seen to be edited or gone.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "app/commands/cases.h"
#include "app/pipeline/run_pass.h"
#include "app/pipeline/standing.h"
#include "crawler/readers/recipe.h"
#include "tests/app/samples.h"
#include "tests/fakes/fake_fetcher.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

using core::CaseEventKind;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kFeed = "http://herald.example/rss.xml";
constexpr const char* kArticle = "http://herald.example/minibus.html";
constexpr const char* kAllegation = "Mr Thrale stole the money for the school trip. He is a thief.";

std::string Comment(std::string_view id, std::string_view author, std::string_view text) {
  return "<li class=\"comment\" id=\"comment-" + std::string(id) +
         "\"><article class=\"comment-body\"><footer class=\"comment-meta\"><cite class=\"fn\">" +
         std::string(author) + "</cite> <time datetime=\"2026-11-20T1" + std::string(id) +
         ":00:00Z\">20 November 2026</time></footer><div class=\"comment-content\"><p>" +
         std::string(text) + "</p></div></article></li>";
}

std::string Article(std::string_view comments) {
  return "<html><head><title>Minibus contract at Quillbrook Academy</title></head><body><article>"
         "<h1>Minibus contract at Quillbrook Academy</h1><p>The papers on the contract for two new "
         "minibuses will be published before Christmas, the chair of governors said. The trust's "
         "own auditors are to look at the purchase in the new year, as they do with any above a "
         "fixed sum.</p><p>Several parents had asked for the tenders, of which there were none. "
         "The rules allow that where the sum is small, and the governors hold that it was.</p>"
         "</article><ol class=\"comment-list\">" +
         std::string(comments) + "</ol></body></html>";
}

// A newspaper over days: its feed soon forgets the article, whose page stays. On a busy machine the
// made-up clock runs hours ahead within a run, so days are 30 hours long here.
class VanishedTest : public testing::Test {
 protected:
  VanishedTest() {
    clock_.SetNow(At("2026-11-20T18:00:00Z"));
    ServeAs(Page(kAll), Feed::kWithTheArticle);
  }
  static inline const std::string kOthers =
      Comment("2", "Carol", "Lovely buses though.") + Comment("3", "Dave", "About time.");
  static inline const std::string kAll = Comment("1", "watchful", kAllegation) + kOthers;
  static net::Response Page(std::string_view comments) {
    return {.status = 200,
            .headers = {{"content-type", "text/html"},
                        {"etag", "\"" + std::to_string(comments.size()) + "\""}},
            .body = Article(comments),
            .remote_address = {},
            .certificate = {}};
  }
  static net::Response Answer(int status, std::string body = "") {
    return {.status = status,
            .headers = {{"content-type", "text/html"}},
            .body = std::move(body),
            .remote_address = {},
            .certificate = {}};
  }
  static net::Response NotModified() { return Answer(304); }
  // A page of regret, as sites give it with the status of success.
  static net::Response SignIn() {
    net::Response response = Answer(200,
                                    "<html><head><title>Sign in</title></head><body><p>Please sign "
                                    "in to go on reading the Herald.</p></body></html>");
    response.headers.emplace_back("etag", "\"sign-in\"");
    return response;
  }
  void Serve(std::string_view comments) { ServeAs(Page(comments)); }
  void ServeNextDay(core::Result<net::Response> article) {
    ServeAs(std::move(article));
    RunNextDay();
    EXPECT_GE(web_->CountOf(kArticle), 1u);
  }
  enum class Feed { kWithTheArticle, kWithoutIt };
  void ServeAs(core::Result<net::Response> article, Feed feed = Feed::kWithoutIt,
               std::string robots = "") {
    web_ = std::make_unique<fakes::FakeFetcher>(clock_);
    web_->PutPage("http://herald.example/robots.txt", std::move(robots), "text/plain");
    web_->PutPage(kFeed,
                  feed == Feed::kWithTheArticle
                      ? "<rss version='2.0'><channel><title>Herald</title><item>"
                        "<guid>a1</guid><title>Minibus contract at Quillbrook Academy</title>"
                        "<link>http://herald.example/minibus.html</link>"
                        "<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate></item></channel>"
                        "</rss>"
                      : "<rss version='2.0'><channel><title>Herald</title><item>"
                        "<guid>b9</guid><title>Fair on the green</title>"
                        "<pubDate>Sat, 21 Nov 2026 08:00:00 GMT</pubDate></item></channel>"
                        "</rss>",
                  "application/rss+xml");
    web_->Put(kArticle, std::move(article));
  }
  PassReport Run(Schedule schedule = Schedule::kDueOnly) {
    auto report = RunPass(workspace_, &store_, *web_, clock_, {.schedule = schedule}, {}, {});
    EXPECT_TRUE(report.has_value()) << report.error().message;
    return report ? *report : PassReport{};
  }
  PassReport RunNextDay(Schedule schedule = Schedule::kDueOnly) {
    clock_.Advance(std::chrono::hours(30));
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
  std::string Shown() {
    std::ostringstream out;
    EXPECT_TRUE(
        ShowCase(store_, TheCase().id, OutputForm::kForPeople, clock_.Now(), out).has_value());
    return out.str();
  }

  Workspace workspace_ = TestWorkspace();
  fakes::ManualClock clock_;
  std::unique_ptr<fakes::FakeFetcher> web_;
  fakes::MemoryStore store_;
};

TEST_F(VanishedTest, ACommentThatIsGoneOnTwoDaysIsDatedInItsCase) {
  Run();
  ASSERT_THAT(Events(), SizeIs(1));
  Serve(kOthers);
  RunNextDay();
  EXPECT_EQ(web_->CountOf(kArticle), 1u) << "no feed leads there any more";
  EXPECT_THAT(Events(), SizeIs(1));
  EXPECT_THAT(Shown(), HasSubstr("not found there on 2026-11-2"));
  const core::Timestamp missed_at = TheFinding().standing.missed_at;
  RunNextDay();
  ASSERT_THAT(Events(), Contains(CaseEventKind::kGone));
  const core::CaseEvent gone = TheCase().history.back();
  EXPECT_EQ(gone.about, GoneSince({.missed_at = missed_at}, TheFinding().fetched_at));
  EXPECT_EQ(gone.finding, TheFinding().id);
  EXPECT_THAT(Shown(), HasSubstr("gone: it went " + gone.about));
  EXPECT_EQ(TheFinding().post.text, kAllegation) << "kept all the same";
  // Said once, and no longer asked for.
  RunNextDay();
  EXPECT_EQ(web_->CountOf(kArticle), 2u);
  // Until a feed leads there again.
  ServeAs(Page(kAll), Feed::kWithTheArticle);
  RunNextDay(Schedule::kAll);
  EXPECT_EQ(TheCase().history.back().kind, CaseEventKind::kBack);
}

TEST_F(VanishedTest, OnOneOfSeveralPagesItIsMissedBetweenItsNeighbours) {
  const std::string further = "</ol><a rel=\"next\" href=\"/minibus.html?page=2\">Older</a><ol>";
  const std::string before = Comment("0", "Nell", "Not new to me.");
  ServeAs(Page(before + kAll + further), Feed::kWithTheArticle);
  Run();
  Serve(before + kOthers + further);
  RunNextDay();
  EXPECT_NE(TheFinding().standing.missed_at, core::Timestamp{});
  RunNextDay();
  EXPECT_THAT(Events(), Contains(CaseEventKind::kGone));
}

TEST_F(VanishedTest, APageThatIsGoneTakesItsPostsAlong) {
  Run();
  ServeAs(Answer(410));
  const PassReport first = RunNextDay();
  EXPECT_THAT(first.failures, IsEmpty()) << "that is what the look was for";
  EXPECT_THAT(Events(), SizeIs(1));
  EXPECT_EQ(RunNextDay().commits.gone, 1u);
  EXPECT_THAT(Events(), Contains(CaseEventKind::kGone));
}

// Else the addresses that may not be asked for would be the oldest for ever.
TEST_F(VanishedTest, WhatRobotsTxtForbidsHasItsTurnAndTellsNothing) {
  Run();
  ServeAs(Page(kOthers), Feed::kWithoutIt, "User-agent: *\nDisallow: /minibus.html\n");
  RunNextDay();
  RunNextDay();
  EXPECT_EQ(web_->CountOf(kArticle), 0u);
  EXPECT_GT(TheFinding().standing.looked_at, TheFinding().fetched_at);
  EXPECT_THAT(Events(), SizeIs(1));
}

TEST_F(VanishedTest, AServerInTroubleProvesNothing) {
  Run();
  ServeAs(Answer(500));
  for (int day = 0; day < 3; ++day) {
    RunNextDay();
  }
  EXPECT_GE(web_->CountOf(kArticle), 1u);
  EXPECT_THAT(Events(), SizeIs(1));
  EXPECT_GT(TheFinding().standing.looked_at, TheFinding().fetched_at) << "it had its turn";
  EXPECT_EQ(TheFinding().standing.missed_at, core::Timestamp{});
}

TEST_F(VanishedTest, AnUnchangedPageGoesOnMissingIt) {
  Run();
  ServeNextDay(Page(kOthers));
  EXPECT_THAT(Events(), SizeIs(1));
  ServeNextDay(NotModified());
  EXPECT_THAT(Events(), Contains(CaseEventKind::kGone));
}

// A 304 is about the page that was had last: errors came with none.
TEST_F(VanishedTest, AnErrorBetweenChangesNothingOfWhatAnUnchangedPageTells) {
  Run();
  ServeNextDay(Page(kOthers));
  const core::Timestamp missed_at = TheFinding().standing.missed_at;
  ServeNextDay(Answer(500));
  EXPECT_THAT(Events(), SizeIs(1));
  ServeNextDay(core::Fail(core::ErrorKind::kUnavailable, "no answer in time"));
  EXPECT_THAT(Events(), SizeIs(1));
  ServeNextDay(NotModified());
  ASSERT_THAT(Events(), Contains(CaseEventKind::kGone));
  EXPECT_EQ(TheFinding().standing.missed_at, missed_at);
}

TEST_F(VanishedTest, ItStillStandsOnAnUnchangedPageAfterAnError) {
  Run();
  ServeNextDay(Page(kAll));
  ServeNextDay(Answer(500));
  const core::Timestamp seen_at = TheFinding().standing.seen_at;
  ServeNextDay(NotModified());
  EXPECT_GT(TheFinding().standing.seen_at, seen_at);
  EXPECT_EQ(TheFinding().standing.missed_at, core::Timestamp{});
  EXPECT_THAT(Events(), SizeIs(1));
}

// The same body as before is as good as a 304.
TEST_F(VanishedTest, APageThatComesBackAsItWasShowsItAgain) {
  Run();
  ServeNextDay(Page(kAll));
  ServeNextDay(Answer(404));
  EXPECT_NE(TheFinding().standing.missed_at, core::Timestamp{});
  ServeNextDay(Page(kAll));
  EXPECT_EQ(TheFinding().standing.missed_at, core::Timestamp{});
  EXPECT_THAT(Events(), SizeIs(1));
}

TEST_F(VanishedTest, AnUnchangedPageOfRegretIsNotThePageThatMissedIt) {
  Run();
  ServeNextDay(Page(kOthers));
  ServeNextDay(SignIn());
  const core::Standing before = TheFinding().standing;
  ServeNextDay(NotModified());
  EXPECT_GT(TheFinding().standing.looked_at, before.looked_at) << "it had its turn";
  EXPECT_EQ(TheFinding().standing.missed_at, before.missed_at);
  EXPECT_THAT(Events(), SizeIs(1));
}

TEST_F(VanishedTest, AnUnchangedPageOfRegretIsNotThePageThatShowedIt) {
  Run();
  ServeNextDay(SignIn());
  const core::Standing before = TheFinding().standing;
  ServeNextDay(NotModified());
  EXPECT_GT(TheFinding().standing.looked_at, before.looked_at) << "it had its turn";
  EXPECT_EQ(TheFinding().standing.seen_at, before.seen_at);
  EXPECT_EQ(TheFinding().standing.missed_at, core::Timestamp{});
}

// The sign-in page may be had through any other address, too, and be unchanged at once.
TEST_F(VanishedTest, ARedirectToElsewhereIsNotItsPage) {
  constexpr const char* kElsewhere = "http://herald.example/sign-in.html";
  Run();
  ServeNextDay(Page(kOthers));
  const core::Standing before = TheFinding().standing;
  for (int day = 0; day < 2; ++day) {
    net::Response redirect = Answer(302);
    redirect.headers.emplace_back("location", kElsewhere);
    ServeAs(std::move(redirect));
    web_->Put(kElsewhere, SignIn());
    RunNextDay();
    EXPECT_EQ(web_->CountOf(kElsewhere), 1u);
    EXPECT_EQ(TheFinding().standing.missed_at, before.missed_at);
    EXPECT_THAT(Events(), SizeIs(1));
  }
  ServeNextDay(NotModified());
  EXPECT_THAT(Events(), Contains(CaseEventKind::kGone));
}

TEST_F(VanishedTest, AnEditIsSeenThoughTheSchoolIsNamedNoMore) {
  Run();
  Serve(Comment("1", "watchful", "I take that back.") + kOthers);
  EXPECT_EQ(RunNextDay().commits.edited_posts, 1u);
  EXPECT_THAT(Events(), Contains(CaseEventKind::kEdited));
  EXPECT_THAT(Shown(), HasSubstr("I take that back."));
  RunNextDay();
  EXPECT_THAT(Events(), SizeIs(2)) << "edited once, and not gone";
}

TEST_F(VanishedTest, OnceADayIsEnough) {
  Run();
  Serve(kAll);
  clock_.SetNow(TheFinding().fetched_at + std::chrono::hours(12));
  EXPECT_EQ(Run().looks, 0u) << "not a day ago";
  EXPECT_EQ(web_->CountOf(kArticle), 0u);
  clock_.SetNow(TheFinding().fetched_at + std::chrono::hours(26));
  EXPECT_EQ(Run().looks, 1u);
  EXPECT_EQ(web_->CountOf(kArticle), 1u);
  EXPECT_GE(TheFinding().standing.seen_at, TheFinding().fetched_at + std::chrono::hours(26));
  EXPECT_THAT(Shown(), HasSubstr("still there on 2026-11-2"));
  clock_.SetNow(TheFinding().standing.looked_at + std::chrono::hours(1));
  EXPECT_EQ(Run().looks, 0u);
  EXPECT_EQ(web_->CountOf(kArticle), 1u);
}

TEST_F(VanishedTest, ASourceThatIsNotDueIsLeftAloneAsideOfTheLook) {
  workspace_.config.sources[0].interval = std::chrono::hours(24 * 30);
  Run();
  const auto before = store_.FindSource("herald").value();
  const std::size_t feeds = web_->CountOf(kFeed);
  const PassReport report = RunNextDay();
  EXPECT_EQ(report.not_due, 1u);
  EXPECT_EQ(report.looks, 1u);
  EXPECT_THAT(report.turns, IsEmpty());
  EXPECT_EQ(web_->CountOf(kFeed), feeds);
  EXPECT_EQ(store_.FindSource("herald").value(), before);
}

TEST_F(VanishedTest, RobotsTxtIsAskedBeforeALook) {
  Run();
  ServeAs(Page(kOthers), Feed::kWithoutIt, "User-agent: *\nDisallow: /minibus\n");
  RunNextDay();
  RunNextDay();
  EXPECT_EQ(web_->CountOf(kArticle), 0u);
  EXPECT_THAT(Events(), SizeIs(1));
}

TEST_F(VanishedTest, ClosedCasesAreLookedAtNoMore) {
  Run();
  core::DocumentOutcome closed;
  closed.cases = {TheCase()};
  closed.cases[0].state = core::CaseState::kClosed;
  closed.cases[0].outcome = core::CaseOutcome::kComplaint;
  ASSERT_TRUE(store_.Commit({&closed, 1}).has_value());
  Serve(kOthers);
  EXPECT_EQ(RunNextDay().looks, 0u);
  EXPECT_EQ(web_->CountOf(kArticle), 0u);
}

TEST_F(VanishedTest, AfterFourWeeksNobodyLooksAgain) {
  Run();
  clock_.Advance(std::chrono::hours(24 * 30));
  EXPECT_EQ(Run().looks, 0u);
}

// Else they would run out, and the next change of the page would tell of an old post as of a new
// one.
TEST_F(VanishedTest, ThePostsOfAPageThatNeverChangesStayKnown) {
  Run();
  const std::string key = core::PostKey(TheFinding().post);
  const auto age = [&] { return clock_.Now() - store_.FindSeen(key).value()->seen_at; };
  for (int month = 0; month < 4; ++month) {
    clock_.Advance(std::chrono::hours(24 * 31));
    EXPECT_THAT(Run().findings, IsEmpty());
    EXPECT_LT(age(), std::chrono::hours(24)) << month;
  }
  EXPECT_THAT(Events(), SizeIs(1));
}

// A `json` source without a platform: an interface that forgets a note soon, and a page of its own.
class JsonVanishedTest : public VanishedTest {
 protected:
  JsonVanishedTest() {
    config::Source& source = workspace_.config.sources[0];
    source.url = kInterface;
    source.reader = "json";
    source.recipe = "notes";
    crawler::Recipe notes;
    notes.name = "notes";
    notes.items = {{.at = "/notes"}};
    notes.id.from = {{.at = "/id"}};
    notes.url.from = {{.at = "/url"}};
    notes.text.from = {{.at = "/text"}};
    workspace_.recipes["notes"] = std::make_shared<const crawler::Recipe>(std::move(notes));
  }
  static constexpr const char* kInterface = "http://herald.example/api/notes";
  // Pages that are not put answer 404.
  void ServeNote(std::string_view page) {
    web_ = std::make_unique<fakes::FakeFetcher>(clock_);
    web_->PutPage(kInterface,
                  page.empty()
                      ? R"({"notes":[]})"
                      : R"({"notes":[{"id":"7","url":")" + std::string(page) + R"(","text":")" +
                            "At Quillbrook Academy " + kAllegation + R"("}]})",
                  "application/json");
  }
};

TEST_F(JsonVanishedTest, APageOfTheSourcesOwnSiteIsLookedAt) {
  constexpr const char* kPage = "http://www.herald.example/notes/7";
  ServeNote(kPage);
  ASSERT_THAT(Run().findings, SizeIs(1));
  ServeNote("");
  EXPECT_EQ(RunNextDay().looks, 1u);
  EXPECT_EQ(web_->CountOf("http://www.herald.example/robots.txt"), 1u);
  EXPECT_EQ(web_->CountOf(kPage), 1u);
  EXPECT_EQ(RunNextDay().commits.gone, 1u);
  EXPECT_THAT(Events(), Contains(CaseEventKind::kGone));
}

TEST_F(JsonVanishedTest, PagesElsewhereAreLeftAlone) {
  constexpr const char* kPage = "http://notes.example/7";
  ServeNote(kPage);
  ASSERT_THAT(Run().findings, SizeIs(1));
  ServeNote("");
  EXPECT_EQ(RunNextDay().looks, 0u);
  RunNextDay();
  EXPECT_EQ(web_->CountOf(kPage), 0u);
  EXPECT_THAT(Events(), SizeIs(1));
}

TEST_F(JsonVanishedTest, PagesWhoseTermsForbidItAreLeftAlone) {
  crawler::Platform herald;
  herald.name = "herald";
  herald.links = crawler::LinkSpec{.hosts = {"herald.example"},
                                   .page = crawler::LinkSpec::Page::kLeft,
                                   .why = "its terms",
                                   .oembed = ""};
  workspace_.platforms.insert_or_assign("herald", std::make_shared<crawler::Platform>(herald));
  ServeNote("http://www.herald.example/notes/7");
  ASSERT_THAT(Run().findings, SizeIs(1));
  ServeNote("");
  EXPECT_EQ(RunNextDay().looks, 0u);
}

}  // namespace
}  // namespace schoolwatch::app
