#pragma once

#include "config/diagnostics.h"
#include "config/section.h"
#include "crawler/platforms/platform.h"

namespace schoolwatch::crawler {

// What a platform's file says in one place of what stands in another: routes, answers, values,
// credentials and budgets that are named but not there, templates that cannot be filled in. Each
// with the line and column of what is wrong.
void CheckPlatform(const Platform& platform, const config::Section& section,
                   config::Diagnostics& problems);

}  // namespace schoolwatch::crawler
