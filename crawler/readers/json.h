#pragma once

#include "crawler/readers/reader.h"

namespace schoolwatch::crawler {

// JSON answers of platforms' public interfaces, by a recipe; without one there is nothing to read
// them by, and the reader says so.
extern const ReaderInfo kJsonReader;

}  // namespace schoolwatch::crawler
