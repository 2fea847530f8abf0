#include "app/pipeline/run_pass.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/pipeline/source_news.h"
#include "crawler/source_health.h"
#include "tests/app/samples.h"
#include "tests/fakes/fake_fetcher.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kFeed = "http://herald.example/rss.xml";
constexpr const char* kArticle = "http://herald.example/minibus.html";

std::string Feed(std::string_view date) {
  return std::string(
             "<rss version='2.0'><channel><title>Herald</title><item><guid>a1</guid>"
             "<title>Minibus contract at Quillbrook Academy</title>"
             "<link>http://herald.example/minibus.html</link><pubDate>") +
         std::string(date) +
         "</pubDate><description>Papers to follow.</description></item>"
         "</channel></rss>";
}

std::string Article(std::string_view comments) {
  return "<html><head><title>Minibus contract at Quillbrook Academy</title></head><body><article>"
         "<h1>Minibus contract at Quillbrook Academy</h1><p>The papers on the contract for two new "
         "minibuses will be published before Christmas, the chair of governors said. The trust's "
         "own "
         "auditors are to look at the purchase in the new year, as they do with any above a fixed "
         "sum.</p><p>Several parents had asked for the tenders, of which there were none. The "
         "rules "
         "allow that where the sum is small, and the governors hold that it was.</p></article>"
         "<ol class=\"comment-list\">" +
         std::string(comments) + "</ol></body></html>";
}

std::string Comment(std::string_view id, std::string_view author, std::string_view text) {
  return "<li class=\"comment\" id=\"comment-" + std::string(id) +
         "\"><article class=\"comment-body\"><footer class=\"comment-meta\"><cite class=\"fn\">" +
         std::string(author) +
         "</cite> <time datetime=\"2026-11-20T17:00:00Z\">20 November 2026</time></footer><div "
         "class=\"comment-content\"><p>" +
         std::string(text) + "</p></div></article></li>";
}

class RunPassTest : public testing::Test {
 protected:
  // The Herald with one article and these comments under it.
  static void Serve(fakes::FakeFetcher& web, std::string_view comments) {
    web.Put("http://herald.example/robots.txt",
            net::Response{
                .status = 404, .headers = {}, .body = {}, .remote_address = {}, .certificate = {}});
    web.PutPage(kFeed, Feed("Fri, 20 Nov 2026 08:00:00 GMT"), "application/rss+xml");
    web.PutPage(kArticle, Article(comments));
  }
  void SetUp() override {
    clock_.SetNow(At("2026-11-20T18:00:00Z"));
    Serve(web_, Comment("1", "watchful",
                        "Mr Thrale stole the money for the school trip. He is a thief.") +
                    Comment("2", "Carol", "Lovely buses though."));
  }
  PassReport Run(const RunOptions& options = {.schedule = Schedule::kAll}) {
    return Run(web_, options);
  }
  PassReport Run(fakes::FakeFetcher& web,
                 const RunOptions& options = {.schedule = Schedule::kAll}) {
    auto report = RunPass(workspace_, &store_, web, clock_, options, {}, {});
    EXPECT_TRUE(report.has_value()) << report.error().message;
    return report ? *report : PassReport{};
  }

  Workspace workspace_ = TestWorkspace();
  fakes::ManualClock clock_;
  fakes::FakeFetcher web_{clock_};
  fakes::MemoryStore store_;
};

TEST_F(RunPassTest, ACommentUnderAnArticleAboutTheSchoolIsFound) {
  const PassReport report = Run();
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(report.findings[0].post.author, "watchful");
  EXPECT_EQ(report.findings[0].post.kind, core::PostKind::kComment);
  EXPECT_THAT(web_.urls(), Contains("http://herald.example/robots.txt"));
}

TEST_F(RunPassTest, WhatWasPublicIsKeptWithTheFinding) {
  const PassReport report = Run();
  ASSERT_THAT(report.findings, SizeIs(1));
  const auto kept = store_.FindEvidence(report.findings[0].id);
  ASSERT_TRUE(kept.has_value() && kept->has_value());
  const core::Evidence& evidence = **kept;
  EXPECT_EQ(evidence.url, kArticle);
  EXPECT_EQ(evidence.school, report.findings[0].school);
  EXPECT_EQ(evidence.post, report.findings[0].post);
  EXPECT_EQ(evidence.status, 200u);
  EXPECT_EQ(evidence.fetched_at, report.findings[0].fetched_at);
  EXPECT_EQ(evidence.time_zone, "Europe/London");
  // The comment's own part of the page, with who said it, and no other's.
  EXPECT_THAT(evidence.fragment, testing::StartsWith("<li class=\"comment\" id=\"comment-1\">"));
  EXPECT_THAT(evidence.fragment, testing::HasSubstr("watchful"));
  EXPECT_THAT(evidence.fragment, testing::HasSubstr("stole the money"));
  EXPECT_THAT(evidence.fragment, Not(testing::HasSubstr("Carol")));
  EXPECT_EQ(evidence.fragment_type, "text/html; charset=utf-8");
  EXPECT_EQ(evidence.fragment_note, "");
  const std::string page = Article(
      Comment("1", "watchful", "Mr Thrale stole the money for the school trip. He is a thief.") +
      Comment("2", "Carol", "Lovely buses though."));
  EXPECT_EQ(evidence.body_hash, core::HashSha256(page));
  EXPECT_EQ(evidence.body_bytes, page.size());
}

TEST_F(RunPassTest, AReplyIsAboutTheSchoolThatItsThreadNamed) {
  fakes::FakeFetcher web(clock_);
  Serve(web, Comment("1", "Carol", "Lovely buses though.") +
                 Comment("2", "x", "Mr Thrale stole the trip money."));
  const PassReport report = Run(web);
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(report.findings[0].post.author, "x");
}

TEST_F(RunPassTest, ASecondPassFindsOnlyWhatIsNew) {
  Run();
  EXPECT_THAT(Run().findings, IsEmpty());
}

TEST_F(RunPassTest, ANotDueSourceIsNotAsked) {
  // Waiting is on made-up time, which may run far ahead while the workers are at it.
  clock_.SetNow(Run().turns[0].state.last_looked_at + std::chrono::minutes(1));
  const std::size_t before = web_.seen().size();
  const PassReport report = Run({.schedule = Schedule::kDueOnly});
  EXPECT_EQ(report.not_due, 1u);
  EXPECT_EQ(web_.seen().size(), before);
}

TEST_F(RunPassTest, AnUnchangedFeedStillLeadsToItsArticles) {
  Run();
  const std::size_t before = web_.CountOf(kArticle);
  Run();
  EXPECT_EQ(web_.CountOf(kArticle), before + 1);
}

TEST_F(RunPassTest, AFollowedPageIsAskedInItsOwnTime) {
  Run();
  const auto page = store_.FindUrl(kArticle).value();
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->interval, std::chrono::minutes(30));
  EXPECT_GE(page->next_due, page->fetched_at + std::chrono::minutes(27));
  EXPECT_FALSE(page->text_hash.empty());
  // The source is due before it: looked at again, it leaves the page alone.
  clock_.SetNow(store_.FindSource("herald").value()->next_due);
  const std::size_t before = web_.CountOf(kArticle);
  Run({.schedule = Schedule::kDueOnly});
  // Waiting is on made-up time, which may run past the page's own time while workers are at it.
  if (clock_.Now() < page->next_due) {
    EXPECT_EQ(web_.CountOf(kArticle), before);
  }
  const std::size_t asked = web_.CountOf(kArticle);
  clock_.SetNow(store_.FindUrl(kArticle).value()->next_due + std::chrono::hours(1));
  Run({.schedule = Schedule::kDueOnly});
  EXPECT_GT(web_.CountOf(kArticle), asked);
}

TEST_F(RunPassTest, ASiteLeadsToItsFeedAndAMissingSitemapIsNoFailure) {
  config::Source& source = workspace_.config.sources[0];
  source.url = "http://herald.example/";
  source.reader = "auto";
  source.follow = "site";
  web_.PutPage("http://herald.example/",
               "<html><head><title>Herald</title><link rel=alternate type='application/rss+xml' "
               "href='/rss.xml'></head><body><p><a href='http://elsewhere.example/'>Friends</a> "
               "<a href='/login'>Log in</a></p></body></html>",
               "text/html");
  web_.Put("http://herald.example/sitemap.xml",
           net::Response{
               .status = 404, .headers = {}, .body = {}, .remote_address = {}, .certificate = {}});
  const PassReport report = Run();
  EXPECT_THAT(report.findings, SizeIs(1));
  EXPECT_THAT(web_.urls(), Contains("http://herald.example/sitemap.xml"));
  EXPECT_THAT(web_.urls(), Contains(kFeed));
  EXPECT_THAT(web_.urls(), Not(Contains("http://herald.example/login")));
  EXPECT_THAT(report.failures, IsEmpty());
  ASSERT_THAT(report.turns, SizeIs(1));
  EXPECT_EQ(report.turns[0].failed, 0u);
  EXPECT_EQ(report.turns[0].out_of_scope, 1u);
}

TEST_F(RunPassTest, ADryRunStoresNothing) {
  const PassReport report = Run({.schedule = Schedule::kAll, .effects = Effects::kDryRun});
  EXPECT_THAT(report.findings, SizeIs(1));
  EXPECT_THAT(store_.ListCases({}).value(), IsEmpty());
  EXPECT_FALSE(store_.FindSource("herald").value().has_value());
}

TEST_F(RunPassTest, AFullDiskEndsThePassAndLosesNothing) {
  store_.FailWrites(core::Error{core::ErrorKind::kUnavailable, "no space left"});
  const auto failed =
      RunPass(workspace_, &store_, web_, clock_, {.schedule = Schedule::kAll}, {}, {});
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().kind, core::ErrorKind::kUnavailable);
  store_.FailWrites(std::nullopt);
  EXPECT_THAT(Run().findings, SizeIs(1));
}

TEST_F(RunPassTest, AForbiddenSourceIsSaidAndNotFetched) {
  fakes::FakeFetcher web(clock_);
  web.PutPage("http://herald.example/robots.txt", "User-agent: *\nDisallow: /\n", "text/plain");
  const PassReport report = Run(web);
  EXPECT_THAT(web.urls(), Not(Contains(kFeed)));
  ASSERT_THAT(report.refusals, SizeIs(1));
  EXPECT_EQ(report.turns[0].state.health, core::SourceHealth::kForbidden);
}

TEST_F(RunPassTest, ABrokenSourceIsToldOnce) {
  fakes::FakeFetcher web(clock_);
  web.Put(kFeed,
          net::Response{
              .status = 500, .headers = {}, .body = {}, .remote_address = {}, .certificate = {}});
  int told = 0;
  for (int look = 0; look < 8; ++look) {
    Run(web);
    const auto news = LoadSourceNews(workspace_.config.sources, store_);
    ASSERT_TRUE(news.has_value());
    told += static_cast<int>(news->size());
    ASSERT_TRUE(MarkTold(*news, {}, store_).has_value());
    clock_.Advance(std::chrono::hours(30));
  }
  EXPECT_EQ(told, 1);
}

TEST_F(RunPassTest, WhatCannotBeReadIsNoWorkingSourceThoughItNeverChanges) {
  fakes::FakeFetcher web(clock_);
  web.PutPage(kFeed, "PNG", "image/png");
  for (int look = 0; look < 5; ++look) {
    Run(web);
    clock_.Advance(std::chrono::hours(30));
  }
  const core::SourceState state = store_.FindSource("herald").value().value();
  EXPECT_EQ(state.health, core::SourceHealth::kBroken);
  EXPECT_EQ(state.trouble, core::SourceTrouble::kUnreadable);
}

TEST_F(RunPassTest, WhatACrashLeftUnsaidIsSaidWhetherTheSourceIsDueOrNot) {
  fakes::FakeFetcher web(clock_);
  web.PutPage("http://herald.example/robots.txt", "User-agent: *\nDisallow: /\n", "text/plain");
  Run(web);
  // The crash: nothing was said or marked. The next run finds nothing due.
  EXPECT_EQ(Run(web, {.schedule = Schedule::kDueOnly}).not_due, 1u);
  const auto news = LoadSourceNews(workspace_.config.sources, store_).value();
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_THAT(Describe(news[0], clock_.Now()),
              testing::StartsWith("source 'herald' is not watchable: robots.txt: disallowed by "
                                  "line 2: Disallow: /."));
  ASSERT_TRUE(MarkTold(news, {}, store_).has_value());
  EXPECT_THAT(LoadSourceNews(workspace_.config.sources, store_).value(), IsEmpty());
}

TEST_F(RunPassTest, ASourceThatIsSwitchedOffIsNoNews) {
  fakes::FakeFetcher web(clock_);
  web.PutPage("http://herald.example/robots.txt", "User-agent: *\nDisallow: /\n", "text/plain");
  Run(web);
  workspace_.config.sources[0].enabled = false;
  EXPECT_THAT(LoadSourceNews(workspace_.config.sources, store_).value(), IsEmpty());
}

TEST_F(RunPassTest, AClockThatJumpsByYearsAheadAndBackLosesNothing) {
  const RunOptions due{.schedule = Schedule::kDueOnly};
  EXPECT_THAT(Run(due).findings, SizeIs(1));
  const auto serve = [](fakes::FakeFetcher& web, std::string_view id, std::string_view who) {
    Serve(web, Comment(id, "watchful",
                       std::string(who) + " stole the money for the school trip. He is a thief."));
  };
  clock_.SetNow(At("2036-11-20T18:00:00Z"));
  fakes::FakeFetcher ahead(clock_);
  serve(ahead, "3", "Mr Dorn");
  EXPECT_THAT(Run(ahead, due).findings, SizeIs(1));
  clock_.SetNow(At("2026-11-20T20:00:00Z"));
  fakes::FakeFetcher back(clock_);
  serve(back, "4", "Mr Pell");
  EXPECT_THAT(Run(back, due).findings, SizeIs(1));
  // And from then on all is as it was.
  clock_.SetNow(At("2026-11-21T20:00:00Z"));
  fakes::FakeFetcher later(clock_);
  serve(later, "5", "Mr Quay");
  EXPECT_THAT(Run(later, due).findings, SizeIs(1));
}

TEST_F(RunPassTest, HowLateANewPostWasSeenIsRemembered) {
  Run();
  clock_.SetNow(At("2026-11-21T18:00:00Z"));
  fakes::FakeFetcher web(clock_);
  web.PutPage(
      kFeed,
      "<rss version='2.0'><channel><title>Herald</title><item><guid>a2</guid><title>Bus "
      "times</title><pubDate>Sat, 21 Nov 2026 15:00:00 GMT</pubDate></item></channel></rss>",
      "application/rss+xml");
  Run(web);
  const core::SourceState state = store_.FindSource("herald").value().value();
  const crawler::WorstDelays worst = crawler::FindWorstDelays(state, clock_.Now());
  EXPECT_GE(worst.post, std::chrono::hours(3));
  EXPECT_GE(worst.look, std::chrono::hours(22));
}

TEST_F(RunPassTest, EveryHostHasItsLedger) {
  Run();
  Run();
  const auto ledger = store_.FindLedger("http://herald.example").value();
  ASSERT_TRUE(ledger.has_value());
  EXPECT_GE(ledger->total.ok, 3u);
  // On a busy machine the made-up clock may pass midnight while workers read.
  EXPECT_THAT(ledger->days, SizeIs(testing::AllOf(testing::Ge(1u), testing::Le(2u))));
  Run({.schedule = Schedule::kAll, .effects = Effects::kDryRun});
  EXPECT_EQ(store_.FindLedger("http://herald.example").value(), ledger);
}

TEST_F(RunPassTest, AnUnknownSourceIsRefused) {
  const auto report =
      RunPass(workspace_, &store_, web_, clock_, {.only_sources = {"nowhere"}}, {}, {});
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().kind, core::ErrorKind::kBadInput);
}

TEST_F(RunPassTest, AStopBeforeTheStartFetchesNothingAndFailsNothing) {
  std::stop_source stop;
  stop.request_stop();
  const auto report = RunPass(workspace_, &store_, web_, clock_, {.schedule = Schedule::kAll}, {},
                              stop.get_token());
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->stopped);
  EXPECT_THAT(report->findings, IsEmpty());
  EXPECT_THAT(Run().findings, SizeIs(1)) << "and its history is still to be read";
}

}  // namespace
}  // namespace schoolwatch::app
