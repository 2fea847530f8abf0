#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/result.h"
#include "core/school.h"
#include "crawler/platforms/platform.h"
#include "crawler/readers/engines.h"
#include "crawler/readers/reader.h"
#include "crawler/readers/redirects.h"
#include "matchers/judge.h"

namespace schoolwatch::app {

// Where a command works: configuration, rules and platforms, loaded once, never changed after.
struct Workspace {
  std::filesystem::path data_dir;  // What is shipped: rules, platforms, templates.
  config::Configuration config;
  std::shared_ptr<const matchers::Judge> judge;
  std::map<std::string, std::shared_ptr<const crawler::Recipe>> recipes;
  crawler::Platforms platforms;  // Shipped ones, then the school's own, which may replace them.
  crawler::EngineSet engines;
  crawler::RedirectTable redirects;
  std::string warnings;  // What works but is hardly meant so, one a line.
  std::string refused;   // What `check` refuses and runs go on with, one a line.
};

// Loads all from `config_dir`; kBadInput with every problem, one a line, where anything is wrong.
core::Result<Workspace> LoadWorkspace(const std::filesystem::path& config_dir,
                                      const std::filesystem::path& data_dir,
                                      config::Secrets secrets = config::Secrets::kRead);

// A judge over some schools with the shipped rules and, where given, a configuration's own.
core::Result<std::shared_ptr<const matchers::Judge>> MakeJudge(
    std::vector<core::School> schools, const std::filesystem::path& data_dir,
    const std::optional<std::filesystem::path>& config_dir, std::string_view second_reader = "on");

// "on": the one that is trained by the configuration's owner (second-reader.model beside
// schoolwatch.yaml), or else the shipped one, or none where there is none; "off"; or a model's
// file.
core::Result<std::shared_ptr<const matchers::SecondReader>> FindSecondReader(
    std::string_view choice, const std::filesystem::path& data_dir,
    const std::optional<std::filesystem::path>& config_dir);

}  // namespace schoolwatch::app
