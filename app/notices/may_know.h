#pragma once

#include <span>
#include <vector>

#include "alerts/withheld.h"
#include "core/finding.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// A case's findings that are there still, oldest first.
core::Result<std::vector<core::Finding>> FindingsOf(const storage::CaseReader& cases,
                                                    const core::Case& of);

// What a case says of those who could be told of it, by its title and by all of its posts with all
// that edits made of them: for Audience::MayBeTold. Who may not be told is told nothing of it, not
// even that it is counted. `findings`: FindingsOf it.
core::Result<alerts::CaseVoices> HearCase(const storage::CaseReader& cases,
                                          const alerts::Audience& audience, const core::Case& of,
                                          std::span<const core::Finding> findings);

}  // namespace schoolwatch::app
