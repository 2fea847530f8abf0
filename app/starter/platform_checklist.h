#pragma once

#include <string>
#include <vector>

#include "app/coverage/policy_names.h"
#include "config/starter_pack.h"
#include "crawler/platforms/platform.h"

namespace schoolwatch::app {

// platforms-to-do.md beside a new sources.yaml: what needs an account or a key, the most worthwhile
// first, each with the steps to get it and the lines to put into sources.yaml; then what cannot be
// watched, with how people report it. Platforms that the list does not know come last, by title.
std::string MakePlatformChecklist(const std::vector<config::ChecklistEntry>& order,
                                  const crawler::Platforms& platforms,
                                  const std::vector<PolicyName>& names,
                                  const config::StarterValues& values);

// A source of a platform as it may be put into sources.yaml, indented for it: with an example or a
// value given for whatever the platform wants.
std::string SourceSketch(const crawler::Platform& platform, const config::StarterValues& values);

}  // namespace schoolwatch::app
