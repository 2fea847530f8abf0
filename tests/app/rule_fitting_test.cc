#include "app/rule_fitting.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "app/atomic_file.h"
#include "tests/config/temporary_folder.h"

namespace schoolwatch::app {
namespace {

std::string RuleLine(const std::string& id, const std::string& word, const std::string& more) {
  return "  - {id: " + id + ", topic: complaint, severity: high, weight: 2, re2: '\\b" + word +
         "\\b', why: w, tests: {hit: [" + word + "], miss: [x]}" + more + "}\n";
}

RuleFiles Files() {
  RuleFiles files;
  files.files.push_back(
      {"t.yaml", "pack: {name: t, version: \"1\", category: reputational}\nrules:\n" +
                     RuleLine("good", "crooked", "") + RuleLine("bad", "weathercock", "") +
                     RuleLine("floored", "rusty", ", floor: high") +
                     RuleLine("trial", "bolt", ", shadow: true") + RuleLine("ours", "vane", "") +
                     RuleLine("rare", "spire", "")});
  files.files.push_back({"o.yaml", "overrides:\n  - {rule: ours, weight: 1.9, note: n}\n"});
  return files;
}

class RuleFittingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int number = 0; number < 20; ++number) {
      Add("crooked rusty bolt vane", true, number % 2);
      Add("weathercock", false, number % 2);
    }
    Add("spire", false, 0);
    core::School school;
    school.key = "quillbrook";
    school.name = "Quillbrook Academy";
    school.town = "Quillbrook";
    schools_ = matchers::SchoolIndex::Make({school}).value();
  }

  void Add(const std::string& words, bool concern, int corpus) {
    FitPost post;
    post.line.id = std::to_string(posts_.size());
    post.line.post.text = "Quillbrook Academy, Quillbrook: " + words;
    post.line.label.school = "quillbrook";
    post.line.label.mentions = true;
    if (concern) {
      post.line.label.categories = {core::Category::kReputational};
      post.line.label.severity = core::Severity::kHigh;
    }
    post.corpus = static_cast<std::size_t>(corpus);
    posts_.push_back(std::move(post));
  }

  std::unique_ptr<RuleFitter> Make() const {
    return RuleFitter::Make(Files(), {schools_, nullptr}, posts_, 5, {}).value();
  }

  std::vector<FitPost> posts_;
  std::shared_ptr<const matchers::SchoolIndex> schools_;
};

TEST_F(RuleFittingTest, OnlySomeRulesMayMove) {
  const auto fitter = Make();
  const RuleFitter::Freedom& freedom = fitter->freedom();
  EXPECT_EQ(freedom.free, 2U);
  EXPECT_EQ(freedom.floored, 1U);
  EXPECT_EQ(freedom.shadow, 1U);
  EXPECT_EQ(freedom.overridden, 1U);
  EXPECT_EQ(freedom.rare, 1U);
}

TEST_F(RuleFittingTest, ARuleThatIsWrongLosesWeight) {
  const std::vector<WeightChange> changes = Make()->Fit([](std::size_t) { return true; });
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes[0].rule, "bad");
  EXPECT_LT(changes[0].after, 1.5);
  EXPECT_EQ(changes[0].wrong, 20U);
  for (const WeightChange& change : changes) {
    EXPECT_TRUE(change.rule == "bad" || change.rule == "good") << change.rule;
  }
}

TEST_F(RuleFittingTest, PostsWhoseSchoolIsMissedTeachNothing) {
  for (FitPost& post : posts_) {
    post.line.label.mentions = false;
    post.line.label.categories.clear();
  }
  EXPECT_TRUE(Make()->Fit([](std::size_t) { return true; }).empty());
}

TEST_F(RuleFittingTest, CrossValidationJudgesEachPostOnceByTheOthers) {
  const auto fitter = Make();
  EXPECT_EQ(fitter->before().harmless_alarmed, 21U);
  std::size_t steps = 0;
  const auto card = fitter->CrossValidate(
      2, [this](std::size_t post) { return posts_[post].corpus; },
      [&steps](std::size_t) { ++steps; });
  ASSERT_TRUE(card.has_value()) << card.error().message;
  EXPECT_EQ(steps, 2U);
  EXPECT_EQ(card->posts().size(), posts_.size());
  EXPECT_EQ(card->harmless_alarmed, 1U);  // Of "spire", which may not move.
  EXPECT_EQ(card->TallyOf(Verdict::kReputational).missed, 0U);
}

TEST(OverridesTextTest, IsReadBackAsWritten) {
  const std::vector<WeightChange> changes{
      {.rule = "good", .before = 2, .after = 2.35, .right = 7, .wrong = 1}};
  const std::string text = OverridesText(changes);
  EXPECT_TRUE(IsOverridesText(text));
  RuleFiles files = Files();
  files.files.push_back({"fitted.yaml", text});
  const auto rules = CompileRules(files);
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  EXPECT_DOUBLE_EQ((*rules)->pack().rules[0].weight, 2.35);
  EXPECT_FALSE(IsOverridesText("overrides: []\n"));
  // Nothing to change is a file that loads, too.
  files.files.back().bytes = OverridesText({});
  EXPECT_TRUE(CompileRules(files).has_value());
}

class AtomicFileTest : public ::testing::Test {
 protected:
  static std::string Bytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  config::TemporaryFolder folder_;
};

TEST_F(AtomicFileTest, ReplacesWhatStoodThereAndLeavesNothingElse) {
  const std::filesystem::path path = folder_.path() / "fitted.yaml";
  ASSERT_TRUE(WriteFileAtomically(path, "one"));
  ASSERT_TRUE(WriteFileAtomically(path, "two"));
  EXPECT_EQ(Bytes(path), "two");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(AtomicFileTest, ALinkIsReplacedAndNotFollowed) {
  const std::filesystem::path target = folder_.path() / "pack.yaml";
  ASSERT_TRUE(WriteFileAtomically(target, "pack"));
  const std::filesystem::path link = folder_.path() / "fitted.yaml";
  std::filesystem::create_symlink(target, link);
  ASSERT_TRUE(WriteFileAtomically(link, "new"));
  EXPECT_EQ(Bytes(target), "pack");
  EXPECT_EQ(Bytes(link), "new");
}

TEST_F(AtomicFileTest, WhatAKilledProcessLeftGoesAndAnothersStays) {
  const std::filesystem::path path = folder_.path() / "fitted.yaml";
  const auto unfinished = [&](const std::string& process) {
    return folder_.path() / (".fitted.yaml." + process + ".part");
  };
  const std::string gone = std::to_string(std::numeric_limits<pid_t>::max());
  for (const std::string& process : {gone, std::string("1"), std::string("x")}) {
    std::ofstream(unfinished(process)) << "half";
  }
  std::ofstream(folder_.path() / ".fitted.yaml.part") << "half";  // An earlier release's.
  ASSERT_TRUE(WriteFileAtomically(path, "whole"));
  EXPECT_EQ(Bytes(path), "whole");
  EXPECT_FALSE(std::filesystem::exists(unfinished(gone)));
  EXPECT_TRUE(std::filesystem::exists(unfinished("1"))) << "somebody may be at it";
  EXPECT_TRUE(std::filesystem::exists(unfinished("x")));
}

TEST_F(AtomicFileTest, AFolderThatIsNotThereIsSaid) {
  const auto written = WriteFileAtomically(folder_.path() / "no" / "fitted.yaml", "x");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().kind, core::ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace schoolwatch::app
