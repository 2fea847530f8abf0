#include "alerts/playbooks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "core/hash.h"
#include "core/school.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using core::Category;
using core::Severity;
using ::testing::HasSubstr;
using ::testing::Not;

class PlaybooksTest : public ::testing::Test {
 protected:
  ~PlaybooksTest() override { std::filesystem::remove(file_); }
  core::Result<Playbooks> Load(const std::string& text) {
    std::ofstream(file_) << text;
    return Playbooks::Load(file_);
  }
  static constexpr const char* kWhole =
      "playbooks:\n"
      "  - {name: s, category: safeguarding, first: read, steps: [tell the DSL]}\n"
      "  - {name: d, category: defamatory, steps: [look]}\n"
      "  - {name: r, category: reputational, steps: [listen]}\n";

  std::filesystem::path file_ =
      std::filesystem::path(::testing::TempDir()) / ("playbooks-" + core::RandomHex(8) + ".yaml");
};

core::Judgement Judged(Category category, Severity severity, std::vector<std::string> topics) {
  core::Judgement judgement;
  judgement.categories = {category};
  judgement.severity = severity;
  judgement.topics = std::move(topics);
  return judgement;
}

TEST_F(PlaybooksTest, WeakSignsAddNoAdvice) {
  const auto playbooks =
      Load(std::string(kWhole) +
           "  - {name: f, category: safeguarding, topics: [fight], steps: [part "
           "them]}\n"
           "  - {name: w, category: safeguarding, topics: [weapon], steps: [call "
           "999]}\n");
  ASSERT_TRUE(playbooks.has_value()) << playbooks.error().message;
  core::Judgement judgement =
      Judged(Category::kSafeguarding, Severity::kHigh, {"weapon", "fight", "insult"});
  const auto hit = [&](Category category, std::string topic, bool decides) {
    judgement.hits.push_back({.rule = "r",
                              .category = category,
                              .text = "",
                              .why = "",
                              .topic = std::move(topic),
                              .decides = decides});
  };
  const Guidance all{{{"read"}}, {{"tell the DSL"}, {"part them"}, {"call 999"}}, {}};
  EXPECT_EQ(playbooks->For(judgement, {}), all) << "kept before hits had topics";
  hit(Category::kSafeguarding, "weapon", true);
  hit(Category::kSafeguarding, "fight", false);
  hit(Category::kReputational, "fight", true);  // Decided another category.
  EXPECT_EQ(playbooks->For(judgement, {}),
            (Guidance{{{"read"}}, {{"tell the DSL"}, {"call 999"}}, {}}));
  hit(Category::kSafeguarding, "fight", true);
  EXPECT_EQ(playbooks->For(judgement, {}), all);
}

TEST_F(PlaybooksTest, EveryPlaybookThatFitsAddsItsSteps) {
  const auto playbooks =
      Load(std::string(kWhole) +
           "  - {name: w, category: safeguarding, at_least: high, topics: [weapon, fight], "
           "first: shout, steps: [tell the DSL, call 999], avoid: [run]}\n");
  ASSERT_TRUE(playbooks.has_value()) << playbooks.error().message;
  EXPECT_EQ(playbooks->For(Judged(Category::kSafeguarding, Severity::kHigh, {"fight"}), {}),
            (Guidance{{{"read"}}, {{"tell the DSL"}, {"call 999"}}, {{"run"}}}));
  EXPECT_EQ(playbooks->For(Judged(Category::kSafeguarding, Severity::kMedium, {"fight"}), {}),
            (Guidance{{{"read"}}, {{"tell the DSL"}}, {}}));
  EXPECT_EQ(playbooks->For(Judged(Category::kSafeguarding, Severity::kUrgent, {"threat"}), {}),
            (Guidance{{{"read"}}, {{"tell the DSL"}}, {}}));
  EXPECT_EQ(playbooks->For(Judged(Category::kDefamatory, Severity::kNone, {}), {}),
            (Guidance{{}, {{"look"}}, {}}));
}

TEST_F(PlaybooksTest, ARoleThatMayBeMeantHasItsOwn) {
  const auto playbooks =
      Load(std::string(kWhole) +
           "  - {name: h, category: safeguarding, withheld: [headteacher], steps: "
           "[ask the chair]}\n");
  ASSERT_TRUE(playbooks.has_value()) << playbooks.error().message;
  const core::Judgement judged = Judged(Category::kSafeguarding, Severity::kHigh, {});
  EXPECT_EQ(playbooks->For(judged, {"dsl", "headteacher"}).steps,
            (std::vector<Step>{{"tell the DSL"}, {"ask the chair"}}));
  EXPECT_EQ(playbooks->For(judged, {"dsl"}).steps, (std::vector<Step>{{"tell the DSL"}}));
}

TEST_F(PlaybooksTest, WhatLeadsToSomebodyWhoMayBeMeantIsLeftOut) {
  const auto playbooks = Load(std::string(kWhole) +
                              "  - {name: h, category: safeguarding, unless_withheld: [dsl], "
                              "steps: [ask the DSL]}\n");
  ASSERT_TRUE(playbooks.has_value()) << playbooks.error().message;
  const core::Judgement judged = Judged(Category::kSafeguarding, Severity::kHigh, {});
  EXPECT_EQ(playbooks->For(judged, {"headteacher"}).steps,
            (std::vector<Step>{{"tell the DSL"}, {"ask the DSL"}}));
  EXPECT_EQ(playbooks->For(judged, {"headteacher", "dsl"}).steps,
            (std::vector<Step>{{"tell the DSL"}}));
}

TEST_F(PlaybooksTest, WhatNobodyCouldConfirmIsMarked) {
  const auto playbooks =
      Load(std::string(kWhole) +
           "  - {name: x, category: reputational, steps: [{check: ring the council}]}\n");
  ASSERT_TRUE(playbooks.has_value()) << playbooks.error().message;
  EXPECT_EQ(playbooks->For(Judged(Category::kReputational, Severity::kLow, {}), {}).steps,
            (std::vector<Step>{{"listen"}, {"ring the council", true}}));
}

TEST_F(PlaybooksTest, ANationHasItsOwnWordsForRoles) {
  const auto playbooks =
      Load("roles: {dsl: designated teacher}\nbased_on: the guide\n" + std::string(kWhole));
  ASSERT_TRUE(playbooks.has_value()) << playbooks.error().message;
  EXPECT_EQ(playbooks->RoleName("dsl"), "designated teacher");
  EXPECT_EQ(playbooks->RoleName("chair"), "chair");
  EXPECT_EQ(playbooks->based_on(), "the guide");
}

TEST_F(PlaybooksTest, AllMistakesAreShownWithTheirPlace) {
  const auto playbooks = Load(
      "roles: {bursar: x}\n"
      "playbooks:\n"
      "  - {name: s, category: safeguarding, stops: [x]}\n"
      "  - {name: d, category: slander, steps: [look, {chek: x}]}\n");
  ASSERT_FALSE(playbooks.has_value());
  EXPECT_EQ(playbooks.error().kind, core::ErrorKind::kBadInput);
  for (const char* part : {"yaml:1:", "'bursar' is no role", "yaml:3:", "'stops' is not known",
                           "needs 'steps' or 'first'", "yaml:4:", "slander", "after 'check:'",
                           "every 'defamatory' finding"}) {
    EXPECT_THAT(playbooks.error().message, HasSubstr(part));
  }
}

// --- The shipped ones ---

std::string AllWords(const Guidance& guidance) {
  std::string words;
  for (const auto* steps : {&guidance.first, &guidance.steps, &guidance.avoid}) {
    for (const Step& step : *steps) {
      words += step.text + (step.unconfirmed ? " [?]\n" : "\n");
    }
  }
  return words;
}

const std::map<std::string, Playbooks, std::less<>>& Shipped() {
  static const auto all =
      LoadAllPlaybooks(std::filesystem::path(testing::TemplatesFolder()) / "playbooks");
  EXPECT_TRUE(all.has_value()) << (all.has_value() ? "" : all.error().message);
  return *all;
}

struct NationCase {
  const char* name;
  const char* nation;
  const char* dsl;      // Who takes safeguarding matters.
  const char* officer;  // Whom an allegation about staff goes to.
  const char* lacks;    // A word of another nation.
};
class NationTest : public ::testing::TestWithParam<NationCase> {};

TEST_P(NationTest, SpeaksOfItsOwnRolesAndRoutes) {
  const NationCase& row = GetParam();
  const Playbooks& playbooks = Shipped().find(row.nation)->second;
  EXPECT_THAT(playbooks.RoleName("dsl"), HasSubstr(row.dsl));
  EXPECT_FALSE(playbooks.based_on().empty());
  const std::string staff = AllWords(
      playbooks.For(Judged(Category::kSafeguarding, Severity::kHigh, {"staff_conduct"}), {}));
  EXPECT_THAT(staff, HasSubstr(row.dsl));
  EXPECT_THAT(staff, HasSubstr(row.officer));
  EXPECT_THAT(staff, HasSubstr("Do not investigate"));
  EXPECT_THAT(staff, HasSubstr("do not tell the person concerned"));
  EXPECT_THAT(staff, HasSubstr("[?]")) << "what differs from school to school is marked";
  std::string everything;
  for (const Category category : core::kCategories) {
    for (const char* topic :
         {"threat", "weapon", "self_harm", "missing_child", "staff_conduct", "indecent_images",
          "grooming", "extremism", "bullying", "crime_allegation", "press", "personal_data"}) {
      everything += AllWords(playbooks.For(Judged(category, Severity::kUrgent, {topic}), {}));
    }
  }
  EXPECT_THAT(everything, Not(HasSubstr(row.lacks)));
}

INSTANTIATE_TEST_SUITE_P(
    All, NationTest,
    ::testing::Values(NationCase{"England", "england", "designated safeguarding lead",
                                 "local authority designated officer (LADO) within one working day",
                                 "GTCS"},
                      NationCase{"Wales", "wales", "designated safeguarding person",
                                 "designated officer for safeguarding",
                                 "designated safeguarding lead"},
                      NationCase{"Scotland", "scotland", "child protection coordinator",
                                 "education authority", "DSL"},
                      NationCase{"NorthernIreland", "northern-ireland", "designated teacher",
                                 "Gateway team", "LADO"}),
    [](const auto& row) { return std::string(row.param.name); });

// In every nation, whatever the words.
TEST(ShippedPlaybooksTest, SayWhatMustNeverBeMissing) {
  for (const std::string_view nation : core::kNations) {
    const Playbooks& playbooks = Shipped().find(nation)->second;
    const auto words = [&](Category category, Severity severity, std::vector<std::string> topics) {
      return AllWords(playbooks.For(Judged(category, severity, std::move(topics)), {}));
    };
    const std::string images =
        words(Category::kSafeguarding, Severity::kUrgent, {"indecent_images"});
    EXPECT_THAT(images, HasSubstr("Never view, copy, download, print or forward")) << nation;
    EXPECT_THAT(images, HasSubstr("report.iwf.org.uk")) << nation;
    EXPECT_THAT(words(Category::kSafeguarding, Severity::kHigh, {"grooming"}), HasSubstr("CEOP"));
    EXPECT_THAT(words(Category::kSafeguarding, Severity::kHigh, {"weapon"}), HasSubstr("999"));
    EXPECT_THAT(words(Category::kSafeguarding, Severity::kHigh, {"weapon"}), HasSubstr("101"));
    EXPECT_THAT(words(Category::kSafeguarding, Severity::kLow, {"self_harm"}),
                HasSubstr("116 123"));
    const std::string allegation = words(Category::kDefamatory, Severity::kMedium, {});
    for (const char* part :
         {"complaints route first", "report form", "0344 381 4772", "Do not reply online"}) {
      EXPECT_THAT(allegation, HasSubstr(part)) << nation;
    }
    EXPECT_THAT(words(Category::kSafeguarding, Severity::kLow, {}), HasSubstr("Do not reply"));
    EXPECT_THAT(words(Category::kReputational, Severity::kLow, {}),
                HasSubstr("criticism is allowed"));
  }
}

// Of those who may be meant, only those steps speak that say so.
TEST(ShippedPlaybooksTest, SendNobodyToThePersonWhoMayBeMeant) {
  for (const std::string_view nation : core::kNations) {
    const Playbooks& playbooks = Shipped().find(nation)->second;
    std::string name = playbooks.RoleName("dsl");
    name = name.substr(0, name.find(" ("));
    const std::string head = playbooks.RoleName("headteacher");
    for (const char* topic : {"staff_conduct", "grooming", "sexual", "indecent_images",
                              "harassment", "abuse_neglect", "extremism"}) {
      const core::Judgement judged = Judged(Category::kSafeguarding, Severity::kUrgent, {topic});
      for (const Step& step : playbooks.For(judged, {"dsl"}).steps) {
        for (const std::string& word : {name, std::string("DSL"), std::string("DSP")}) {
          EXPECT_TRUE(step.text.find(word) == std::string::npos ||
                      step.text.find("takes over from") != std::string::npos)
              << nation << ": " << step.text;
        }
      }
      for (const Step& step : playbooks.For(judged, {"headteacher"}).steps) {
        EXPECT_EQ(step.text.find("to the " + head + "."), std::string::npos)
            << nation << ": " << step.text;
      }
    }
  }
}

// They are read on a phone.
TEST(ShippedPlaybooksTest, AreShort) {
  for (const std::string_view nation : core::kNations) {
    const Playbooks& playbooks = Shipped().find(nation)->second;
    for (const Category category : core::kCategories) {
      const Guidance guidance =
          playbooks.For(Judged(category, Severity::kUrgent, {"staff_conduct", "threat"}), {});
      ASSERT_EQ(guidance.first.size(), 1U) << nation;
      EXPECT_LE(guidance.first.front().text.size(), 110U) << guidance.first.front().text;
      EXPECT_LE(guidance.steps.size(), 9U) << nation;
    }
  }
}

}  // namespace
}  // namespace schoolwatch::alerts
