#include "config/data_dir.h"

#include <cstdlib>
#include <system_error>
#include <vector>

namespace schoolwatch::config {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using core::Fail;

// The rules are what nothing works without.
bool IsDataDir(const fs::path& folder) {
  std::error_code error;
  return fs::is_directory(folder / "rules", error);
}

core::Result<fs::path> Asked(const std::string& folder, const std::string& who) {
  std::error_code error;
  const fs::path path = fs::absolute(folder, error).lexically_normal();
  if (error || !IsDataDir(path)) {
    return Fail(ErrorKind::kNotFound,
                who + " says '" + folder + "', but there is no folder 'rules' in it");
  }
  return path;
}

}  // namespace

core::Result<fs::path> FindDataDir(const std::string& given, const std::string& environment,
                                   const fs::path& executable) {
  if (!given.empty()) {
    return Asked(given, "--data-dir");
  }
  if (!environment.empty()) {
    return Asked(environment, "$SCHOOLWATCH_DATA");
  }
  std::vector<fs::path> places;
  const fs::path folder = executable.parent_path();
  if (!executable.empty()) {
    places.push_back(folder.parent_path() / "share" / "schoolwatch");
    // build/release/schoolwatch and build/dev/app/schoolwatch, with room for one more level.
    constexpr int kMostLevels = 4;
    fs::path up = folder;
    for (int level = 0; level < kMostLevels && up.has_relative_path(); ++level) {
      up = up.parent_path();
      places.push_back(up / "config");
    }
  }
  std::string looked;
  for (const fs::path& place : places) {
    if (IsDataDir(place)) {
      return place;
    }
    looked += (looked.empty() ? "" : ", ") + place.string();
  }
  return Fail(ErrorKind::kNotFound,
              "the shipped rules and platforms are not found (looked in " + looked +
                  "): name their folder with --data-dir or $SCHOOLWATCH_DATA");
}

core::Result<fs::path> FindDataDir(const std::string& given) {
  // Read at start-up, before any thread that could change it.
  const char* environment = std::getenv("SCHOOLWATCH_DATA");  // NOLINT(concurrency-mt-unsafe)
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  return FindDataDir(given, environment == nullptr ? "" : environment,
                     error ? fs::path() : executable);
}

}  // namespace schoolwatch::config
