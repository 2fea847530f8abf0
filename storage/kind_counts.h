#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>

namespace schoolwatch::storage {

// How many records of what kind, as people call them: "evidence records".
using KindCounts = std::map<std::string, std::size_t, std::less<>>;

// "1 case, 12 index entries"; "nothing".
std::string CountsLine(const KindCounts& counts);

}  // namespace schoolwatch::storage
