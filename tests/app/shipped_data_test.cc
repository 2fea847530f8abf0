// What is shipped with the program must hold together: rules, platforms, schemas, demonstration.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "app/schemas.h"
#include "app/workspace.h"
#include "config/diagnostics.h"
#include "matchers/rule_pack.h"
#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

const fs::path kData = fs::path(SW_SOURCE_DIR) / "config";

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

TEST(ShippedRulesTest, EveryExampleDoesWhatItSays) {
  const Workspace workspace = TestWorkspace();
  for (const matchers::ExampleFailure& failure :
       matchers::RunExamples(workspace.judge->rules())) {
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

TEST(ShippedSchemasTest, AreWhatTheTablesSay) {
  // To update them: tools/update-schemas
  for (const auto& [file, text] : AllSchemas()) {
    EXPECT_EQ(ReadFile(kData / "schema" / (file + ".schema.json")), text) << file;
  }
}

TEST(DemoTest, ItsConfigurationIsRight) {
  const auto workspace = LoadWorkspace(kData / "demo", kData);
  EXPECT_TRUE(workspace.has_value()) << workspace.error().message;
}

}  // namespace
}  // namespace schoolwatch::app
