#pragma once

#include <string>
#include <vector>

#include "app/coverage/policy_names.h"
#include "crawler/platforms/platform.h"

// What the shipped files say of platforms, for people: generated, and compared by a test.
namespace schoolwatch::app {

// docs/platforms.md: every platform with its routes, what they see and what they want.
std::string MakePlatformsDocument(const std::vector<PolicyName>& names,
                                  const crawler::Platforms& platforms);

// The table of the README: one row for each name that policies use.
std::string MakeCoverageTable(const std::vector<PolicyName>& names,
                              const crawler::Platforms& platforms);

}  // namespace schoolwatch::app
