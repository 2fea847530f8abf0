#include "app/pipeline/outcome_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/samples.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

using core::Severity;
using testing::SizeIs;

class OutcomeBuilderTest : public testing::Test {
 protected:
  OutcomeBuilder Builder() { return {store_, store_, planner_, clock_}; }
  void Commit(OutcomeBuilder& builder) {
    const auto outcomes = builder.Take();
    ASSERT_TRUE(store_.Commit(outcomes).has_value());
  }
  std::vector<core::Case> Cases() { return store_.ListCases({}).value(); }
  std::vector<core::OutboxItem> Items() { return store_.LoadItems().value(); }

  fakes::ManualClock clock_;
  fakes::MemoryStore store_;
  std::vector<config::Contact> contacts_ = HeadAlone();
  alerts::Planner planner_{contacts_};
};

TEST_F(OutcomeBuilderTest, APostIsReportedOnceHoweverOftenItIsFetched) {
  for (int look = 0; look < 3; ++look) {
    OutcomeBuilder builder = Builder();
    ASSERT_TRUE(
        builder
            .Add(DocumentOf({Allegation("c1", "Mr Thrale stole the money.", Severity::kHigh)}), {})
            .has_value());
    EXPECT_EQ(builder.report().findings, look == 0 ? 1u : 0u);
    Commit(builder);
  }
  EXPECT_THAT(Cases(), SizeIs(1));
  EXPECT_THAT(Items(), SizeIs(1));
}

TEST_F(OutcomeBuilderTest, TheSamePostTwiceInOneBatchIsOne) {
  OutcomeBuilder builder = Builder();
  const JudgedPost post = Allegation("c1", "Mr Thrale stole the money.", Severity::kHigh);
  ASSERT_TRUE(builder.Add(DocumentOf({post}), {}).has_value());
  ASSERT_TRUE(builder.Add(DocumentOf({post}), {}).has_value());
  EXPECT_EQ(builder.report().findings, 1u);
}

TEST_F(OutcomeBuilderTest, PostsOfOneThreadAreOneCase) {
  OutcomeBuilder builder = Builder();
  JudgedPost first = Allegation("c1", "Mr Thrale stole the money.", Severity::kHigh);
  JudgedPost second = Allegation("c2", "And the office helped him hide it.", Severity::kMedium);
  first.post.thread_url = second.post.thread_url = "http://herald.example/gates";
  second.post.author = "another";
  ASSERT_TRUE(builder.Add(DocumentOf({first, second}), {}).has_value());
  Commit(builder);
  ASSERT_THAT(Cases(), SizeIs(1));
  EXPECT_THAT(Cases()[0].findings, SizeIs(2));
  EXPECT_EQ(Cases()[0].authors, 2u);
  EXPECT_EQ(Cases()[0].severity, Severity::kHigh);
}

TEST_F(OutcomeBuilderTest, ACaseOpensAsBadAsTheWorstThatOpensIt) {
  JudgedPost posts[] = {Allegation("c1", "The office is a shambles.", Severity::kLow),
                        Allegation("c2", "Mr Thrale stole the money.", Severity::kUrgent),
                        Allegation("c3", "And nobody ever answers.", Severity::kMedium),
                        Allegation("c4", "The gates were locked, too.", Severity::kMedium)};
  for (JudgedPost& post : posts) {
    post.post.thread_url = "http://herald.example/gates";
    post.post.author = post.post.id;
  }
  OutcomeBuilder builder = Builder();
  ASSERT_TRUE(builder.Add(DocumentOf({posts[0], posts[1]}), {}).has_value());
  ASSERT_TRUE(builder.Add(DocumentOf({posts[2]}), {}).has_value());
  Commit(builder);
  ASSERT_THAT(Cases(), SizeIs(1));
  ASSERT_THAT(Cases()[0].history, SizeIs(1));
  const core::CaseEvent opened = Cases()[0].history[0];
  EXPECT_EQ(opened.kind, core::CaseEventKind::kOpened);
  EXPECT_EQ(opened.about, "urgent");
  EXPECT_EQ(opened.finding, Cases()[0].findings.at(1));
  // Once it is stored, people may have seen it as it was.
  posts[3].judgement.categories = {core::Category::kSafeguarding};
  posts[3].judgement.severity = Severity::kUrgent;
  ASSERT_TRUE(builder.Add(DocumentOf({posts[3]}), {}).has_value());
  Commit(builder);
  ASSERT_THAT(Cases()[0].history, SizeIs(2));
  EXPECT_EQ(Cases()[0].history[1].kind, core::CaseEventKind::kWorse);
}

TEST_F(OutcomeBuilderTest, ALaterPostJoinsItsThreadsCaseAcrossRuns) {
  for (const auto* id : {"c1", "c2"}) {
    OutcomeBuilder builder = Builder();
    JudgedPost post =
        Allegation(id, std::string("Mr Thrale stole the money, says ") + id, Severity::kHigh);
    post.post.thread_url = "http://herald.example/gates";
    ASSERT_TRUE(builder.Add(DocumentOf({post}), {}).has_value());
    Commit(builder);
  }
  ASSERT_THAT(Cases(), SizeIs(1));
  EXPECT_THAT(Cases()[0].findings, SizeIs(2));
}

// Counts what is read, so that the cost of a long thread shows.
class CountingCases final : public storage::CaseReader {
 public:
  explicit CountingCases(const storage::CaseReader& of) : of_(of) {}
  core::Result<core::Case> LoadCase(std::string_view id) const override { return of_.LoadCase(id); }
  core::Result<core::Finding> LoadFinding(std::string_view id) const override {
    ++loaded;
    return of_.LoadFinding(id);
  }
  core::Result<std::vector<core::PostVersion>> LoadVersions(std::string_view id) const override {
    return of_.LoadVersions(id);
  }
  core::Result<std::vector<core::Case>> ListCases(const storage::CaseFilter& f) const override {
    return of_.ListCases(f);
  }
  core::Result<std::optional<core::Case>> FindCaseByLink(std::string_view school,
                                                         std::string_view url) const override {
    return of_.FindCaseByLink(school, url);
  }
  core::Result<std::optional<core::Case>> FindCaseByText(
      std::string_view school, const core::Fingerprint& fingerprint) const override {
    return of_.FindCaseByText(school, fingerprint);
  }
  mutable std::size_t loaded = 0;

 private:
  const storage::CaseReader& of_;
};

TEST_F(OutcomeBuilderTest, ALongThreadIsReadOnceARun) {
  const auto add = [](OutcomeBuilder& builder, const std::string& id) {
    JudgedPost post = Allegation(id, "Mr Thrale stole the money, says " + id, Severity::kHigh);
    post.post.thread_url = "http://herald.example/gates";
    post.post.author = "author " + id;
    EXPECT_TRUE(builder.Add(DocumentOf({post}), {}).has_value());
  };
  OutcomeBuilder first = Builder();
  for (int i = 0; i < 20; ++i) {
    add(first, "a" + std::to_string(i));
  }
  Commit(first);
  const CountingCases cases(store_);
  OutcomeBuilder second(store_, cases, planner_, clock_);
  for (int i = 0; i < 20; ++i) {
    add(second, "b" + std::to_string(i));
  }
  EXPECT_EQ(cases.loaded, 20u) << "what the store has of the case, once";
  Commit(second);
  ASSERT_THAT(Cases(), SizeIs(1));
  EXPECT_EQ(Cases()[0].authors, 40u);
}

TEST_F(OutcomeBuilderTest, ACopyElsewhereJoinsTheCase) {
  OutcomeBuilder builder = Builder();
  const std::string text =
      "Mr Thrale has taken the money for the school trip and nobody in the office says a word";
  JudgedPost first = Allegation("c1", text, Severity::kHigh);
  JudgedPost copy = Allegation("x9", "RT @watchful: " + text, Severity::kHigh);
  copy.post.url = "http://social.example/x9";
  copy.key = core::PostKey(copy.post);
  ASSERT_TRUE(builder.Add(DocumentOf({first, copy}), {}).has_value());
  Commit(builder);
  ASSERT_THAT(Cases(), SizeIs(1));
  EXPECT_THAT(Cases()[0].findings, SizeIs(2));
}

TEST_F(OutcomeBuilderTest, AnotherNameIsAnotherCase) {
  OutcomeBuilder builder = Builder();
  ASSERT_TRUE(
      builder
          .Add(DocumentOf(
                   {Allegation("c1", "I know that Mr Thrale took the money for the trip to the sea",
                               Severity::kHigh),
                    Allegation("c2", "I know that Mr Reed took the money for the trip to the sea",
                               Severity::kHigh)}),
               {})
          .has_value());
  Commit(builder);
  EXPECT_THAT(Cases(), SizeIs(2));
}

TEST_F(OutcomeBuilderTest, AnEditThatGotWorseIsToldAgain) {
  OutcomeBuilder first = Builder();
  ASSERT_TRUE(first.Add(DocumentOf({Allegation("c1", "He is a liar.", Severity::kMedium)}), {})
                  .has_value());
  Commit(first);
  OutcomeBuilder milder = Builder();
  ASSERT_TRUE(milder.Add(DocumentOf({Allegation("c1", "He tells tales.", Severity::kMedium)}), {})
                  .has_value());
  EXPECT_EQ(milder.report().findings, 0u);
  EXPECT_EQ(milder.report().edited_posts, 1u);
  OutcomeBuilder worse = Builder();
  ASSERT_TRUE(
      worse.Add(DocumentOf({Allegation("c1", "He is a thief.", Severity::kHigh)}), {}).has_value());
  EXPECT_EQ(worse.report().findings, 1u);
  Commit(worse);
  ASSERT_THAT(Cases(), SizeIs(1));
  EXPECT_EQ(Cases()[0].severity, Severity::kHigh);
}

TEST_F(OutcomeBuilderTest, ANewSourcesHistoryIsBacklog) {
  OutcomeBuilder builder = Builder();
  const SourceAge age{.first_look = true, .backlog_before = At("2026-11-20T18:10:00Z")};
  JudgedPost undated = Allegation("c2", "Mr Thrale drinks in lessons.", Severity::kHigh);
  undated.post.published.reset();
  ASSERT_TRUE(
      builder
          .Add(DocumentOf({Allegation("c1", "Mr Thrale stole it.", Severity::kHigh), undated}), age)
          .has_value());
  Commit(builder);
  ASSERT_THAT(Items(), SizeIs(2));
  for (const core::OutboxItem& item : Items()) {
    EXPECT_EQ(item.delivery, core::Delivery::kBacklog);
  }
}

TEST_F(OutcomeBuilderTest, TheFetchStateGoesWithTheDocument) {
  OutcomeBuilder builder = Builder();
  ASSERT_TRUE(builder.Add(DocumentOf({}), {}).has_value());
  Commit(builder);
  EXPECT_TRUE(store_.FindUrl("http://herald.example/gates").value().has_value());
}

}  // namespace
}  // namespace schoolwatch::app
