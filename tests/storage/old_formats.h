#pragma once

#include <cstddef>
#include <filesystem>

#include "storage/store.h"

namespace schoolwatch::storage::samples {

inline constexpr std::size_t kOldTexts = 6;

// Make a store there as these formats had it, with so many findings: fingerprints stood in records
// of their own, and in format 1 the index of texts had other keys.
void MakeFirstFormat(const std::filesystem::path& folder);
void MakeSecondFormat(const std::filesystem::path& folder);

// How many of these texts lead to their cases.
std::size_t CountFound(const Store& store);

}  // namespace schoolwatch::storage::samples
