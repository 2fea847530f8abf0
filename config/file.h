#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "core/result.h"

namespace schoolwatch::config {

// Whose eyes a file may be open to.
enum class Readers { kAny, kNotEveryone };

// Reads a whole regular file of at most `max_bytes`. Pipes, devices and folders are refused, since
// reading them could wait for ever. Messages do not name the file: the caller knows how. kNotFound:
// no such file. kUnavailable: it cannot be read. kBadInput: not a regular file, or too big.
// kForbidden: `readers` is kNotEveryone, but everybody on the machine may read or change it.
core::Result<std::string> ReadSmallFile(const std::filesystem::path& path, std::size_t max_bytes,
                                        Readers readers = Readers::kAny);

}  // namespace schoolwatch::config
