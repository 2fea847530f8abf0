#include "app/scorecard.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace schoolwatch::app {
namespace {

using core::Category;
using core::Severity;

PostLine Labelled(bool mentions, std::vector<Category> categories, Severity severity) {
  PostLine line;
  line.label = {.school = "quillbrook",
                .mentions = mentions,
                .categories = std::move(categories),
                .severity = severity,
                .also_about = {},
                .why = {}};
  return line;
}

core::Judgement Judged(std::vector<std::string> schools, std::vector<Category> categories,
                       Severity severity) {
  core::Judgement judgement;
  judgement.mentions = !schools.empty();
  for (std::string& school : schools) {
    judgement.schools.push_back({.school = std::move(school), .score = 0.9, .why = ""});
  }
  judgement.categories = std::move(categories);
  judgement.severity = severity;
  return judgement;
}

TEST(Scorecard, ACategoryOnlyCountsWithTheRightSchool) {
  Scorecard card;
  card.Add(Labelled(true, {Category::kReputational}, Severity::kLow),
           Judged({"inkford"}, {Category::kReputational}, Severity::kLow));
  EXPECT_EQ(card.TallyOf(Verdict::kMention).missed, 1U);
  EXPECT_EQ(card.TallyOf(Verdict::kReputational).missed, 1U);
  EXPECT_EQ(card.TallyOf(Verdict::kAlert).missed, 1U);
  EXPECT_EQ(card.wrong_schools, 1U);
  EXPECT_EQ(card.exact_schools, 0U);
  EXPECT_EQ(card.severities[1][0], 1U);
}

TEST(Scorecard, CountsWhatPeopleLiveWith) {
  Scorecard card;
  card.Add(Labelled(true, {}, Severity::kNone),
           Judged({"quillbrook"}, {Category::kReputational}, Severity::kLow));
  card.Add(Labelled(true, {}, Severity::kNone), Judged({"quillbrook"}, {}, Severity::kNone));
  card.Add(Labelled(true, {Category::kSafeguarding}, Severity::kUrgent),
           Judged({"quillbrook"}, {Category::kSafeguarding}, Severity::kHigh));
  card.Add(Labelled(true, {Category::kSafeguarding}, Severity::kUrgent),
           Judged({"quillbrook"}, {Category::kSafeguarding}, Severity::kMedium));
  card.Add(Labelled(true, {Category::kDefamatory}, Severity::kHigh),
           Judged({"quillbrook"}, {Category::kDefamatory}, Severity::kUrgent));
  EXPECT_EQ(card.harmless, 2U);
  EXPECT_EQ(card.harmless_alarmed, 1U);
  EXPECT_EQ(card.urgent, 2U);
  EXPECT_EQ(card.urgent_caught, 1U);
  EXPECT_EQ(card.said_urgent, 1U);
  EXPECT_EQ(card.said_urgent_right, 1U);
  EXPECT_EQ(card.with_category, 4U);
  EXPECT_EQ(card.steps_off, 1U + 1U + 2U + 1U);
  EXPECT_TRUE(card.posts()[3].IsUrgentMissed());
  EXPECT_DOUBLE_EQ(card.TallyOf(Verdict::kReputational).Precision(), 0);
  EXPECT_DOUBLE_EQ(card.TallyOf(Verdict::kReputational).Recall(), 1);
  EXPECT_DOUBLE_EQ(card.TallyOf(Verdict::kSafeguarding).F1(), 1);
  EXPECT_NEAR(card.MacroF1(), 2.0 / 3, 1e-12);
}

TEST(Scorecard, NamesTheRulesBehindACategory) {
  Scorecard card;
  core::Judgement judgement = Judged({"quillbrook"}, {Category::kReputational}, Severity::kLow);
  core::Hit hit;
  hit.rule = "complaint.canteen";
  hit.category = Category::kReputational;
  hit.weight = 2;
  judgement.hits.push_back(hit);
  hit.rule = "shadow.rule";
  hit.weight = 0;
  judgement.hits.push_back(hit);
  card.Add(Labelled(true, {}, Severity::kNone), judgement);
  card.Add(Labelled(true, {Category::kReputational}, Severity::kLow), judgement);
  ASSERT_EQ(card.rules.size(), 1U);
  EXPECT_EQ(card.rules["complaint.canteen"].right, 1U);
  EXPECT_EQ(card.rules["complaint.canteen"].wrong, 1U);
}

TEST(Scorecard, IntervalsHoldTheFigureAndAreTheSameEachTime) {
  Scorecard card;
  for (int number = 0; number < 200; ++number) {
    const bool was = number % 2 == 0;
    const bool judged = number % 5 == 0 ? !was : was;
    card.Add(Labelled(true, was ? std::vector{Category::kReputational} : std::vector<Category>{},
                      was ? Severity::kLow : Severity::kNone),
             Judged({"quillbrook"},
                    judged ? std::vector{Category::kReputational} : std::vector<Category>{},
                    judged ? Severity::kLow : Severity::kNone));
  }
  const double f1 = card.TallyOf(Verdict::kReputational).F1();
  EXPECT_NEAR(f1, 0.8, 1e-12);
  const Interval drawn = card.DrawIntervals().f1[static_cast<std::size_t>(Verdict::kReputational)];
  EXPECT_LT(drawn.low, f1);
  EXPECT_GT(drawn.high, f1);
  EXPECT_LT(drawn.high - drawn.low, 0.16);
  const Interval again = card.DrawIntervals().f1[static_cast<std::size_t>(Verdict::kReputational)];
  EXPECT_EQ(drawn.low, again.low);
  EXPECT_EQ(drawn.high, again.high);
}

TEST(Scorecard, AnEmptyOneHasFiguresAll) {
  const Scorecard card;
  EXPECT_EQ(card.MacroF1(), 1);
  EXPECT_EQ(card.DrawIntervals().macro.low, 0);
}

struct WilsonRow {
  const char* name;
  std::size_t right, all;
  double low, high;
};
class Wilson : public ::testing::TestWithParam<WilsonRow> {};
TEST_P(Wilson, IsAsTheTablesSay) {
  const Interval interval = WilsonInterval(GetParam().right, GetParam().all);
  EXPECT_NEAR(interval.low, GetParam().low, 5e-4);
  EXPECT_NEAR(interval.high, GetParam().high, 5e-4);
}
INSTANTIATE_TEST_SUITE_P(Rows, Wilson,
                         ::testing::Values(WilsonRow{"Half", 50, 100, 0.4038, 0.5962},
                                           WilsonRow{"NoneOfTen", 0, 10, 0, 0.2775},
                                           WilsonRow{"AllOfTen", 10, 10, 0.7225, 1},
                                           WilsonRow{"NoPosts", 0, 0, 0, 1}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::app
