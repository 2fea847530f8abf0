#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>

#include "app/commands/cases.h"
#include "app/exit_code.h"
#include "core/finding.h"
#include "matchers/judge.h"

namespace schoolwatch::app {

// `rules test` on posts that people closed as no concern or not about us: shows those that would
// still be found. kActionNeeded where there are any.
ExitCode TestKeptExamples(std::span<const core::KeptExample> examples, const matchers::Judge& judge,
                          OutputForm form, std::size_t width, std::ostream& out);

}  // namespace schoolwatch::app
