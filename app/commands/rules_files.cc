#include "app/commands/rules_files.h"

#include <algorithm>
#include <utility>

#include "config/file.h"
#include "config/section.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = std::size_t{4} * 1024 * 1024;

void Read(const fs::path& path, RuleFiles& files, config::Diagnostics& problems) {
  core::Result<std::string> bytes = config::ReadSmallFile(path, kMaxFile);
  if (bytes) {
    files.files.push_back({path.string(), *std::move(bytes)});
  } else {
    problems.Add({path.string()}, bytes.error().message);
  }
}

}  // namespace

RuleFiles ReadRuleFiles(const RuleSources& sources, config::Diagnostics& problems) {
  RuleFiles files;
  for (const fs::path& path : config::FindYamlFiles(sources.data_dir / "rules", problems)) {
    Read(path, files, problems);
    files.shipped.push_back(path.string());
  }
  if (sources.config_dir) {
    for (const fs::path& path : config::FindYamlFiles(*sources.config_dir / "rules", problems)) {
      Read(path, files, problems);
    }
  }
  for (const fs::path& path : sources.extra) {
    const auto known = std::ranges::find_if(files.files, [&path](const matchers::PackFile& file) {
      std::error_code error;
      return fs::equivalent(file.name, path, error);
    });
    if (known != files.files.end()) {
      files.asked_for.push_back(known->name);
      continue;
    }
    Read(path, files, problems);
    files.asked_for.push_back(path.string());
  }
  return files;
}

core::Result<std::shared_ptr<const matchers::RuleSet>> CompileRules(const RuleFiles& files) {
  config::Diagnostics problems;
  matchers::RulePack pack = matchers::ReadRulePacks(files.files, problems);
  SW_TRY(problems.ToResult());
  return matchers::RuleSet::Compile(std::move(pack), problems);
}

core::Result<RuleFiles> ReadRuleFolder(std::span<const matchers::PackFile> first,
                                       const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return core::Fail(core::ErrorKind::kBadInput, "'" + folder.string() + "' is no folder");
  }
  RuleFiles files;
  files.files.assign(first.begin(), first.end());
  config::Diagnostics problems;
  for (const fs::path& path : config::FindYamlFiles(folder, problems)) {
    Read(path, files, problems);
  }
  SW_TRY(problems.ToResult());
  return files;
}

}  // namespace schoolwatch::app
