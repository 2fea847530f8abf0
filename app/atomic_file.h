#pragma once

#include <filesystem>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::app {

enum class ReadableBy { kAll, kOwner };

// Puts `bytes` under `path` whole or not at all, whatever happens meanwhile, and on disk before it
// returns; what stood there is replaced, and a link is not followed. Where several processes write
// one file, the last to end has it. One thread a path. kUnavailable: the folder cannot be written.
core::Result<void> WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes,
                                       ReadableBy readers = ReadableBy::kAll);

}  // namespace schoolwatch::app
