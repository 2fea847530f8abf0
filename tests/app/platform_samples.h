#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/coverage/policy_names.h"
#include "crawler/platforms/platform.h"

namespace schoolwatch::app {

// Invented platforms: quillnet (a key for all but one route), quillcast (nothing needed), quillpay
// (costs money), quilltry (untried, off), quillgram (cannot be watched).
crawler::Platforms SamplePlatforms();

// The names of these, of blogs (by word or host) and of the school's own site.
std::vector<PolicyName> SampleNames();

}  // namespace schoolwatch::app
