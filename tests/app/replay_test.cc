#include "app/replay.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/commands/rules_list.h"
#include "matchers/rule_pack.h"
#include "tests/app/samples.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

core::School Quillbrook() {
  core::School school;
  school.key = "quillbrook";
  school.name = "Quillbrook Academy";
  school.town = "Quillbrook";
  return school;
}

// A judge of Quillbrook by one rule, "canteen", and what else is given.
std::unique_ptr<const matchers::Judge> JudgeWith(const std::string& rule, const std::string& more) {
  config::Diagnostics problems;
  const std::vector<matchers::PackFile> files{
      {"t.yaml",
       "pack: {name: t, version: \"1\", category: reputational}\nrules:\n"
       "  - {id: canteen, topic: complaint, why: w, re2: '\\bmouldy\\b', " +
           rule + ", tests: {hit: [mouldy], miss: [b]}}\n" + more}};
  auto rules =
      matchers::RuleSet::Compile(matchers::ReadRulePacks(files, problems), problems).value();
  auto schools = matchers::SchoolIndex::Make({Quillbrook()}).value();
  return std::make_unique<const matchers::Judge>(std::move(schools), std::move(rules));
}

ReplayPost Post(std::string id, std::string text, std::string_view at) {
  ReplayPost post;
  post.post.id = std::move(id);
  post.post.text = std::move(text);
  post.post.platform = "forum";
  post.at = At(at);
  return post;
}

class ReplayTest : public ::testing::Test {
 protected:
  Replay Run(const matchers::Judge& before, const matchers::Judge& after) {
    const std::vector<config::Contact> contacts{{.role = "headteacher",
                                                 .name = "Mrs Ada Wren",
                                                 .email = "head@quillbrook.example",
                                                 .schools = {},
                                                 .where = {}}};
    const alerts::Planner planner(contacts, std::vector{Quillbrook()});
    return ReplayPosts(posts_, before, after, planner, [](std::size_t) {}).value();
  }

  std::vector<ReplayPost> posts_{
      Post("1", "Quillbrook Academy in Quillbrook had mouldy rolls today", "2026-03-02T08:00:00Z"),
      Post("2", "Lovely fair at Quillbrook Academy in Quillbrook", "2026-03-05T08:00:00Z"),
      Post("3", "Quillbrook Academy, Quillbrook: the mouldy wall is painted at last, see the news",
           "2026-03-16T08:00:00Z")};
};

TEST_F(ReplayTest, TheSameRulesChangeNothing) {
  const auto judge = JudgeWith("severity: low, weight: 2.5", "");
  const Replay replay = Run(*judge, *judge);
  EXPECT_TRUE(replay.changes.empty());
  EXPECT_EQ(replay.mails_before.all(), 2U);
  EXPECT_EQ(replay.mails_before.digests, 2U);
  EXPECT_DOUBLE_EQ(replay.weeks, 2);
}

TEST_F(ReplayTest, AWeakerRuleLosesPosts) {
  const auto strong = JudgeWith("severity: low, weight: 2.5", "");
  const auto weak = JudgeWith("severity: low, weight: 1.5", "");
  const Replay lost = Run(*strong, *weak);
  ASSERT_EQ(lost.changes.size(), 2U);
  EXPECT_EQ(lost.changes[0].kind, ReplayChange::Kind::kLost);
  EXPECT_EQ(lost.changes[0].post, 0U);
  EXPECT_EQ(lost.mails_after.all(), 0U);
  const Replay gained = Run(*weak, *strong);
  EXPECT_EQ(gained.changes[0].kind, ReplayChange::Kind::kGained);
}

TEST_F(ReplayTest, AHigherSeverityIsSoonerAndMailsAtOnce) {
  const auto low = JudgeWith("severity: low, weight: 2.5", "");
  const auto high = JudgeWith("severity: high, weight: 2.5", "");
  const Replay replay = Run(*low, *high);
  ASSERT_EQ(replay.changes.size(), 2U);
  EXPECT_EQ(replay.changes[0].kind, ReplayChange::Kind::kSooner);
  EXPECT_EQ(replay.mails_after.at_once, 2U);
  EXPECT_EQ(Run(*high, *low).changes[0].kind, ReplayChange::Kind::kLater);
}

TEST_F(ReplayTest, ShadowRulesAreCountedAndChangeNothing) {
  const auto plain = JudgeWith("severity: low, weight: 2.5", "");
  const auto shadow = JudgeWith(
      "severity: low, weight: 2.5",
      "  - {id: trial, topic: complaint, severity: high, weight: 4, shadow: true, why: w,\n"
      "     re2: '\\bfair\\b', tests: {hit: [fair], miss: [b]}}\n");
  const Replay replay = Run(*plain, *shadow);
  EXPECT_TRUE(replay.changes.empty());
  EXPECT_EQ(replay.shadow.at("trial"), 1U);
}

TEST_F(ReplayTest, PostsWithoutTimesHaveNoWeeks) {
  for (ReplayPost& post : posts_) {
    post.at = {};
  }
  const auto judge = JudgeWith("severity: low, weight: 2.5", "");
  EXPECT_EQ(Run(*judge, *judge).weeks, 0);
}

TEST(Remembered, APostAboutTwoSchoolsComesOnce) {
  fakes::MemoryStore store;
  core::DocumentOutcome outcome;
  core::Case one;
  one.id = "A";
  one.school = "quillbrook";
  core::Case two;
  two.id = "B";
  two.school = "inkford";
  core::Finding finding;
  finding.id = "f1";
  finding.school = "quillbrook";
  finding.case_id = "A";
  finding.post.id = "p";
  finding.post.text = "t";
  finding.judgement.hits.resize(1);
  finding.judgement.hits[0].rule = "canteen";
  finding.fetched_at = At("2026-03-02T08:00:00Z");
  one.findings = {"f1"};
  outcome.findings.push_back(finding);
  finding.id = "f2";
  finding.school = "inkford";
  finding.case_id = "B";
  two.findings = {"f2", "erased"};
  outcome.findings.push_back(finding);
  outcome.cases = {one, two};
  ASSERT_TRUE(store.Commit(std::vector{outcome}));
  const auto posts = LoadRemembered(store);
  ASSERT_TRUE(posts.has_value()) << posts.error().message;
  ASSERT_EQ(posts->size(), 1U);
  EXPECT_EQ(posts->front().at, At("2026-03-02T08:00:00Z"));
  const auto hits = CountRuleHits(store);
  ASSERT_TRUE(hits.has_value());
  EXPECT_EQ(hits->at("canteen").posts, 1U);
}

}  // namespace
}  // namespace schoolwatch::app
