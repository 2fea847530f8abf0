#pragma once

#include <span>

#include "config/diagnostics.h"
#include "config/settings.h"
#include "crawler/platforms/platform.h"

namespace schoolwatch::crawler {

// True for a source that is asked through its platform's routes instead of one address.
inline bool IsPlatformSource(const config::Source& source) { return source.url.empty(); }

// Checks what sources give under `platform`, `routes`, `with`, `credentials` and `spend` against
// the platforms' files: unknown names, values that do not fit, credentials that a named route
// wants, words that are names of people. All of it goes into `problems`, with the source's line.
void CheckPlatformSources(std::span<const config::Source> sources,
                          std::span<const core::School> schools, const Platforms& platforms,
                          config::Diagnostics& problems);

}  // namespace schoolwatch::crawler
