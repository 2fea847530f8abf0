#include "app/pipeline/standing.h"

#include <gtest/gtest.h>

#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

using core::CaseEventKind;
using core::PostKind;

struct PlaceRow {
  const char* name;
  PostKind kind;
  const char* url;
  const char* thread_url;
  Place place;
  const char* look_at;
};

class FindPlaceTest : public testing::TestWithParam<PlaceRow> {};

TEST_P(FindPlaceTest, Holds) {
  core::Post post;
  post.kind = GetParam().kind;
  post.url = GetParam().url;
  post.thread_url = GetParam().thread_url;
  EXPECT_EQ(FindPlace(post).place, GetParam().place);
  EXPECT_EQ(FindPlace(post).url, GetParam().look_at);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, FindPlaceTest,
    testing::Values(
        PlaceRow{"AnArticleHasItsOwnPage", PostKind::kArticle, "http://h.example/a",
                 "http://h.example/a", Place::kOwnPage, "http://h.example/a"},
        PlaceRow{"AnEntryWithoutAnAddressHasNone", PostKind::kEntry, "", "", Place::kNone, ""},
        PlaceRow{"ACommentStandsOnItsArticle", PostKind::kComment, "http://h.example/a#c1",
                 "http://h.example/a", Place::kThread, "http://h.example/a"},
        PlaceRow{"APostWithoutAPermalinkStandsInItsThread", PostKind::kThreadPost, "",
                 "http://f.example/t/5", Place::kThread, "http://f.example/t/5"},
        PlaceRow{"ALaterPageIsAPart", PostKind::kThreadPost, "http://f.example/t/5?page=2#post-9",
                 "http://f.example/t/5", Place::kPart, "http://f.example/t/5?page=2"},
        PlaceRow{"APermalinkThatLeadsToThePost", PostKind::kThreadPost,
                 "http://f.example/viewtopic.php?p=912#p912", "http://f.example/viewtopic.php?t=5",
                 Place::kOwnPage, "http://f.example/viewtopic.php?p=912"},
        PlaceRow{"APermalinkWithoutAFragment", PostKind::kThreadPost, "http://f.example/posts/912",
                 "http://f.example/t/5", Place::kOwnPage, "http://f.example/posts/912"},
        PlaceRow{"AReviewOfAListingIsAPart", PostKind::kReview, "http://r.example/school#r3", "",
                 Place::kPart, "http://r.example/school"}),
    [](const auto& row) { return row.param.name; });

class LookForTest : public testing::Test {
 protected:
  LookForTest() {
    finding_.post.kind = PostKind::kComment;
    finding_.post.id = "c5";
    finding_.post.url = "http://h.example/a#c5";
    finding_.post.thread_url = "http://h.example/a";
    finding_.post.published = At("2026-11-20T18:00:00Z");
    finding_.standing.posts = 3;
    page_.whole = true;
    page_.posts = {OnPage("article"), OnPage("c4")};
    page_.posts[0].answers = false;
  }
  static PageSight::OnPage OnPage(std::string key) {
    return {.key = std::move(key),
            .link = "",
            .published = At("2026-11-20T17:00:00Z"),
            .answers = true,
            .known = true};
  }
  core::Finding finding_;
  PageSight page_;
};

TEST_F(LookForTest, ThereByItsKeyOrItsPermalink) {
  page_.posts.push_back(OnPage(core::PostKey(finding_.post)));
  EXPECT_EQ(LookFor(finding_, page_), Sight::kThere);
  page_.posts.back() = OnPage("x");
  page_.posts.back().link = "h.example/a#c5";
  EXPECT_EQ(LookFor(finding_, page_), Sight::kThere);
}

TEST_F(LookForTest, MissingWhereThereAreFewerPosts) {
  EXPECT_EQ(LookFor(finding_, page_), Sight::kMissing);
}

TEST_F(LookForTest, APageThatIsCutProvesNothing) {
  page_.whole = false;
  EXPECT_EQ(LookFor(finding_, page_), Sight::kUnknown);
}

TEST_F(LookForTest, APageOnWhichNothingIsKnownIsAnother) {
  page_.posts = {OnPage("sign in")};
  page_.posts[0].known = false;
  EXPECT_EQ(LookFor(finding_, page_), Sight::kUnknown);
}

TEST_F(LookForTest, AWindowThatSlidProvesNothing) {
  page_.posts.push_back(OnPage("c6"));
  EXPECT_EQ(LookFor(finding_, page_), Sight::kUnknown) << "as many as before: it may show the last";
  page_.posts.push_back(OnPage("c7"));
  page_.posts[1].published = page_.posts[2].published = page_.posts[3].published =
      At("2026-11-20T19:00:00Z");
  EXPECT_EQ(LookFor(finding_, page_), Sight::kUnknown) << "only later ones are there";
}

TEST_F(LookForTest, MissingAmongMoreWhereAnOlderOneStillStands) {
  page_.posts.push_back(OnPage("c6"));
  page_.posts.push_back(OnPage("c7"));
  EXPECT_EQ(LookFor(finding_, page_), Sight::kMissing);
}

TEST_F(LookForTest, ALaterPageProvesNothingByWhatItLacks) {
  finding_.post.url = "http://h.example/a?page=2#c5";
  EXPECT_EQ(LookFor(finding_, page_), Sight::kUnknown);
}

struct BetweenRow {
  const char* name;
  const char* url;
  PostKind kind;
  std::vector<const char*> times;  // Of the answers on the page; the post's is 18:00.
  Sight sight;
};

class BetweenTest : public testing::TestWithParam<BetweenRow> {};

// One of several pages, of which others may have lost posts as well.
TEST_P(BetweenTest, Holds) {
  core::Finding finding;
  finding.post.kind = GetParam().kind;
  finding.post.id = "c5";
  finding.post.url = GetParam().url;
  finding.post.thread_url = GetParam().kind == PostKind::kReview ? "" : "http://f.example/t/5";
  finding.post.published = At("2026-11-20T18:00:00Z");
  finding.standing.posts = 3;
  PageSight page;
  for (const char* time : GetParam().times) {
    const bool known = *time != '?';
    page.posts.push_back(
        {.key = "x",
         .link = "",
         .published = At("2026-11-20T" + std::string(time + (known ? 0 : 1)) + "Z"),
         .answers = true,
         .known = known});
  }
  EXPECT_EQ(LookFor(finding, page), GetParam().sight);
}

constexpr const char* kSecondPage = "http://f.example/t/5?page=2#post-9";

INSTANTIATE_TEST_SUITE_P(Rows, BetweenTest,
                         testing::Values(BetweenRow{"ItsNeighboursStandOnALaterPage",
                                                    kSecondPage,
                                                    PostKind::kThreadPost,
                                                    {"17:00:00", "19:00:00", "20:00:00"},
                                                    Sight::kMissing},
                                         BetweenRow{"TheNewestFirst",
                                                    kSecondPage,
                                                    PostKind::kThreadPost,
                                                    {"20:00:00", "19:00:00", "17:00:00"},
                                                    Sight::kMissing},
                                         BetweenRow{"OnTheFirstOfSeveralPages",
                                                    "http://f.example/t/5#post-9",
                                                    PostKind::kThreadPost,
                                                    {"17:00:00", "19:00:00"},
                                                    Sight::kMissing},
                                         BetweenRow{"InNoOrderOfTime",
                                                    kSecondPage,
                                                    PostKind::kThreadPost,
                                                    {"19:00:00", "17:00:00", "20:00:00"},
                                                    Sight::kUnknown},
                                         BetweenRow{"OnlyLaterOnes",
                                                    kSecondPage,
                                                    PostKind::kThreadPost,
                                                    {"19:00:00", "20:00:00"},
                                                    Sight::kUnknown},
                                         BetweenRow{"OnlyEarlierOnes",
                                                    kSecondPage,
                                                    PostKind::kThreadPost,
                                                    {"16:00:00", "17:00:00"},
                                                    Sight::kUnknown},
                                         BetweenRow{"AtTheVeryTimeOfItsNeighbour",
                                                    kSecondPage,
                                                    PostKind::kThreadPost,
                                                    {"18:00:00", "19:00:00"},
                                                    Sight::kUnknown},
                                         BetweenRow{"NeighboursThatWereNotThereBefore",
                                                    kSecondPage,
                                                    PostKind::kThreadPost,
                                                    {"?17:00:00", "19:00:00"},
                                                    Sight::kUnknown},
                                         BetweenRow{"AListingChoosesWhatItShows",
                                                    "http://r.example/school#r3",
                                                    PostKind::kReview,
                                                    {"17:00:00", "19:00:00"},
                                                    Sight::kUnknown}),
                         [](const auto& row) { return row.param.name; });

Told OnPage(Sight sight) {
  return {.sight = sight, .through = Told::Through::kItsPage, .posts_on_page = 3};
}

TEST(NoteSightTest, GoneAfterTwoLooksOnDifferentDays) {
  core::Standing standing{
      .seen_at = At("2026-11-20T18:00:00Z"), .looked_at = At("2026-11-20T18:00:00Z"), .posts = 3};
  struct Step {
    const char* at;
    Sight sight;
    std::optional<CaseEventKind> event;
  };
  const Step steps[] = {
      {"2026-11-21T23:58:00Z", Sight::kMissing, std::nullopt},
      {"2026-11-22T00:02:00Z", Sight::kMissing, std::nullopt},  // Another day, the same moment.
      {"2026-11-22T07:00:00Z", Sight::kThere, std::nullopt},    // A slip of the site.
      {"2026-11-23T07:00:00Z", Sight::kMissing, std::nullopt},
      {"2026-11-23T19:00:00Z", Sight::kMissing, std::nullopt},  // The same day.
      {"2026-11-24T07:00:00Z", Sight::kUnknown, std::nullopt},
      {"2026-11-24T07:10:00Z", Sight::kMissing, CaseEventKind::kGone},
      {"2026-11-25T07:00:00Z", Sight::kMissing, std::nullopt},  // Said once.
      {"2026-11-26T07:00:00Z", Sight::kThere, CaseEventKind::kBack},
  };
  for (const Step& step : steps) {
    const AfterSight after = NoteSight(standing, OnPage(step.sight), At(step.at));
    EXPECT_EQ(after.event, step.event) << step.at;
    standing = after.standing;
    if (step.event == CaseEventKind::kGone) {
      EXPECT_EQ(GoneSince(standing, {}), "between 2026-11-22T07:00:00Z and 2026-11-23T07:00:00Z");
    }
  }
  EXPECT_FALSE(standing.gone);
}

TEST(NoteSightTest, AnUnchangedPageTellsWhatItTold) {
  core::Standing standing;
  EXPECT_EQ(SightBefore(standing), Sight::kUnknown);
  standing = NoteSight(standing, OnPage(Sight::kThere), At("2026-11-20T18:00:00Z")).standing;
  EXPECT_EQ(SightBefore(standing), Sight::kThere);
  standing = NoteSight(standing, OnPage(Sight::kMissing), At("2026-11-21T18:00:00Z")).standing;
  EXPECT_EQ(SightBefore(standing), Sight::kMissing);
  standing = NoteSight(standing, OnPage(Sight::kUnknown), At("2026-11-22T18:00:00Z")).standing;
  EXPECT_EQ(SightBefore(standing), Sight::kUnknown);
}

// However often it is looked at on the day of the first miss.
TEST(NoteSightTest, AnUnchangedPageThatMissedItGoesOnMissingIt) {
  core::Standing standing{.seen_at = At("2026-11-20T18:00:00Z"),
                          .looked_at = At("2026-11-20T18:00:00Z")};
  standing = NoteSight(standing, OnPage(Sight::kMissing), At("2026-11-21T09:00:00Z")).standing;
  for (const char* time : {"2026-11-21T11:00:00Z", "2026-11-21T16:00:00Z"}) {
    ASSERT_EQ(SightBefore(standing), Sight::kMissing) << time;
    const AfterSight after = NoteSight(standing, OnPage(SightBefore(standing)), At(time));
    EXPECT_EQ(after.event, std::nullopt);
    standing = after.standing;
  }
  ASSERT_EQ(SightBefore(standing), Sight::kMissing);
  const AfterSight after = NoteSight(standing, OnPage(Sight::kMissing), At("2026-11-22T09:00:00Z"));
  EXPECT_EQ(after.event, CaseEventKind::kGone);
  EXPECT_EQ(SightBefore(after.standing), Sight::kMissing);
}

// As records from before `missing` was kept say it.
TEST(NoteSightTest, AStandingOfBeforeTellsOfItsFirstMiss) {
  core::Standing standing{.seen_at = At("2026-11-20T18:00:00Z"),
                          .missed_at = At("2026-11-21T09:00:00Z"),
                          .looked_at = At("2026-11-21T09:00:00Z")};
  EXPECT_EQ(SightBefore(standing), Sight::kMissing);
  standing.looked_at = At("2026-11-21T16:00:00Z");
  EXPECT_EQ(SightBefore(standing), Sight::kUnknown)
      << "that look may have been at a page of regret";
}

// Neither an error nor "no such page" comes with a page whose validators could be sent next.
TEST(NoteSightTest, AnUnchangedPageIsTheLastOneThatWasHad) {
  for (const Sight page : {Sight::kThere, Sight::kMissing, Sight::kUnknown}) {
    for (const Sight other : {Sight::kThere, Sight::kMissing, Sight::kUnknown}) {
      core::Standing standing{.seen_at = At("2026-11-20T18:00:00Z"),
                              .looked_at = At("2026-11-20T18:00:00Z")};
      standing = NoteSight(standing, OnPage(page), At("2026-11-21T18:00:00Z")).standing;
      standing = NoteSight(standing, {.sight = other}, At("2026-11-22T18:00:00Z")).standing;
      EXPECT_EQ(standing.looked_at, At("2026-11-22T18:00:00Z")) << "it had its turn";
      EXPECT_EQ(SightBefore(standing), page);
    }
  }
}

// The same of records that do not have it yet.
TEST(NoteSightTest, WhatOlderRecordsTellOutlastsAnError) {
  const core::Standing there{.seen_at = At("2026-11-20T18:00:00Z"),
                             .looked_at = At("2026-11-20T18:00:00Z")};
  const core::Standing missing{.seen_at = At("2026-11-20T18:00:00Z"),
                               .missed_at = At("2026-11-21T09:00:00Z"),
                               .looked_at = At("2026-11-21T16:00:00Z"),
                               .missing = true};
  const Told error;
  EXPECT_EQ(SightBefore(NoteSight(there, error, At("2026-11-22T18:00:00Z")).standing),
            Sight::kThere);
  EXPECT_EQ(SightBefore(NoteSight(missing, error, At("2026-11-22T18:00:00Z")).standing),
            Sight::kMissing);
}

TEST(GoneSinceTest, SaysSeconds) {
  const core::Standing standing{.seen_at = At("2026-11-20T18:00:00.120Z"),
                                .missed_at = At("2026-11-21T09:00:00.987Z")};
  EXPECT_EQ(GoneSince(standing, At("2026-11-19T09:00:00Z")),
            "between 2026-11-20T18:00:00Z and 2026-11-21T09:00:00Z");
}

// Else a page of regret that stays as it is would be taken for the page before it.
TEST(NoteSightTest, ALookThatTellsSomethingElseIsNewsAtOnce) {
  core::Standing standing;
  standing = NoteSight(standing, OnPage(Sight::kThere), At("2026-11-20T18:00:00Z")).standing;
  const auto is_news = [&](Sight sight) {
    return IsNews(standing,
                  NoteSight(standing, OnPage(sight), At("2026-11-20T19:00:00Z")).standing);
  };
  EXPECT_FALSE(is_news(Sight::kThere));
  EXPECT_TRUE(is_news(Sight::kUnknown));
  EXPECT_TRUE(is_news(Sight::kMissing));
}

}  // namespace
}  // namespace schoolwatch::app
