#pragma once

#include <string>

#include "storage/lost_evidence.h"

namespace schoolwatch::app {

// What can be done where evidence is lost.
inline constexpr const char* kLostEvidenceAdvice =
    "no run takes it again: it may still be in exports of the case, in a backup from before the "
    "damage (schoolwatch restore) or in the store that a repair kept (db.damaged-…); tell the "
    "headteacher before anybody relies on the evidence of these cases";

// "CASE-1 (2 posts), CASE-2 (1 post)": all of them, as nothing else lists them.
std::string DescribeCases(const storage::LostEvidence::Posts& posts);
// "what was kept as evidence of 3 posts …"; empty where all is there.
std::string DescribeLostEvidence(const storage::LostEvidence& evidence);

}  // namespace schoolwatch::app
