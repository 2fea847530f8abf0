#pragma once

#include <string>
#include <string_view>

namespace schoolwatch::storage {

// A case's id from its school and its first finding: "Q7F3-2KXM", 40 bits in Crockford's base 32
// (no I, L, O or U), the same whenever it is made, so that a repeated commit opens no second case.
// Among 10,000 cases two meet with a chance of 1 in 20,000. People may type a unique beginning:
// see CaseReader::LoadCase.
std::string MakeCaseId(std::string_view school, std::string_view first_finding_id);

// What somebody typed for such an id, as MakeCaseId would write it: upper case, O as 0, I and L as
// 1, spaces and dashes dropped, the dash put where it belongs. "" if it is no beginning of an id.
std::string NormalizeCaseId(std::string_view typed);

}  // namespace schoolwatch::storage
