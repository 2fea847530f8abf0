#pragma once

#include <filesystem>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::app {

// Puts `bytes` under `path` whole or not at all, whatever happens meanwhile; what stood there is
// replaced, and a link is not followed. kUnavailable: the folder cannot be written.
core::Result<void> WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace schoolwatch::app
