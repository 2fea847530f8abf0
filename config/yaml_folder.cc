// Folders of data files: platforms, engines, rule packs.

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "config/section.h"

namespace schoolwatch::config {

namespace fs = std::filesystem;

std::vector<fs::path> FindYamlFiles(const fs::path& folder, Diagnostics& problems) {
  std::vector<fs::path> files;
  std::error_code error;
  if (!fs::exists(folder, error)) {
    return files;
  }
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".yaml" && !at->path().filename().string().starts_with('.')) {
      files.push_back(at->path());
    }
  }
  if (error) {
    problems.Add({folder.string()}, "cannot be read: " + error.message());
    return {};
  }
  std::ranges::sort(files);
  return files;
}

std::vector<NamedSection> LoadYamlFolder(const fs::path& folder, Diagnostics& problems,
                                         YamlLimits limits) {
  std::vector<NamedSection> sections;
  for (const fs::path& file : FindYamlFiles(folder, problems)) {
    if (std::optional<Section> section = LoadYamlFile(file, problems, limits)) {
      sections.push_back({file.stem().string(), *std::move(section)});
    }
  }
  return sections;
}

}  // namespace schoolwatch::config
