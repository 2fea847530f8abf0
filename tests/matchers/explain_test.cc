#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "matchers/judge.h"
#include "matchers/rule_pack.h"

namespace schoolwatch::matchers {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ExplainTest : public ::testing::Test {
 protected:
  std::string Explained(core::Post post) const {
    config::Diagnostics problems;
    const std::vector<PackFile> files{
        {"t.yaml",
         "pack: {name: t, version: \"1\", category: reputational}\n"
         "groups:\n  dull: {cap: 0.5}\n"
         "cues:\n"
         "  - {id: hearsay, re2: '\\ballegedly\\b', weight: -0.7, lowers: 1, why: said as "
         "hearsay}\n"
         "rules:\n"
         "  - {id: vane, topic: complaint, severity: medium, weight: 3, re2: '\\bcrooked\\b',\n"
         "     damp: [hearsay], why: Says it is crooked, tests: {hit: [crooked], miss: [b]}}\n"
         "  - {id: dull, topic: complaint, severity: high, weight: 1, group: dull, re2: "
         "'\\bdull\\b',\n"
         "     why: Says it is dull, tests: {hit: [dull], miss: [b]}}\n"
         "  - {id: trial, topic: complaint, severity: high, weight: 1, shadow: true,\n"
         "     re2: '\\bbolt\\b', why: On trial, tests: {hit: [bolt], miss: [b]}}\n"}};
    auto rules = RuleSet::Compile(ReadRulePacks(files, problems), problems).value();
    core::School school;
    school.key = "quillbrook";
    school.name = "Quillbrook Academy";
    school.town = "Quillbrook";
    const Judge judge(SchoolIndex::Make({school}).value(), std::move(rules));
    return Explain(post, judge.Evaluate(post), &judge.rules());
  }
};

TEST_F(ExplainTest, ShowsTermsPlacesSumAndProbability) {
  core::Post post;
  post.text = "The vane of Quillbrook Academy, Quillbrook is allegedly crooked";
  const std::string text = Explained(post);
  EXPECT_THAT(text, HasSubstr("reputational: yes\n   -2.00  starting point\n"
                              "   +3.00  rule vane: Says it is crooked (medium)\n"
                              "          bytes 56-63: \"crooked\"\n"
                              "   -0.70  said as hearsay (cue hearsay)\n"
                              "   +0.30  sum, which is a probability of 57 %\n"));
  EXPECT_THAT(text, HasSubstr("safeguarding: nothing found."));
  EXPECT_THAT(text,
              HasSubstr("How soon: low (rule vane says medium, what stands around it lowers it)"));
}

TEST_F(ExplainTest, SaysWhereARuleGaveLessThanItsWeight) {
  core::Post post;
  post.title = "Quillbrook Academy, Quillbrook";
  post.text = "dull and crooked";
  const std::string text = Explained(post);
  EXPECT_THAT(text,
              HasSubstr("+0.50  rule dull: Says it is dull (high; of 1.00: far from the name, "
                        "hidden, or its group is full)\n          text, bytes 0-4: \"dull\""));
  EXPECT_THAT(text, HasSubstr("How soon: high (rule dull says high)."));
}

TEST_F(ExplainTest, ShadowRulesAreNamed) {
  core::Post post;
  post.text = "A bolt at Quillbrook Academy, Quillbrook";
  EXPECT_THAT(Explained(post), HasSubstr("shadow rule trial matched \"bolt\" and adds nothing."));
}

TEST_F(ExplainTest, OfAnotherMatterThereIsNoSum) {
  core::Post post;
  post.text = "A crooked bolt";
  EXPECT_EQ(Explained(post), "Not about a watched school, so no rule was run.\n");
}

}  // namespace
}  // namespace schoolwatch::matchers
