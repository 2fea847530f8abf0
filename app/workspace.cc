#include "app/workspace.h"

#include <malloc.h>

#include <utility>

#include "config/bank_holidays.h"
#include "config/diagnostics.h"
#include "core/clock.h"
#include "crawler/platforms/source_check.h"
#include "crawler/readers/recipe.h"
#include "matchers/rule_pack.h"
#include "matchers/rule_set.h"
#include "matchers/school_index.h"

namespace schoolwatch::app {
namespace {

constexpr std::string_view kSecondReaderFile = "second-reader.model";

namespace fs = std::filesystem;

// The folders that rule packs stand in: the shipped one, then the school's own, which may change
// it.
std::vector<fs::path> RuleFolders(const fs::path& data_dir,
                                  const std::optional<fs::path>& config_dir) {
  std::vector<fs::path> folders{data_dir / "rules"};
  std::error_code error;
  if (config_dir && fs::is_directory(*config_dir / "rules", error)) {
    folders.push_back(*config_dir / "rules");
  }
  return folders;
}

core::Result<std::shared_ptr<const matchers::RuleSet>> LoadRules(
    const fs::path& data_dir, const std::optional<fs::path>& config_dir,
    config::Diagnostics& problems) {
  matchers::RulePack pack = matchers::LoadRulePacks(RuleFolders(data_dir, config_dir), problems);
  SW_TRY(problems.ToResult());
  matchers::WarnOfExpired(pack, core::SystemClock().Now(), problems);
  return matchers::RuleSet::Compile(std::move(pack), problems);
}

// The platforms' files, and their answers as recipes that a source with `url` may name.
void LoadPlatforms(const fs::path& data_dir, const fs::path& config_dir, Workspace& workspace,
                   config::Diagnostics& problems) {
  workspace.platforms =
      crawler::LoadPlatforms(config_dir / "platforms", workspace.recipes, problems);
  workspace.platforms.merge(
      crawler::LoadPlatforms(data_dir / "platforms", workspace.recipes, problems));
  workspace.recipes.merge(crawler::AnswersOf(workspace.platforms));
}

}  // namespace

core::Result<std::shared_ptr<const matchers::Judge>> MakeJudge(
    std::vector<core::School> schools, const fs::path& data_dir,
    const std::optional<fs::path>& config_dir, std::string_view second_reader) {
  config::Diagnostics problems;
  SW_ASSIGN(std::shared_ptr<const matchers::RuleSet> rules,
            LoadRules(data_dir, config_dir, problems));
  SW_ASSIGN(std::shared_ptr<const matchers::SecondReader> second,
            FindSecondReader(second_reader, data_dir, config_dir));
  SW_ASSIGN(std::shared_ptr<const matchers::SchoolIndex> index,
            matchers::SchoolIndex::Make(std::move(schools)));
  return std::make_shared<const matchers::Judge>(std::move(index), std::move(rules),
                                                 std::move(second));
}

core::Result<std::shared_ptr<const matchers::SecondReader>> FindSecondReader(
    std::string_view choice, const fs::path& data_dir, const std::optional<fs::path>& config_dir) {
  if (choice == "off") {
    return nullptr;
  }
  if (choice != "on") {
    return matchers::LoadSecondReader(choice);
  }
  if (config_dir && fs::exists(*config_dir / kSecondReaderFile)) {
    return matchers::LoadSecondReader(*config_dir / kSecondReaderFile);
  }
  if (fs::exists(data_dir / kSecondReaderFile)) {
    return matchers::LoadSecondReader(data_dir / kSecondReaderFile);
  }
  return nullptr;
}

core::Result<Workspace> LoadWorkspace(const fs::path& config_dir, const fs::path& data_dir,
                                      config::Secrets secrets) {
  // Every file is read before anything is said, so that one look shows all that is wrong.
  config::Diagnostics problems;
  core::Result<config::Configuration> configuration =
      config::LoadConfiguration(config_dir, problems, secrets);
  if (configuration) {
    config::AddBankHolidays(data_dir, config_dir, configuration->settings, problems);
  }
  const auto rules = LoadRules(data_dir, config_dir, problems);
  Workspace workspace;
  workspace.data_dir = data_dir;
  workspace.recipes = crawler::LoadRecipes(data_dir / "answers", problems);
  LoadPlatforms(data_dir, config_dir, workspace, problems);
  workspace.engines = crawler::LoadEngines(data_dir / "engines", problems);
  workspace.redirects = crawler::LoadRedirects(data_dir / "redirects.yaml", problems);
  if (configuration) {
    for (const config::Source& source : configuration->sources) {
      const auto recipe = workspace.recipes.find(source.recipe);
      if (recipe != workspace.recipes.end()) {
        if (source.reader != "auto" && source.reader != recipe->second->reader) {
          problems.Add(source.where, "source '" + source.name + "': 'reader' is " + source.reader +
                                         ", but the recipe '" + source.recipe + "' is for " +
                                         recipe->second->reader);
        }
      } else if (!source.recipe.empty()) {
        std::string known;
        for (const auto& [name, one] : workspace.recipes) {
          known += (known.empty() ? "" : ", ") + name;
        }
        problems.Add(source.where, "source '" + source.name + "': there is no platform '" +
                                       source.recipe + "'; known are " + known);
      }
    }
  }
  if (configuration) {
    crawler::CheckPlatformSources(configuration->sources, configuration->settings.schools,
                                  workspace.platforms, problems);
  }
  SW_TRY(problems.ToResult());
  if (!configuration) {
    return core::Fail(std::move(configuration).error());
  }
  if (!rules) {
    return core::Fail(rules.error());
  }
  SW_ASSIGN(std::shared_ptr<const matchers::SchoolIndex> index,
            matchers::SchoolIndex::Make(configuration->settings.schools));
  workspace.config = std::move(*configuration);
  SW_ASSIGN(std::shared_ptr<const matchers::SecondReader> second,
            FindSecondReader(workspace.config.settings.judging.second_reader ? "on" : "off",
                             data_dir, config_dir));
  workspace.judge =
      std::make_shared<const matchers::Judge>(std::move(index), *rules, std::move(second));
  workspace.warnings = problems.WarningsToText();
  workspace.refused = problems.ForCheckToText();
  // Rules are read on several threads, whose heaps would keep what they no longer need.
  ::malloc_trim(0);
  return workspace;
}

}  // namespace schoolwatch::app
