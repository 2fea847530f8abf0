#pragma once

#include <filesystem>
#include <vector>

#include "app/coverage/policy_names.h"
#include "core/result.h"
#include "crawler/platforms/platform.h"

namespace schoolwatch::app {

// The platforms as they are shipped, with those of the configuration's owner, which may replace
// them; and how policies name them.
struct ShippedPlatforms {
  crawler::Platforms platforms;
  std::vector<PolicyName> names;
};

// kBadInput with every problem, one a line, where a file is damaged.
core::Result<ShippedPlatforms> LoadShippedPlatforms(const std::filesystem::path& data_dir,
                                                    const std::filesystem::path& config_dir = {});

}  // namespace schoolwatch::app
