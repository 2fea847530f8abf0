#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "matchers/evidence.h"
#include "matchers/post_scanner.h"
#include "matchers/school_phrases.h"
#include "matchers/text_scan.h"

namespace schoolwatch::matchers {

// By number of the school's profile.
using Candidates = std::map<std::uint32_t, Candidate>;

// What the scans of a post hold about each school: names, of which a longer one swallows those
// inside it, places, people, and what is known to be somebody else. Places and people of schools
// that nobody names are looked at only where few schools share them. Points into `profiles`.
Candidates CollectCandidates(std::span<const TextScan> scans, const PostScanner& scanner,
                             std::span<const Profile> profiles);

}  // namespace schoolwatch::matchers
