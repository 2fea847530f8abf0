#pragma once

#include <span>
#include <vector>

#include "config/settings.h"
#include "core/finding.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// False where a case may be about harm to children by somebody whom one of its posts names, and
// that may be `contact`: then nothing of it may reach them, not even that it is counted. Errs on
// the side of not telling. `findings`: all of the case.
bool MayKnow(const config::Contact& contact, const config::Settings& settings, const core::Case& of,
             std::span<const core::Finding> findings);

// A case's findings that are there still, oldest first.
core::Result<std::vector<core::Finding>> FindingsOf(const storage::CaseReader& cases,
                                                    const core::Case& of);

}  // namespace schoolwatch::app
