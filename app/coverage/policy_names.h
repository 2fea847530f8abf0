#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostics.h"

namespace schoolwatch::app {

// A platform as school policies name it, and how it is told which sources watch it. Data, in
// policy-names.yaml of the shipped files.
struct PolicyName {
  std::string name;                    // "Facebook"
  std::string group;                   // "Social networks"
  std::vector<std::string> platforms;  // Files that read it, the most telling first.
  // Sources with an `url` count by these: their host, the `platform` word they are given, or that
  // their host is a school's own site.
  std::vector<std::string> hosts;
  std::vector<std::string> words;
  bool own_site = false;
  std::vector<std::string> indirectly;  // Platforms that find some of it, as search engines do.
  // Where no platform file says it.
  std::string why_not;
  std::string report_instead;
};

// In the file's order, which is that of every list of them. nullopt where it cannot be read;
// whatever is wrong goes into `problems`.
std::optional<std::vector<PolicyName>> LoadPolicyNames(const std::filesystem::path& file,
                                                       config::Diagnostics& problems);

}  // namespace schoolwatch::app
