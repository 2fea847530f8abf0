#pragma once

#include <cstddef>
#include <filesystem>

#include "storage/store.h"

namespace schoolwatch::storage::samples {

inline constexpr std::size_t kFirstFormatTexts = 6;

// Makes a store of format 1 there, with so many texts that have their words stored.
void MakeFirstFormat(const std::filesystem::path& folder);

// How many of these texts lead to their cases.
std::size_t CountFound(const Store& store);

}  // namespace schoolwatch::storage::samples
