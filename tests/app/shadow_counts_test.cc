#include "app/pipeline/shadow_counts.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "matchers/rule_pack.h"
#include "tests/app/samples.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

std::shared_ptr<const matchers::RuleSet> RulesWith(const std::string& pattern,
                                                   const std::string& shadow) {
  config::Diagnostics problems;
  const std::vector<matchers::PackFile> files{
      {"t.yaml",
       "pack: {name: t, version: \"1\", category: reputational}\nrules:\n"
       "  - {id: trial, topic: complaint, severity: low, weight: 1, why: w, shadow: " +
           shadow + ", re2: '" + pattern + "', tests: {hit: [a], miss: [b]}}\n"}};
  return matchers::RuleSet::Compile(matchers::ReadRulePacks(files, problems), problems).value();
}

core::Judgement HitBy(std::string rule) {
  core::Judgement judgement;
  judgement.hits.resize(1);
  judgement.hits[0].rule = std::move(rule);
  return judgement;
}

class ShadowCountsTest : public ::testing::Test {
 protected:
  // A run that met these posts.
  void Run(const matchers::RuleSet& rules, int hits, std::string_view at) {
    ShadowCounts counts(rules);
    for (int hit = 0; hit < hits; ++hit) {
      counts.Add(HitBy("trial"));
      counts.Add(HitBy("other"));
    }
    EXPECT_TRUE(counts.Save(store_, At(at)));
  }
  fakes::MemoryStore store_;
};

TEST_F(ShadowCountsTest, RunsAddUp) {
  const auto rules = RulesWith("bolt", "true");
  Run(*rules, 2, "2026-03-02T08:00:00Z");
  Run(*rules, 0, "2026-03-03T08:00:00Z");
  Run(*rules, 1, "2026-03-04T08:00:00Z");
  const auto trials = ShadowCounts::Load(store_);
  ASSERT_TRUE(trials.has_value());
  ASSERT_EQ(trials->size(), 1U);
  EXPECT_EQ(trials->at("trial").posts, 3U);
  EXPECT_EQ(trials->at("trial").since, At("2026-03-02T08:00:00Z"));
  EXPECT_EQ(trials->at("trial").last, At("2026-03-04T08:00:00Z"));
}

TEST_F(ShadowCountsTest, AChangedRuleStartsAnew) {
  Run(*RulesWith("bolt", "true"), 2, "2026-03-02T08:00:00Z");
  Run(*RulesWith("bolts", "true"), 1, "2026-03-03T08:00:00Z");
  const auto trials = ShadowCounts::Load(store_);
  ASSERT_TRUE(trials.has_value());
  EXPECT_EQ(trials->at("trial").posts, 1U);
  EXPECT_EQ(trials->at("trial").since, At("2026-03-03T08:00:00Z"));
}

TEST_F(ShadowCountsTest, ARuleOutOfTheShadowIsForgotten) {
  Run(*RulesWith("bolt", "true"), 2, "2026-03-02T08:00:00Z");
  Run(*RulesWith("bolt", "false"), 2, "2026-03-03T08:00:00Z");
  const auto trials = ShadowCounts::Load(store_);
  ASSERT_TRUE(trials.has_value());
  EXPECT_TRUE(trials->empty());
}

TEST_F(ShadowCountsTest, WithoutShadowRulesNothingIsWritten) {
  Run(*RulesWith("bolt", "false"), 2, "2026-03-02T08:00:00Z");
  EXPECT_FALSE(store_.FindNote("shadow-rules").value().has_value());
}

TEST_F(ShadowCountsTest, ADamagedNoteCountsAsNone) {
  for (const char* note : {"nonsense", "[]", "{\"trial\":3}", "{\"trial\":{\"posts\":-1}}",
                           "{\"trial\":{\"posts\":\"x\",\"hash\":\"y\"}}"}) {
    ASSERT_TRUE(store_.SetNote("shadow-rules", note));
    const auto trials = ShadowCounts::Load(store_);
    ASSERT_TRUE(trials.has_value());
    EXPECT_TRUE(trials->empty()) << note;
  }
}

}  // namespace
}  // namespace schoolwatch::app
