#pragma once

#include <string_view>

#include "core/finding.h"

namespace schoolwatch::app {

// What stands in place of a post's words that were deleted where they stood.
inline constexpr std::string_view kDeletedText = "(deleted at its source)";

// Whether a case holds a finding's words as evidence although they were deleted at their source:
// while a person has the case in hand, or has closed it as something to act on; and while nobody
// has looked at what may be a danger to a child.
bool IsHeldAsEvidence(const core::Case& of, const core::Finding& finding);

// What is left of it: where and when it stood, why it was found, and nothing of what it said or who
// said it.
core::Finding WithoutWords(core::Finding finding);

}  // namespace schoolwatch::app
