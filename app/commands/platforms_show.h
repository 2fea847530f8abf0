#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

#include "app/commands/cases.h"
#include "core/result.h"
#include "crawler/platforms/platform.h"

namespace schoolwatch::app {

// `platforms list`: every platform by kind, with what is known of it in a word; for people in at
// most `width` columns.
void ListPlatforms(const crawler::Platforms& platforms, OutputForm form, std::size_t width,
                   std::ostream& out);

// `platforms show NAME`: what is read of one, what is not, how people report that, what a source
// gives and how to get it. kNotFound, with the nearest name.
core::Result<void> ShowPlatform(const crawler::Platforms& platforms, const std::string& name,
                                std::size_t width, std::ostream& out);

}  // namespace schoolwatch::app
