#pragma once

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/byte_scan.h"
#include "storage/erasure_subject.h"

namespace schoolwatch::storage {

// What a needle is that was made of a name: such may stand in others' posts for good.
inline constexpr std::string_view kNameNeedle = "the name";

// What no file should hold once the subject is erased, as text has it and as HTML has it. `names`
// are as people wrote them.
std::vector<Needle> NeedlesOf(const ErasureSubject& subject, const std::set<std::string>& names);

// As text has it, as the HTML of others has it, and as ours has it.
std::array<std::string, 3> FormsOf(std::string_view text);

}  // namespace schoolwatch::storage
