// What is shipped with the program must hold together: rules, platforms, schemas, demonstration.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/commands/rules_files.h"
#include "app/schemas.h"
#include "app/workspace.h"
#include "config/diagnostics.h"
#include "matchers/rule_lint.h"
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

TEST(ShippedRulesTest, LintFindsNoErrors) {
  config::Diagnostics problems;
  const RuleFiles files =
      ReadRuleFiles({.data_dir = kData, .config_dir = {}, .extra = {}}, problems);
  ASSERT_TRUE(problems.empty()) << problems.ToText();
  const auto rules = CompileRules(files);
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  std::vector<matchers::LintFinding> findings = matchers::LintFiles(files.files);
  for (matchers::LintFinding& finding : matchers::LintRules(**rules)) {
    findings.push_back(std::move(finding));
  }
  for (const matchers::LintFinding& finding : findings) {
    EXPECT_NE(finding.level, matchers::LintLevel::kError)
        << config::Format(finding.where) << ": " << finding.owner << ": " << finding.message;
  }
}

TEST(DemoTest, ItsConfigurationIsRight) {
  const auto workspace = LoadWorkspace(kData / "demo", kData);
  EXPECT_TRUE(workspace.has_value()) << workspace.error().message;
}

TEST(ShippedDataTest, SchemasAreWhatTheTablesSay) {
  const std::map<std::string, std::string> schemas = AllSchemas();
  std::set<fs::path> known;
  for (const auto& [name, text] : schemas) {
    const fs::path path = kData / "schema" / (fs::path(name).stem().string() + ".schema.json");
    known.insert(path);
    std::ifstream file(path, std::ios::binary);
    const std::string shipped{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(shipped, text) << path << " is out of date: tools/update-schemas writes it anew";
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(kData / "schema")) {
    EXPECT_TRUE(known.contains(entry.path())) << entry.path() << " belongs to no table";
  }
}

}  // namespace
}  // namespace schoolwatch::app
