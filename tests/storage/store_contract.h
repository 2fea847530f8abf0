#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "storage/audit_check.h"
#include "storage/store.h"
#include "tests/storage/samples.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::storage {

// What every Store promises. Include it once in a test program and instantiate:
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContractTest, testing::Values(StoreKind{…}));
struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<Store>(const std::filesystem::path& folder)> make;
};

class StoreContractTest : public testing::TestWithParam<StoreKind> {
 protected:
  StoreContractTest() : store_(GetParam().make(folder_.path())) {}
  Store& store() { return *store_; }

  void Commit(const core::DocumentOutcome& outcome) {
    const auto done = store().Commit({&outcome, 1});
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  void CommitCase(const core::Case& changed) {
    core::DocumentOutcome outcome;
    outcome.cases.push_back(changed);
    Commit(outcome);
  }
  void CommitItems(std::vector<core::OutboxItem> items) {
    core::DocumentOutcome outcome;
    outcome.outbox = std::move(items);
    Commit(outcome);
  }
  // A case with one finding of this text.
  void CommitText(const std::string& id, const std::string& school, const std::string& text,
                  core::Timestamp day = samples::Day(20)) {
    core::DocumentOutcome outcome;
    outcome.cases.push_back(samples::MakeCase("case-" + id, school, day));
    outcome.findings.push_back(samples::MakeFinding("finding-" + id, school, "case-" + id));
    outcome.findings.back().post.text = text;
    outcome.findings.back().fetched_at = day;
    Commit(outcome);
  }
  // The id of the case that FindCaseByText answers; "" for none.
  std::string CaseOfText(const std::string& school, const std::string& text) {
    const auto found = store().FindCaseByText(school, core::MakeFingerprint(text));
    EXPECT_TRUE(found.has_value()) << found.error().message;
    return found.has_value() && *found ? (*found)->id : "";
  }
  std::string CaseOfLink(const std::string& school, const std::string& url) {
    const auto found = store().FindCaseByLink(school, url);
    EXPECT_TRUE(found.has_value()) << found.error().message;
    return found.has_value() && *found ? (*found)->id : "";
  }
  std::vector<std::string> Listed(const CaseFilter& filter) {
    std::vector<std::string> ids;
    const auto cases = store().ListCases(filter);
    EXPECT_TRUE(cases.has_value()) << cases.error().message;
    for (const core::Case& found : *cases) {
      ids.push_back(found.id);
    }
    return ids;
  }
  std::vector<std::string> WaitingItems() {
    std::vector<std::string> ids;
    const auto items = store().LoadItems();
    EXPECT_TRUE(items.has_value()) << items.error().message;
    for (const core::OutboxItem& item : *items) {
      ids.push_back(item.id);
    }
    return ids;
  }

 private:
  TempFolder folder_;
  std::unique_ptr<Store> store_;
};

using Ids = std::vector<std::string>;

TEST_P(StoreContractTest, NewStoreHoldsNothing) {
  EXPECT_EQ(store().FindSeen("x").value(), std::nullopt);
  EXPECT_EQ(store().FindUrl("https://a.example/").value(), std::nullopt);
  EXPECT_EQ(store().FindHost("https://a.example").value(), std::nullopt);
  EXPECT_EQ(store().FindSource("a").value(), std::nullopt);
  EXPECT_EQ(store().FindNote("last-run").value(), std::nullopt);
  EXPECT_EQ(store().FindLedger("https://a.example").value(), std::nullopt);
  EXPECT_TRUE(store().ListLedgers().value().empty());
  EXPECT_EQ(store().LoadCase("x").error().kind, core::ErrorKind::kNotFound);
  EXPECT_EQ(store().LoadFinding("x").error().kind, core::ErrorKind::kNotFound);
  EXPECT_EQ(Listed({}), Ids{});
  EXPECT_EQ(WaitingItems(), Ids{});
  EXPECT_TRUE(store().LoadBatches().value().empty());
  EXPECT_EQ(CaseOfLink("quillbrook", "https://a.example/"), "");
  EXPECT_EQ(CaseOfText("quillbrook", "nothing was ever said"), "");
}

TEST_P(StoreContractTest, CommittedDocumentsAreWhollyThere) {
  const std::vector<core::DocumentOutcome> outcomes{samples::MakeDocument(1),
                                                    samples::MakeDocument(2)};
  EXPECT_EQ(samples::LookFor(store(), 1), samples::Presence::kAbsent);
  ASSERT_TRUE(store().Commit(outcomes).has_value());
  EXPECT_EQ(samples::LookFor(store(), 1), samples::Presence::kWhole);
  EXPECT_EQ(samples::LookFor(store(), 2), samples::Presence::kWhole);
}

TEST_P(StoreContractTest, CommittingAgainChangesNothing) {
  Commit(samples::MakeDocument(1));
  Commit(samples::MakeDocument(1));
  EXPECT_EQ(samples::LookFor(store(), 1), samples::Presence::kWhole);
  EXPECT_EQ(Listed({}), Ids{"case-1"});
  EXPECT_EQ(WaitingItems(), Ids{"item-1"});
}

TEST_P(StoreContractTest, NothingToCommitIsFine) {
  EXPECT_TRUE(store().Commit({}).has_value());
  Commit(core::DocumentOutcome{});
}

TEST_P(StoreContractTest, AnEditReplacesTheMark) {
  core::DocumentOutcome outcome;
  outcome.seen = {{"p", "first", samples::Day(1)}, {"p", "edited", samples::Day(2)}};
  Commit(outcome);
  EXPECT_EQ(store().FindSeen("p").value(), outcome.seen[1]);
}

TEST_P(StoreContractTest, KeysMayBeAnyBytes) {
  const std::string odd("\0/ \xFF\n", 5);
  core::DocumentOutcome outcome;
  outcome.seen = {{odd, "t", samples::Day(1)}, {"", "e", samples::Day(1)}};
  outcome.urls.emplace_back().key = odd;
  outcome.sources.emplace_back().name = odd;
  Commit(outcome);
  EXPECT_EQ(store().FindSeen(odd).value(), outcome.seen[0]);
  EXPECT_EQ(store().FindSeen("").value(), outcome.seen[1]);
  EXPECT_EQ(store().FindSeen(odd.substr(0, 1)).value(), std::nullopt);
  EXPECT_EQ(store().FindUrl(odd).value(), outcome.urls[0]);
  EXPECT_EQ(store().FindSource(odd).value(), outcome.sources[0]);
}

TEST_P(StoreContractTest, ListsTheNewestChangeFirst) {
  CommitCase(samples::MakeCase("A", "quillbrook", samples::Day(1)));
  CommitCase(samples::MakeCase("B", "quillbrook", samples::Day(3)));
  CommitCase(samples::MakeCase("C", "quillbrook", samples::Day(2)));
  EXPECT_EQ(Listed({}), (Ids{"B", "C", "A"}));
  CommitCase(samples::MakeCase("A", "quillbrook", samples::Day(4)));
  EXPECT_EQ(Listed({}), (Ids{"A", "B", "C"}));
}

TEST_P(StoreContractTest, ACaseChangedTwiceInOneCommitIsListedOnce) {
  core::DocumentOutcome outcome;
  outcome.cases = {samples::MakeCase("A", "quillbrook", samples::Day(1)),
                   samples::MakeCase("A", "quillbrook", samples::Day(5))};
  Commit(outcome);
  EXPECT_EQ(Listed({}), Ids{"A"});
  CaseFilter filter;
  filter.school = "quillbrook";
  EXPECT_EQ(Listed(filter), Ids{"A"});
  EXPECT_EQ(store().LoadCase("A").value(), outcome.cases[1]);
}

TEST_P(StoreContractTest, TimesBefore1970SortToo) {
  CommitCase(samples::MakeCase("A", "quillbrook", core::Timestamp{std::chrono::hours{-1}}));
  CommitCase(samples::MakeCase("B", "quillbrook", core::Timestamp{}));
  CommitCase(samples::MakeCase("C", "quillbrook", core::Timestamp::min()));
  EXPECT_EQ(Listed({}), (Ids{"B", "A", "C"}));
}

TEST_P(StoreContractTest, ListingFilters) {
  core::Case urgent = samples::MakeCase("A", "quillbrook", samples::Day(1));
  urgent.severity = core::Severity::kUrgent;
  urgent.categories = {core::Category::kSafeguarding};
  CommitCase(urgent);
  core::Case closed = samples::MakeCase("B", "quillbrook", samples::Day(2));
  closed.state = core::CaseState::kClosed;
  CommitCase(closed);
  CommitCase(samples::MakeCase("C", "quillbrook-infants", samples::Day(3)));

  CaseFilter filter;
  filter.school = "quillbrook";
  EXPECT_EQ(Listed(filter), (Ids{"B", "A"}));
  filter.limit = 1;
  EXPECT_EQ(Listed(filter), Ids{"B"});
  filter.limit = 0;
  EXPECT_EQ(Listed(filter), Ids{});
  filter = {};
  filter.state = core::CaseState::kClosed;
  EXPECT_EQ(Listed(filter), Ids{"B"});
  filter = {};
  filter.category = core::Category::kReputational;
  EXPECT_EQ(Listed(filter), (Ids{"C", "B"}));
  filter = {};
  filter.at_least = core::Severity::kHigh;
  EXPECT_EQ(Listed(filter), Ids{"A"});
  filter = {};
  filter.school = "quill";
  EXPECT_EQ(Listed(filter), Ids{});
}

TEST_P(StoreContractTest, ListsMoreThanAPage) {
  core::DocumentOutcome outcome;
  for (int i = 0; i < 600; ++i) {
    outcome.cases.push_back(
        samples::MakeCase("case-" + std::to_string(i), "quillbrook", samples::Day(1, i)));
  }
  Commit(outcome);
  const Ids ids = Listed({});
  ASSERT_EQ(ids.size(), 600U);
  EXPECT_EQ(ids.front(), "case-599");
  EXPECT_EQ(ids.back(), "case-0");
}

TEST_P(StoreContractTest, ABeginningOfAnIdIsEnoughIfItIsUnique) {
  CommitCase(samples::MakeCase("Q7F3-2KXM", "quillbrook", samples::Day(1)));
  CommitCase(samples::MakeCase("Q7AA-0000", "quillbrook", samples::Day(1)));
  CommitCase(samples::MakeCase("Q7AA-00001", "quillbrook", samples::Day(1)));
  EXPECT_EQ(store().LoadCase("Q7F3-2KXM").value().id, "Q7F3-2KXM");
  EXPECT_EQ(store().LoadCase("Q7F").value().id, "Q7F3-2KXM");
  EXPECT_EQ(store().LoadCase("q7f32").value().id, "Q7F3-2KXM");
  EXPECT_EQ(store().LoadCase("Q7AA-0000").value().id, "Q7AA-0000");
  EXPECT_EQ(store().LoadCase("Q7").error().kind, core::ErrorKind::kBadInput);
  EXPECT_EQ(store().LoadCase("Q8").error().kind, core::ErrorKind::kNotFound);
  EXPECT_EQ(store().LoadCase("").error().kind, core::ErrorKind::kNotFound);
}

TEST_P(StoreContractTest, AFindingIsFoundByABeginningToo) {
  core::DocumentOutcome outcome;
  outcome.findings = {samples::MakeFinding("abc1", "quillbrook", "A"),
                      samples::MakeFinding("abd2", "quillbrook", "A")};
  Commit(outcome);
  EXPECT_EQ(store().LoadFinding("abc").value(), outcome.findings[0]);
  EXPECT_EQ(store().LoadFinding("ab").error().kind, core::ErrorKind::kBadInput);
}

TEST_P(StoreContractTest, ACaseStandsAtItsThreadAndAtItsFindingsLinks) {
  core::DocumentOutcome outcome;
  outcome.cases.push_back(samples::MakeCase("A", "quillbrook", samples::Day(1)));
  outcome.cases[0].thread_url = "https://forum.example/t/7";
  outcome.findings.push_back(samples::MakeFinding("f", "quillbrook", "A"));
  outcome.findings[0].post.url = "https://blog.example/post#c1";
  outcome.findings[0].post.thread_url = "https://blog.example/post";
  Commit(outcome);
  EXPECT_EQ(CaseOfLink("quillbrook", "https://forum.example/t/7"), "A");
  EXPECT_EQ(CaseOfLink("quillbrook", "https://blog.example/post"), "A");
  EXPECT_EQ(CaseOfLink("quillbrook", "https://blog.example/post#c1"), "A");
  EXPECT_EQ(CaseOfLink("quillbrook", "https://blog.example/post?utm_source=x"), "A");
  EXPECT_EQ(CaseOfLink("quillbrook", "https://blog.example/post#c2"), "");
  EXPECT_EQ(CaseOfLink("quillbrook", "https://forum.example/t/77"), "");
  EXPECT_EQ(CaseOfLink("quillbrook", "https://forum.example/t/"), "");
  EXPECT_EQ(CaseOfLink("otherbrook", "https://forum.example/t/7"), "");
  EXPECT_EQ(CaseOfLink("quillbrook", ""), "");
}

TEST_P(StoreContractTest, LinksThatAreNoAddressesWorkByteForByte) {
  core::Case drop = samples::MakeCase("A", "quillbrook", samples::Day(1));
  drop.thread_url = "a file dropped by hand";
  CommitCase(drop);
  EXPECT_EQ(CaseOfLink("quillbrook", "a file dropped by hand"), "A");
}

TEST_P(StoreContractTest, AClosedCaseMakesWayForTheOpenOneAtItsLink) {
  core::Case first = samples::MakeCase("Z", "quillbrook", samples::Day(1));
  first.thread_url = "https://forum.example/t/7";
  CommitCase(first);
  first.state = core::CaseState::kClosed;
  CommitCase(first);
  EXPECT_EQ(CaseOfLink("quillbrook", first.thread_url), "Z") << "it may have to be opened again";
  core::Case second = samples::MakeCase("A", "quillbrook", samples::Day(2));
  second.thread_url = first.thread_url;
  CommitCase(second);
  first.changed_at = samples::Day(9);  // Someone adds a note to the closed one.
  CommitCase(first);
  EXPECT_EQ(CaseOfLink("quillbrook", first.thread_url), "A");
}

TEST_P(StoreContractTest, OfTwoOpenCasesAtALinkTheNewestChangedCounts) {
  for (const auto& [id, day] : {std::pair("A", 5), std::pair("B", 9), std::pair("C", 7)}) {
    core::Case opened = samples::MakeCase(id, "quillbrook", samples::Day(day));
    opened.thread_url = "https://forum.example/t/7";
    CommitCase(opened);
  }
  EXPECT_EQ(CaseOfLink("quillbrook", "https://forum.example/t/7"), "B");
}

constexpr const char* kRumour =
    "they say the heating has been off all week and the children sat in coats through every lesson "
    "while the office stayed warm as toast";
constexpr const char* kRumourAgain =
    "they say the heating has been off all week and the children sat in coats through every lesson "
    "while the office stayed warm as toast as everyone knows";

TEST_P(StoreContractTest, FindsTheCaseOfASimilarText) {
  CommitText("1", "quillbrook", kRumour);
  EXPECT_EQ(CaseOfText("quillbrook", kRumour), "case-1");
  EXPECT_EQ(CaseOfText("quillbrook", kRumourAgain), "case-1");
  EXPECT_EQ(CaseOfText("quillbrook", "the summer fair made four hundred pounds for new books"), "");
  EXPECT_EQ(CaseOfText("otherbrook", kRumour), "");
}

TEST_P(StoreContractTest, AClosedCaseOfATextMakesWayForAnOpenOne) {
  CommitText("1", "quillbrook", kRumour);
  core::Case closed = store().LoadCase("case-1").value();
  closed.state = core::CaseState::kClosed;
  CommitCase(closed);
  EXPECT_EQ(CaseOfText("quillbrook", kRumour), "case-1");
  CommitText("2", "quillbrook", kRumourAgain);
  EXPECT_EQ(CaseOfText("quillbrook", kRumour), "case-2") << "though it is less alike";
}

TEST_P(StoreContractTest, AMergedCaseIsAnsweredByTheOneThatHasItsPosts) {
  CommitText("1", "quillbrook", kRumour);
  core::Case first = store().LoadCase("case-1").value();
  first.thread_url = "https://forum.example/t/7";
  CommitCase(first);
  CommitCase(samples::MakeCase("mid", "quillbrook", samples::Day(2)));
  CommitCase(samples::MakeCase("end", "quillbrook", samples::Day(3)));
  for (const auto& [from, into] : {std::pair("case-1", "mid"), std::pair("mid", "end")}) {
    core::Case merged = store().LoadCase(from).value();
    merged.merged_into = into;
    CommitCase(merged);
  }
  EXPECT_EQ(store().LoadCase("case-1").value().id, "end");
  EXPECT_EQ(store().LoadCase("mid").value().id, "end");
  EXPECT_EQ(Listed({}), Ids{"end"});
  EXPECT_EQ(CaseOfText("quillbrook", kRumour), "end");
  EXPECT_EQ(CaseOfLink("quillbrook", "https://forum.example/t/7"), "end");
}

TEST_P(StoreContractTest, AFindingThatAPersonMovedTakesItsTextAndAddressAlong) {
  core::DocumentOutcome outcome;
  outcome.cases = {samples::MakeCase("A", "quillbrook", samples::Day(1)),
                   samples::MakeCase("B", "quillbrook", samples::Day(9))};
  outcome.findings.push_back(samples::MakeFinding("f", "quillbrook", "A"));
  core::Finding& finding = outcome.findings[0];
  finding.post.url = "https://forum.example/t/7#p9";
  finding.post.thread_url = "https://forum.example/t/7";
  finding.post.text = kRumour;
  Commit(outcome);
  EXPECT_EQ(CaseOfText("quillbrook", kRumour), "A");
  core::DocumentOutcome moved;
  moved.findings = outcome.findings;
  moved.findings[0].case_id = "B";
  moved.findings[0].placed = true;
  Commit(moved);
  EXPECT_EQ(CaseOfText("quillbrook", kRumour), "B");
  EXPECT_EQ(CaseOfLink("quillbrook", "https://forum.example/t/7#p9"), "B");
  EXPECT_EQ(CaseOfLink("quillbrook", "https://forum.example/t/7"), "A");
}

TEST_P(StoreContractTest, ExamplesAreKeptUntilTheyAreDropped) {
  core::DocumentOutcome outcome;
  outcome.examples = {samples::MakeExample("b"), samples::MakeExample("a")};
  Commit(outcome);
  EXPECT_EQ(store().ListExamples().value(),
            (std::vector{samples::MakeExample("a"), samples::MakeExample("b")}));
  core::DocumentOutcome dropping;
  dropping.dropped_examples = {"a", "b", "never was"};
  dropping.examples = {samples::MakeExample("b")};
  Commit(dropping);
  EXPECT_EQ(store().ListExamples().value(), std::vector{samples::MakeExample("b")});
}

TEST_P(StoreContractTest, ReportsAreKeptByTheirId) {
  core::IntakeReceipt report;
  report.id = "r1";
  report.reporter = "jo@mail.example";
  report.way = "mailbox";
  report.received_at = samples::Day(3);
  report.findings = {"f1", "f2"};
  report.posts = 9;
  report.kept = 2;
  report.files = {{.name = "shot.png", .type = "image/png", .size = 7, .sha256 = "00ff"}};
  core::DocumentOutcome outcome;
  outcome.reports = {report};
  Commit(outcome);
  EXPECT_EQ(store().FindReport("r1").value(), report);
  EXPECT_EQ(store().FindReport("r2").value(), std::nullopt);
  EXPECT_EQ(store().ListReports().value(), std::vector{report});
}

TEST_P(StoreContractTest, OtherTextsOfAPostAreKeptInTheirOrderTheFirstAndTheLastOnes) {
  const auto version = [](std::string finding, int minute) {
    return core::PostVersion{.finding_id = std::move(finding),
                             .at = samples::Day(1, minute),
                             .title = "",
                             .text = "text " + std::to_string(minute),
                             .severity = core::Severity::kLow,
                             .categories = {core::Category::kDefamatory}};
  };
  EXPECT_EQ(store().LoadVersions("f1").value(), std::vector<core::PostVersion>{});
  core::DocumentOutcome first;
  // "f12" and eight bytes of a time: another finding's, though it begins like ours.
  first.versions = {version("f1", 2), version("f1", 0), version("f12", 1), version("f1", 1)};
  Commit(first);
  Commit(first);
  EXPECT_EQ(store().LoadVersions("f1").value(),
            (std::vector{version("f1", 0), version("f1", 1), version("f1", 2)}));
  EXPECT_EQ(store().LoadVersions("f12").value(), std::vector{version("f12", 1)});
  core::DocumentOutcome many;
  for (int minute = 3; minute < 30; ++minute) {
    many.versions.push_back(version("f1", minute));
  }
  Commit(many);
  std::vector wanted{version("f1", 0)};
  for (int minute = 30 - static_cast<int>(core::kMaxVersions) + 1; minute < 30; ++minute) {
    wanted.push_back(version("f1", minute));
  }
  EXPECT_EQ(store().LoadVersions("f1").value(), wanted);
}

TEST_P(StoreContractTest, OtherSchoolsTextsDoNotHideOurs) {
  CommitText("1", "quillbrook", kRumour);
  for (int i = 0; i < 20; ++i) {
    CommitText("other-" + std::to_string(i), "otherbrook", kRumour);
  }
  EXPECT_EQ(CaseOfText("quillbrook", kRumour), "case-1");
}

TEST_P(StoreContractTest, TextsThatDifferInANameAreNotOneStory) {
  CommitText("1", "quillbrook", "everybody says that Mr Arkwright took the money from the trip");
  EXPECT_EQ(
      CaseOfText("quillbrook", "everybody says that Mr Bellweather took the money from the trip"),
      "");
}

TEST_P(StoreContractTest, TextsAreFoundFor35DaysAndNotForEver) {
  CommitText("old", "quillbrook", kRumour, samples::Day(1));
  for (int day = 1; day <= 36; day += 7) {
    CommitText("noise-" + std::to_string(day), "quillbrook",
               "the choir sang in the square on day " + std::to_string(day), samples::Day(day));
  }
  EXPECT_EQ(CaseOfText("quillbrook", kRumour), "case-old");
  CommitText("noise-later", "quillbrook", "and the choir sang once more", samples::Day(43));
  EXPECT_EQ(CaseOfText("quillbrook", kRumour), "");
}

TEST_P(StoreContractTest, AClockThatOnceJumpedAheadDoesNotBlindTheIndex) {
  CommitText("1", "quillbrook", kRumour, samples::Day(1));
  CommitText("future", "quillbrook", "the gates were painted green",
             samples::Day(1) + std::chrono::years{12});
  EXPECT_EQ(CaseOfText("quillbrook", kRumour), "case-1");
}

TEST_P(StoreContractTest, ItemsWaitOldestFirst) {
  CommitItems({samples::MakeItem("b", samples::Day(2)), samples::MakeItem("c", samples::Day(1)),
               samples::MakeItem("a", samples::Day(2))});
  EXPECT_EQ(WaitingItems(), (Ids{"c", "a", "b"}));
}

TEST_P(StoreContractTest, AnItemPlannedTwiceWaitsOnceAsItWas) {
  CommitItems({samples::MakeItem("a", samples::Day(1))});
  CommitItems({samples::MakeItem("a", samples::Day(2)), samples::MakeItem("a", samples::Day(3))});
  EXPECT_EQ(store().LoadItems().value(), std::vector{samples::MakeItem("a", samples::Day(1))});
}

TEST_P(StoreContractTest, ItemsInABatchWaitNoMore) {
  const core::OutboxItem a = samples::MakeItem("a", samples::Day(1));
  const core::OutboxItem b = samples::MakeItem("b", samples::Day(2));
  CommitItems({a, b});
  const core::OutboxBatch batch = samples::MakeBatch("k", {a});
  ASSERT_TRUE(store().SaveBatch(batch).has_value());
  EXPECT_EQ(WaitingItems(), Ids{"b"});
  EXPECT_EQ(store().LoadBatches().value(), std::vector{batch});
  CommitItems({a});
  EXPECT_EQ(WaitingItems(), Ids{"b"});
}

TEST_P(StoreContractTest, ABatchCanBeSavedAgainWithItsAttempts) {
  const core::OutboxItem a = samples::MakeItem("a", samples::Day(1));
  core::OutboxBatch batch = samples::MakeBatch("k", {a});
  ASSERT_TRUE(store().SaveBatch(batch).has_value());
  batch.attempts = 3;
  batch.given_up = true;
  batch.last_error = "no such mailbox";
  ASSERT_TRUE(store().SaveBatch(batch).has_value());
  EXPECT_EQ(store().LoadBatches().value(), std::vector{batch});
  EXPECT_EQ(WaitingItems(), Ids{});
}

TEST_P(StoreContractTest, WhatAChangedBatchLeavesOutWaitsAgain) {
  const core::OutboxItem a = samples::MakeItem("a", samples::Day(1));
  const core::OutboxItem b = samples::MakeItem("b", samples::Day(1));
  CommitItems({a, b});
  ASSERT_TRUE(store().SaveBatch(samples::MakeBatch("k", {a, b})).has_value());
  EXPECT_EQ(WaitingItems(), Ids{});
  ASSERT_TRUE(store().SaveBatch(samples::MakeBatch("k", {a})).has_value());
  EXPECT_EQ(WaitingItems(), Ids{"b"});
  ASSERT_TRUE(store().SaveBatch(samples::MakeBatch("l", {b})).has_value());
  EXPECT_EQ(WaitingItems(), Ids{});
}

TEST_P(StoreContractTest, DeliveredItemsNeverWaitAgain) {
  const core::OutboxItem a = samples::MakeItem("a", samples::Day(1));
  CommitItems({a});
  ASSERT_TRUE(store().SaveBatch(samples::MakeBatch("k", {a})).has_value());
  ASSERT_TRUE(store().RemoveBatch("k").has_value());
  EXPECT_TRUE(store().LoadBatches().value().empty());
  CommitItems({a});
  EXPECT_EQ(WaitingItems(), Ids{});
  EXPECT_EQ(store().SaveBatch(samples::MakeBatch("l", {a})).error().kind,
            core::ErrorKind::kBadInput);
  EXPECT_TRUE(store().LoadBatches().value().empty());
}

TEST_P(StoreContractTest, AnItemCannotBeInTwoBatches) {
  const core::OutboxItem a = samples::MakeItem("a", samples::Day(1));
  ASSERT_TRUE(store().SaveBatch(samples::MakeBatch("k", {a})).has_value());
  EXPECT_EQ(store().SaveBatch(samples::MakeBatch("l", {a})).error().kind,
            core::ErrorKind::kBadInput);
  EXPECT_EQ(store().LoadBatches().value().size(), 1U);
}

TEST_P(StoreContractTest, SeveralBatchesAreSavedAllOrNone) {
  const core::OutboxItem a = samples::MakeItem("a", samples::Day(1));
  const core::OutboxItem b = samples::MakeItem("b", samples::Day(1));
  CommitItems({a, b});
  const std::vector<core::OutboxBatch> clash{samples::MakeBatch("k", {a}),
                                             samples::MakeBatch("l", {b, a})};
  EXPECT_EQ(store().SaveBatches(clash).error().kind, core::ErrorKind::kBadInput);
  EXPECT_EQ(WaitingItems(), (Ids{"a", "b"}));
  EXPECT_TRUE(store().LoadBatches().value().empty());
  const std::vector<core::OutboxBatch> apart{samples::MakeBatch("k", {a}),
                                             samples::MakeBatch("l", {b})};
  ASSERT_TRUE(store().SaveBatches(apart).has_value());
  EXPECT_EQ(WaitingItems(), Ids{});
  EXPECT_EQ(store().LoadBatches().value().size(), 2U);
  EXPECT_TRUE(store().SaveBatches({}).has_value());
}

TEST_P(StoreContractTest, RemovingABatchTwiceIsFine) {
  ASSERT_TRUE(store().SaveBatch(samples::MakeBatch("k", {})).has_value());
  EXPECT_TRUE(store().RemoveBatch("k").has_value());
  EXPECT_TRUE(store().RemoveBatch("k").has_value());
  EXPECT_TRUE(store().RemoveBatch("never was").has_value());
}

TEST_P(StoreContractTest, BatchesComeOldestFirst) {
  core::OutboxBatch newer = samples::MakeBatch("a", {});
  newer.created_at = samples::Day(21);
  ASSERT_TRUE(store().SaveBatch(newer).has_value());
  ASSERT_TRUE(store().SaveBatch(samples::MakeBatch("z", {})).has_value());
  EXPECT_EQ(store().LoadBatches().value(), (std::vector{samples::MakeBatch("z", {}), newer}));
}

TEST_P(StoreContractTest, LedgersAreListedByOriginAndReplaced) {
  core::DocumentOutcome outcome;
  for (const char* origin : {"https://b.example", "http://a.example", "https://a.example:8443"}) {
    outcome.ledgers.emplace_back().origin = origin;
  }
  Commit(outcome);
  outcome.ledgers = {outcome.ledgers[0]};
  outcome.ledgers[0].total.pages = 7;
  Commit(outcome);
  const auto ledgers = store().ListLedgers();
  ASSERT_TRUE(ledgers.has_value()) << ledgers.error().message;
  ASSERT_EQ(ledgers->size(), 3U);
  EXPECT_EQ((*ledgers)[0].origin, "http://a.example");
  EXPECT_EQ((*ledgers)[2], outcome.ledgers[0]);
  EXPECT_EQ(store().FindLedger("https://b.example").value(), outcome.ledgers[0]);
  EXPECT_EQ(store().FindLedger("https://b.example:443").value(), std::nullopt);
}

TEST_P(StoreContractTest, WherePlatformsStandIsKeptAndReplaced) {
  EXPECT_EQ(store().FindRoute("town/search/1").value(), std::nullopt);
  EXPECT_EQ(store().FindSession("chirp/1").value(), std::nullopt);
  EXPECT_EQ(store().FindSpending("chirp/1/money").value(), std::nullopt);
  core::DocumentOutcome outcome;
  outcome.routes = {{.key = "town/search/1",
                     .newest_id = "at://1",
                     .newest_time = samples::Day(1),
                     .cursor = "c",
                     .cursor_host = "h",
                     .looked_at = samples::Day(2)}};
  outcome.sessions = {{.key = "chirp/1",
                       .access_token = "a",
                       .refresh_token = "r",
                       .access_until = samples::Day(3),
                       .created_at = samples::Day(2),
                       .refused = 1}};
  outcome.spending = {
      {.key = "chirp/1/money", .period_began = samples::Day(1), .used = 5, .reserved = 7}};
  Commit(outcome);
  EXPECT_EQ(store().FindRoute("town/search/1").value(), outcome.routes[0]);
  EXPECT_EQ(store().FindSession("chirp/1").value(), outcome.sessions[0]);
  EXPECT_EQ(store().FindSpending("chirp/1/money").value(), outcome.spending[0]);
  outcome.spending[0].reserved = 0;
  Commit(outcome);
  EXPECT_EQ(store().FindSpending("chirp/1/money").value(), outcome.spending[0]);
}

TEST_P(StoreContractTest, NotesAreKeptAndReplaced) {
  const std::string odd("a\0b", 3);
  ASSERT_TRUE(store().SetNote("last-run", "one").has_value());
  ASSERT_TRUE(store().SetNote("last-run", odd).has_value());
  ASSERT_TRUE(store().SetNote("empty", "").has_value());
  EXPECT_EQ(store().FindNote("last-run").value(), odd);
  EXPECT_EQ(store().FindNote("empty").value(), "");
  EXPECT_EQ(store().FindNote("last").value(), std::nullopt);
}

// "case opened case-1", … of the whole log, which must hold together.
inline std::vector<std::string> Audited(const Store& store) {
  std::vector<std::string> lines;
  const auto entries = store.LoadAudit(0, 1000);
  EXPECT_TRUE(entries.has_value()) << entries.error().message;
  for (const core::AuditEntry& entry : *entries) {
    lines.push_back(std::string(core::AuditActionName(entry.action)) + " " + entry.case_id);
  }
  const auto report = CheckAudit(store, std::nullopt);
  EXPECT_TRUE(report.has_value()) << report.error().message;
  EXPECT_TRUE(report->problems.empty()) << report->problems.front().what;
  EXPECT_EQ(store.LoadAuditHead().value(), report->head);
  return lines;
}

TEST_P(StoreContractTest, WhatACommitChangesIsAuditedOnce) {
  EXPECT_EQ(Audited(store()), Ids{});
  EXPECT_EQ(store().LoadAuditHead().value(), core::AuditHead{});
  const Ids first{"case opened case-1", "finding kept case-1", "mail queued "};
  Commit(samples::MakeDocument(1));
  EXPECT_EQ(Audited(store()), first);
  Commit(samples::MakeDocument(1));
  EXPECT_EQ(Audited(store()), first);

  core::DocumentOutcome changed = samples::MakeDocument(1);
  changed.cases[0].severity = core::Severity::kUrgent;
  changed.findings[0].judgement.severity = core::Severity::kUrgent;
  Commit(changed);
  Ids second = first;
  second.insert(second.end(), {"case changed case-1", "finding changed case-1"});
  EXPECT_EQ(Audited(store()), second);
}

TEST_P(StoreContractTest, AnotherLookAtWhereAPostStandsIsNoChangeOfIt) {
  core::DocumentOutcome outcome = samples::MakeDocument(1);
  Commit(outcome);
  const Ids before = Audited(store());
  outcome.findings[0].standing = {.seen_at = samples::Day(2),
                                  .missed_at = samples::Day(3),
                                  .looked_at = samples::Day(3),
                                  .posts = 4,
                                  .gone = false};
  Commit(outcome);
  EXPECT_EQ(Audited(store()), before);
  EXPECT_EQ(store().LoadFinding(outcome.findings[0].id).value(), outcome.findings[0]);
}

TEST_P(StoreContractTest, NothingIsAuditedOfPagesThatConcernNobody) {
  core::DocumentOutcome outcome;
  outcome.seen = {{"p", "t", samples::Day(1)}};
  outcome.urls.emplace_back().key = "https://a.example/";
  Commit(outcome);
  EXPECT_EQ(Audited(store()), Ids{});
}

TEST_P(StoreContractTest, WhatBecomesOfAMailIsAuditedForEachOfItsCases) {
  std::vector<core::OutboxItem> items{samples::MakeItem("i1", samples::Day(1)),
                                      samples::MakeItem("i2", samples::Day(1)),
                                      samples::MakeItem("i3", samples::Day(1))};
  items[0].case_id = "A";
  items[1].case_id = "A";
  items[2].case_id = "B";
  CommitItems(items);
  Ids expected{"mail queued A", "mail queued A", "mail queued B"};
  EXPECT_EQ(Audited(store()), expected);

  const core::OutboxBatch accepted = samples::MakeBatch("b1", {items[0], items[2]});
  core::OutboxBatch given_up = samples::MakeBatch("b2", {items[1]});
  ASSERT_TRUE(store().SaveBatch(accepted).has_value());
  ASSERT_TRUE(store().SaveBatch(given_up).has_value());
  EXPECT_EQ(Audited(store()), expected);
  ASSERT_TRUE(store().RemoveBatch("b1").has_value());
  given_up.given_up = true;
  ASSERT_TRUE(store().SaveBatch(given_up).has_value());
  ASSERT_TRUE(store().SaveBatch(given_up).has_value());
  ASSERT_TRUE(store().DropBatch("b2").has_value());
  ASSERT_TRUE(store().RemoveBatch("b2").has_value());
  expected.insert(expected.end(),
                  {"mail accepted A", "mail accepted B", "mail given up A", "mail dropped A"});
  EXPECT_EQ(Audited(store()), expected);
  // Told or not, an item is never queued again.
  CommitItems(items);
  EXPECT_EQ(WaitingItems(), Ids{});
  EXPECT_EQ(Audited(store()), expected);
}

TEST_P(StoreContractTest, LooksAreRecordedAndACasesEntriesFoundByThemselves) {
  Commit(samples::MakeDocument(1));
  Commit(samples::MakeDocument(2));
  const std::vector<core::AuditEvent> events{
      {.action = core::AuditAction::kLooked,
       .actor = core::AuditActor::kHeadteacher,
       .case_id = "case-1"},
      {.action = core::AuditAction::kDeleted, .actor = core::AuditActor::kIt, .subject = "x"}};
  ASSERT_TRUE(store().Record(events).has_value());
  EXPECT_EQ(Audited(store()).size(), 8U);
  const auto of_one = store().LoadAuditOf("case-1");
  ASSERT_TRUE(of_one.has_value()) << of_one.error().message;
  ASSERT_EQ(of_one->size(), 3U);
  EXPECT_EQ(of_one->back().action, core::AuditAction::kLooked);
  EXPECT_EQ(of_one->back().actor, core::AuditActor::kHeadteacher);
  EXPECT_EQ(of_one->back().number, 7U);
  EXPECT_TRUE(CheckCaseChain(*of_one).empty());
  EXPECT_TRUE(store().LoadAuditOf("case-3").value().empty());
  EXPECT_TRUE(store().LoadAuditOf("").value().empty());
  // In pages, by number.
  EXPECT_EQ(store().LoadAudit(3, 2).value().front().number, 4U);
  EXPECT_EQ(store().LoadAudit(3, 2).value().size(), 2U);
  EXPECT_TRUE(store().LoadAudit(8, 2).value().empty());
}

TEST_P(StoreContractTest, TheLogSaysWhoseDoingAChangeIs) {
  Commit(samples::MakeDocument(1));
  core::DocumentOutcome closed;
  closed.by = core::AuditActor::kOperator;
  closed.cases.push_back(store().LoadCase("case-1").value());
  closed.cases[0].state = core::CaseState::kClosed;
  Commit(closed);
  const std::vector<core::AuditEntry> entries = store().LoadAuditOf("case-1").value();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries.front().actor, core::AuditActor::kProgram);
  EXPECT_EQ(entries.back().action, core::AuditAction::kCaseChanged);
  EXPECT_EQ(entries.back().actor, core::AuditActor::kOperator);
}

TEST_P(StoreContractTest, TheFirstEvidenceOfAFindingStays) {
  EXPECT_EQ(store().FindEvidence("finding-1").value(), std::nullopt);
  core::DocumentOutcome outcome = samples::MakeDocument(1);
  outcome.evidence.push_back(samples::MakeEvidence("finding-1"));
  const core::Evidence first = outcome.evidence[0];
  Commit(outcome);
  outcome.evidence[0].url = "https://elsewhere.example/";
  Commit(outcome);
  EXPECT_EQ(store().FindEvidence("finding-1").value(), first);
  EXPECT_EQ(Audited(store()), (Ids{"case opened case-1", "finding kept case-1",
                                   "evidence kept case-1", "mail queued "}));
}

TEST_P(StoreContractTest, TheLogTiesEvidenceToItsOwnKey) {
  core::DocumentOutcome outcome = samples::MakeDocument(1);
  outcome.evidence.push_back(samples::MakeEvidence("finding-1"));
  Commit(outcome);
  const core::AuditEntry entry = store().LoadAuditOf("case-1").value().back();
  ASSERT_EQ(entry.action, core::AuditAction::kEvidenceKept);
  const core::Sha256 key = store().EvidenceKeys("finding-1").at(0);
  EXPECT_EQ(entry.content, core::HmacSha256({reinterpret_cast<const char*>(key.data()), key.size()},
                                            core::EvidenceStatement(outcome.evidence[0])));
  EXPECT_NE(store().EvidenceKeys("finding-2").at(0), key);
}

TEST_P(StoreContractTest, ACaseVouchesForEvidenceThatCameFromAnother) {
  core::DocumentOutcome outcome = samples::MakeDocument(1);
  outcome.evidence.push_back(samples::MakeEvidence("finding-1"));
  Commit(outcome);
  core::DocumentOutcome moved;
  moved.by = core::AuditActor::kOperator;
  moved.findings.push_back(outcome.findings[0]);
  moved.findings[0].case_id = "case-2";
  moved.cases.push_back(samples::MakeCase("case-2", "quillbrook", samples::Day(21)));
  Commit(moved);
  EXPECT_EQ(Audited(store()), (Ids{"case opened case-1", "finding kept case-1",
                                   "evidence kept case-1", "mail queued ", "case opened case-2",
                                   "finding changed case-2", "evidence kept case-2"}));
  const core::AuditEntry there = store().LoadAuditOf("case-1").value().back();
  const core::AuditEntry here = store().LoadAuditOf("case-2").value().back();
  EXPECT_EQ(here.content, there.content);
  EXPECT_EQ(here.actor, core::AuditActor::kOperator);
  Commit(moved);
  EXPECT_EQ(store().LoadAuditHead().value().number, 7U);
}

TEST_P(StoreContractTest, OfARedactedFindingNothingThatHeldItsWordsStays) {
  core::DocumentOutcome outcome;
  outcome.findings = {samples::MakeFinding("f", "quillbrook", "C"),
                      samples::MakeFinding("f2", "quillbrook", "C")};
  outcome.findings[0].post.text = kRumour;
  core::Case of = samples::MakeCase("C", "quillbrook", samples::Day(1));
  of.findings = {"f", "f2"};
  outcome.cases = {of};
  outcome.evidence = {samples::MakeEvidence("f"), samples::MakeEvidence("f2")};
  for (const char* const id : {"f", "f2"}) {
    outcome.versions.push_back({.finding_id = id,
                                .at = samples::Day(1),
                                .title = "",
                                .text = "before",
                                .severity = core::Severity::kLow,
                                .categories = {}});
  }
  Commit(outcome);
  EXPECT_EQ(CaseOfText("quillbrook", kRumour), "C");
  core::DocumentOutcome gone;
  gone.findings = {outcome.findings[0]};
  gone.findings[0].post.text = "(deleted)";
  gone.redacted = {"f"};
  Commit(gone);
  EXPECT_EQ(store().LoadFinding("f").value().post.text, "(deleted)");
  EXPECT_EQ(CaseOfText("quillbrook", kRumour), "");
  EXPECT_EQ(store().FindEvidence("f").value(), std::nullopt);
  EXPECT_TRUE(store().LoadVersions("f").value().empty());
  EXPECT_TRUE(store().FindEvidence("f2").value().has_value());
  EXPECT_EQ(store().LoadVersions("f2").value().size(), 1U);
}

TEST_P(StoreContractTest, EvidenceIsListedInPages) {
  core::DocumentOutcome outcome;
  for (const char* id : {"b", "a", "c"}) {
    outcome.evidence.push_back(samples::MakeEvidence(id));
  }
  Commit(outcome);
  const std::vector<core::Evidence> two = store().LoadEvidence("", 2).value();
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].finding_id, "a");
  EXPECT_EQ(two[1].finding_id, "b");
  const std::vector<core::Evidence> rest = store().LoadEvidence("b", 2).value();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0], outcome.evidence[2]);
}

}  // namespace schoolwatch::storage
