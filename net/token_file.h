#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::net {

// A small file that only its owner may read. "" where there is none, it is another's to read, or it
// is too big to be one.
std::string ReadTokenFile(const std::filesystem::path& path);

// Puts it there whole or not at all (0600). kUnavailable: the folder cannot be written.
core::Result<void> WriteTokenFile(const std::filesystem::path& path, std::string_view text);

}  // namespace schoolwatch::net
