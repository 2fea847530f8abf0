// What is shipped with the program must hold together: rules, platforms, schemas, demonstration.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "app/workspace.h"
#include "config/diagnostics.h"
#include "matchers/rule_pack.h"
#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

const fs::path kData = fs::path(SW_SOURCE_DIR) / "config";

TEST(ShippedRulesTest, EveryExampleDoesWhatItSays) {
  const Workspace workspace = TestWorkspace();
  for (const matchers::ExampleFailure& failure : matchers::RunExamples(workspace.judge->rules())) {
    ADD_FAILURE() << config::Format(failure.where) << ": " << failure.rule << ": \""
                  << failure.example << "\": " << failure.why;
  }
}

TEST(ShippedRulesTest, ThereAreEnoughAndAllHaveExamples) {
  const Workspace workspace = TestWorkspace();
  std::set<core::Category> categories;
  for (const matchers::Rule& rule : workspace.judge->rules().pack().rules) {
    categories.insert(rule.category);
    EXPECT_FALSE(rule.hits.empty()) << rule.id;
    EXPECT_FALSE(rule.misses.empty()) << rule.id;
    EXPECT_FALSE(rule.why.empty()) << rule.id;
  }
  EXPECT_GE(workspace.judge->rules().pack().rules.size(), 60u);
  EXPECT_EQ(categories.size(), 3u);
}

TEST(DemoTest, ItsConfigurationIsRight) {
  const auto workspace = LoadWorkspace(kData / "demo", kData);
  EXPECT_TRUE(workspace.has_value()) << workspace.error().message;
}

}  // namespace
}  // namespace schoolwatch::app
