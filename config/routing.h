#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "config/section.h"
#include "config/settings.h"

// `alerts: route:`, the tree that says who is told of what.
namespace schoolwatch::config {

// The tree as shipped (config/route.yaml), for a configuration without one of its own.
const std::vector<RouteBranch>& DefaultRoute();
// The same as it is written.
std::string_view DefaultRouteText();

// What a written tree gets wrong: schools and sources that are not there, a case that no branch
// fits, branches that nothing reaches, safeguarding that does not come to the DSL. Warns of roles
// that no contact has.
void CheckRoute(const Settings& settings, std::span<const Source> sources, Diagnostics& problems);

// What `check` refuses while runs go on: a school without a chair of governors who is neither its
// headteacher nor its DSL, so that nobody is left to tell of what names these two.
void CheckChairs(const Settings& settings, const Section& root, Diagnostics& problems);

}  // namespace schoolwatch::config
