// Posts that are edited, seen through a second source, or many at once.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "alerts/alert.h"
#include "app/commands/cases.h"
#include "app/pipeline/outcome_builder.h"
#include "core/fingerprint.h"
#include "tests/app/samples.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

using core::CaseEventKind;
using core::Category;
using core::Severity;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using testing::SizeIs;

class PostChangesTest : public testing::Test {
 protected:
  void SetUp() override { clock_.SetNow(At("2026-11-20T18:30:00Z")); }

  // One look at one page that holds these posts, an hour after the last one.
  CommitReport Look(std::vector<JudgedPost> posts) {
    clock_.Advance(std::chrono::hours(1));
    OutcomeBuilder builder(store_, store_, planner_, clock_);
    JudgedDocument document = DocumentOf(std::move(posts));
    document.fetched.fetched_at = clock_.Now();
    EXPECT_TRUE(builder.Add(document, {}).has_value());
    EXPECT_TRUE(store_.Commit(builder.Take()).has_value());
    return builder.report();
  }
  // As if the post had been judged to be of no concern.
  static JudgedPost Harmless(std::string id, std::string text) {
    JudgedPost post = Allegation(std::move(id), std::move(text), Severity::kNone);
    post.judgement = {};
    post.fingerprint = {};
    return post;
  }
  static JudgedPost SeenIn(JudgedPost post, core::PostKind kind, std::string id, std::string url,
                           std::string source) {
    post.post.kind = kind;
    post.post.id = std::move(id);
    post.post.url = url;
    post.post.thread_url = std::move(url);
    post.post.source = std::move(source);
    post.key = core::PostKey(post.post);
    post.text_hash = core::PostTextHash(post.post);
    return post;
  }
  core::Case TheCase() {
    const auto cases = store_.ListCases({}).value();
    EXPECT_THAT(cases, SizeIs(1));
    return cases.empty() ? core::Case{} : cases[0];
  }
  std::vector<core::PostVersion> Versions(const std::string& finding) {
    return store_.LoadVersions(finding).value();
  }
  std::vector<std::string> Reasons() {
    std::vector<std::string> reasons;
    const auto items = store_.LoadItems();
    for (const core::OutboxItem& item : items.value()) {
      reasons.push_back(item.reason);
    }
    return reasons;
  }
  std::vector<CaseEventKind> Events() {
    std::vector<CaseEventKind> events;
    for (const core::CaseEvent& event : TheCase().history) {
      events.push_back(event.kind);
    }
    return events;
  }

  fakes::ManualClock clock_;
  fakes::MemoryStore store_;
  std::vector<config::Contact> contacts_ = HeadAlone();
  alerts::Planner planner_{contacts_};
};

TEST_F(PostChangesTest, AnEditThatIsNoWorseIsKeptAndTellsNobody) {
  Look({Allegation("c1", "Mr Thrale is a liar and a cheat.", Severity::kMedium)});
  const CommitReport report =
      Look({Allegation("c1", "Mr Thrale tells tales now and then.", Severity::kMedium)});
  EXPECT_EQ(report.edited_posts, 1u);
  EXPECT_EQ(report.findings, 0u);
  EXPECT_THAT(Reasons(), ElementsAre("new case"));
  EXPECT_THAT(Events(), ElementsAre(CaseEventKind::kOpened, CaseEventKind::kEdited));
  const core::Case one = TheCase();
  ASSERT_THAT(one.findings, SizeIs(1));
  EXPECT_EQ(one.history[1].finding, one.findings[0]);
  EXPECT_EQ(one.changed_at, clock_.Now());
  const auto versions = Versions(one.findings[0]);
  ASSERT_THAT(versions, SizeIs(1));
  EXPECT_EQ(versions[0].text, "Mr Thrale tells tales now and then.");
  EXPECT_EQ(versions[0].at, clock_.Now());
  EXPECT_EQ(store_.LoadFinding(one.findings[0])->post.text, "Mr Thrale is a liar and a cheat.")
      << "what people were told of stays as it was";
}

TEST_F(PostChangesTest, AnEditThatGotWorseIsToldWithWhatItSaidBefore) {
  Look({Allegation("c1", "Mr Thrale is a liar and a cheat.", Severity::kMedium)});
  Look({Allegation("c1", "Mr Thrale tells tales now and then.", Severity::kMedium)});
  Look({Allegation("c1", "Mr Thrale stole the money of the trip.", Severity::kHigh)});
  EXPECT_THAT(Reasons(), ElementsAre("new case", "got worse"));
  EXPECT_THAT(Events(), ElementsAre(CaseEventKind::kOpened, CaseEventKind::kEdited,
                                    CaseEventKind::kEdited, CaseEventKind::kWorse));
  const core::Case one = TheCase();
  ASSERT_THAT(one.findings, SizeIs(2));
  EXPECT_EQ(core::PostsIn(one), 1u) << "it is one post";
  const core::Finding worse = store_.LoadFinding(one.findings[1]).value();
  EXPECT_EQ(worse.edit_of, one.findings[0]);
  const auto versions = Versions(worse.id);
  ASSERT_THAT(versions, SizeIs(1));
  EXPECT_EQ(versions[0].text, "Mr Thrale tells tales now and then.");
  EXPECT_LT(versions[0].at, worse.fetched_at);
}

TEST_F(PostChangesTest, AnEditInAWorseCaseIsToldTooThoughNotAtOnce) {
  JudgedPost other = Allegation("c0", "Mr Thrale hit a child at the gate.", Severity::kUrgent);
  JudgedPost first = Allegation("c1", "And he is late every day of the week.", Severity::kLow);
  JudgedPost second = Allegation("c1", "And he drinks before lessons begin.", Severity::kMedium);
  for (JudgedPost* one : {&other, &first, &second}) {
    one->post.thread_url = "http://herald.example/gates";
  }
  Look({other, first});
  Look({second});
  const auto items = store_.LoadItems().value();
  ASSERT_THAT(items, SizeIs(3));
  EXPECT_EQ(items[2].reason, alerts::kReasonEdited);
  EXPECT_EQ(items[2].delivery, core::Delivery::kDigest);
}

TEST_F(PostChangesTest, ThereAndBackIsNotToldAgain) {
  const auto worst = Allegation("c1", "Mr Thrale stole the money of the trip.", Severity::kHigh);
  Look({worst});
  Look({Allegation("c1", "Mr Thrale tells tales now and then.", Severity::kMedium)});
  Look({worst});
  EXPECT_THAT(Reasons(), SizeIs(1));
  EXPECT_THAT(TheCase().findings, SizeIs(1));
  EXPECT_THAT(Versions(TheCase().findings[0]), SizeIs(2));
}

TEST_F(PostChangesTest, ACategoryThatWasThereBeforeIsNoNewOne) {
  const auto judged = [](std::string text, Category category) {
    JudgedPost post = Allegation("c1", std::move(text), Severity::kMedium);
    post.judgement.categories = {category};
    return post;
  };
  Look({judged("Mr Thrale is a liar and a cheat.", Category::kDefamatory)});
  Look({judged("The school hides what happened to my son.", Category::kReputational)});
  EXPECT_THAT(TheCase().findings, SizeIs(2)) << "a new category is worse";
  Look({judged("Mr Thrale lied to us once more.", Category::kDefamatory)});
  EXPECT_THAT(TheCase().findings, SizeIs(2));
}

TEST_F(PostChangesTest, AMilderTextOfAnotherCategoryIsNoWorseUnlessAChildIsInDanger) {
  const auto judged = [](std::string text, Severity severity, Category category) {
    JudgedPost post = Allegation("c1", std::move(text), severity);
    post.judgement.categories = {category};
    return post;
  };
  Look({judged("Mr Thrale stole the money.", Severity::kHigh, Category::kDefamatory)});
  Look({judged("The food is cold.", Severity::kLow, Category::kReputational)});
  EXPECT_THAT(TheCase().findings, SizeIs(1));
  EXPECT_THAT(Events(), ElementsAre(CaseEventKind::kOpened, CaseEventKind::kEdited));
  EXPECT_THAT(Reasons(), SizeIs(1));
  Look({judged("He waits for my girl.", Severity::kMedium, Category::kSafeguarding)});
  EXPECT_THAT(TheCase().findings, SizeIs(2));
  EXPECT_THAT(Reasons(), SizeIs(2));
}

TEST_F(PostChangesTest, AnEditThatTakesTheConcernAwayIsNoted) {
  Look({Allegation("c1", "Mr Thrale is a liar and a cheat.", Severity::kHigh)});
  Look({Harmless("c1", "I was wrong about this, sorry.")});
  const core::Case one = TheCase();
  ASSERT_THAT(one.history, SizeIs(2));
  EXPECT_EQ(one.history[1].kind, CaseEventKind::kEdited);
  EXPECT_EQ(one.history[1].about, "no concern any more");
  EXPECT_EQ(one.severity, Severity::kHigh) << "it was said";
  // And worse again, from there.
  Look({Allegation("c1", "He is a thief, and I have papers.", Severity::kUrgent)});
  EXPECT_THAT(TheCase().findings, SizeIs(2));
  EXPECT_EQ(Versions(TheCase().findings[1])[0].text, "I was wrong about this, sorry.");
}

TEST_F(PostChangesTest, TheSameWordsWithAnotherEmojiAreNoEdit) {
  Look({Allegation("c1", "Mr Thrale is a liar and a cheat.", Severity::kMedium)});
  Look({Allegation("c1", "MR THRALE is a liar and a cheat!! \U0001F621", Severity::kMedium)});
  EXPECT_THAT(Events(), ElementsAre(CaseEventKind::kOpened));
  EXPECT_THAT(Versions(TheCase().findings[0]), IsEmpty());
}

TEST_F(PostChangesTest, AnEditInOneBatchWithThePostIsSeen) {
  OutcomeBuilder builder(store_, store_, planner_, clock_);
  const auto add = [&](JudgedPost post) {
    ASSERT_TRUE(builder.Add(DocumentOf({std::move(post)}), {}).has_value());
  };
  add(Allegation("c1", "Mr Thrale is a liar and a cheat.", Severity::kMedium));
  add(Allegation("c1", "Mr Thrale tells tales now and then.", Severity::kMedium));
  ASSERT_TRUE(store_.Commit(builder.Take()).has_value());
  EXPECT_THAT(TheCase().findings, SizeIs(1));
  EXPECT_THAT(Events(), ElementsAre(CaseEventKind::kOpened, CaseEventKind::kEdited));
}

TEST_F(PostChangesTest, AWorseEditOpensAClosedCaseAMilderOneDoesNot) {
  Look({Allegation("c1", "Mr Thrale is a liar and a cheat.", Severity::kMedium)});
  core::DocumentOutcome closed;
  closed.cases = {TheCase()};
  closed.cases[0].state = core::CaseState::kClosed;
  ASSERT_TRUE(store_.Commit({&closed, 1}).has_value());
  Look({Allegation("c1", "Mr Thrale tells tales now and then.", Severity::kLow)});
  EXPECT_EQ(TheCase().state, core::CaseState::kClosed);
  Look({Allegation("c1", "Mr Thrale stole the money of the trip.", Severity::kHigh)});
  EXPECT_EQ(TheCase().state, core::CaseState::kNew);
  EXPECT_THAT(Reasons(), Contains("got worse"));
}

TEST_F(PostChangesTest, AFeedsEntryAndItsPageAreOnePostAndNoEdits) {
  const JudgedPost base = Allegation("", "Mr Thrale stole the money of the trip.", Severity::kHigh);
  const std::string url = "http://herald.example/gates";
  const auto in_feed = SeenIn(base, core::PostKind::kEntry, "guid-17", url, "feed");
  JudgedPost longer = base;
  longer.post.text += " The auditors found that out in June, and the whole town knows by now.";
  longer.fingerprint = core::MakeFingerprint(longer.post.text);
  const auto on_page = SeenIn(longer, core::PostKind::kArticle, "", url, "site");
  for (int look = 0; look < 3; ++look) {
    const CommitReport report = Look({in_feed});
    EXPECT_EQ(report.edited_posts, 0u);
    EXPECT_EQ(Look({on_page}).edited_posts, 0u);
  }
  const core::Case one = TheCase();
  EXPECT_THAT(one.findings, SizeIs(1));
  EXPECT_THAT(one.sources, ElementsAre("feed", "site"));
  EXPECT_THAT(Reasons(), ElementsAre("new case"));
  EXPECT_THAT(Events(), ElementsAre(CaseEventKind::kOpened));
}

TEST_F(PostChangesTest, AnEntryWhoseIdIsItsAddressIsNotEditedByItsPage) {
  const JudgedPost base = Harmless("", "Papers to follow.");
  const std::string url = "http://herald.example/gates";
  const auto in_feed = SeenIn(base, core::PostKind::kEntry, url, url, "feed");
  const auto on_page =
      SeenIn(Allegation("", "Mr Thrale stole the money of the trip.", Severity::kHigh),
             core::PostKind::kArticle, url, url, "feed");
  ASSERT_EQ(in_feed.key, on_page.key);
  for (int look = 0; look < 3; ++look) {
    EXPECT_EQ(Look({in_feed}).edited_posts, 0u);
    EXPECT_EQ(Look({on_page}).edited_posts, 0u);
  }
  EXPECT_THAT(TheCase().findings, SizeIs(1));
  auto edited =
      SeenIn(Harmless("", "Papers have followed."), core::PostKind::kEntry, url, url, "feed");
  EXPECT_EQ(Look({edited}).edited_posts, 1u) << "an edit in the feed is one";
}

TEST_F(PostChangesTest, TheFullerTextOfAnotherSourceIsToldWhereItIsWorse) {
  const std::string url = "http://herald.example/gates";
  Look({SeenIn(Allegation("", "Mr Thrale is a liar and a cheat.", Severity::kMedium),
               core::PostKind::kEntry, "guid-17", url, "feed")});
  Look({SeenIn(Allegation("", "Mr Thrale is a liar and a cheat. He hit my son.", Severity::kUrgent),
               core::PostKind::kArticle, "", url, "site")});
  EXPECT_EQ(core::PostsIn(TheCase()), 1u);
  EXPECT_THAT(Reasons(), ElementsAre("new case", "got worse"));
}

TEST_F(PostChangesTest, ThePostOfAnotherSourceIsKnownByWordsAndAuthor) {
  const std::string words = "Mr Thrale has taken the money of the trip, and the office knows.";
  Look({SeenIn(Allegation("", words, Severity::kHigh), core::PostKind::kComment, "88",
               "http://forum.example/t/5#88", "forum")});
  // By mail, without an address.
  EXPECT_EQ(Look({SeenIn(Allegation("", words, Severity::kHigh), core::PostKind::kEntry, "m1", "",
                         "mailbox")})
                .findings,
            0u);
  EXPECT_THAT(TheCase().sources, ElementsAre("forum", "mailbox"));
  // Another voice with these words is one.
  JudgedPost other = SeenIn(Allegation("", words, Severity::kHigh), core::PostKind::kComment, "89",
                            "http://forum.example/t/5#89", "forum");
  other.post.author = "another";
  EXPECT_EQ(Look({other}).findings, 1u);
  EXPECT_EQ(core::PostsIn(TheCase()), 2u);
}

TEST_F(PostChangesTest, AnEditOfAPostKnownByTwoKeysIsOneEdit) {
  const std::string url = "http://herald.example/gates";
  const auto in = [&](std::string_view text, const char* id, const char* source) {
    return SeenIn(Allegation("", std::string(text), Severity::kHigh), core::PostKind::kEntry, id,
                  url, source);
  };
  Look({in("Mr Thrale stole the money of the trip.", "a", "one")});
  Look({in("Mr Thrale stole the money of the trip.", "b", "two")});
  Look({in("Mr Thrale may have borrowed the money.", "a", "one")});
  Look({in("Mr Thrale may have borrowed the money.", "b", "two")});
  EXPECT_THAT(Versions(TheCase().findings[0]), SizeIs(1));
  EXPECT_THAT(Events(), ElementsAre(CaseEventKind::kOpened, CaseEventKind::kEdited));
}

TEST_F(PostChangesTest, AnEditOfAPostWhoseCaseIsLostIsAFindingLikeAnyOther) {
  // Damage: the finding is there, its case is not.
  core::DocumentOutcome orphan;
  const JudgedPost first = Allegation("c1", "Mr Thrale is a liar and a cheat.", Severity::kMedium);
  core::Finding finding;
  finding.id = MakeFindingId("quillbrook", first.key, first.text_hash);
  finding.school = "quillbrook";
  finding.case_id = "GONE-01";
  finding.post = first.post;
  finding.judgement = first.judgement;
  orphan.findings = {finding};
  orphan.seen = {{first.key, first.text_hash, clock_.Now()}};
  orphan.seen[0].findings = {finding.id};
  ASSERT_TRUE(store_.Commit({&orphan, 1}).has_value());
  Look({Allegation("c1", "Mr Thrale lied to us once more, I hear.", Severity::kMedium)});
  EXPECT_THAT(TheCase().findings, SizeIs(1));
}

TEST_F(PostChangesTest, CasesShowTellsOfEdits) {
  Look({Allegation("c1", "Mr Thrale is a liar and a cheat.", Severity::kMedium)});
  Look({Allegation("c1", "Mr Thrale tells tales now and then.", Severity::kMedium)});
  Look({Allegation("c1", "Mr Thrale stole the money of the trip.", Severity::kHigh)});
  std::ostringstream out;
  ASSERT_TRUE(
      ShowCase(store_, TheCase().id, OutputForm::kForPeople, clock_.Now(), out).has_value());
  EXPECT_THAT(out.str(), HasSubstr("1 post, 1 author"));
  EXPECT_THAT(out.str(), HasSubstr("edited: medium (post " + TheCase().findings[0] + ")"));
  EXPECT_THAT(out.str(), HasSubstr("an edit of post " + TheCase().findings[0]));
  EXPECT_THAT(out.str(),
              HasSubstr("before the edit, first read 2026-11-20T20:30Z (medium), it read:"
                        "\n      Mr Thrale tells tales now and then.\n"));
  std::ostringstream json;
  ASSERT_TRUE(
      ShowCase(store_, TheCase().id, OutputForm::kJsonLines, clock_.Now(), json).has_value());
  EXPECT_THAT(json.str(), HasSubstr(R"("versions":[{"read":"2026-11-20T20:30:00Z","text":"Mr)"));
  EXPECT_THAT(json.str(), HasSubstr(R"("edit_of":")" + TheCase().findings[0]));
}

class GrowthTest : public PostChangesTest {
 protected:
  // `count` voices of as many people in the case's thread, from number `from` on.
  CommitReport Voices(int from, int count, const char* author = nullptr) {
    std::vector<JudgedPost> posts;
    for (int i = from; i < from + count; ++i) {
      JudgedPost post =
          Allegation("v" + std::to_string(i),
                     "Voice number " + std::to_string(i) + " says he lied.", Severity::kLow);
      post.post.thread_url = "http://herald.example/gates";
      post.post.author = author != nullptr ? author : "voice " + std::to_string(i);
      post.post.published = clock_.Now();
      posts.push_back(std::move(post));
    }
    return Look(std::move(posts));
  }
  std::size_t TimesGrown() {
    return static_cast<std::size_t>(std::ranges::count(Reasons(), alerts::kReasonGrowing));
  }
};

TEST_F(GrowthTest, ACaseThatGrowsFastSurfacesAgainAndAgainWhenItDoubles) {
  Voices(0, 4);
  EXPECT_EQ(TimesGrown(), 0u);
  Voices(4, 1);
  EXPECT_EQ(TimesGrown(), 1u);
  EXPECT_THAT(Events(), Contains(CaseEventKind::kGrowing));
  Voices(5, 4);
  EXPECT_EQ(TimesGrown(), 1u) << "nine are not twice five";
  Voices(9, 1);
  EXPECT_EQ(TimesGrown(), 2u);
  const auto items = store_.LoadItems();
  for (const core::OutboxItem& item : items.value()) {
    EXPECT_EQ(item.delivery == core::Delivery::kNow, item.reason == alerts::kReasonGrowing);
  }
}

TEST_F(GrowthTest, OneVoiceThatRepeatsItselfIsNoGrowth) {
  Voices(0, 12, "loud");
  EXPECT_EQ(TimesGrown(), 0u);
}

TEST_F(GrowthTest, AFewADayForWeeksAreNoGrowth) {
  for (int day = 0; day < 10; ++day) {
    Voices(day * 2, 2);
    clock_.Advance(std::chrono::hours(23));
  }
  EXPECT_EQ(TimesGrown(), 0u);
}

TEST_F(GrowthTest, WhatWasSeenIsNewAgain) {
  Voices(0, 2);
  core::DocumentOutcome seen;
  seen.cases = {TheCase()};
  seen.cases[0].state = core::CaseState::kSeen;
  ASSERT_TRUE(store_.Commit({&seen, 1}).has_value());
  Voices(2, 1);
  EXPECT_EQ(TheCase().state, core::CaseState::kSeen);
  Voices(3, 2);
  EXPECT_EQ(TheCase().state, core::CaseState::kNew);
  std::ostringstream out;
  ASSERT_TRUE(ListCases(store_, {.filter = {}, .now = clock_.Now()}, out).has_value());
  EXPECT_THAT(out.str(), HasSubstr("! growing fast"));
}

TEST_F(GrowthTest, AnotherDangerOfTheSameSeveritySurfacesAgain) {
  JudgedPost first = Allegation("c1", "He will bring a knife tomorrow.", Severity::kUrgent);
  JudgedPost second = Allegation("c2", "I cannot go on, nobody will miss me.", Severity::kUrgent);
  first.post.thread_url = second.post.thread_url = "http://herald.example/gates";
  first.judgement.categories = second.judgement.categories = {Category::kSafeguarding};
  first.judgement.topics = {"threat"};
  second.judgement.topics = {"self-harm"};
  Look({first});
  core::DocumentOutcome seen;
  seen.cases = {TheCase()};
  seen.cases[0].state = core::CaseState::kSeen;
  ASSERT_TRUE(store_.Commit({&seen, 1}).has_value());
  Look({second});
  EXPECT_EQ(TheCase().state, core::CaseState::kNew);
  EXPECT_THAT(Events(), Contains(CaseEventKind::kWorse));
  EXPECT_THAT(Reasons(), Contains("got worse"));
}

}  // namespace
}  // namespace schoolwatch::app
