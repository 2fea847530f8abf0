#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"

namespace schoolwatch::matchers {

// Bytes that a pattern may have, written or with its macros in place: they could double without
// end.
inline constexpr std::size_t kMaxPattern = std::size_t{16} * 1024;

// Parts of patterns by name, with macros in them in place.
using Macros = std::map<std::string, std::string, std::less<>>;

// `pattern` with {{name}} replaced from `own` or else from `shared`. What is wrong goes into
// `problems` under the name of what holds the pattern: "rule 'threat.bus'".
std::string Expand(const config::Located<std::string>& pattern, const Macros& own,
                   const Macros& shared, std::string_view holder, config::Diagnostics& problems);

// A file's own macros, in each of which those above it and `shared` are in place.
Macros ExpandMacros(const std::map<std::string, config::Located<std::string>>& written,
                    const Macros& shared, config::Diagnostics& problems);

}  // namespace schoolwatch::matchers
