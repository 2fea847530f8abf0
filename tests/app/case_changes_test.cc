#include "app/case_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "app/pipeline/outcome_builder.h"
#include "core/hash.h"
#include "tests/app/samples.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

using core::CaseEventKind;
using core::CaseOutcome;
using core::CaseState;
using core::Category;
using core::ErrorKind;
using core::Severity;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const NameMask kMask({}, {});

// Some words that no other post has in this order, so that texts bring nothing together.
std::string WordsFor(const std::string& id) {
  constexpr std::array<const char*, 16> kWords{
      "bread",  "chalk", "drums",   "flags", "gloves", "hats",  "ink",   "jam",
      "kettle", "lamps", "marbles", "nails", "ovens",  "paint", "ropes", "soap"};
  std::string words;
  for (const char digit : core::ShortHash(id)) {
    words += std::string(" ") + kWords[static_cast<unsigned char>(digit) % kWords.size()];
  }
  return words;
}

class CaseChangesTest : public testing::Test {
 protected:
  // A run that finds these posts.
  void Find(const std::vector<JudgedPost>& posts) {
    clock_.Advance(std::chrono::minutes(1));
    OutcomeBuilder builder(store_, store_, planner_, clock_);
    ASSERT_TRUE(builder.Add(DocumentOf(posts), {}).has_value());
    ASSERT_TRUE(store_.Commit(builder.Take()).has_value());
  }
  JudgedPost InThread(const std::string& thread, const std::string& id, Severity severity,
                      Category category = Category::kDefamatory) {
    JudgedPost post = Allegation(id, "Mr Thrale stole" + WordsFor(id) + ".", severity);
    post.post.thread_url = "http://herald.example/" + thread;
    post.judgement.categories = {category};
    return post;
  }
  Decision By(std::string reason = "asked the office") {
    clock_.Advance(std::chrono::minutes(1));
    return {.who = "Ada Wren", .reason = std::move(reason), .at = clock_.Now()};
  }
  void Carry(const core::Result<core::DocumentOutcome>& decided) {
    ASSERT_TRUE(decided.has_value()) << decided.error().message;
    ASSERT_TRUE(store_.Commit({&*decided, 1}).has_value());
  }
  std::vector<core::Case> Cases() { return store_.ListCases({}).value(); }
  core::Case CaseOf(const std::string& post) {
    for (const core::Case& one : Cases()) {
      for (const std::string& id : one.findings) {
        if (store_.LoadFinding(id).value().post.id == post) {
          return one;
        }
      }
    }
    ADD_FAILURE() << "no case has " << post;
    return {};
  }
  std::string FindingOf(const std::string& post) {
    for (const std::string& id : CaseOf(post).findings) {
      if (store_.LoadFinding(id).value().post.id == post) {
        return id;
      }
    }
    return "";
  }
  std::vector<core::OutboxItem> Items() { return store_.LoadItems().value(); }
  std::vector<CaseEventKind> Kinds(const core::Case& of) {
    std::vector<CaseEventKind> kinds;
    for (const core::CaseEvent& event : of.history) {
      kinds.push_back(event.kind);
    }
    return kinds;
  }

  fakes::ManualClock clock_;
  fakes::MemoryStore store_;
  std::vector<config::Contact> contacts_ = HeadAlone();
  alerts::Planner planner_{contacts_};
};

TEST_F(CaseChangesTest, EachStepIsRememberedWithWhoAndWhy) {
  Find({InThread("a", "p1", Severity::kHigh)});
  const std::string id = CaseOf("p1").id;
  Carry(SetState(store_, id, CaseState::kSeen, By("")));
  Carry(SetState(store_, id, CaseState::kInHand, By("with the chair")));
  Carry(NoteCase(store_, id, By("rang \x1b[2Jthem")));
  Carry(CloseCase(store_, id, CaseOutcome::kComplaint, kMask, By()));
  const core::Case now = CaseOf("p1");
  EXPECT_EQ(now.state, CaseState::kClosed);
  EXPECT_EQ(now.outcome, CaseOutcome::kComplaint);
  EXPECT_THAT(Kinds(now),
              ElementsAre(CaseEventKind::kOpened, CaseEventKind::kState, CaseEventKind::kState,
                          CaseEventKind::kNoted, CaseEventKind::kClosed));
  EXPECT_EQ(now.history[0].who, "");
  EXPECT_EQ(now.history[2], (core::CaseEvent{now.history[2].at, "Ada Wren", CaseEventKind::kState,
                                             "in hand", "with the chair"}));
  EXPECT_EQ(now.history[3].reason, "rang [2Jthem") << "a note moves no cursor";
  EXPECT_EQ(now.history[4].about, "complaint");
  EXPECT_EQ(now.changed_at, clock_.Now());
}

TEST_F(CaseChangesTest, WhatMakesNoSenseIsRefused) {
  Find({InThread("a", "p1", Severity::kHigh), InThread("b", "p2", Severity::kHigh)});
  const std::string a = CaseOf("p1").id;
  const std::string b = CaseOf("p2").id;
  const std::vector<std::string> all = CaseOf("p1").findings;
  const std::vector<std::string> other = CaseOf("p2").findings;
  Carry(SetState(store_, a, CaseState::kInHand, By()));
  const auto kind = [](const core::Result<core::DocumentOutcome>& decided) {
    return decided.has_value() ? std::string("done")
                               : std::string(core::ErrorKindName(decided.error().kind));
  };
  EXPECT_EQ(kind(SetState(store_, a, CaseState::kSeen, By())), "bad input");
  EXPECT_EQ(kind(SetState(store_, "ZZZZ", CaseState::kSeen, By())), "not found");
  EXPECT_EQ(kind(ReopenCase(store_, a, By())), "bad input");
  EXPECT_EQ(kind(NoteCase(store_, a, By(" "))), "bad input");
  EXPECT_EQ(kind(NoteCase(store_, a, By(std::string(kMaxReasonBytes + 1, 'x')))), "bad input");
  EXPECT_EQ(kind(MergeCases(store_, a, a, By())), "bad input");
  EXPECT_EQ(kind(MergeCases(store_, a, b, By(""))), "bad input");
  EXPECT_EQ(kind(SplitCase(store_, a, all, By())), "bad input") << "nothing would stay";
  EXPECT_EQ(kind(SplitCase(store_, a, other, By())), "bad input");
  EXPECT_EQ(kind(SplitCase(store_, a, {}, By())), "bad input");
  EXPECT_EQ(kind(CloseCase(store_, a, CaseOutcome::kNoConcern, kMask, By(""))), "bad input");
  Carry(CloseCase(store_, a, CaseOutcome::kComplaint, kMask, By("")));
  EXPECT_EQ(kind(CloseCase(store_, a, CaseOutcome::kComplaint, kMask, By())), "bad input");
  EXPECT_EQ(kind(SetState(store_, a, CaseState::kSeen, By())), "bad input");
}

TEST_F(CaseChangesTest, ASafeguardingCaseIsNotClosedWithoutAReason) {
  Find({InThread("a", "p1", Severity::kHigh, Category::kSafeguarding)});
  const std::string id = CaseOf("p1").id;
  EXPECT_FALSE(CloseCase(store_, id, CaseOutcome::kReferred, kMask, By("")).has_value());
  Carry(CloseCase(store_, id, CaseOutcome::kReferred, kMask, By("to the local authority")));
}

TEST_F(CaseChangesTest, WhatComesAfterClosingOpensTheCaseAgainAndIsTold) {
  for (const Category category : {Category::kSafeguarding, Category::kDefamatory}) {
    const std::string thread(core::CategoryName(category));
    SCOPED_TRACE(thread);
    Find({InThread(thread, thread + "1", Severity::kMedium, category)});
    const std::string id = CaseOf(thread + "1").id;
    Carry(CloseCase(store_, id, CaseOutcome::kNoConcern, kMask, By()));
    const std::size_t told = Items().size();
    Find({InThread(thread, thread + "2", Severity::kMedium, category)});
    const core::Case now = CaseOf(thread + "2");
    EXPECT_EQ(now.id, id);
    EXPECT_EQ(now.state, CaseState::kNew);
    EXPECT_EQ(now.outcome, CaseOutcome::kNone);
    EXPECT_EQ(now.history.back().kind, CaseEventKind::kReopened);
    ASSERT_THAT(Items(), SizeIs(told + 1));
    const core::OutboxItem item = Items().back();
    EXPECT_EQ(item.reason, "reopened");
    EXPECT_EQ(item.delivery,
              category == Category::kSafeguarding ? core::Delivery::kNow : core::Delivery::kDigest)
        << "as soon as if it were a new case";
  }
}

TEST_F(CaseChangesTest, AClosedCaseThatGetsWorseIsToldAtOnce) {
  Find({InThread("a", "p1", Severity::kLow, Category::kReputational)});
  Carry(CloseCase(store_, CaseOf("p1").id, CaseOutcome::kLawfulCriticism, kMask, By()));
  Find({InThread("a", "p2", Severity::kMedium, Category::kReputational)});
  EXPECT_EQ(CaseOf("p2").state, CaseState::kNew);
  EXPECT_THAT(Kinds(CaseOf("p2")), ElementsAre(CaseEventKind::kOpened, CaseEventKind::kClosed,
                                               CaseEventKind::kReopened, CaseEventKind::kWorse));
  EXPECT_EQ(Items().back().delivery, core::Delivery::kNow);
  EXPECT_EQ(Items().back().reason, "got worse");
}

TEST_F(CaseChangesTest, ASeenCaseThatGetsWorseIsNewAgain) {
  Find({InThread("a", "p1", Severity::kLow)});
  Carry(SetState(store_, CaseOf("p1").id, CaseState::kSeen, By()));
  Find({InThread("a", "p2", Severity::kLow)});
  EXPECT_EQ(CaseOf("p1").state, CaseState::kSeen);
  Find({InThread("a", "p3", Severity::kUrgent)});
  EXPECT_EQ(CaseOf("p1").state, CaseState::kNew);
  EXPECT_EQ(CaseOf("p1").history.back().about, "urgent");
}

TEST_F(CaseChangesTest, AMergedCasesPostsAndFutureAreTheOthers) {
  Find({InThread("a", "p1", Severity::kMedium), InThread("b", "p2", Severity::kUrgent)});
  const std::string a = CaseOf("p1").id;
  const std::string b = CaseOf("p2").id;
  Carry(CloseCase(store_, a, CaseOutcome::kNoConcern, kMask, By()));
  Carry(MergeCases(store_, b, a, By("the same evening")));
  ASSERT_THAT(Cases(), SizeIs(1));
  core::Case now = Cases()[0];
  EXPECT_EQ(now.id, a);
  EXPECT_EQ(now.state, CaseState::kNew) << "what nobody has looked at is not closed";
  EXPECT_EQ(now.outcome, CaseOutcome::kNone);
  EXPECT_EQ(now.severity, Severity::kUrgent);
  EXPECT_THAT(now.findings, SizeIs(2));
  EXPECT_EQ(now.history.back().about, b);
  EXPECT_EQ(store_.LoadCase(b).value().id, a);
  EXPECT_EQ(store_.LoadFinding(FindingOf("p2")).value().case_id, a);
  EXPECT_THAT(store_.ListExamples().value(), IsEmpty());
  Find({InThread("b", "p3", Severity::kLow)});
  EXPECT_EQ(CaseOf("p3").id, a) << "the thread of the merged case leads to the other";
  EXPECT_THAT(Cases(), SizeIs(1));
}

TEST_F(CaseChangesTest, ACaseMayNotBeMergedIntoAnotherSchools) {
  JudgedPost other = InThread("b", "p2", Severity::kHigh);
  other.judgement.schools = {{.school = "elsewhere", .score = 1, .why = "name"}};
  Find({InThread("a", "p1", Severity::kHigh), other});
  const auto merged = MergeCases(store_, CaseOf("p1").id, CaseOf("p2").id, By());
  ASSERT_FALSE(merged.has_value());
  EXPECT_THAT(merged.error().message, HasSubstr("elsewhere"));
}

TEST_F(CaseChangesTest, ASplitCaseKeepsItsThread) {
  Find({InThread("a", "p1", Severity::kLow),
        InThread("a", "p2", Severity::kUrgent, Category::kSafeguarding)});
  const std::string id = CaseOf("p1").id;
  const std::vector<std::string> moved{FindingOf("p2").substr(0, 8)};
  Carry(SplitCase(store_, id, moved, By("another matter")));
  const core::Case left = CaseOf("p1");
  const core::Case made = CaseOf("p2");
  EXPECT_EQ(left.id, id);
  EXPECT_NE(made.id, id);
  EXPECT_EQ(left.severity, Severity::kLow);
  EXPECT_THAT(left.categories, ElementsAre(Category::kDefamatory));
  EXPECT_EQ(made.severity, Severity::kUrgent);
  EXPECT_THAT(made.categories, ElementsAre(Category::kSafeguarding));
  EXPECT_EQ(made.state, CaseState::kNew) << "nobody has answered it";
  EXPECT_EQ(made.history.back().about, id);
  EXPECT_EQ(left.history.back().about, made.id);
  EXPECT_EQ(store_.LoadFinding(FindingOf("p2")).value().case_id, made.id);
  Find({InThread("a", "p3", Severity::kLow)});
  EXPECT_EQ(CaseOf("p3").id, id);
}

TEST_F(CaseChangesTest, WhatBecameOfAPostGoesAlongWithIt) {
  Find({InThread("a", "p1", Severity::kLow), InThread("a", "p2", Severity::kLow)});
  core::Case both = CaseOf("p1");
  for (const char* post : {"p1", "p2"}) {
    both.history.push_back({.at = both.changed_at,
                            .who = "",
                            .kind = core::CaseEventKind::kGone,
                            .about = "deleted at its source",
                            .reason = "",
                            .finding = FindingOf(post)});
  }
  core::DocumentOutcome outcome;
  outcome.cases = {both};
  ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  Carry(SplitCase(store_, both.id, std::vector{FindingOf("p2")}, By("another matter")));
  const auto told = [](const core::Case& of) {
    std::vector<std::string> words;
    for (const core::CaseEvent& event : of.history) {
      words.push_back(core::CaseEventWords(event));
    }
    return words;
  };
  EXPECT_THAT(told(CaseOf("p1")), ElementsAre("opened: low", "gone: deleted at its source",
                                              "split: other posts are in case " + CaseOf("p2").id));
  EXPECT_EQ(CaseOf("p1").history.at(1).finding, FindingOf("p1"));
  EXPECT_THAT(told(CaseOf("p2")),
              ElementsAre("gone: deleted at its source", "split off from case " + both.id));
}

TEST_F(CaseChangesTest, WhatIsSplitOffIsHeldByWhoeverHeldTheCase) {
  Find({InThread("a", "p1", Severity::kLow), InThread("a", "p2", Severity::kLow),
        InThread("a", "p3", Severity::kLow)});
  const std::string id = CaseOf("p1").id;
  Carry(SetState(store_, id, CaseState::kInHand, By()));
  Carry(SplitCase(store_, id, std::vector{FindingOf("p2")}, By("another matter")));
  EXPECT_EQ(CaseOf("p2").state, CaseState::kInHand);
  Carry(CloseCase(store_, id, CaseOutcome::kComplaint, kMask, By()));
  Carry(SplitCase(store_, id, std::vector{FindingOf("p3")}, By("no part of that")));
  EXPECT_EQ(CaseOf("p3").state, CaseState::kSeen) << "it is not what was closed";
  EXPECT_EQ(CaseOf("p3").outcome, CaseOutcome::kNone);
}

// The id stands in mails that were sent before.
TEST_F(CaseChangesTest, AMergeUndoneLeadsTheOldIdToItsPosts) {
  Find({InThread("a", "p1", Severity::kLow), InThread("b", "p2", Severity::kLow),
        InThread("b", "p3", Severity::kLow), InThread("c", "p4", Severity::kLow)});
  const std::string a = CaseOf("p1").id;
  const std::string b = CaseOf("p2").id;
  const std::string c = CaseOf("p4").id;
  ASSERT_EQ(CaseOf("p3").id, b);
  Carry(MergeCases(store_, b, a, By("one story")));
  Carry(MergeCases(store_, a, c, By("of three")));
  EXPECT_EQ(store_.LoadCase(b).value().id, c);
  Carry(SplitCase(store_, c, std::vector{FindingOf("p2")}, By("one of two")));
  EXPECT_EQ(store_.LoadCase(b).value().id, c) << "a post of it is still there";
  Carry(SplitCase(store_, c, std::vector{FindingOf("p3")}, By("and the other")));
  EXPECT_EQ(store_.LoadCase(b).value().id, CaseOf("p3").id);
  EXPECT_EQ(store_.LoadCase(a).value().id, c) << "its first post is still there";
  // Merged and split once more, by its new id and its old one.
  const std::string again = CaseOf("p3").id;
  Carry(MergeCases(store_, again, c, By("after all")));
  Carry(SplitCase(store_, c, std::vector{FindingOf("p3")}, By("or not")));
  EXPECT_EQ(store_.LoadCase(again).value().id, CaseOf("p3").id);
  EXPECT_EQ(store_.LoadCase(b).value().id, CaseOf("p3").id);
}

// A copy in another source is known to its case alone.
TEST_F(CaseChangesTest, MergeAndSplitKeepThePlaces) {
  Find({InThread("a", "p1", Severity::kLow), InThread("b", "p2", Severity::kLow)});
  const std::string a = CaseOf("p1").id;
  core::Case copied = CaseOf("p2");
  const std::string source = copied.sources.at(0);
  copied.sources.push_back("the-mirror");
  core::DocumentOutcome outcome;
  outcome.cases = {copied};
  ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  Carry(MergeCases(store_, copied.id, a, By("one story")));
  EXPECT_THAT(CaseOf("p1").sources, ElementsAre(source, "the-mirror"));
  Carry(SplitCase(store_, a, std::vector{FindingOf("p2")}, By("two after all")));
  EXPECT_THAT(CaseOf("p1").sources, ElementsAre(source, "the-mirror"));
  EXPECT_THAT(CaseOf("p2").sources, ElementsAre(source, "the-mirror"));
}

// One text of a post that was edited is still a post.
TEST_F(CaseChangesTest, AnEditThatLeavesItsFirstTextIsAPost) {
  Find({InThread("a", "p1", Severity::kLow), InThread("a", "p2", Severity::kLow)});
  const std::string id = CaseOf("p1").id;
  core::DocumentOutcome outcome;
  outcome.findings = {store_.LoadFinding(FindingOf("p2")).value()};
  outcome.findings[0].edit_of = FindingOf("p1");
  outcome.cases = {CaseOf("p1")};
  outcome.cases[0].edits = 1;
  ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  ASSERT_EQ(core::PostsIn(CaseOf("p1")), 1u);
  Carry(SplitCase(store_, id, std::vector{FindingOf("p2")}, By("it reads otherwise")));
  EXPECT_EQ(core::PostsIn(CaseOf("p1")), 1u);
  EXPECT_EQ(core::PostsIn(CaseOf("p2")), 1u);
}

TEST_F(CaseChangesTest, AnEmptyNoteIsToldHowANoteIsGiven) {
  Find({InThread("a", "p1", Severity::kLow)});
  const auto noted = NoteCase(store_, CaseOf("p1").id, By(" \t\n"));
  ASSERT_FALSE(noted.has_value());
  EXPECT_EQ(noted.error().kind, ErrorKind::kBadInput);
  EXPECT_THAT(noted.error().message, HasSubstr("the note is empty"));
  EXPECT_THAT(noted.error().message, testing::Not(HasSubstr("--note")));
}

TEST_F(CaseChangesTest, AThreadThatIsSplitOffWholeIsFollowed) {
  Find({InThread("a", "p1", Severity::kLow)});
  Find({InThread("b", "p2", Severity::kLow)});
  const std::string id = CaseOf("p1").id;
  Carry(MergeCases(store_, CaseOf("p2").id, id, By("one story")));
  Carry(SplitCase(store_, id, std::vector{FindingOf("p2")}, By("two after all")));
  ASSERT_THAT(Cases(), SizeIs(2));
  Find({InThread("b", "p3", Severity::kLow), InThread("a", "p4", Severity::kLow)});
  EXPECT_EQ(CaseOf("p3").id, CaseOf("p2").id);
  EXPECT_EQ(CaseOf("p4").id, id);
}

TEST_F(CaseChangesTest, WhatIsSetAsideIsKeptMaskedUntilItIsThoughtBetterOf) {
  Find({InThread("a", "p1", Severity::kMedium)});
  const std::string id = CaseOf("p1").id;
  Carry(CloseCase(store_, id, CaseOutcome::kNotAboutUs, kMask, By()));
  const std::vector<core::KeptExample> kept = store_.ListExamples().value();
  ASSERT_THAT(kept, SizeIs(1));
  EXPECT_EQ(kept[0].post.text, "Mr Someone stole" + WordsFor("p1") + ".");
  EXPECT_EQ(kept[0].post.author, "");
  EXPECT_EQ(kept[0].post.url, "");
  EXPECT_EQ(kept[0].outcome, CaseOutcome::kNotAboutUs);
  EXPECT_EQ(kept[0].case_id, id);
  Carry(CloseCase(store_, id, CaseOutcome::kConcern, kMask, By()));
  EXPECT_THAT(store_.ListExamples().value(), IsEmpty());
  Carry(CloseCase(store_, id, CaseOutcome::kNoConcern, kMask, By()));
  EXPECT_THAT(store_.ListExamples().value(), SizeIs(1));
  Carry(ReopenCase(store_, id, By()));
  EXPECT_THAT(store_.ListExamples().value(), IsEmpty());
  EXPECT_EQ(CaseOf("p1").state, CaseState::kInHand);
}

TEST_F(CaseChangesTest, WhoIsAccusedInAMergedCaseIsToldNothingMoreOfIt) {
  // One builder, as in one run: what it knows of a case must not outlive a merge.
  OutcomeBuilder run(store_, store_, planner_, clock_);
  const auto find = [&](JudgedPost post) {
    ASSERT_TRUE(run.Add(DocumentOf({std::move(post)}), {}).has_value());
    ASSERT_TRUE(store_.Commit(run.Take()).has_value());
  };
  JudgedPost accusing = InThread("b", "p2", Severity::kHigh, Category::kSafeguarding);
  accusing.post.text = "Mrs Wren hits the children.";
  accusing.judgement.topics = {"staff_conduct"};
  accusing.text_hash = core::PostTextHash(accusing.post);
  find(InThread("a", "p1", Severity::kHigh, Category::kSafeguarding));
  find(accusing);
  const std::size_t told = Items().size();
  Carry(MergeCases(store_, CaseOf("p2").id, CaseOf("p1").id, By("one story")));
  find(InThread("a", "p3", Severity::kHigh, Category::kSafeguarding));
  EXPECT_THAT(CaseOf("p3").findings, SizeIs(3));
  EXPECT_EQ(Items().size(), told) << "the headteacher is named by what was merged";
}

}  // namespace
}  // namespace schoolwatch::app
