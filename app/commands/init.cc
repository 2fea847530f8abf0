#include "app/commands/init.h"

#include <optional>
#include <set>

#include "app/coverage/shipped_platforms.h"
#include "app/starter/platform_checklist.h"
#include "config/diagnostics.h"
#include "config/starter_pack.h"

namespace schoolwatch::app {

core::Result<std::string> InitCommand(const config::InitOptions& options,
                                      const std::filesystem::path& data_dir) {
  SW_ASSIGN(const ShippedPlatforms shipped, LoadShippedPlatforms(data_dir));
  config::Diagnostics problems;
  const std::optional<config::StarterPack> pack =
      config::LoadStarterPack(data_dir / "starter-pack.yaml", problems);
  SW_TRY(problems.ToResult());
  std::set<std::string> names;
  for (const auto& [name, platform] : shipped.platforms) {
    if (!platform->routes.empty()) {
      names.insert(name);
    }
  }
  SW_ASSIGN(config::StarterFiles files, config::MakeStarterFiles(options, *pack, names));
  files.platforms_to_do_md =
      MakePlatformChecklist(pack->checklist, shipped.platforms, shipped.names,
                            config::StarterValuesOf(options, config::KeyFromName(options.school)));
  return config::WriteConfiguration(options, files);
}

}  // namespace schoolwatch::app
