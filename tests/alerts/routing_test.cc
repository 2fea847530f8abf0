#include "alerts/routing.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "config/routing.h"
#include "config/schema.h"
#include "config/settings_schema.h"

namespace schoolwatch::alerts {
namespace {

using core::Category;
using core::Severity;

std::vector<config::RouteBranch> Tree(std::string_view yaml) {
  config::Diagnostics problems;
  const auto root = config::ParseYaml("tree.yaml", yaml, problems);
  std::vector<config::RouteBranch> branches;
  config::RouteValue().Read(root.value(), branches, problems);
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  return branches;
}

constexpr std::string_view kTree = R"(
- name: safeguarding
  category: safeguarding
  tell: [dsl, headteacher]
  otherwise: [deputy]
  branches:
    - name: danger
      at_least: high
      topic: [threat, weapon]
      tell: [dsl, headteacher, deputy]
      branches:
        - name: at the mill
          school: millbank
          tell: [dsl, chair]
          otherwise: chair
    - name: low
      source: [parents-forum, gazette]
      tell: dsl
- name: about the head
  category: [defamatory, reputational]
  about: headteacher
  tell: chair
- name: anything else
  tell: headteacher
)";

struct Row {
  const char* name;
  const char* school;
  Category category;
  Severity severity;
  std::vector<std::string> topics;
  const char* source;
  std::vector<std::string> about;
  const char* branch;
};

class RoutingTest : public ::testing::TestWithParam<Row> {};

TEST_P(RoutingTest, TheFirstBranchThatFitsIsTakenAndGoneDown) {
  const Row& row = GetParam();
  const std::vector<config::RouteBranch> branches = Tree(kTree);
  EXPECT_EQ(RoutingTree(branches)
                .Choose({.school = row.school,
                         .category = row.category,
                         .severity = row.severity,
                         .topics = row.topics,
                         .source = row.source,
                         .about = row.about})
                .name,
            row.branch);
}

INSTANTIATE_TEST_SUITE_P(Rows, RoutingTest,
                         ::testing::Values(Row{"Danger",
                                               "quillbrook",
                                               Category::kSafeguarding,
                                               Severity::kUrgent,
                                               {"weapon"},
                                               "blog",
                                               {},
                                               "safeguarding / danger"},
                                           Row{"DangerAtOneSchool",
                                               "millbank",
                                               Category::kSafeguarding,
                                               Severity::kHigh,
                                               {"bullying", "threat"},
                                               "blog",
                                               {},
                                               "safeguarding / danger / at the mill"},
                                           Row{"NotSoSevere",
                                               "millbank",
                                               Category::kSafeguarding,
                                               Severity::kMedium,
                                               {"threat"},
                                               "blog",
                                               {},
                                               "safeguarding"},
                                           Row{"OfASource",
                                               "millbank",
                                               Category::kSafeguarding,
                                               Severity::kMedium,
                                               {"threat"},
                                               "gazette",
                                               {},
                                               "safeguarding / low"},
                                           Row{"TheFirstThatFits",
                                               "quillbrook",
                                               Category::kSafeguarding,
                                               Severity::kHigh,
                                               {"threat"},
                                               "gazette",
                                               {},
                                               "safeguarding / danger"},
                                           Row{"NoTopic",
                                               "quillbrook",
                                               Category::kSafeguarding,
                                               Severity::kHigh,
                                               {},
                                               "blog",
                                               {"headteacher"},
                                               "safeguarding"},
                                           Row{"AboutSomebody",
                                               "quillbrook",
                                               Category::kReputational,
                                               Severity::kLow,
                                               {},
                                               "",
                                               {"dsl", "headteacher"},
                                               "about the head"},
                                           Row{"AboutAnother",
                                               "quillbrook",
                                               Category::kReputational,
                                               Severity::kLow,
                                               {},
                                               "",
                                               {"dsl"},
                                               "anything else"},
                                           Row{"AnythingElse",
                                               "",
                                               Category::kDefamatory,
                                               Severity::kNone,
                                               {},
                                               "",
                                               {},
                                               "anything else"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RoutingTree, ABranchHasTheStandInsOfTheOneAboveUnlessItNamesItsOwn) {
  const std::vector<config::RouteBranch> branches = Tree(kTree);
  const RoutingTree tree(branches);
  const std::vector<std::string> topics{"weapon"};
  RouteQuery query{.school = "quillbrook",
                   .category = Category::kSafeguarding,
                   .severity = Severity::kHigh,
                   .topics = topics,
                   .source = {},
                   .about = {}};
  EXPECT_EQ(tree.Choose(query).otherwise, std::vector<std::string>{"deputy"});
  EXPECT_EQ(tree.Choose(query).tell, (std::vector<std::string>{"dsl", "headteacher", "deputy"}));
  EXPECT_EQ(tree.Choose(query).where, (config::Location{"tree.yaml", 7, 7}));
  query.school = "millbank";
  EXPECT_EQ(tree.Choose(query).otherwise, std::vector<std::string>{"chair"});
}

TEST(RoutingTree, WithoutBranchesItIsTheShippedOne) {
  EXPECT_EQ(config::DefaultRoute().size(), 3U);
  EXPECT_EQ(RoutingTree().Choose({.category = Category::kSafeguarding}).name, "safeguarding");
  EXPECT_EQ(RoutingTree().Choose({.category = Category::kDefamatory}).name, "anything else");
}

TEST(RoutingTree, ACaseThatNoBranchFitsHasNone) {
  const std::vector<config::RouteBranch> branches =
      Tree("[{name: a, school: millbank, tell: chair}]");
  EXPECT_EQ(RoutingTree(branches).Choose({.school = "quillbrook"}), Route{});
}

TEST(RoutingTree, TheManualShowsTheShippedTree) {
  std::ifstream file(SW_SOURCE_DIR "/docs/alerts.md");
  const std::string manual{std::istreambuf_iterator<char>(file), {}};
  const std::string_view text = config::DefaultRouteText();
  std::string tree(text.substr(text.find("route:\n")));
  EXPECT_NE(manual.find(tree), std::string::npos) << "docs/alerts.md should hold:\n" << tree;
}

}  // namespace
}  // namespace schoolwatch::alerts
