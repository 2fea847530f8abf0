#include "app/coverage/shipped_platforms.h"

#include <optional>
#include <utility>

#include "config/diagnostics.h"
#include "crawler/readers/recipe.h"

namespace schoolwatch::app {

core::Result<ShippedPlatforms> LoadShippedPlatforms(const std::filesystem::path& data_dir,
                                                    const std::filesystem::path& config_dir) {
  config::Diagnostics problems;
  ShippedPlatforms shipped;
  const crawler::Answers answers = crawler::LoadRecipes(data_dir / "answers", problems);
  if (!config_dir.empty()) {
    shipped.platforms = crawler::LoadPlatforms(config_dir / "platforms", answers, problems);
  }
  shipped.platforms.merge(crawler::LoadPlatforms(data_dir / "platforms", answers, problems));
  std::optional<std::vector<PolicyName>> names =
      LoadPolicyNames(data_dir / "policy-names.yaml", problems);
  SW_TRY(problems.ToResult());
  shipped.names = std::move(names).value_or(std::vector<PolicyName>());
  return shipped;
}

}  // namespace schoolwatch::app
